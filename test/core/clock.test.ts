import { getEventListeners } from "node:events";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { clockOf, realClock } from "../../src/clock.ts";

const HOURS_8 = 8 * 3_600_000;

/** A machine that has been up for two days, and its clock; `asleep` for so long, and then awake again. */
function laptop() {
  const now = { awake: 5_000, wall: Date.UTC(2026, 10, 22, 2, 0, 0), up: 172_800_000 };
  const clock = clockOf({ awakeMs: () => now.awake, wallMs: () => now.wall, upMs: () => now.up });
  const runs = (ms: number) => {
    for (let leftMs = ms; leftMs > 0; leftMs -= 1_000) {
      const step = Math.min(leftMs, 1_000);
      now.awake += step;
      now.wall += step;
      now.up += step;
      vi.advanceTimersByTime(step);
    }
  };
  const asleep = (ms: number) => {
    now.wall += ms;
    now.up += ms;
  };
  const setWall = (ms: number) => {
    now.wall += ms;
  };
  return { clock, runs, asleep, setWall, now };
}

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

describe("a clock for deadlines", () => {
  test("goes on while the machine sleeps, each time", () => {
    const { clock, runs, asleep } = laptop();
    expect(clock.monotonicMs()).toBe(5_000);
    runs(250);
    asleep(HOURS_8);
    expect(clock.monotonicMs()).toBe(5_250 + HOURS_8);
    runs(1_000);
    asleep(60_000);
    runs(1);
    expect(clock.monotonicMs()).toBe(5_250 + HOURS_8 + 61_001);
  });

  test("goes on as well when the wall clock is set meanwhile", () => {
    const { clock, asleep, setWall } = laptop();
    asleep(HOURS_8);
    setWall(-HOURS_8 / 2);
    expect(clock.monotonicMs()).toBe(5_000 + HOURS_8);
  });

  test.each([HOURS_8, -HOURS_8, 501, -501])("does not step with the wall clock (%d ms)", (ms) => {
    const { clock, runs, setWall } = laptop();
    setWall(ms);
    expect(clock.monotonicMs()).toBe(5_000);
    runs(10);
    expect(clock.monotonicMs()).toBe(5_010);
  });

  test("never goes back, even if the machine says that it has been up for less", () => {
    const { clock, asleep, setWall, now } = laptop();
    asleep(HOURS_8);
    clock.monotonicMs();
    now.up = 10;
    setWall(60_000);
    expect(clock.monotonicMs()).toBe(5_000 + HOURS_8);
  });

  test("asks how long the machine has been up only when the wall clock has moved", () => {
    const { now, setWall } = laptop();
    const upMs = vi.fn(() => now.up);
    const clock = clockOf({ awakeMs: () => now.awake, wallMs: () => now.wall, upMs });
    for (let i = 0; i < 100; i++) clock.monotonicMs();
    expect(upMs).toHaveBeenCalledTimes(1);
    setWall(60_000);
    for (let i = 0; i < 100; i++) clock.monotonicMs();
    expect(upMs).toHaveBeenCalledTimes(2);
  });

  test("does not count a standstill of the process twice that happened while it was read", () => {
    const { now, asleep } = laptop();
    let stood = false;
    const awakeMs = () => {
      const { awake } = now;
      if (stood) for (const of of ["awake", "wall", "up"] as const) now[of] += 60_000;
      stood = false;
      return awake;
    };
    const clock = clockOf({ awakeMs, wallMs: () => now.wall, upMs: () => now.up });
    stood = true;
    clock.monotonicMs();
    expect(clock.monotonicMs()).toBe(65_000);
    asleep(40_000);
    expect(clock.monotonicMs()).toBe(105_000);
  });

  test("of this machine is the one that performance.now() reads", () => {
    const before = performance.now();
    const now = realClock.monotonicMs();
    expect([before <= now, now <= performance.now()]).toEqual([true, true]);
  });
});

describe("a wait", () => {
  async function isOver(promise: Promise<void>) {
    let over = false;
    void promise.then(() => {
      over = true;
    });
    await Promise.resolve();
    await Promise.resolve();
    return over;
  }

  test("takes its time", async () => {
    const { clock, runs } = laptop();
    const hour = clock.sleep(3_600_000);
    runs(3_599_999);
    expect(await isOver(hour)).toBe(false);
    runs(1);
    expect(await isOver(hour)).toBe(true);
  });

  test("that was over while the machine slept ends within 10 s of its waking", async () => {
    const { clock, runs, asleep } = laptop();
    const hour = clock.sleep(3_600_000);
    runs(1_000);
    asleep(HOURS_8);
    runs(10_000);
    expect(await isOver(hour)).toBe(true);
  });

  test("ends when it is aborted, and does not begin when it was before", async () => {
    const { clock } = laptop();
    const over = new AbortController();
    const hour = clock.sleep(3_600_000, over.signal);
    over.abort();
    expect(await isOver(hour)).toBe(true);
    expect(await isOver(clock.sleep(3_600_000, over.signal))).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("leaves nothing on the signal that may end it", async () => {
    const { clock, runs } = laptop();
    const { signal } = new AbortController();
    const moment = clock.sleep(1_000, signal);
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    runs(1_000);
    expect(await isOver(moment)).toBe(true);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  test.each([0, -1, Number.NEGATIVE_INFINITY, Number.NaN])("of %d ms is over at once", async (ms) => {
    const { clock, runs } = laptop();
    const none = clock.sleep(ms);
    runs(1);
    expect(await isOver(none)).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("for ever never ends by itself", async () => {
    const { clock, runs } = laptop();
    const ever = clock.sleep(Number.POSITIVE_INFINITY);
    runs(60_000);
    expect(await isOver(ever)).toBe(false);
  });
});
