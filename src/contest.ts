const SHORT_MS = 5_000;
const WINDOW_MS = 60_000;
const TIMES = 3;
const OVER_MS = 120_000;
const FIRST_DELAY_MS = 5_000;
const LONGEST_DELAY_MS = 60_000;

/** Notices that two clients take one id from each other: connections that end again and again as soon as they are made (C5). */
export interface Contest {
  /** Tells of a connection that ended at `nowMs` after `livedMs`; true when this is what made it a contest. */
  ended(nowMs: number, livedMs: number, takenOver: boolean): boolean;
  /** How long to stay away, in ms: 0 without a contest, else 5 s doubling to 60 s. */
  delayMs(): number;
  /** Whether it goes on, given how long the connection that is open now has lived. */
  goesOn(livedMs: number): boolean;
}

/** Three ends within 5 s of the CONNACK in 60 s begin a contest; a connection that lasts 2 min ends it. */
export function contest(): Contest {
  let ends: number[] = [];
  let delay = 0;
  return {
    ended(nowMs, livedMs, takenOver) {
      if (livedMs >= OVER_MS) {
        ends = [];
        delay = 0;
      }
      if (livedMs >= SHORT_MS && !takenOver) return false;
      ends = [...ends.filter((at) => nowMs - at < WINDOW_MS), nowMs].slice(-TIMES);
      const before = delay;
      if (delay > 0) delay = Math.min(delay * 2, LONGEST_DELAY_MS);
      else if (ends.length === TIMES) delay = FIRST_DELAY_MS;
      return before === 0 && delay > 0;
    },
    delayMs: () => delay,
    goesOn: (livedMs) => delay > 0 && livedMs < OVER_MS,
  };
}
