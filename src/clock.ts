/** Time, handed in wherever it matters, so that a test can own it. */
export interface Clock {
  /** Milliseconds on a clock that never steps: for deadlines and how long things took. */
  monotonicMs(): number;
  /** Milliseconds since 1970, UTC: for what people read. It may step. */
  epochMs(): number;
  /** Resolves after `ms` milliseconds, or at once when the signal aborts. Never throws. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own time. */
export const realClock: Clock = {
  monotonicMs: () => performance.now(),
  epochMs: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, Math.ceil(ms));
      signal?.addEventListener("abort", done);
    }),
};

/** Waits for the promise, but not longer than `ms`; whether it was in time. */
export async function atMost(ms: number, promise: Promise<unknown>, clock: Clock): Promise<boolean> {
  const over = new AbortController();
  const inTime = await Promise.race([promise.then(() => true), clock.sleep(ms, over.signal).then(() => false)]);
  over.abort();
  return inTime;
}
