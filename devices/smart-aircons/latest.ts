import { type Cell, cell } from "../../src/cell.ts";
import type { Clock } from "../../src/clock.ts";
import { numberIn, type Path, valueAt } from "./readings.ts";

/** What somebody's thermometer or hygrometer said last; undefined when it is too long ago, or it says that it does not know. */
export interface Latest {
  value: Cell<number | undefined>;
  /** A message of its topic came. */
  receive(payload: string): void;
}

/** Nobody's room stays as it was for longer (A8). */
const MAX_AGE_MS = 30 * 60_000;
const unknown = ["None", "unknown", "unavailable"];

/** Until the signal aborts. A payload without a number at the path is ignored, and `odd` is told. */
export function latest(path: Path, clock: Clock, signal: AbortSignal, odd: (payload: string) => void): Latest {
  const value = cell<number | undefined>(undefined);
  let aging = new AbortController();
  signal.addEventListener("abort", () => aging.abort(), { once: true });

  async function age(since: AbortSignal): Promise<void> {
    await clock.sleep(MAX_AGE_MS, since);
    if (!since.aborted) value.set(undefined);
  }

  return {
    value,
    receive(payload) {
      const text = valueAt(payload, path);
      const number = numberIn(text);
      const says = number !== undefined && Number.isFinite(number);
      if (!says && !unknown.includes(text ?? "")) return odd(payload);
      aging.abort();
      if (signal.aborted) return;
      aging = new AbortController();
      if (says) void age(aging.signal);
      value.set(says ? Math.round(number * 100) / 100 : undefined);
    },
  };
}
