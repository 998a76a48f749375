import { describe, expect, test } from "vitest";
import { wantedRelays } from "../../devices/sprinklers/zones.ts";
import { aGarden, HOUR, MINUTE, SECOND, zone } from "./rules-garden.ts";

describe("without a broker", () => {
  const refused = "there is no connection to the broker";

  test("no run starts, not even before the first connection", () => {
    const garden = aGarden({ bare: true });
    garden.tell({ kind: "ready" });
    expect(garden.open(1)).toBe(refused);
    expect(garden.reason(1)).toBe("broker");
    garden.tell({ kind: "broker", connected: true });
    expect(garden.wanted()).toEqual([]);
    expect(garden.open(1)).toBeUndefined();
    expect(garden.wanted()).toEqual([1]);
  });

  test("after 120 s everything that runs or waits is stopped", () => {
    const garden = aGarden();
    garden.open(1);
    garden.open(2);
    garden.tell({ kind: "broker", connected: false });
    garden.pass(120 * SECOND - 1);
    expect(garden.wanted()).toEqual([1]);
    garden.pass(1);
    expect(garden.wanted()).toEqual([]);
    expect(garden.waiting()).toEqual([]);
    expect([garden.reason(1), garden.reason(2)]).toEqual(["broker", "broker"]);
  });

  test("the 120 s begin when it went, however often that is said", () => {
    const garden = aGarden();
    garden.open(1);
    garden.tell({ kind: "broker", connected: false });
    garden.pass(MINUTE);
    garden.tell({ kind: "broker", connected: false });
    garden.pass(MINUTE);
    expect(garden.wanted()).toEqual([]);
  });

  test("a broker that is back in time changes nothing", () => {
    const garden = aGarden();
    garden.open(1);
    garden.tell({ kind: "broker", connected: false });
    garden.pass(119 * SECOND);
    garden.tell({ kind: "broker", connected: true });
    garden.pass(5 * MINUTE);
    expect(garden.wanted()).toEqual([1]);
  });

  test("what waits does not open until it is back", () => {
    const garden = aGarden();
    garden.open(1, MINUTE);
    garden.open(2);
    garden.tell({ kind: "broker", connected: false });
    garden.pass(MINUTE);
    expect(garden.wanted()).toEqual([]);
    expect(garden.reason(2)).toBe("queued");
    garden.tell({ kind: "broker", connected: true });
    expect(garden.wanted()).toEqual([2]);
  });

  test("with `finish` what runs is left to end, and what waits is dropped after 120 s", () => {
    const garden = aGarden({ onBrokerLoss: "finish" });
    garden.open(1);
    garden.open(2);
    garden.tell({ kind: "broker", connected: false });
    garden.pass(120 * SECOND);
    expect(garden.wanted()).toEqual([1]);
    expect(garden.waiting()).toEqual([]);
    expect(garden.reason(2)).toBe("broker");
    garden.pass(8 * MINUTE);
    expect(garden.reason(1)).toBe("deadline");
  });

  test("a zone can still be closed", () => {
    const garden = aGarden();
    garden.open(1);
    garden.tell({ kind: "broker", connected: false });
    garden.close(1);
    expect(garden.wanted()).toEqual([]);
  });
});

describe("rain delay", () => {
  test("refuses opening, says until when, and ends by itself", () => {
    const garden = aGarden();
    garden.tell({ kind: "rain-delay", hours: 2 });
    expect(garden.garden().rain).toEqual({ hours: 2, untilEpochMs: garden.now().epochMs + 2 * HOUR });
    expect(garden.open(1)).toBe("rain delay");
    expect(garden.reason(1)).toBe("rain_delay");
    garden.pass(2 * HOUR - 1);
    expect(garden.open(1)).toBe("rain delay");
    garden.pass(1);
    expect(garden.garden().rain).toEqual({ hours: 0, untilEpochMs: 0 });
    expect(garden.wanted()).toEqual([]);
    expect(garden.open(1)).toBeUndefined();
  });

  test("is over at its last moment, even before anybody looked", () => {
    const garden = aGarden();
    garden.tell({ kind: "rain-delay", hours: 2 });
    garden.sleep(2 * HOUR);
    expect(garden.open(1)).toBeUndefined();
  });

  test("drops what waits and lets what runs end", () => {
    const garden = aGarden();
    garden.open(1);
    garden.open(2);
    garden.tell({ kind: "rain-delay", hours: 1 });
    expect(garden.wanted()).toEqual([1]);
    expect(garden.waiting()).toEqual([]);
    expect(garden.reason(2)).toBe("rain_delay");
  });

  test("of 0 hours ends it", () => {
    const garden = aGarden();
    garden.tell({ kind: "rain-delay", hours: 12 });
    garden.tell({ kind: "rain-delay", hours: 0 });
    expect(garden.garden().rain).toEqual({ hours: 0, untilEpochMs: 0 });
    expect(garden.open(1)).toBeUndefined();
  });

  test("goes by the wall clock", () => {
    const garden = aGarden();
    garden.tell({ kind: "rain-delay", hours: 2 });
    garden.stepWall(2 * HOUR);
    expect(garden.open(1)).toBeUndefined();
  });

  test("does not let a running zone be prolonged", () => {
    const garden = aGarden();
    garden.open(1);
    garden.pass(MINUTE);
    garden.tell({ kind: "rain-delay", hours: 1 });
    expect(garden.open(1)).toBe("rain delay");
    expect(garden.left(1)).toBe(9 * MINUTE);
  });
});

describe("the board", () => {
  test("has to be ready before anything opens", () => {
    const garden = aGarden({ bare: true });
    garden.tell({ kind: "broker", connected: true });
    expect(garden.open(1)).toBe("the board is unavailable");
    expect(garden.reason(1)).toBe("board");
    garden.tell({ kind: "ready" });
    expect(garden.wanted()).toEqual([]);
    expect(garden.open(1)).toBeUndefined();
  });

  test("that is lost closes everything, and nothing is resumed", () => {
    const garden = aGarden();
    garden.open(1);
    garden.open(2);
    garden.lose();
    expect([garden.is(1), garden.is(2)]).toEqual(["closed", "closed"]);
    expect([garden.reason(1), garden.reason(2), garden.reason(3)]).toEqual(["board", "board", undefined]);
    expect(garden.waiting()).toEqual([]);
    garden.tell({ kind: "ready" });
    garden.pass(HOUR);
    expect(garden.wanted()).toEqual([]);
  });

  test("that restarts, lost and ready at once, resumes nothing", () => {
    const garden = aGarden();
    garden.open(1);
    garden.pass(MINUTE);
    garden.lose();
    garden.tell({ kind: "ready" });
    expect(garden.wanted()).toEqual([]);
    expect(garden.open(1)).toBeUndefined();
    expect(garden.wanted()).toEqual([1]);
  });

  test("that is lost while it closes a zone leaves the reason that the closing had", () => {
    const garden = aGarden();
    garden.open(1);
    garden.silence(true);
    garden.close(1);
    garden.lose();
    garden.tell({ kind: "ready" });
    expect(garden.is(1)).toBe("closed");
    expect(garden.reason(1)).toBe("command");
  });

  test("that is lost may let water run for 35 s more, however often it is lost meanwhile, and that counts", () => {
    const garden = aGarden();
    garden.open(1);
    garden.pass(MINUTE);
    garden.silence(true);
    garden.lose();
    garden.pass(20 * SECOND);
    garden.lose();
    expect(garden.watered(1)).toBe(80 * SECOND);
    garden.pass(15 * SECOND - 1);
    expect(garden.is(1)).toBe("closing");
    garden.pass(1);
    expect(garden.is(1)).toBe("closed");
    garden.pass(HOUR);
    expect(garden.watered(1)).toBe(95 * SECOND);
  });

  test("that is back has proven that no water runs, and only until then it counts", () => {
    const garden = aGarden({ zones: [zone(1, { dayCapMs: 2 * MINUTE }), zone(2)] });
    garden.open(1);
    garden.pass(MINUTE);
    garden.silence(true);
    garden.lose();
    garden.pass(4 * SECOND);
    garden.tell({ kind: "ready" });
    expect(garden.is(1)).toBe("closed");
    garden.pass(MINUTE);
    expect([garden.watered(1), garden.watered(2)]).toEqual([64 * SECOND, 0]);
    garden.open(1);
    expect(garden.left(1)).toBe(56 * SECOND);
  });

  test("that drops a zone by itself closes it with the reason board", () => {
    const garden = aGarden();
    garden.open(1);
    garden.open(2);
    garden.pass(MINUTE);
    garden.drop(1);
    expect(garden.reason(1)).toBe("board");
    expect(garden.wanted()).toEqual([2]);
    garden.drop(2);
    expect(garden.wanted()).toEqual([]);
    garden.pass(HOUR);
    expect(garden.wanted()).toEqual([]);
  });

  test("is told until when at the latest each relay shall be on", () => {
    const garden = aGarden({ zones: [zone(1), zone(2, { maxRunMs: HOUR })], maxConcurrent: 2 });
    const { monotonicMs } = garden.now();
    garden.open(1);
    garden.open(2);
    expect([...wantedRelays(garden.rules, garden.garden())]).toEqual([
      [1, monotonicMs + 30 * MINUTE],
      [2, monotonicMs + HOUR],
    ]);
  });
});

describe("shutdown", () => {
  test("closes everything for good, with its own reason", () => {
    const garden = aGarden();
    garden.open(1);
    garden.open(2);
    garden.tell({ kind: "shutdown" });
    expect(garden.wanted()).toEqual([]);
    expect([garden.reason(1), garden.reason(2)]).toEqual(["shutdown", "shutdown"]);
    expect(garden.open(1)).toBe("the board is unavailable");
    garden.pass(HOUR);
    expect(garden.wanted()).toEqual([]);
  });
});

describe("after a restart of the daemon", () => {
  test.each([
    ["of yesterday is history", "2026-11-21", 0],
    ["of today counts", "2026-11-22", 3 * MINUTE],
    ["of tomorrow counts, because this clock may be late", "2026-11-23", 3 * MINUTE],
    ["of a day nobody knows counts", undefined, 3 * MINUTE],
  ])("water %s", (_, day, wateredMs) => {
    const garden = aGarden();
    garden.tell({ kind: "restore", day, zones: new Map([[2, { wateredMs: 3 * MINUTE }]]), rain: undefined });
    expect(garden.garden().zones.get(2)?.wateredMs).toBe(wateredMs);
  });

  test("a clock that begins in 1970 and is set later gives no second day", () => {
    const garden = aGarden({ epochMs: HOUR });
    const zones = new Map([[2, { wateredMs: 3 * MINUTE }]]);
    garden.tell({ kind: "restore", day: "2026-11-22", zones, rain: undefined });
    garden.step(Date.UTC(2026, 10, 22, 9) - HOUR);
    garden.tell({ kind: "tick" });
    expect(garden.garden().zones.get(2)?.wateredMs).toBe(3 * MINUTE);
    garden.step(24 * HOUR);
    garden.tell({ kind: "tick" });
    expect(garden.garden().zones.get(2)?.wateredMs).toBe(0);
  });

  test("a clock that steps back over midnight and forth again gives no second day", () => {
    const garden = aGarden();
    garden.tell({ kind: "restore", day: undefined, zones: new Map([[2, { wateredMs: MINUTE }]]), rain: undefined });
    for (const ms of [-5 * HOUR, 5 * HOUR]) {
      garden.step(ms);
      garden.tell({ kind: "tick" });
      expect(garden.garden().zones.get(2)?.wateredMs).toBe(MINUTE);
    }
  });

  test("a clock that was wrong by years is believed again when it is right", () => {
    const garden = aGarden({ epochMs: Date.UTC(2031, 0, 1) });
    garden.step(Date.UTC(2026, 10, 22) - Date.UTC(2031, 0, 1));
    garden.tell({ kind: "tick" });
    expect(garden.garden().day).toBe("2026-11-22");
  });

  test("durations, today's water, reasons and the rain delay are back, and nothing opens", () => {
    const garden = aGarden();
    const rain = { hours: 5, untilEpochMs: garden.now().epochMs + HOUR };
    const zones = new Map([[2, { durationMs: 7 * MINUTE, wateredMs: 3 * MINUTE, reason: "day_cap" as const }]]);
    garden.tell({ kind: "restore", day: undefined, zones, rain });
    expect(garden.garden().zones.get(2)).toEqual({
      phase: { is: "closed" },
      durationMs: 7 * MINUTE,
      wateredMs: 3 * MINUTE,
      reason: "day_cap",
    });
    expect(garden.garden().zones.get(1)).toEqual({
      phase: { is: "closed" },
      durationMs: 10 * MINUTE,
      wateredMs: 0,
      reason: undefined,
    });
    expect(garden.garden().rain).toEqual(rain);
    expect(garden.wanted()).toEqual([]);
  });

  test("what ran since the start counts as well", () => {
    const garden = aGarden();
    garden.open(1, MINUTE);
    garden.pass(MINUTE);
    garden.tell({ kind: "restore", day: undefined, zones: new Map([[1, { wateredMs: 4 * MINUTE }]]), rain: undefined });
    expect(garden.watered(1)).toBe(5 * MINUTE);
  });

  test("a rain delay that nobody remembers is the one there is", () => {
    const garden = aGarden();
    garden.tell({ kind: "rain-delay", hours: 3 });
    const { rain } = garden.garden();
    garden.tell({ kind: "restore", day: undefined, zones: new Map(), rain: undefined });
    expect(garden.garden().rain).toEqual(rain);
  });

  test("a rain delay that is over is over", () => {
    const garden = aGarden();
    const rain = { hours: 5, untilEpochMs: garden.now().epochMs - 1 };
    garden.tell({ kind: "restore", day: undefined, zones: new Map(), rain });
    expect(garden.garden().rain).toEqual({ hours: 0, untilEpochMs: 0 });
  });

  test("today's water of the earlier run counts against the cap", () => {
    const garden = aGarden({ zones: [zone(1, { dayCapMs: 5 * MINUTE })] });
    garden.tell({ kind: "restore", day: undefined, zones: new Map([[1, { wateredMs: 4 * MINUTE }]]), rain: undefined });
    garden.open(1);
    expect(garden.left(1)).toBe(MINUTE);
  });
});
