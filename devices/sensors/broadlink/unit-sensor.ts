import type { Reading } from "../../../src/broadlink/commands.ts";
import { type Cell, cell } from "../../../src/cell.ts";
import type { Clock } from "../../../src/clock.ts";
import { glitchFilter, type Verdict } from "../glitch.ts";

/** What is known of the sensors of one unit. */
export interface Measured {
  /** Whether what they said last may still be believed. */
  available: boolean;
  /** The last good one; undefined before the first. */
  reading: Reading | undefined;
}

/** The sensors of one unit, whoever reads them. */
export interface UnitSensor {
  measured: Cell<Measured>;
  /** Takes a reading, which the glitch filter judges; undefined stands for "no sensor". */
  take(reading: Reading | undefined): Verdict;
  /** There was no reading: after 3 intervals and at least 180 s without a good one the last is not believed any more. */
  miss(): void;
  /** The unit refused to say: the last reading is not believed any more. */
  refuse(): void;
}

/** Requirement N8. */
const INTERVALS = 3;
const SHORTEST_DOUBT_MS = 180_000;

export function unitSensor(pollMs: number, clock: Pick<Clock, "monotonicMs">): UnitSensor {
  const measured = cell<Measured>({ available: false, reading: undefined });
  const filter = glitchFilter();
  const doubtMs = Math.max(SHORTEST_DOUBT_MS, INTERVALS * pollMs);
  let goodMs = Number.NEGATIVE_INFINITY;

  function lose(): void {
    filter.forget();
    const { available, reading } = measured.get();
    if (available) measured.set({ available: false, reading });
  }

  const self: UnitSensor = {
    measured,
    take(reading) {
      const verdict = filter.judge(reading);
      if (verdict === "good") {
        goodMs = clock.monotonicMs();
        measured.set({ available: true, reading });
      } else self.miss();
      return verdict;
    },
    miss() {
      if (clock.monotonicMs() - goodMs >= doubtMs) lose();
    },
    refuse: lose,
  };
  return self;
}
