import { describe, expect, test } from "vitest";
import { decide, emptyGarden, nextDueMs, wantedRelays } from "../../devices/sprinklers/zones.ts";
import { aGarden, HOUR, MINUTE, SECOND, zone } from "./rules-garden.ts";

describe("one zone", () => {
  test("a garden begins closed, dry and without a reason", () => {
    const garden = aGarden({ bare: true });
    expect(garden.garden()).toEqual({
      zones: new Map(
        [1, 2, 3].map((relay) => [
          relay,
          { phase: { is: "closed" }, reason: undefined, durationMs: 10 * MINUTE, wateredMs: 0 },
        ]),
      ),
      queue: [],
      master: { is: "off" },
      boardReady: false,
      brokerLostMs: 5_000,
      rain: { hours: 0, untilEpochMs: 0 },
      day: "2026-11-22",
      countedMs: 5_000,
    });
    expect(garden.wanted()).toEqual([]);
  });

  test("an opened zone runs for its duration and closes with the reason deadline", () => {
    const garden = aGarden();
    expect(garden.open(1)).toBeUndefined();
    expect(garden.wanted()).toEqual([1]);
    expect(garden.reason(1)).toBe("command");
    garden.pass(10 * MINUTE - 1);
    expect(garden.wanted()).toEqual([1]);
    garden.pass(1);
    expect(garden.wanted()).toEqual([]);
    expect(garden.reason(1)).toBe("deadline");
    expect(garden.is(1)).toBe("closed");
  });

  test("a zone that nobody told otherwise keeps its own duration while another's is changed", () => {
    const garden = aGarden();
    garden.tell({ kind: "duration", relay: 1, durationMs: 3 * MINUTE });
    garden.open(1);
    expect(garden.left(1)).toBe(3 * MINUTE);
    garden.close(1);
    garden.open(2);
    expect(garden.left(2)).toBe(10 * MINUTE);
  });

  test("a changed duration counts from the next run on", () => {
    const garden = aGarden();
    garden.open(1);
    garden.tell({ kind: "duration", relay: 1, durationMs: 3 * MINUTE });
    expect(garden.left(1)).toBe(10 * MINUTE);
  });

  test("a run of 90 s is for once", () => {
    const garden = aGarden();
    garden.open(1, 90 * SECOND);
    expect(garden.left(1)).toBe(90 * SECOND);
    garden.pass(90 * SECOND);
    expect(garden.reason(1)).toBe("deadline");
    garden.open(1);
    expect(garden.left(1)).toBe(10 * MINUTE);
  });

  test("people are told the moment at which a run ends by the wall clock", () => {
    const garden = aGarden({ epochMs: Date.UTC(2026, 10, 22, 4, 0) });
    garden.open(1);
    const { phase } = garden.garden().zones.get(1) ?? {};
    expect(phase).toMatchObject({ is: "open", endsAtMs: Date.UTC(2026, 10, 22, 4, 10) });
  });

  test("a closed zone was closed by command", () => {
    const garden = aGarden();
    garden.open(1);
    garden.close(1);
    expect(garden.wanted()).toEqual([]);
    expect(garden.reason(1)).toBe("command");
  });

  test("an `on` that the board says of a closed zone changes nothing", () => {
    const garden = aGarden();
    const before = garden.garden();
    garden.tell({ kind: "confirmed", relay: 1, on: true });
    expect(garden.garden()).toEqual(before);
  });

  test("closing what is closed changes nothing", () => {
    const garden = aGarden();
    garden.open(1, SECOND);
    garden.pass(SECOND);
    const before = garden.garden();
    garden.close(1);
    expect(garden.garden()).toEqual(before);
  });

  test("a zone counts as open when the board has answered, and as closed when it has answered again", () => {
    const garden = aGarden();
    garden.silence(true);
    garden.open(1);
    expect(garden.garden().zones.get(1)?.phase).toMatchObject({ is: "open", confirmed: false });
    garden.tell({ kind: "confirmed", relay: 1, on: false });
    expect(garden.garden().zones.get(1)?.phase).toMatchObject({ is: "open", confirmed: false });
    garden.tell({ kind: "confirmed", relay: 1, on: true });
    expect(garden.garden().zones.get(1)?.phase).toMatchObject({ is: "open", confirmed: true });
    garden.close(1);
    expect(garden.is(1)).toBe("closing");
    garden.tell({ kind: "confirmed", relay: 1, on: true });
    expect(garden.is(1)).toBe("closing");
    garden.tell({ kind: "confirmed", relay: 1, on: false });
    expect(garden.is(1)).toBe("closed");
  });

  test("the board has to prove that a closing zone is off, even one that it was never told to open", () => {
    const garden = aGarden();
    garden.silence(true);
    garden.open(2);
    garden.sleep(10);
    garden.close(2);
    const listed = wantedRelays(garden.rules, garden.garden());
    expect([...listed]).toEqual([[2, garden.now().monotonicMs]]);
    garden.tell({ kind: "confirmed", relay: 2, on: false });
    expect([...wantedRelays(garden.rules, garden.garden())]).toEqual([]);
  });

  test("an answer for a relay that is no zone, or a command for it, changes nothing", () => {
    const garden = aGarden();
    const before = garden.garden();
    expect(garden.open(7)).toBe("there is no zone on relay 7");
    garden.close(7);
    garden.tell({ kind: "confirmed", relay: 7, on: true });
    garden.tell({ kind: "timed-out", relay: 7 });
    garden.tell({ kind: "duration", relay: 7, durationMs: MINUTE });
    expect(garden.garden()).toEqual(before);
  });
});

describe("max_run", () => {
  test("a run that is asked to be longer than max_run ends there, and says so", () => {
    const garden = aGarden();
    garden.open(1, 5 * HOUR);
    expect(garden.left(1)).toBe(30 * MINUTE);
    garden.pass(30 * MINUTE);
    expect(garden.is(1)).toBe("closed");
    expect(garden.reason(1)).toBe("max_run");
  });

  test("a duration that is exactly max_run ends by its own deadline: nothing was cut", () => {
    const garden = aGarden({ zones: [zone(1, { durationMs: 30 * MINUTE })] });
    garden.open(1);
    garden.pass(30 * MINUTE);
    expect(garden.reason(1)).toBe("deadline");
  });

  test("open while open starts the duration again, up to max_run from the first open", () => {
    const garden = aGarden();
    garden.open(1);
    garden.pass(8 * MINUTE);
    garden.open(1);
    expect(garden.left(1)).toBe(10 * MINUTE);
    garden.pass(8 * MINUTE);
    garden.open(1);
    garden.pass(8 * MINUTE);
    garden.open(1);
    expect(garden.left(1)).toBe(6 * MINUTE);
    garden.pass(6 * MINUTE);
    expect(garden.is(1)).toBe("closed");
    expect(garden.reason(1)).toBe("max_run");
  });

  test("open while open with a shorter run shortens it", () => {
    const garden = aGarden();
    garden.open(1);
    garden.open(1, MINUTE);
    expect(garden.left(1)).toBe(MINUTE);
  });

  test("open while open says the new end to people, and does not wait for the board again", () => {
    const garden = aGarden({ epochMs: Date.UTC(2026, 10, 22, 4, 0) });
    garden.open(1);
    garden.pass(5 * MINUTE);
    garden.open(1);
    expect(garden.garden().zones.get(1)).toMatchObject({
      phase: { is: "open", confirmed: true, endsAtMs: Date.UTC(2026, 10, 22, 4, 15) },
      reason: "command",
    });
  });

  test("whatever the rules say later, the board is given max_run from the first open as the last moment", () => {
    const garden = aGarden();
    const openedMs = garden.now().monotonicMs;
    garden.open(1);
    garden.pass(5 * MINUTE);
    garden.open(1);
    expect(wantedRelays(garden.rules, garden.garden()).get(1)).toBe(openedMs + 30 * MINUTE);
  });

  test("a tick that comes late closes what is overdue", () => {
    const garden = aGarden();
    garden.open(1);
    garden.sleep(2 * HOUR);
    garden.tell({ kind: "tick" });
    expect(garden.is(1)).toBe("closed");
  });

  test("a wall clock that steps moves no deadline", () => {
    const garden = aGarden();
    garden.open(1);
    garden.stepWall(-3 * HOUR);
    expect(garden.left(1)).toBe(10 * MINUTE);
    garden.stepWall(9 * HOUR);
    expect(garden.left(1)).toBe(10 * MINUTE);
  });
});

describe("water of a day", () => {
  const capped = (rules: Parameters<typeof aGarden>[0] = {}) =>
    aGarden({ zones: [zone(1, { dayCapMs: 15 * MINUTE }), zone(2, { dayCapMs: 15 * MINUTE })], ...rules });

  test("is counted from the opening to the board's answer to closing, per zone", () => {
    const garden = capped();
    garden.open(1);
    garden.pass(4 * MINUTE);
    garden.silence(true);
    garden.close(1);
    garden.pass(2 * SECOND);
    garden.silence(false);
    garden.pass(5 * MINUTE);
    expect(garden.watered(1)).toBe(4 * MINUTE + 2 * SECOND);
    expect(garden.watered(2)).toBe(0);
  });

  test("a zone closes when it has had its water for today, and is refused until tomorrow", () => {
    const garden = capped();
    garden.open(1);
    garden.pass(10 * MINUTE);
    garden.open(1);
    expect(garden.left(1)).toBe(5 * MINUTE);
    garden.pass(5 * MINUTE);
    expect(garden.is(1)).toBe("closed");
    expect(garden.reason(1)).toBe("day_cap");
    garden.open(2);
    garden.close(2);
    expect(garden.open(1)).toBe("this zone has had its water for today");
    expect(garden.wanted()).toEqual([]);
    garden.pass(20 * HOUR);
    expect(garden.open(1)).toBeUndefined();
    expect(garden.left(1)).toBe(10 * MINUTE);
  });

  test("a refusal because of it says so", () => {
    const garden = capped();
    const zones = new Map([[1, { wateredMs: 15 * MINUTE }]]);
    garden.tell({ kind: "restore", day: undefined, zones, rain: undefined });
    garden.open(1);
    expect(garden.reason(1)).toBe("day_cap");
  });

  test("open while open moves no end past the day's cap", () => {
    const garden = capped();
    garden.open(1);
    garden.pass(9 * MINUTE);
    garden.open(1);
    expect(garden.left(1)).toBe(6 * MINUTE);
    garden.pass(6 * MINUTE);
    expect(garden.reason(1)).toBe("day_cap");
  });

  test("a refusal says why on the closed zone, and leaves an open zone's reason alone", () => {
    const garden = capped({ maxConcurrent: 2 });
    garden.open(1, 15 * MINUTE);
    garden.pass(15 * MINUTE);
    garden.tell({ kind: "duration", relay: 1, durationMs: MINUTE });
    garden.open(2);
    garden.close(1);
    garden.tell({ kind: "rain-delay", hours: 1 });
    garden.open(1);
    garden.open(2);
    expect(garden.reason(1)).toBe("rain_delay");
    expect(garden.reason(2)).toBe("command");
  });

  test("begins at midnight of the configured place, not of the machine", () => {
    const perth = new Intl.DateTimeFormat("sv-SE", { timeZone: "Australia/Perth" });
    const garden = capped({
      epochMs: Date.UTC(2026, 10, 22, 15, 50),
      dayOf: (epochMs: number) => perth.format(epochMs),
    });
    garden.open(1, 5 * MINUTE);
    garden.pass(5 * MINUTE);
    expect(garden.watered(1)).toBe(5 * MINUTE);
    garden.pass(5 * MINUTE - 1);
    expect(garden.watered(1)).toBe(5 * MINUTE);
    garden.pass(1);
    expect(garden.watered(1)).toBe(0);
    expect(garden.garden().day).toBe("2026-11-23");
  });

  test("what runs over midnight counts for the new day from the last count on", () => {
    const garden = capped({ epochMs: Date.UTC(2026, 10, 22, 23, 57) });
    garden.open(1);
    garden.pass(2 * MINUTE);
    expect(garden.watered(1)).toBe(2 * MINUTE);
    garden.pass(MINUTE);
    garden.pass(MINUTE);
    expect(garden.watered(1)).toBe(2 * MINUTE);
  });

  test("a zone whose water ran out while it waited is not opened", () => {
    const garden = capped();
    garden.open(1, 15 * MINUTE);
    garden.silence(true);
    garden.close(1);
    garden.open(1);
    expect(garden.reason(1)).toBe("queued");
    garden.sleep(15 * MINUTE);
    garden.tell({ kind: "confirmed", relay: 1, on: false });
    expect(garden.wanted()).toEqual([]);
    expect(garden.waiting()).toEqual([]);
    expect(garden.reason(1)).toBe("day_cap");
  });
});

describe("what is due next", () => {
  test("nothing in a garden that sleeps", () => {
    const garden = aGarden();
    expect(nextDueMs(garden.garden(), garden.now())).toBeUndefined();
  });

  test("the end of the run that ends first", () => {
    const garden = aGarden({ maxConcurrent: 2 });
    const { monotonicMs } = garden.now();
    garden.open(1, 2 * MINUTE);
    garden.open(2, MINUTE);
    expect(nextDueMs(garden.garden(), garden.now())).toBe(monotonicMs + MINUTE);
  });

  test("the end of the rain delay, on the monotonic clock", () => {
    const garden = aGarden();
    garden.tell({ kind: "rain-delay", hours: 2 });
    garden.stepWall(HOUR);
    expect(nextDueMs(garden.garden(), garden.now())).toBe(garden.now().monotonicMs + HOUR);
  });

  test("120 s after the broker went, and nothing after that", () => {
    const garden = aGarden();
    const { monotonicMs } = garden.now();
    garden.tell({ kind: "broker", connected: false });
    expect(nextDueMs(garden.garden(), garden.now())).toBe(monotonicMs + 120 * SECOND);
    garden.pass(120 * SECOND);
    expect(nextDueMs(garden.garden(), garden.now())).toBeUndefined();
  });

  test("a moment that has just passed, and never one that the rules have seen", () => {
    const garden = aGarden();
    garden.open(1, MINUTE);
    const dueMs = garden.now().monotonicMs + MINUTE;
    // A timer that fires a little early, and time that passes between two looks.
    const now = { ...garden.now(), monotonicMs: dueMs + 0.5 };
    expect(nextDueMs(garden.garden(), now)).toBe(dueMs);
    garden.sleep(MINUTE);
    garden.tell({ kind: "tick" });
    expect(nextDueMs(garden.garden(), garden.now())).toBeUndefined();
  });
});

test("the rules change no garden: they make a new one", () => {
  const garden = aGarden();
  const before = garden.garden();
  const copy = structuredClone(before);
  garden.open(1);
  garden.pass(MINUTE);
  expect(before).toEqual(copy);
});

test("a decision that refuses nothing has no word about it", () => {
  const { rules } = aGarden();
  const now = { monotonicMs: 0, epochMs: 0 };
  expect(decide(rules, emptyGarden(rules, now), { kind: "tick" }, now)).not.toHaveProperty("refused");
});
