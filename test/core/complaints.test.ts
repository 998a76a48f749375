import { describe, expect, it } from "vitest";
import { complaints } from "../../src/complaints.ts";
import { virtualClock } from "../support/clock.ts";
import { captureLog } from "../support/toy.ts";

const MINUTE = 60_000;
const NOISE = "more different troubles than a log should hold: the rest is not logged";

function desk() {
  const clock = virtualClock();
  const { log, logged } = captureLog();
  return { clock, logged, ...complaints(log, clock) };
}

describe("a trouble", () => {
  it("is a warning with its fields, unless somebody says that it is less or more", () => {
    const { say, logged } = desk();
    say("no board", { port: "/dev/x" });
    say("no broker", { port: 1883 }, "error");
    say("a bit slow", {}, "info");
    expect(logged.lines.map(({ level, msg, port }) => [level, msg, port])).toEqual([
      ["warn", "no board", "/dev/x"],
      ["error", "no broker", 1883],
      ["info", "a bit slow", undefined],
    ]);
  });

  it("is said again after 10 minutes, not a millisecond before, with how often it came meanwhile", async () => {
    const { say, logged, clock } = desk();
    expect(say("no board")).toBe(true);
    await clock.advance(10 * MINUTE - 1);
    expect(say("no board")).toBe(false);
    await clock.advance(1);
    expect(say("no board", { last: true })).toBe(true);
    expect(logged.lines[1]).toMatchObject({ msg: "no board", repeated: 1, last: true });
    await clock.advance(10 * MINUTE);
    say("no board");
    expect(logged.lines[2]).not.toHaveProperty("repeated");
  });

  it("keeps its count while there is room, whatever else is new", async () => {
    const { say, logged, clock } = desk();
    say("no board");
    say("no board");
    await clock.advance(10 * MINUTE);
    say("no broker");
    say("no board");
    expect(logged.lines.at(-1)).toMatchObject({ msg: "no board", repeated: 1 });
  });

  it("that is over is news again, and so are all that begin like it", () => {
    const { say, over, logged } = desk();
    for (const trouble of ["no board: a", "no board: b", "xno board"]) say(trouble);
    over("no board");
    expect([say("no board: a"), say("no board: b"), say("xno board")]).toEqual([true, true, false]);
    expect(logged.lines).toHaveLength(5);
  });
});

describe("fifty different troubles in 10 minutes", () => {
  it("are all that is logged; then one line says that there are more", () => {
    const { say, logged } = desk();
    for (let i = 0; i < 50; i++) expect(say(`trouble ${i}`)).toBe(true);
    expect(say("one more")).toBe(false);
    expect(say("and another")).toBe(false);
    expect(logged.said()).toHaveLength(51);
    expect(logged.said().at(-1)).toBe(NOISE);
  });

  it("make room for new ones once they are 10 minutes old, the oldest first", async () => {
    const { say, logged, clock } = desk();
    say("the oldest");
    await clock.advance(MINUTE);
    for (let i = 0; i < 49; i++) say(`trouble ${i}`);
    await clock.advance(9 * MINUTE - 1);
    expect(say("too early")).toBe(false);
    await clock.advance(1);
    expect(say("in time")).toBe(false);
    await clock.advance(MINUTE);
    expect(say("the next")).toBe(true);
    expect(logged.said().filter((trouble) => trouble === NOISE)).toHaveLength(1);
  });

  it("make room for exactly those that fit", async () => {
    const { say, clock } = desk();
    for (let i = 0; i < 5; i++) say(`old ${i}`);
    await clock.advance(5 * MINUTE);
    for (let i = 0; i < 45; i++) say(`new ${i}`);
    await clock.advance(5 * MINUTE);
    expect(Array.from({ length: 6 }, (_, i) => say(`next ${i}`))).toEqual([true, true, true, true, true, false]);
  });

  it("make room although one of the first is still going on", async () => {
    const { say, clock } = desk();
    say("the oldest");
    await clock.advance(MINUTE);
    for (let i = 0; i < 49; i++) say(`trouble ${i}`);
    await clock.advance(9 * MINUTE);
    expect(say("the oldest")).toBe(true);
    await clock.advance(MINUTE);
    expect(say("a new one")).toBe(true);
  });

  it("don't silence the ones that were said before", async () => {
    const { say, clock } = desk();
    for (let i = 0; i < 50; i++) say(`trouble ${i}`);
    say("one more");
    await clock.advance(10 * MINUTE);
    expect(say("trouble 7")).toBe(true);
  });
});
