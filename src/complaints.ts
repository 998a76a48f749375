import type { Logger } from "pino";
import type { Clock } from "./clock.ts";

/** Troubles that may repeat a thousand times and are worth a line when they are new. */
export interface Complaints {
  /** Logs a warning when this trouble is new, and again once per 10 minutes with how often it came meanwhile. */
  say(trouble: string, fields?: Record<string, unknown>): void;
  /** Forgets the troubles that begin like this, so that the next one is news again. */
  over(beginning: string): void;
}

const REMIND_MS = 10 * 60_000;
const MOST_KEPT = 100;

/** Keeps a log readable (C15): the fields may differ each time, the sentence is what counts as the same. */
export function complaints(log: Logger, clock: Clock): Complaints {
  const said = new Map<string, { atMs: number; unsaid: number }>();
  return {
    say(trouble, fields = {}) {
      const before = said.get(trouble);
      if (before && clock.monotonicMs() - before.atMs < REMIND_MS) {
        before.unsaid += 1;
        return;
      }
      log.warn(before?.unsaid ? { ...fields, repeated: before.unsaid } : fields, trouble);
      said.delete(trouble);
      said.set(trouble, { atMs: clock.monotonicMs(), unsaid: 0 });
      const oldest = said.keys().next();
      if (said.size > MOST_KEPT && !oldest.done) said.delete(oldest.value);
    },
    over(beginning) {
      for (const trouble of said.keys()) if (trouble.startsWith(beginning)) said.delete(trouble);
    },
  };
}
