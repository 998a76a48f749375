import type { Clock } from "../../../src/clock.ts";

/** A signal that aborts with its parent, or when it is late, with the reason given; freed by `end`. */
export interface Deadline {
  signal: AbortSignal;
  /** Lets go of parent and clock. It never aborts any more. */
  end(): void;
}

export function deadline(parent: AbortSignal, ms: number, clock: Clock, late: () => Error): Deadline {
  const own = new AbortController();
  const over = new AbortController();
  const aborted = () => own.abort(parent.reason);
  parent.addEventListener("abort", aborted);
  if (parent.aborted) aborted();
  void clock.sleep(ms, over.signal).then(() => {
    if (!over.signal.aborted) own.abort(late());
  });
  return {
    signal: own.signal,
    end() {
      over.abort();
      parent.removeEventListener("abort", aborted);
    },
  };
}
