import { describe, expect, test } from "vitest";
import { nextDueMs, wantedRelays } from "../../devices/sprinklers/zones.ts";
import { aGarden, HOUR, MINUTE, SECOND, zone } from "./rules-garden.ts";

const master = { relay: 8, leadMs: 5 * SECOND, lingerMs: 20 * SECOND };
const LIMIT = 3 * HOUR + 50 * MINUTE;

describe("the master valve", () => {
  test("opens first; the zone follows when the lead is over", () => {
    const garden = aGarden({ master });
    garden.open(1);
    expect(garden.wanted()).toEqual([8]);
    expect(garden.reason(1)).toBe("queued");
    garden.pass(5 * SECOND - 1);
    expect(garden.wanted()).toEqual([8]);
    garden.pass(1);
    expect(garden.wanted()).toEqual([8, 1]);
    expect(garden.left(1)).toBe(10 * MINUTE);
  });

  test("its lead begins when the board has answered", () => {
    const garden = aGarden({ master });
    garden.silence(true);
    garden.open(1);
    expect(garden.master()).toBe("opening");
    garden.pass(MINUTE);
    expect(garden.wanted()).toEqual([8]);
    garden.tell({ kind: "confirmed", relay: 8, on: false });
    expect(garden.master()).toBe("opening");
    expect(wantedRelays(garden.rules, garden.garden()).get(8)).toBe(5_000 + LIMIT);
    garden.silence(false);
    expect(garden.master()).toBe("on");
    garden.pass(5 * SECOND - 1);
    expect(garden.wanted()).toEqual([8]);
    garden.pass(1);
    expect(garden.wanted()).toEqual([8, 1]);
  });

  test("a second answer does not start the lead again", () => {
    const garden = aGarden({ master });
    garden.open(1);
    garden.pass(4 * SECOND);
    garden.tell({ kind: "confirmed", relay: 8, on: true });
    garden.pass(SECOND);
    expect(garden.wanted()).toEqual([8, 1]);
  });

  test("without a lead the zone opens as soon as the board has answered", () => {
    const garden = aGarden({ master: { ...master, leadMs: 0 } });
    garden.open(1);
    expect(garden.wanted()).toEqual([8, 1]);
  });

  test("closes a linger after the last zone", () => {
    const garden = aGarden({ master });
    garden.open(1);
    garden.pass(5 * SECOND + 10 * MINUTE);
    expect(garden.wanted()).toEqual([8]);
    garden.pass(20 * SECOND - 1);
    expect(garden.wanted()).toEqual([8]);
    garden.pass(1);
    expect(garden.wanted()).toEqual([]);
    expect(garden.master()).toBe("off");
  });

  test("its linger begins when the board has closed the zone", () => {
    const garden = aGarden({ master });
    garden.open(1);
    garden.pass(5 * SECOND);
    garden.silence(true);
    garden.close(1);
    garden.pass(2 * SECOND);
    garden.silence(false);
    garden.pass(20 * SECOND - 1);
    expect(garden.wanted()).toEqual([8]);
    garden.pass(1);
    expect(garden.wanted()).toEqual([]);
  });

  test("has nothing due at the end of a lead that nobody waits for any more", () => {
    const garden = aGarden({ master });
    garden.open(1);
    garden.close(1);
    expect(nextDueMs(garden.garden(), garden.now())).toBe(garden.now().monotonicMs + 20 * SECOND);
  });

  test("never drops between zones that wait, and their lead is over already", () => {
    const garden = aGarden({ master: { ...master, lingerMs: 0 } });
    garden.open(1);
    garden.open(2);
    garden.pass(5 * SECOND);
    garden.silence(true);
    garden.pass(10 * MINUTE);
    expect(garden.is(1)).toBe("closing");
    expect(garden.wanted()).toEqual([8]);
    garden.silence(false);
    expect(garden.wanted()).toEqual([8, 2]);
  });

  test("a zone that is opened during the linger opens at once and the linger begins anew afterwards", () => {
    const garden = aGarden({ master });
    garden.open(1, MINUTE);
    garden.pass(5 * SECOND + MINUTE + 15 * SECOND);
    garden.open(2, MINUTE);
    expect(garden.wanted()).toEqual([8, 2]);
    garden.pass(MINUTE);
    expect(garden.wanted()).toEqual([8]);
    garden.pass(20 * SECOND - 1);
    expect(garden.wanted()).toEqual([8]);
    garden.pass(1);
    expect(garden.wanted()).toEqual([]);
  });

  test("closes at once when the only zone is closed during the lead", () => {
    const garden = aGarden({ master });
    garden.open(1);
    garden.silence(true);
    garden.tell({ kind: "all-off" });
    expect(garden.master()).toBe("closing");
    expect(garden.wanted()).toEqual([]);
  });

  test("closes when the only wish is taken back before the board has answered", () => {
    const garden = aGarden({ master });
    garden.silence(true);
    garden.open(1);
    garden.close(1);
    expect(garden.master()).toBe("closing");
    garden.tell({ kind: "confirmed", relay: 8, on: true });
    expect(garden.master()).toBe("closing");
    garden.tell({ kind: "confirmed", relay: 8, on: false });
    expect(garden.master()).toBe("off");
  });

  test("the board has to prove that a closing master is off, even one that it was never told to open", () => {
    const garden = aGarden({ master });
    garden.silence(true);
    garden.open(1);
    garden.sleep(10);
    garden.close(1);
    expect([...wantedRelays(garden.rules, garden.garden())]).toEqual([[8, garden.now().monotonicMs]]);
  });

  test("that still closes is opened again for a new zone, with a new lead", () => {
    const garden = aGarden({ master });
    garden.open(1);
    garden.pass(5 * SECOND);
    garden.silence(true);
    garden.tell({ kind: "all-off" });
    garden.tell({ kind: "confirmed", relay: 1, on: false });
    garden.open(2);
    expect(garden.master()).toBe("opening");
    garden.silence(false);
    garden.tell({ kind: "confirmed", relay: 8, on: true });
    garden.pass(5 * SECOND - 1);
    expect(garden.wanted()).toEqual([8]);
    garden.pass(1);
    expect(garden.wanted()).toEqual([8, 2]);
  });

  test("all off skips the linger: everything goes off at once", () => {
    const garden = aGarden({ master });
    garden.open(1);
    garden.pass(MINUTE);
    garden.tell({ kind: "all-off" });
    expect(garden.wanted()).toEqual([]);
    expect(garden.master()).toBe("off");
  });

  test("all off ends a linger that has begun", () => {
    const garden = aGarden({ master });
    garden.open(1, MINUTE);
    garden.pass(5 * SECOND + MINUTE);
    expect(garden.wanted()).toEqual([8]);
    garden.tell({ kind: "all-off" });
    expect(garden.wanted()).toEqual([]);
  });

  test("shutdown skips the linger", () => {
    const garden = aGarden({ master });
    garden.open(1);
    garden.pass(MINUTE);
    garden.tell({ kind: "shutdown" });
    expect(garden.wanted()).toEqual([]);
  });

  test("that the board drops takes its zones and the queue with it", () => {
    const garden = aGarden({ master });
    garden.open(1);
    garden.open(2);
    garden.pass(MINUTE);
    garden.drop(8);
    expect(garden.wanted()).toEqual([]);
    expect(garden.waiting()).toEqual([]);
    expect([garden.reason(1), garden.reason(2)]).toEqual(["board", "board"]);
    expect(garden.master()).toBe("off");
    garden.pass(20 * MINUTE);
    expect(garden.wanted()).toEqual([]);
  });

  test("stays while the board drops one of two zones", () => {
    const garden = aGarden({ master, maxConcurrent: 2 });
    garden.open(1);
    garden.open(2);
    garden.pass(MINUTE);
    garden.drop(1);
    expect(garden.wanted()).toEqual([8, 2]);
  });

  test("is off when the board is lost", () => {
    const garden = aGarden({ master });
    garden.open(1);
    garden.pass(MINUTE);
    garden.lose();
    expect(garden.master()).toBe("off");
    garden.tell({ kind: "ready" });
    garden.pass(MINUTE);
    expect(garden.wanted()).toEqual([]);
  });

  test("lingers when the broker's absence closes the zones", () => {
    const garden = aGarden({ master, zones: [zone(1)] });
    garden.open(1);
    garden.pass(MINUTE);
    garden.tell({ kind: "broker", connected: false });
    garden.pass(2 * MINUTE);
    expect(garden.wanted()).toEqual([8]);
    garden.pass(20 * SECOND);
    expect(garden.wanted()).toEqual([]);
  });
});

describe("3 h 50 min is the longest time that the master stays on", () => {
  const long = [1, 2, 3].map((relay) => zone(relay, { durationMs: 2 * HOUR, maxRunMs: 3 * HOUR }));
  const refused = "this would keep the master valve on for more than 3 h 50 min";

  test("a zone that fits exactly is accepted, lead and linger included", () => {
    const garden = aGarden({ master, zones: long });
    garden.open(1);
    expect(garden.open(2, LIMIT - 2 * HOUR - 25 * SECOND)).toBeUndefined();
  });

  test("also while the board has not answered yet", () => {
    const garden = aGarden({ master, zones: long });
    garden.silence(true);
    garden.open(1);
    expect(garden.open(2, LIMIT - 2 * HOUR - 25 * SECOND + 1)).toBe(refused);
    expect(garden.open(2, LIMIT - 2 * HOUR - 25 * SECOND)).toBeUndefined();
  });

  test("a zone that would hold it longer all alone is refused", () => {
    const garden = aGarden({ master, zones: [zone(1, { maxRunMs: 4 * HOUR })] });
    expect(garden.open(1, 4 * HOUR)).toBe(refused);
    expect(garden.master()).toBe("off");
  });

  test("a zone that is a millisecond longer is refused with the reason max_run", () => {
    const garden = aGarden({ master, zones: long });
    garden.open(1);
    expect(garden.open(2, LIMIT - 2 * HOUR - 25 * SECOND + 1)).toBe(refused);
    expect(garden.waiting()).toEqual([1]);
    expect(garden.reason(2)).toBe("max_run");
  });

  test("what is cut to max_run anyway is counted as that", () => {
    const garden = aGarden({ master, zones: [zone(1), zone(2)] });
    expect(garden.open(1, 9 * HOUR)).toBeUndefined();
    expect(garden.open(2, 9 * HOUR)).toBeUndefined();
  });

  test("the time it has been on already counts", () => {
    const garden = aGarden({ master, zones: long });
    garden.open(1);
    garden.pass(5 * SECOND + 2 * HOUR);
    expect(garden.wanted()).toEqual([8]);
    expect(garden.open(2, 110 * MINUTE - 25 * SECOND + 1)).toBe(refused);
    expect(garden.open(2, 110 * MINUTE - 25 * SECOND)).toBeUndefined();
  });

  test("what the open zone has still to run counts, not what it has run", () => {
    const garden = aGarden({ master, zones: long });
    garden.open(1);
    garden.pass(5 * SECOND + HOUR);
    expect(garden.open(2, 110 * MINUTE - 25 * SECOND + 1)).toBe(refused);
    expect(garden.open(2, 110 * MINUTE - 25 * SECOND)).toBeUndefined();
  });

  test("zones that run side by side count once", () => {
    const garden = aGarden({ master, zones: long, maxConcurrent: 2 });
    expect(garden.open(1)).toBeUndefined();
    expect(garden.open(2)).toBeUndefined();
    expect(garden.open(3, 110 * MINUTE - 25 * SECOND + 1)).toBe(refused);
    expect(garden.open(3, 110 * MINUTE - 25 * SECOND)).toBeUndefined();
  });

  test("a zone that waits takes the place that is free first", () => {
    const garden = aGarden({ master, zones: long, maxConcurrent: 2 });
    garden.open(1, 3 * HOUR);
    garden.open(2, 10 * MINUTE);
    garden.pass(MINUTE);
    expect(garden.open(3, 3 * HOUR)).toBeUndefined();
  });

  test("a longer run of an open zone that would hold the master too long is refused and changes nothing", () => {
    const garden = aGarden({ master, zones: long });
    garden.open(1);
    garden.open(2, 109 * MINUTE);
    garden.pass(10 * MINUTE);
    const before = garden.left(1);
    expect(garden.open(1)).toBe(refused);
    expect(garden.left(1)).toBe(before);
    expect(garden.reason(1)).toBe("command");
  });

  test("a longer wish for a zone that waits is refused, and the zone goes on waiting for what it had", () => {
    const garden = aGarden({ master, zones: long });
    garden.open(1);
    garden.open(2, HOUR);
    expect(garden.open(2)).toBe(refused);
    expect(garden.reason(2)).toBe("queued");
    garden.pass(5 * SECOND + 2 * HOUR);
    expect(garden.left(2)).toBe(HOUR);
  });

  test("with `replace` nothing is refused: the zone before makes room", () => {
    const garden = aGarden({ master, zones: long, whenBusy: "replace" });
    garden.open(1);
    garden.pass(5 * SECOND + HOUR);
    expect(garden.open(2)).toBeUndefined();
    expect(garden.wanted()).toEqual([8, 2]);
  });

  test("a zone that no longer fits when its turn comes is not opened", () => {
    const garden = aGarden({ master, zones: long });
    garden.open(1);
    garden.open(2, LIMIT - 2 * HOUR - 25 * SECOND);
    garden.pass(5 * SECOND);
    garden.silence(true);
    garden.pass(2 * HOUR);
    garden.sleep(1);
    garden.silence(false);
    expect(garden.waiting()).toEqual([]);
    expect(garden.reason(2)).toBe("max_run");
    expect(garden.wanted()).toEqual([8]);
  });

  test("a zone that fits to the millisecond when its turn comes is opened", () => {
    const garden = aGarden({ master, zones: long });
    garden.open(1);
    garden.open(2, LIMIT - 2 * HOUR - 25 * SECOND);
    garden.pass(5 * SECOND + 2 * HOUR);
    expect(garden.wanted()).toEqual([8, 2]);
  });

  test("the board is given that moment as the master's last", () => {
    const garden = aGarden({ master });
    const { monotonicMs } = garden.now();
    garden.open(1);
    garden.pass(MINUTE);
    expect(wantedRelays(garden.rules, garden.garden()).get(8)).toBe(monotonicMs + LIMIT);
  });

  test("a master that was switched off begins anew", () => {
    const garden = aGarden({ master, zones: long });
    garden.open(1, 3 * HOUR);
    garden.pass(3 * HOUR + 25 * SECOND);
    expect(garden.master()).toBe("off");
    expect(garden.open(2, 3 * HOUR)).toBeUndefined();
  });

  test("a master that is asked for while it closes counts from its first beginning: it may never have gone off", () => {
    const garden = aGarden({ master, zones: long });
    garden.open(1, 3 * HOUR);
    garden.pass(5 * SECOND + 2 * HOUR);
    garden.silence(true);
    garden.tell({ kind: "all-off" });
    garden.tell({ kind: "confirmed", relay: 1, on: false });
    expect(garden.open(2, 2 * HOUR)).toBe(refused);
    expect(garden.open(2, HOUR)).toBeUndefined();
    garden.silence(false);
    expect(wantedRelays(garden.rules, garden.garden()).get(8)).toBe(5_000 + LIMIT);
  });
});
