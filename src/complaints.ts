import type { Logger } from "pino";
import type { Clock } from "./clock.ts";

/** Troubles that may repeat a thousand times and are worth a line when they are new. */
export interface Complaints {
  /**
   * Logs a trouble (as a warning unless told otherwise) when it is new, and again once per 10 minutes with how often it
   * came meanwhile. Returns whether it did.
   */
  say(trouble: string, fields?: Record<string, unknown>, level?: "info" | "warn" | "error"): boolean;
  /** Forgets the troubles that begin like this, so that the next one is news again. */
  over(beginning: string): void;
}

const REMIND_MS = 10 * 60_000;
/** More different sentences than this in 10 minutes are somebody's noise. */
const MOST_KEPT = 50;
const NOISE = "more different troubles than a log should hold: the rest is not logged";

/** Keeps a log readable (C15): the fields may differ each time, the sentence is what counts as the same. */
export function complaints(log: Logger, clock: Clock): Complaints {
  // In the order they were said, the oldest first.
  const said = new Map<string, { atMs: number; unsaid: number }>();

  function hasRoom(nowMs: number): boolean {
    for (const [trouble, { atMs }] of said) {
      if (said.size < MOST_KEPT || nowMs - atMs < REMIND_MS) break;
      said.delete(trouble);
    }
    return said.size < MOST_KEPT;
  }

  const self: Complaints = {
    say(trouble, fields = {}, level = "warn") {
      const nowMs = clock.monotonicMs();
      const before = said.get(trouble);
      if (before && nowMs - before.atMs < REMIND_MS) {
        before.unsaid += 1;
        return false;
      }
      if (!before && trouble !== NOISE && !hasRoom(nowMs)) {
        self.say(NOISE);
        return false;
      }
      log[level](before?.unsaid ? { ...fields, repeated: before.unsaid } : fields, trouble);
      said.delete(trouble);
      said.set(trouble, { atMs: nowMs, unsaid: 0 });
      return true;
    },
    over(beginning) {
      for (const trouble of said.keys()) if (trouble.startsWith(beginning)) said.delete(trouble);
    },
  };
  return self;
}
