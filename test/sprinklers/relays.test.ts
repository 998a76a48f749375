import { describe, expect, test } from "vitest";
import { trackRelays } from "../../devices/sprinklers/relays.ts";

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const until = (...relays: number[]) => new Map(relays.map((relay) => [relay, HOUR]));
const none = new Map<number, number>();
const on = (relay: number) => ({ relay, on: true });
const off = (relay: number) => ({ relay, on: false });
const again = (relay: number) => ({ relay, on: true, refresh: true });
const idle = (relay: number) => ({ relay, on: false, idle: true });

/** Relays 2, 3 and 4 that the board has said are off, at 0. */
function allOff() {
  const relays = trackRelays([2, 3, 4], 0);
  for (const relay of [2, 3, 4]) relays.answered(relay, false, 0);
  return relays;
}

/** The same with some of them on: written and answered at `nowMs`. */
function withOn(nowMs: number, ...numbers: number[]) {
  const relays = allOff();
  for (const relay of numbers) {
    relays.writing(relay, true, nowMs);
    relays.answered(relay, true, nowMs);
  }
  return relays;
}

describe("what is known of the relays", () => {
  test("nothing at first: whoever was here before may have left water running", () => {
    const relays = trackRelays([2, 3], 1_000);
    expect([...relays.states()]).toEqual([]);
    expect(relays.doubtful()).toEqual([2, 3]);
  });

  test("an answer is a fact", () => {
    const relays = withOn(5, 2);
    expect([...relays.states()]).toEqual([
      [2, true],
      [3, false],
      [4, false],
    ]);
    expect(relays.doubtful()).toEqual([2]);
  });

  test("water may run from the first byte of an `on`, and until an answer says otherwise", () => {
    const relays = allOff();
    relays.writing(2, false, 5);
    expect(relays.doubtful()).toEqual([]);
    relays.writing(2, true, 6);
    expect(relays.doubtful()).toEqual([2]);
    expect(relays.states().get(2)).toBe(false);
    relays.writing(2, false, 7);
    expect(relays.doubtful()).toEqual([2]);
    relays.answered(2, false, 8);
    expect(relays.doubtful()).toEqual([]);
  });

  test("what the board says of all relays is a fact where it says off, and to be mended where it says on", () => {
    const relays = withOn(5, 2, 3);
    expect(relays.reported(new Set([3, 4, 7]), 10)).toEqual([2]);
    expect(relays.states().get(2)).toBe(false);
    expect(relays.states().get(3)).toBe(true);
    // Nobody wanted relay 4: it is told off, and closed by its answer.
    expect(relays.doubtful()).toContain(4);
    expect(relays.next(until(3), 11)).toEqual(off(2));
    relays.answered(2, false, 12);
    expect(relays.next(until(3), 13)).toEqual(off(4));
    relays.answered(4, false, 14);
    expect(relays.next(until(3), 15)).toBeUndefined();
    expect(relays.doubtful()).toEqual([3]);
  });

  test("a board that says how its relays are is a sign of life", () => {
    const relays = allOff();
    expect(relays.reported(new Set(), 15 * SECOND)).toEqual([]);
    expect(relays.next(none, 35 * SECOND - 1)).toBeUndefined();
    expect(relays.next(none, 35 * SECOND)).toEqual(idle(2));
  });

  test("a relay that timed out on the board is off, and is told so again", () => {
    const relays = withOn(5, 2);
    relays.timedOut(2, 10);
    expect(relays.states().get(2)).toBe(false);
    expect(relays.doubtful()).toEqual([]);
    expect(relays.next(none, 10)).toEqual(off(2));
    expect(relays.next(until(2), 10)).toEqual(on(2));
  });

  test("a board that restarted has everything off, and is told everything again", () => {
    const relays = withOn(5, 2, 3);
    relays.restarted();
    expect([...relays.states().values()]).toEqual([false, false, false]);
    expect(relays.doubtful()).toEqual([]);
    for (const relay of [2, 3, 4]) {
      expect(relays.next(none, 10)).toEqual(off(relay));
      relays.answered(relay, false, 10);
    }
  });

  test("states are the same object until one changes, so that nobody is woken for nothing", () => {
    const relays = allOff();
    const before = relays.states();
    relays.answered(2, false, 5);
    expect(relays.states()).toBe(before);
    relays.answered(2, true, 6);
    expect(relays.states()).not.toBe(before);
    expect(before.get(2)).toBe(false);
  });

  test("an answer nobody asked for proves nothing, and only a surprising one is looked into", () => {
    const relays = allOff();
    expect(relays.unasked(2, false)).toBe(false);
    expect(relays.next(none, 10)).toBeUndefined();
    expect(relays.unasked(2, true)).toBe(true);
    expect(relays.states().get(2)).toBe(false);
    expect(relays.next(none, 10)).toEqual(off(2));
  });

  test("35 s after its last `on` a relay of a silent board is off", () => {
    const relays = withOn(1_000, 2);
    relays.writing(3, true, 6_000);
    relays.answered(3, true, 6_000);
    expect(relays.expire(6_000)).toBe(30 * SECOND);
    expect(relays.expire(36_000 - 1)).toBe(1);
    expect(relays.states().get(2)).toBe(true);
    expect(relays.expire(36_000)).toBe(5 * SECOND);
    expect(relays.states().get(2)).toBe(false);
    expect(relays.expire(41_000)).toBeUndefined();
    expect(relays.doubtful()).toEqual([]);
    expect(relays.states().get(3)).toBe(false);
  });

  test("35 s after the start a relay of which nobody knows anything is off", () => {
    const relays = trackRelays([2], 1_000);
    expect(relays.expire(2_000)).toBe(34 * SECOND);
    expect(relays.states().has(2)).toBe(false);
    expect(relays.expire(36_000)).toBeUndefined();
    expect([...relays.states()]).toEqual([[2, false]]);
  });
});

describe("what the board is told next", () => {
  test("nothing when all is as wanted", () => {
    expect(allOff().next(none, 10)).toBeUndefined();
    expect(withOn(5, 2).next(until(2), 10)).toBeUndefined();
  });

  test("everything off when nothing is known", () => {
    const relays = trackRelays([2, 3], 0);
    expect(relays.next(none, 0)).toEqual(off(2));
    relays.answered(2, false, 1);
    expect(relays.next(none, 1)).toEqual(off(3));
    relays.answered(3, false, 2);
    expect(relays.next(none, 2)).toBeUndefined();
  });

  test("first what closes, then what opens in the order it is wanted, then what has to be refreshed", () => {
    const relays = withOn(0, 2, 3);
    relays.writing(3, true, 4_000);
    relays.answered(3, true, 4_000);
    const wanted = new Map([
      [4, HOUR],
      [3, HOUR],
    ]);
    expect(relays.next(wanted, 9_000)).toEqual(off(2));
    relays.answered(2, false, 9_000);
    expect(relays.next(wanted, 9_000)).toEqual(on(4));
    relays.writing(4, true, 9_000);
    relays.answered(4, true, 9_000);
    expect(relays.next(wanted, 9_000)).toEqual(again(3));
    relays.writing(3, true, 9_000);
    relays.answered(3, true, 9_000);
    expect(relays.next(wanted, 9_000)).toBeUndefined();
  });

  test("the master, wanted first, opens first", () => {
    expect(allOff().next(until(4, 2), 10)).toEqual(on(4));
  });

  test("an open relay is told again every 5 s", () => {
    const relays = withOn(1_000, 2);
    expect(relays.next(until(2), 5_999)).toBeUndefined();
    expect(relays.next(until(2), 6_000)).toEqual(again(2));
  });

  test("who closes everything begins with what may be on, and ends when the board has said that all is off", () => {
    const relays = withOn(0, 4);
    relays.forget();
    expect(relays.unproven()).toEqual([4, 2, 3]);
    relays.answered(2, false, 1);
    relays.answered(4, false, 2);
    expect(relays.unproven()).toEqual([3]);
    relays.writing(2, true, 3);
    relays.answered(3, false, 4);
    expect(relays.unproven()).toEqual([2]);
    relays.answered(2, true, 5);
    expect(relays.unproven()).toEqual([2]);
    relays.answered(2, false, 6);
    expect(relays.unproven()).toEqual([]);
  });

  test("a relay goes off at its time, whatever the rules say, and is told so once", () => {
    const relays = withOn(0, 2);
    const wanted = new Map([[2, 4_000]]);
    expect(relays.next(wanted, 3_999)).toBeUndefined();
    expect(relays.next(wanted, 4_000)).toEqual(off(2));
    relays.answered(2, false, 4_052);
    expect(relays.next(wanted, 4_052)).toBeUndefined();
    expect(relays.next(wanted, 9_000)).toBeUndefined();
  });

  test("a relay that shall be proven off is told so although nothing was ever told it to go on", () => {
    const relays = allOff();
    const closing = new Map([[3, 10]]);
    expect(relays.next(closing, 10)).toEqual(off(3));
    relays.answered(3, false, 10);
    expect(relays.next(closing, 10)).toEqual(off(3));
    relays.answered(3, false, 11);
    expect(relays.next(closing, 11)).toBeUndefined();
  });

  test("everything again after what was told does not count any more", () => {
    const relays = withOn(5, 2);
    relays.forget();
    expect(relays.next(until(2), 10)).toEqual(off(3));
    relays.answered(3, false, 10);
    relays.answered(4, false, 10);
    expect(relays.next(until(2), 10)).toEqual(on(2));
    expect(relays.states().get(2)).toBe(true);
  });

  test("a board with nothing to do is asked after 20 s of silence, with an `off` that changes nothing", () => {
    const relays = allOff();
    expect(relays.next(none, 20 * SECOND - 1)).toBeUndefined();
    expect(relays.next(none, 20 * SECOND)).toEqual(idle(2));
    relays.timedOut(4, 21_000);
    relays.answered(4, false, 22_000);
    expect(relays.next(none, 41_999)).toBeUndefined();
    expect(relays.next(none, 42_000)).toEqual(idle(2));
    expect(withOn(20 * SECOND, 2).next(until(2), 20 * SECOND)).toBeUndefined();
  });

  test("a time-out's line is a sign of life too", () => {
    const relays = withOn(0, 2);
    relays.timedOut(2, 10 * SECOND);
    expect(relays.quietMs(none, 10 * SECOND)).toBe(20 * SECOND);
  });

  test("the relay that is asked is one that shall be off", () => {
    const relays = withOn(0, 2);
    relays.writing(2, true, 19_000);
    relays.answered(2, true, 0);
    expect(relays.next(until(2), 20 * SECOND)).toEqual(idle(3));
  });

  test("an on that was written and not answered is nothing known: an off follows when it is not wanted any more", () => {
    const relays = allOff();
    relays.writing(2, true, 1_000);
    expect(relays.next(none, 1_500)).toEqual(off(2));
  });
});

describe("a machine that stood still", () => {
  test("is noticed when a relay that is on was not told so for 25 s", () => {
    const relays = withOn(1_000, 2);
    expect(relays.stoodStill(until(2), 25_999)).toBe(false);
    expect(relays.stoodStill(until(2), 26_000)).toBe(true);
    expect(relays.stoodStill(none, 26_000)).toBe(false);
  });
});

describe("how long nothing changes by itself", () => {
  test("until the board has been silent for 20 s", () => {
    expect(allOff().quietMs(none, 3_000)).toBe(17 * SECOND);
  });

  test("until the next refresh", () => {
    expect(withOn(1_000, 2).quietMs(until(2), 3_000)).toBe(3 * SECOND);
  });

  test("until a relay's time is over", () => {
    expect(withOn(1_000, 2).quietMs(new Map([[2, 3_500]]), 3_000)).toBe(500);
  });

  test("a time that is over is not waited for", () => {
    expect(withOn(1_000, 2).quietMs(new Map([[2, 3_000]]), 3_000)).toBe(18 * SECOND);
  });

  test("at least a millisecond", () => {
    expect(allOff().quietMs(none, 60 * SECOND)).toBe(1);
    expect(trackRelays([2], 0).quietMs(none, 0)).toBe(1);
  });
});
