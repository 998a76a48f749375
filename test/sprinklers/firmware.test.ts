import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { simulatedBoard } from "../../devices/sprinklers/simulated-board.ts";
import type { Clock } from "../../src/clock.ts";
import { truly, wire } from "./wired.ts";

const SECOND = 1_000;
const hex = readFileSync(new URL("../../devices/sprinklers/firmware/sprinklers.hex", import.meta.url), "utf8");
const make = (clock: Clock) => simulatedBoard({ hex, clock });

test("the original firmware is called that, and no error is in the log for having asked", async () => {
  const { driver, until, lines } = wire();
  await until(() => driver.status.get().available, 5 * SECOND);
  expect(driver.status.get().firmware).toBe("original");
  expect(lines.join()).not.toContain("could not use");
});

test("our firmware says what it is", async () => {
  const { driver, until, lines } = wire({ make });
  await until(() => driver.status.get().available, 5 * SECOND);
  expect(driver.status.get().firmware).toMatch(/^mqtt-things \d+\.\d+\.\d+$/);
  expect(lines.join()).toContain('"firmware":"mqtt-things');
});

test("our firmware with nothing to do is asked how all relays are; a relay that nobody wants on is switched off", async () => {
  const { board, driver, until, clock } = wire({ make });
  await until(() => driver.status.get().available, 5 * SECOND);
  // Somebody else's command, whose answer is lost.
  board.faults.silent = true;
  board.receive(Buffer.from("3,on\r\n"));
  await clock.advance(100);
  board.faults.silent = false;
  expect(truly(board)).toEqual([3]);
  await until(() => truly(board).length === 0, 21 * SECOND);
  expect(board.received.slice(-2)).toEqual(["status", "3,off"]);
});

test("a reset whose banner is lost resumes nothing: our firmware is asked before an open relay is told again", async () => {
  const { board, driver, until, clock, events } = wire({ make });
  await until(() => driver.status.get().available, 5 * SECOND);
  driver.want(new Map([[2, clock.monotonicMs() + 600 * SECOND]]));
  await until(() => truly(board).length === 1, SECOND);
  await clock.advance(2 * SECOND);
  // The rules would want nothing any more.
  driver.listen((event) => {
    events.push({ ...event, atMs: clock.monotonicMs() });
    if (event.kind === "timed-out") driver.want(new Map());
  });
  const moves: boolean[] = [];
  board.onRelay((_relay, on) => moves.push(on));
  board.faults.silent = true;
  board.reset();
  await clock.advance(500);
  board.faults.silent = false;
  await clock.advance(20 * SECOND);
  expect(moves).toEqual([false]);
  expect(events.map(({ kind }) => kind)).toContain("timed-out");
  expect(driver.status.get().relays.get(2)).toBe(false);
});
