import type { Clock } from "../clock.ts";
import { BroadlinkError } from "./errors.ts";

/** What goes first when several wait. */
export type Rank = "infrared" | "poll";

/** One at a time. */
export interface Turns {
  /**
   * Does the work when it is its turn: infrared before polls, and otherwise in the order they came. Throws what the work
   * throws, or BroadlinkError, "busy", when it waited for 10 s: a command that comes so late is wanted no more.
   */
  take<T>(rank: Rank, work: () => Promise<T>): Promise<T>;
}

const PATIENCE_MS = 10_000;

export function turns(clock: Clock): Turns {
  const waiting: Record<Rank, (() => void)[]> = { infrared: [], poll: [] };
  let busy = false;

  function next(): void {
    const first = waiting.infrared.shift() ?? waiting.poll.shift();
    if (first) first();
    else busy = false;
  }

  return {
    async take(rank, work) {
      const sinceMs = clock.monotonicMs();
      if (busy) await new Promise<void>((resolve) => waiting[rank].push(resolve));
      busy = true;
      try {
        if (clock.monotonicMs() - sinceMs >= PATIENCE_MS) {
          throw new BroadlinkError(-4000, { trouble: "busy", message: "it was busy for 10 s" });
        }
        return await work();
      } finally {
        next();
      }
    },
  };
}
