import { beforeAll, describe, expect, test } from "vitest";
import { runZones } from "../../devices/sprinklers/garden.ts";
import type { Rules } from "../../devices/sprinklers/garden-model.ts";
import { cell } from "../../src/cell.ts";
import type { Clock } from "../../src/clock.ts";
import { Refused } from "../../src/device.ts";
import { liveIn } from "../../src/local-time.ts";
import { captureLog } from "../support/toy.ts";
import { aGarden, HOUR, MINUTE, SECOND, zone } from "./rules-garden.ts";
import { truly, watch, wire } from "./wired.ts";

/** The rules on the driver on a scripted board, in virtual time: zones on relays 2 and 3, at 10:00 in Perth. */
async function aRunningGarden(
  changes: Partial<Rules> = {},
  ownClock = (clock: Clock) => clock,
  connected = cell(true),
) {
  const { rules } = aGarden({ zones: [zone(2), zone(3)], ...changes });
  const relays = [...rules.zones.map(({ relay }) => relay), ...(rules.master ? [rules.master.relay] : [])];
  const wired = wire({ relays });
  const { log, logged } = captureLog("info");
  const { clock, driver } = wired;
  const names = new Map([[2, "Lawn"]]);
  const zones = runZones(rules, driver, connected, { log, clock: ownClock(clock), names });
  await wired.until(() => driver.status.get().available, 10_000);
  /** What the log says of the garden: messages and their fields. */
  const said = () => logged.lines.map(({ level: _, time: __, msg, ...fields }) => [msg, fields]);
  return { ...wired, zones, said };
}

beforeAll(() => liveIn("Australia/Perth"));

const lawn = { relay: 2, zone: "Lawn" };
const beds = { relay: 3 };

describe("a machine that stood still while a zone was waiting", () => {
  test.each([10 * SECOND, 55 * SECOND, MINUTE - 100, MINUTE + 20])(
    "does not open it afterwards (%d ms into the run)",
    async (atMs) => {
      const { zones, board, clock } = await aRunningGarden();
      void zones.open(2, MINUTE).catch(() => {});
      void zones.open(3).catch(() => {});
      await clock.advance(atMs);
      clock.jump(8 * HOUR);
      const opened: number[] = [];
      board.onRelay((relay, on) => on && opened.push(relay));
      await clock.advance(MINUTE);
      expect(opened).toEqual([]);
      expect(zones.garden.get()).toMatchObject({ queue: [], boardReady: true });
    },
  );

  test("nor when the broker is back, which was lost because of that", async () => {
    const connected = cell(true);
    const { zones, board, clock } = await aRunningGarden({}, (clock) => clock, connected);
    void zones.open(2, MINUTE).catch(() => {});
    void zones.open(3).catch(() => {});
    await clock.advance(MINUTE - 100);
    board.faults.loseAnswers = 1;
    await clock.advance(200);
    expect(zones.garden.get().zones.get(2)?.phase).toEqual({ is: "closing" });
    clock.jump(8 * HOUR);
    connected.set(false);
    await clock.advance(1_500);
    connected.set(true);
    await clock.advance(MINUTE);
    expect(truly(board)).toEqual([]);
    expect(zones.garden.get()).toMatchObject({ queue: [], boardReady: true });
  });
});

describe("a machine that stood still while a zone was open", () => {
  test("counts the water until the board has closed it by itself, and no more", async () => {
    const { zones, clock } = await aRunningGarden({ zones: [zone(2, { dayCapMs: HOUR }), zone(3)] });
    void zones.open(2).catch(() => {});
    await clock.advance(MINUTE);
    clock.jump(8 * HOUR);
    await clock.advance(MINUTE);
    const watered = zones.garden.get().zones.get(2)?.wateredMs ?? 0;
    expect(watered).toBeGreaterThan(MINUTE + 30 * SECOND);
    expect(watered).toBeLessThan(MINUTE + 40 * SECOND);
    void zones.open(2);
    await clock.advance(SECOND);
    expect(zones.garden.get().zones.get(2)?.phase).toMatchObject({ is: "open", confirmed: true });
  });
});

describe("a broker that is lost while a zone is open", () => {
  test("leaves it open for 120 s; nothing opens meanwhile", async () => {
    const connected = cell(true);
    const { zones, board, clock } = await aRunningGarden({ maxConcurrent: 2 }, (clock) => clock, connected);
    void zones.open(2);
    await clock.advance(SECOND);
    connected.set(false);
    await clock.advance(118 * SECOND);
    expect(truly(board)).toEqual([2]);
    const opening = watch(zones.open(3), clock);
    await clock.settle();
    expect(opening.error).toEqual(new Refused("there is no connection to the broker"));
    await clock.advance(3 * SECOND);
    expect(truly(board)).toEqual([]);
    expect(zones.garden.get().zones.get(2)).toMatchObject({ phase: { is: "closed" }, reason: "broker" });
  });

  test("and is back in time is as if it had never gone", async () => {
    const connected = cell(true);
    const { zones, board, clock } = await aRunningGarden({}, (clock) => clock, connected);
    void zones.open(2);
    await clock.advance(SECOND);
    connected.set(false);
    await clock.advance(100 * SECOND);
    connected.set(true);
    await clock.advance(100 * SECOND);
    expect(truly(board)).toEqual([2]);
  });
});

describe("the log", () => {
  test("tells an evening's watering in few lines, with the time at the house", async () => {
    const { zones, clock, said } = await aRunningGarden({ master: { relay: 8, leadMs: 2_000, lingerMs: 5_000 } });
    void zones.open(2);
    void zones.open(3, MINUTE);
    await clock.advance(20 * MINUTE);
    const inPerth = (time: string) => expect.stringMatching(`^2026-11-22T${time}:\\d\\d\\+08:00$`);
    expect(said()).toEqual([
      ["zone queued", lawn],
      ["zone queued", beds],
      ["master opens", {}],
      ["zone opens", { ...lawn, until: inPerth("10:10") }],
      ["zone closed", { ...lawn, reason: "deadline" }],
      ["zone opens", { ...beds, until: inPerth("10:11") }],
      ["zone closed", { ...beds, reason: "deadline" }],
      ["master closed", {}],
    ]);
  });

  test("is silence in an hour in which nothing happens", async () => {
    const { clock, said } = await aRunningGarden();
    await clock.advance(HOUR);
    expect(said()).toEqual([]);
  });

  test("says that a zone opens when the board has said so, and again when its end changes", async () => {
    const { zones, board, clock, said } = await aRunningGarden();
    board.faults.loseAnswers = 1;
    void zones.open(2, MINUTE);
    await clock.advance(900);
    expect(said()).toEqual([]);
    await clock.advance(SECOND);
    await zones.open(2, 3 * MINUTE);
    await zones.open(2, HOUR);
    await zones.open(2, HOUR);
    await clock.advance(MINUTE);
    expect(said().map(([message]) => message)).toEqual(["zone opens", "zone's end changed", "zone's end changed"]);
  });

  test("says why a zone waits no more, and that everything was closed", async () => {
    const { zones, clock, said } = await aRunningGarden();
    void zones.open(2);
    await zones.open(3);
    await clock.advance(SECOND);
    void zones.allOff();
    await clock.advance(SECOND);
    expect(said()).toEqual([
      ["zone queued", beds],
      ["zone opens", expect.objectContaining(lawn)],
      ["all off", {}],
      ["zone dropped from the queue", { ...beds, reason: "command" }],
      ["zone closed", { ...lawn, reason: "command" }],
    ]);
  });

  test("says when a rain delay begins and ends, and which duration was changed", async () => {
    const { zones, clock, said } = await aRunningGarden();
    zones.tell({ kind: "rain-delay", hours: 0 });
    zones.tell({ kind: "rain-delay", hours: 2 });
    zones.tell({ kind: "duration", relay: 2, durationMs: 7 * MINUTE });
    zones.tell({ kind: "duration", relay: 2, durationMs: 7 * MINUTE });
    zones.tell({ kind: "restore", day: undefined, zones: new Map([[3, { durationMs: MINUTE }]]), rain: undefined });
    await clock.advance(3 * HOUR);
    expect(said()).toEqual([
      ["rain delay set", { hours: 2, until: expect.stringMatching(/^2026-11-22T12:00:\d\d\+08:00$/) }],
      ["duration changed", { ...lawn, minutes: 7 }],
      ["rain delay ended", {}],
    ]);
  });

  test("calls nothing closed that a lost board may have left open", async () => {
    const { zones, board, clock, said } = await aRunningGarden({ master: { relay: 8, leadMs: 0, lingerMs: 0 } });
    void zones.open(2);
    await clock.advance(MINUTE);
    const before = said().length;
    board.unplug();
    await clock.advance(30 * SECOND);
    const stopped = [
      ["zone stopped: the board is lost", { ...lawn, reason: "board" }],
      ["master stopped: the board is lost", {}],
    ];
    expect(said().slice(before)).toEqual(stopped);
    await clock.advance(10 * SECOND);
    expect(said().slice(before)).toEqual([...stopped, ["zone closed", { ...lawn, reason: "board" }]]);
  });
});

test("a stop refuses the opening that is under way, and lets a closing be", async () => {
  const { zones, board, clock } = await aRunningGarden({ maxConcurrent: 2 });
  void zones.open(3);
  await clock.advance(SECOND);
  board.faults.silent = true;
  const [opening, closing] = [watch(zones.open(2), clock), watch(zones.close(3), clock)];
  await clock.advance(500);
  expect([opening.state, closing.state]).toEqual(["pending", "pending"]);
  await zones[Symbol.asyncDispose]();
  await clock.settle();
  // What is refused is no failure in the log.
  expect(opening.error).toEqual(new Refused("the daemon is stopping"));
  expect(opening.error).toBeInstanceOf(Refused);
  expect(closing.state).toBe("resolved");
});

test("all off closes eight open relays within 2 s, also in the middle of their refreshes", async () => {
  const relays = [1, 2, 3, 4, 5, 6, 7, 8];
  const { zones, board, clock, until } = await aRunningGarden({ zones: relays.map((n) => zone(n)), maxConcurrent: 8 });
  for (const relay of relays) void zones.open(relay);
  await until(() => truly(board).length === 8, 10 * SECOND);
  const lines = board.received.length;
  await until(() => board.received.length > lines, 10 * SECOND);
  const since = clock.monotonicMs();
  const off = watch(zones.allOff(), clock);
  await clock.advance(2 * SECOND);
  expect(truly(board)).toEqual([]);
  expect(off.state).toBe("resolved");
  expect(off.atMs - since).toBeLessThan(2 * SECOND);
});

test("rules that fail close everything for good, also when they fail only once", async () => {
  const { zones, board, clock } = await aRunningGarden();
  const failed = watch(zones.failed, clock);
  void zones.open(2);
  await clock.advance(SECOND);
  expect(truly(board)).toEqual([2]);
  // No calendar has a day so far away.
  clock.stepWall(9e15);
  board.say("INFO: requesting relay 3 change to state off (due to timeout)\r\n");
  await clock.settle();
  expect(failed.error).toBeInstanceOf(RangeError);
  clock.stepWall(-9e15);
  const lines = board.received.length;
  await clock.advance(MINUTE);
  expect(truly(board)).toEqual([]);
  expect(board.received.slice(lines)).not.toContain("2,on");
});

/** A clock whose sleeps end half a millisecond early, as timers do, and on which that time goes by at the next look. */
function earlyClock(clock: Clock): Clock {
  let early = false;
  return {
    ...clock,
    monotonicMs() {
      const nowMs = clock.monotonicMs() - (early ? 0.5 : 0);
      early = false;
      return nowMs;
    },
    async sleep(ms, signal) {
      await clock.sleep(ms, signal);
      early = ms > 1 && !signal?.aborted;
    },
  };
}

test("a timer that fires early does not make a run longer", async () => {
  const { zones, board, clock, until } = await aRunningGarden({}, earlyClock);
  void zones.open(2, 3 * SECOND);
  await until(() => truly(board).length === 1, SECOND);
  await clock.advance(3 * SECOND + 100);
  expect(truly(board)).toEqual([]);
});
