import type { Logger } from "pino";
import type { Cell } from "../../../src/cell.ts";
import { atMost, type Clock } from "../../../src/clock.ts";
import { type BlasterHealth, type BlasterIdentity, NothingSent, TOO_LATE_MS } from "./blaster.ts";
import { type Greeting, healthRecord } from "./health.ts";

/** What every blaster needs besides its protocol: it is greeted, refused while it is away, and asked one thing at a time. */
export interface Tended {
  health: Cell<BlasterHealth>;
  /**
   * Does the work, a question to the blaster, when it is its turn. Throws NothingSent at once, and without the work,
   * while the blaster is not ready, listens to a remote control, or we are closing, and when its turn comes more than a
   * minute later; else what the work throws, and then the blaster is not ready until it is greeted again. The signal
   * aborts when we are closing: 700 ms are left.
   */
  ask<T>(work: (closing: AbortSignal) => Promise<T>): Promise<T>;
  /** The same for a work that listens to a remote control. */
  listen<T>(work: (closing: AbortSignal) => Promise<T>): Promise<T>;
  /** Ends everything; `end` ends what the blaster is being asked. */
  close(end: () => Promise<void>): Promise<void>;
}

export interface Circumstances {
  /** Its host, with the port where that is not the usual one. */
  place: string;
  /** Asks the blaster who it is; `before`: who it was, when it was ready all the time since. Throws BlasterError. */
  greet(before: BlasterIdentity | undefined): Promise<Greeting>;
  log: Logger;
  clock: Clock;
}

const READY_MS = 30_000;
const AWAY_MS = 5_000;
/** After a failure: it may be restarting. */
const SOON_MS = 1_000;
const CLOSING_MS = 700;

/** Greets a blaster at once, and then for ever: every 30 s, or every 5 s while it is not ready. */
export function tend({ place, greet, log, clock }: Circumstances): Tended {
  const closing = new AbortController();
  const { health, why, met, lost } = healthRecord(place, { log, clock });
  let listening = false;
  let nap = new AbortController();
  let last: Promise<unknown> = Promise.resolve();
  let lastAsked: Promise<unknown> = Promise.resolve();

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  }

  /** What ends because we are closing says nothing about the blaster. */
  function lose(error: unknown): void {
    if (!closing.signal.aborted) lost(error);
  }

  async function greetOnce(): Promise<void> {
    if (closing.signal.aborted) return;
    try {
      const { ready, identity } = health.get();
      const greeting = await greet(ready ? identity : undefined);
      if (!closing.signal.aborted) met(greeting);
    } catch (error) {
      lose(error);
    }
  }

  async function greetForEver(): Promise<void> {
    for (;;) {
      await inTurn(greetOnce);
      nap = new AbortController();
      if (closing.signal.aborted) return;
      await clock.sleep(health.get().ready ? READY_MS : AWAY_MS, nap.signal);
      if (nap.signal.aborted) await clock.sleep(SOON_MS, closing.signal);
    }
  }

  function check(): void {
    if (closing.signal.aborted) throw new NothingSent(`the blaster at ${place} is asked no more: we are closing`);
    const reason = why();
    if (reason !== undefined) throw new NothingSent(reason);
  }

  async function ask<T>(work: (closing: AbortSignal) => Promise<T>): Promise<T> {
    check();
    const lastMs = clock.monotonicMs() + TOO_LATE_MS;
    const done = inTurn(async () => {
      // What was asked before may have shown that it is away.
      check();
      if (clock.monotonicMs() > lastMs)
        throw new NothingSent(`the blaster at ${place} was not free for more than a minute`);
      try {
        return await work(closing.signal);
      } catch (error) {
        lose(error);
        nap.abort();
        throw error;
      }
    });
    lastAsked = done.catch(() => {});
    return await done;
  }

  function checkEar(): void {
    if (listening) throw new NothingSent(`the blaster at ${place} is listening to a remote control`);
  }

  const greeted = greetForEver();

  return {
    health,
    async ask(work) {
      checkEar();
      return await ask(work);
    },
    async listen(work) {
      checkEar();
      listening = true;
      try {
        return await ask(work);
      } finally {
        listening = false;
      }
    },
    async close(end) {
      closing.abort();
      nap.abort();
      await atMost(CLOSING_MS, lastAsked, clock);
      await end();
      await greeted;
      await last;
    },
  };
}
