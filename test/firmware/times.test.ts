import { describe, expect, test } from "vitest";
import { allRelays, answer, type OnBoard, onBoard, timeout } from "./on-board.ts";

const deadManMs = 30_000;

/** The first time that a relay was on; the simulated crystal is exact. */
function expectDeadMan(moves: OnBoard["moves"], relay: number): void {
  const [start, end] = moves.filter((move) => move.relay === relay);
  const ms = (end?.atMs ?? 0) - (start?.atMs ?? 0);
  expect(Math.abs(ms - deadManMs), `relay ${relay} was on for ${ms} ms`).toBeLessThan(5);
}

describe("a relay that nobody asks for again", () => {
  test("goes off 30 s after its own last on, each of the eight by itself, and the board says so", async () => {
    const { moves, on, send, wait } = await onBoard();
    for (const relay of allRelays) {
      await send(`${relay},on\r\n`);
      await wait(500 + 10 * relay);
    }
    const lines = await wait(31_000);
    expect(on()).toEqual([]);
    expect(lines).toEqual(allRelays.map(timeout));
    for (const relay of allRelays) expectDeadMan(moves, relay);
  });

  test("goes off while the others, asked for again, stay on", async () => {
    const { moves, on, send, wait } = await onBoard();
    const left = [...allRelays];
    for (; left.length > 0; left.shift()) {
      await send(left.map((relay) => `${relay},on\r\n`).join(""));
      await wait(11_000);
    }
    expect(on()).toEqual([7, 8]);
    expect(moves.map(({ relay, on }) => (on ? relay : -relay))).toEqual([...allRelays, -1, -2, -3, -4, -5, -6]);
  });

  test("goes off when all eight are due in the same moment, and the board says all of it", async () => {
    const { moves, board, wait } = await onBoard();
    board.receive(Buffer.from(allRelays.map((relay) => `${relay},on\r\n`).join("")));
    await wait(1_000);
    expect(await wait(30_000)).toEqual(allRelays.map(timeout));
    for (const relay of allRelays) expectDeadMan(moves, relay);
  });

  test("was told off meanwhile: then nothing times out, and an on afterwards has all of its 30 s", async () => {
    const { moves, on, send, wait } = await onBoard();
    await send("2,on\r\n");
    await wait(20_000);
    expect(await send("2,off\r\n")).toEqual([answer(2, "off")]);
    expect(await wait(5_000)).toEqual([]);
    await send("2,on\r\n");
    expect(await wait(29_800)).toEqual([]);
    expect(on()).toEqual([2]);
    expect(await wait(1_000)).toEqual([timeout(2)]);
    expectDeadMan(moves.slice(2), 2);
  });

  test("is not kept on by the questions of others, nor by bad lines about it", async () => {
    const { moves, send, wait } = await onBoard();
    await send("2,on\r\n");
    for (let i = 0; i < 30; i++) {
      await send(`status\r\n2,onn\r\n${3 + (i % 5)},on\r\n`);
      await wait(900);
    }
    expectDeadMan(moves, 2);
  });

  test("goes off in time during 50 s of a byte every 30 ms, which kept the original from looking at its clock", async () => {
    const { board, moves, wait } = await onBoard();
    board.receive(Buffer.from("2,on\r\n"));
    for (let i = 0; i < 1_667; i++) {
      await wait(30);
      board.receive(Buffer.from("!"));
    }
    expectDeadMan(moves, 2);
    expect(moves).toHaveLength(2);
  });

  test.each([
    ["all bytes", (i: number) => i * 7_919],
    ["an endless line", () => 0x7e],
    ["empty lines", () => 0x0a],
  ])("goes off in time amid %s, as fast as the wire carries them", async (_, byte) => {
    const { board, moves, wait } = await onBoard();
    board.receive(Buffer.from("2,on\r\n"));
    await wait(27_000);
    board.receive(Buffer.from(Array.from({ length: 5_000 }, (_, i) => byte(i))));
    await wait(5_000);
    expectDeadMan(moves, 2);
    expect(moves).toHaveLength(2);
  });
});
