import { describe, expect, test } from "vitest";
import { allRelays, answer, banner, onBoard, timeout, unknown } from "./on-board.ts";

describe("a board with our firmware", () => {
  test("says that it is ready within 30 ms of a reset, the line itself included", async () => {
    const { board, wait } = await onBoard();
    board.reset();
    expect(await wait(30)).toEqual([banner]);
    expect(await wait(1_000)).toEqual([]);
  });

  test.each(allRelays)("switches relay %d on and off, and only that one, and says so each time", async (relay) => {
    const { on, send } = await onBoard();
    expect(await send(`${relay},on\r\n`)).toEqual([answer(relay, "on")]);
    expect(on()).toEqual([relay]);
    for (const other of allRelays) if (other !== relay) await send(`${other},on\r\n`);
    expect(await send(`${relay},off\r\n`)).toEqual([answer(relay, "off")]);
    expect(on()).toEqual(allRelays.filter((other) => other !== relay));
  });

  test("answers also what changes nothing", async () => {
    const { moves, send } = await onBoard();
    expect(await send("7,off\r\n")).toEqual([answer(7, "off")]);
    expect(await send("7,on\r\n")).toEqual([answer(7, "on")]);
    expect(await send("7,on\r\n")).toEqual([answer(7, "on")]);
    expect(moves).toMatchObject([{ relay: 7, on: true }]);
  });

  test("moves the relay within 1 ms of the command's end, and its answer takes 47 ms of wire", async () => {
    const { clock, moves, board } = await onBoard();
    const heard: number[] = [];
    board.onSend((bytes) => bytes.includes("\n") && heard.push(clock.monotonicMs()));
    const sentMs = clock.monotonicMs();
    board.receive(Buffer.from("2,on\r\n"));
    await clock.advance(100);
    const [{ atMs } = { atMs: 0 }] = moves;
    expect(atMs - sentMs).toBeGreaterThan(6.25);
    expect(atMs - sentMs).toBeLessThan(7.25);
    expect(heard).toHaveLength(1);
    expect((heard[0] ?? 0) - atMs).toBeGreaterThan(45);
    expect((heard[0] ?? 0) - atMs).toBeLessThan(49);
  });

  test("says which firmware it is", async () => {
    const { send } = await onBoard();
    expect(await send("version\r\n")).toEqual(["INFO: version mqtt-things 1.0.0"]);
  });

  test("says how each relay is, and after how many milliseconds it goes off", async () => {
    const { send, wait } = await onBoard();
    const off = "1=off 2=off 3=off 4=off 5=off 6=off 7=off 8=off";
    expect(await send("status\r\n")).toEqual([`INFO: status ${off}`]);
    await send("2,on\r\n8,on\r\n");
    await wait(15_000);
    await send("2,on\r\n");
    const [line = ""] = await send("status\r\n");
    const [, second, eighth] = /^INFO: status 1=off 2=on:(\d+) 3=off .* 7=off 8=on:(\d+)$/.exec(line) ?? [];
    expect(Number(second)).toBeGreaterThan(29_800);
    expect(Number(second)).toBeLessThanOrEqual(30_000);
    expect(Number(eighth)).toBeGreaterThan(14_400);
    expect(Number(eighth)).toBeLessThan(14_900);
  });

  test("takes a line that ends without a carriage return, and ignores an empty one", async () => {
    const { on, send } = await onBoard();
    expect(await send("\r\n\n\r\n3,on\n")).toEqual([answer(3, "on")]);
    expect(on()).toEqual([3]);
  });

  test("answers commands in one chunk in their order, each once", async () => {
    const { on, send } = await onBoard();
    const lines = await send("1,on\r\n2,on\r\n1,off\r\nversion\r\nnonsense\r\n3,on\r\n");
    expect(lines).toEqual([
      answer(1, "on"),
      answer(2, "on"),
      answer(1, "off"),
      "INFO: version mqtt-things 1.0.0",
      unknown("nonsense"),
      answer(3, "on"),
    ]);
    expect(on()).toEqual([2, 3]);
  });

  test("tells of a relay that went off by itself before it answers what came meanwhile", async () => {
    const { on, send, wait } = await onBoard();
    await send("5,on\r\n");
    await wait(29_750);
    // The answers to the first are still being said when the 30 s are over.
    const lines = await send(`${"status\r\n".repeat(5)}5,on\r\n`);
    expect(lines.slice(4)).toEqual([expect.stringMatching("5=on"), timeout(5), answer(5, "on")]);
    expect(on()).toEqual([5]);
  });
});
