import { describe, expect, test } from "vitest";
import { allRelays, answer, banner, onBoard } from "./on-board.ts";
import { openChip } from "./open-chip.ts";

/** A board with all relays on whose program got stuck a moment ago. */
async function stuck() {
  const bench = await onBoard();
  await bench.send(allRelays.map((relay) => `${relay},on\r\n`).join(""));
  expect(bench.on()).toEqual(allRelays);
  bench.moves.length = 0;
  bench.board.hang();
  return { ...bench, stuckMs: bench.clock.monotonicMs() };
}

describe("a program that got stuck", () => {
  test("is ended by the watchdog: all pins are low within 0.55 s, and the banner follows", async () => {
    const { moves, wait, stuckMs } = await stuck();
    expect(await wait(600)).toEqual([banner]);
    expect(moves.map(({ relay, on }) => (on ? relay : -relay)).sort()).toEqual(allRelays.map((relay) => -relay).sort());
    for (const { atMs } of moves) expect(atMs - stuckMs).toBeLessThan(550);
  });

  test("works afterwards as after power-on, and nothing is resumed", async () => {
    const { moves, on, send, wait, status } = await stuck();
    await wait(600);
    moves.length = 0;
    expect(await wait(10_000)).toEqual([]);
    expect(await status()).toEqual(allRelays.map((relay) => `${relay}=off`));
    expect(await send("2,on\r\n")).toEqual([answer(2, "on")]);
    expect(on()).toEqual([2]);
    expect(moves).toMatchObject([{ relay: 2, on: true }]);
  });

  test("is ended as well while commands keep coming, and none of them counts", async () => {
    const { moves, on, send, wait } = await stuck();
    for (let i = 0; i < 9; i++) {
      expect(await send("3,on\r\n")).toEqual([]);
      await wait(30);
    }
    expect(await wait(200)).toEqual([banner]);
    expect(moves.filter(({ on }) => on)).toEqual([]);
    expect(on()).toEqual([]);
  });

  test("is ended each time", async () => {
    const { board, on, send, wait } = await stuck();
    for (let i = 0; i < 5; i++) {
      expect(await wait(600)).toEqual([banner]);
      await send("4,on\r\n");
      expect(on()).toEqual([4]);
      board.hang();
    }
  });
});

test("the watchdog leaves a chip alone that works: idle for 10 s, then busy for 2 s", () => {
  const chip = openChip();
  chip.pass(10_000);
  const endMs = chip.clockMs + 2_000;
  while (chip.clockMs < endMs) chip.send("status\r\nno such thing at all\r\n".repeat(20));
  expect(chip.resets).toBe(0);
  expect(chip.send("version\r\n")).toHaveLength(1);
});
