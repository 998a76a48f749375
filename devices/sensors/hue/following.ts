import type { Logger } from "pino";
import type { Clock } from "../../../src/clock.ts";
import { standstill } from "../../../src/standstill.ts";
import { HueError, isFinal } from "./errors.ts";
import { followEvents } from "./events.ts";
import { type Budget, patience } from "./retry.ts";
import type { Wire } from "./wire.ts";

/** The event stream, opened again whenever it ends. */
export interface Following {
  /** Which connection is open: another number each time; undefined while there is none. */
  open(): number | undefined;
  /** When something came last, or the stream was opened, on the monotonic clock. */
  heardMs(): number;
  /** The bridge answers again: if it was away when the stream was tried last, the next try is now. */
  hurry(): void;
  /** Ends the connection that is open, because it brings nothing (any more). */
  drop(why: HueError): void;
}

interface Context {
  wire: Wire;
  key: string;
  clock: Clock;
  log: Logger;
  budget: Budget;
  signal: AbortSignal;
  /** It was opened: everything is to be read anew. */
  opened(): void;
  heard(): void;
  said(data: string): void;
  /** It could not be opened, or ended at once; undefined: it is well. */
  trouble(problem: HueError | undefined): void;
}

/** hue.md 6: a bridge may accept and hang up at once. What lives this long is good. */
const GOOD_MS = 5_000;
const PROMPT_MS = 500;

/** `ended` rejects with a HueError that no further try can help, or when the signal aborts. */
export function keepFollowing(context: Context): Following & { ended: Promise<never> } {
  const { wire, key, clock, log, budget, signal, opened, heard, said, trouble } = context;
  const retries = patience();
  let current = new AbortController();
  let number = 0;
  let isOpen = false;
  let wasAway = false;
  let nap = new AbortController();
  let heardMs = clock.monotonicMs();
  // A press that waited to be read meanwhile is none any more; all else is read anew with the next connection.
  const stood = new HueError("silent", "this process stood still");
  const still = standstill(clock, signal, () => current.abort(stood));

  /** One connection; whether it was a good one, or ended for no fault of its own. Throws when a further one can't help. */
  async function once(): Promise<boolean> {
    current = new AbortController();
    const { signal: own } = current;
    const end = () => current.abort(signal.reason);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
    let something = false;
    let hasLasted = false;
    let good = false;
    const judge = () => {
      if (good || !something || !hasLasted || own.aborted) return;
      good = true;
      retries.reset();
      trouble(undefined);
    };
    const listener = {
      opened() {
        number += 1;
        isOpen = true;
        heardMs = clock.monotonicMs();
        // A flag and no look at the clock: a timer may ring a moment early, and nothing else need come for hours.
        void clock.sleep(GOOD_MS, own).then(() => {
          hasLasted = true;
          judge();
        });
        opened();
      },
      heard() {
        something = true;
        heardMs = clock.monotonicMs();
        judge();
        heard();
      },
      said(data: string) {
        if (!still.noticed() && !own.aborted) said(data);
      },
    };
    try {
      return await followEvents(wire, key, listener, own);
    } catch (error) {
      if (signal.aborted || !(error instanceof HueError) || isFinal(error)) throw error;
      log.debug({ because: error.message, good }, "the event stream ended");
      // No trouble of the bridge's.
      if (own.reason === stood) return true;
      wasAway = !something && (error.trouble === "refused" || error.trouble === "silent");
      if (!good) trouble(error);
      return good;
    } finally {
      isOpen = false;
      signal.removeEventListener("abort", end);
      current.abort();
    }
  }

  async function run(): Promise<never> {
    for (;;) {
      const good = await once();
      nap = new AbortController();
      const wake = () => nap.abort();
      signal.addEventListener("abort", wake);
      if (!signal.aborted) await clock.sleep(good ? PROMPT_MS * Math.random() : retries.nextMs(), nap.signal);
      signal.removeEventListener("abort", wake);
      await budget.room("anew", signal);
    }
  }

  return {
    open: () => (isOpen ? number : undefined),
    heardMs: () => heardMs,
    hurry() {
      if (!wasAway) return;
      wasAway = false;
      retries.reset();
      nap.abort();
    },
    drop: (why) => current.abort(why),
    ended: run(),
  };
}
