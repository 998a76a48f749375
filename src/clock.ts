import { uptime } from "node:os";

/** Time, handed in wherever it matters, so that a test can own it. */
export interface Clock {
  /** Milliseconds on a clock that never steps back, and goes on while the machine sleeps: for deadlines and how long things took. */
  monotonicMs(): number;
  /** Milliseconds since 1970, UTC: for what people read. It may step. */
  epochMs(): number;
  /**
   * Resolves after `ms` milliseconds, at the latest 10 s after the end of a sleep of the machine, or at once when the signal
   * aborts. Never throws.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A machine's clocks, in milliseconds since some moment. */
export interface Machine {
  /** `CLOCK_MONOTONIC` (clock_gettime(2)): stands still while the machine sleeps, a laptop with its lid closed. */
  awakeMs(): number;
  /** `CLOCK_REALTIME`: goes on then, but steps when somebody sets it. */
  wallMs(): number;
  /** `/proc/uptime` (proc(5)), `CLOCK_BOOTTIME` in steps of 10 ms: goes on then. It takes a hundred times as long to read. */
  upMs(): number;
}

const thisMachine: Machine = {
  awakeMs: () => performance.now(),
  wallMs: () => Date.now(),
  upMs: () => uptime() * 1_000,
};

/** More than clocks differ by chance. */
const SLEPT_MS = 500;
/** The longest a timer is set for: timers stand still while the machine sleeps. */
const NAP_MS = 10_000;

/** The time of a machine that may sleep: what was to happen meanwhile is late when it wakes, not put off. */
export function clockOf({ awakeMs, wallMs, upMs }: Machine): Clock {
  const start = { wall: wallMs() - awakeMs(), up: upMs() - awakeMs() };
  let wallAheadMs = 0;
  let sleptMs = 0;

  function monotonicMs(): number {
    const now = awakeMs();
    const ahead = wallMs() - now - start.wall;
    if (Math.abs(ahead - wallAheadMs) > SLEPT_MS) {
      // Either the wall clock was set, or the machine slept: how long it has been up tells.
      wallAheadMs = ahead;
      // Not with `now`: the process may have stood still since.
      const slept = upMs() - awakeMs() - start.up;
      if (slept - sleptMs > SLEPT_MS) sleptMs = slept;
    }
    return now + sleptMs;
  }

  return {
    monotonicMs,
    epochMs: wallMs,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const endMs = monotonicMs() + ms;
        let timer: NodeJS.Timeout;
        const done = () => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", done);
          resolve();
        };
        const nap = (leftMs: number) => {
          timer = setTimeout(wake, Math.ceil(Math.min(leftMs, NAP_MS)));
        };
        const wake = () => {
          const leftMs = endMs - monotonicMs();
          // A timer may be early by what it rounds off.
          if (leftMs >= 1) nap(leftMs);
          else done();
        };
        nap(ms);
        signal?.addEventListener("abort", done);
      }),
  };
}

/** The machine's own time. */
export const realClock = clockOf(thisMachine);

/** Waits for the promise, but not longer than `ms`; whether it was in time. */
export async function atMost(ms: number, promise: Promise<unknown>, clock: Clock): Promise<boolean> {
  const over = new AbortController();
  const inTime = await Promise.race([promise.then(() => true), clock.sleep(ms, over.signal).then(() => false)]);
  over.abort();
  return inTime;
}
