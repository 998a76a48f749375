import type { Clock } from "../../../src/clock.ts";

const FIRST_MS = 2_000;
const LONGEST_MS = 60_000;

/** How long to wait before the next try: longer each time, and never the same as others wait. */
export interface Patience {
  /** 2 s doubling to 60 s, or up to a quarter less. */
  nextMs(): number;
  /** It went well: the next trouble is the first. */
  reset(): void;
}

export function patience(random: () => number = Math.random): Patience {
  let ms = FIRST_MS;
  return {
    nextMs() {
      const now = ms * (0.75 + random() / 4);
      ms = Math.min(ms * 2, LONGEST_MS);
      return now;
    },
    reset() {
      ms = FIRST_MS;
    },
  };
}

/** Requirement N3: at most 10 connections in 3 minutes. */
const WINDOW_MS = 180_000;
/** The rest of the 10 are the reads that a bridge in good health is asked for, three of them where nobody says otherwise. */
const MOST = 7;

/** Who asks for a connection: the last two are for reads, so that a stream that never holds does not starve them. */
const shares = { anew: 5, read: MOST };

/** Counts the connections to a bridge, so that one that hangs up at once is not called a thousand times. */
export interface Budget {
  /** Tells of a connection. */
  spend(): void;
  /** What is dialled for this is not counted. */
  free<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when there is room for a further try, or the signal aborts. Never throws. */
  room(share: keyof typeof shares, signal: AbortSignal): Promise<void>;
}

export function budget(clock: Clock): Budget {
  let spentAtMs: number[] = [];
  let counting = true;
  return {
    spend() {
      if (counting) spentAtMs = [...spentAtMs, clock.monotonicMs()].slice(-MOST);
    },
    async free(work) {
      counting = false;
      try {
        return await work();
      } finally {
        counting = true;
      }
    },
    async room(share, signal) {
      while (!signal.aborted) {
        const leftMs = (spentAtMs.at(-shares[share]) ?? Number.NEGATIVE_INFINITY) + WINDOW_MS - clock.monotonicMs();
        if (leftMs <= 0) return;
        await clock.sleep(leftMs, signal);
      }
    },
  };
}
