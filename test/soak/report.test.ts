import { expect, test, vi } from "vitest";
import type { SimulatedBoard } from "../../devices/sprinklers/simulated-board.ts";
import { luckOf } from "./luck.ts";
import { report } from "./report.ts";
import { grown, watch } from "./watch.ts";

test("the same seed is the same luck, and another is another", () => {
  const drawn = (seed: string) => {
    const luck = luckOf(seed);
    return Array.from({ length: 50 }, () => luck.between(1, 6));
  };
  expect(drawn("a")).toEqual(drawn("a"));
  expect(drawn("a")).not.toEqual(drawn("b"));
  expect(new Set(drawn("a"))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
});

test("memory that grows is seen, whatever it was at the start", () => {
  expect(grown([10, 90, 90, 50, 51, 52, 60, 61, 62])).toEqual({ before: 51, after: 61 });
});

const soon = (look: () => void) => vi.waitFor(look, { timeout: 10_000 });

/** Everything quiet; a test says what happens. */
function watched() {
  const watching = new AbortController();
  const codes: string[] = [];
  const asked = { bedroom: [] as number[], "living-room": [] };
  let turn: Parameters<SimulatedBoard["onRelay"]>[0] = () => {};
  const board = {
    onRelay(listener: typeof turn) {
      turn = listener;
      return () => {};
    },
  };
  const hardware = { board, zmote: { infrared: codes }, broadlink: { infrared: [] } };
  const seen = watch({ hardware, daemons: new Map() }, { asked }, 100, watching.signal);
  const code = () => codes.push("cool 24 auto off");
  return {
    ...{ seen, asked, code },
    relay: (on: boolean) => turn(2, on, performance.now()),
    [Symbol.dispose]: () => watching.abort(),
  };
}

test("a valve that never closes is seen while it is open, and one that closes in time is not", async () => {
  using house = watched();
  house.relay(true);
  house.relay(false);
  house.relay(true);
  await soon(() => expect(house.seen.wrongs).toEqual(["relay 2 was on for more than 0.1 s"]));
  house.relay(false);
  expect(house.seen.wrongs).toHaveLength(1);
  expect(house.seen.counts.openings).toBe(2);
});

test("a code that nobody has asked for is seen: the first, one too many, and one much later", async () => {
  using house = watched();
  house.code();
  await soon(() => expect(house.seen.wrongs[0]).toMatch("sent a code that nobody had asked for"));
  house.asked.bedroom.push(performance.now(), performance.now());
  house.code();
  await soon(() => expect(house.seen.counts.codes).toBe(2));
  expect(house.seen.wrongs).toHaveLength(2);
  house.code();
  await soon(() => expect(house.seen.wrongs[2]).toMatch("3 codes for 2 commands"));
  house.asked.bedroom.push(performance.now() - 3_600_000);
  house.code();
  await soon(() => expect(house.seen.wrongs.slice(3).join()).toMatch("sent a code that nobody had asked for"));
});

test("the report has a row per fault and one for all, and names what was wrong", () => {
  const doings = { commands: 5, refused: 1, events: 2 };
  const text = report({
    struck: new Map([
      ["a fire", [3_000, 1_000, 2_000]],
      ["a flood", [10_000]],
    ]),
    doings,
    counts: { openings: 3, codes: 4 },
    memory: new Map([["sensors", [50, 50, 50]]]),
    wrongs: ["relay 2 was on for 500 s"],
  });
  expect(text).toContain("| a fire | 3 | 2.0 s | 3.0 s | 3.0 s |");
  expect(text).toContain("| all | 4 | 3.0 s | 10.0 s | 10.0 s |");
  expect(text).toContain("relay 2 was on for 500 s");
  expect(text).not.toContain("nothing was wrong");
});
