import { describe, expect, test } from "vitest";
import { answer, onBoard, unknown } from "./on-board.ts";

const command = "3,off\r\n";
const everywhere = Array.from({ length: command.length - 1 }, (_, i) => i + 1);

/** Relay 3 is on. */
async function thirdOn() {
  const bench = await onBoard();
  await bench.send("3,on\r\n");
  return bench;
}

describe("a command", () => {
  test.each(everywhere)("that is torn by 40 ms after its byte %d is one command", async (at) => {
    const { on, send, wait } = await thirdOn();
    expect(await send(command.slice(0, at))).toEqual([]);
    expect(await wait(30)).toEqual([]);
    expect(on()).toEqual([3]);
    expect(await send(command.slice(at))).toEqual([answer(3, "off")]);
    expect(on()).toEqual([]);
  });

  test("of which each byte comes 4.9 s after the one before is one command", async () => {
    const { on, send, wait } = await onBoard();
    for (const byte of "3,on\r") expect([...(await send(byte)), ...(await wait(4_900))]).toEqual([]);
    expect(await send("\n")).toEqual([answer(3, "on")]);
    expect(on()).toEqual([3]);
  });

  test.each(everywhere)("that ends after its byte %d is forgotten after 5 s, with one error", async (at) => {
    const { on, send, wait } = await thirdOn();
    const begun = command.slice(0, at);
    const quoted = begun.replace("\r", "\\x0D");
    expect([...(await send(begun)), ...(await wait(4_980))]).toEqual([]);
    expect(await wait(100)).toEqual([`ERROR: no line end after "${quoted}"`]);
    const rest = command.slice(at).trimEnd();
    expect(await send(command.slice(at))).toEqual(rest ? [unknown(rest)] : []);
    expect(await wait(6_000)).toEqual([]);
    expect(on()).toEqual([3]);
  });

  test("without a line end moves nothing, however long it waits", async () => {
    const { moves, send, wait } = await onBoard();
    await send("4,on");
    expect(await wait(10_000)).toEqual(['ERROR: no line end after "4,on"']);
    await send("4,on\r");
    expect(await wait(10_000)).toEqual(['ERROR: no line end after "4,on\\x0D"']);
    expect(moves).toEqual([]);
  });

  test("begun before a reset is not ended after it", async () => {
    const { board, moves, send, wait } = await onBoard();
    await send("4,o");
    board.reset();
    await wait(50);
    expect(await send("n\r\n")).toEqual([unknown("n")]);
    expect(moves).toEqual([]);
  });
});
