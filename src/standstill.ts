import type { Clock } from "./clock.ts";

/** Notices that this process stood still (stopped, swapped out): what it reads next may be older than it looks (S12). */
export interface Standstill {
  /** Whether it stood still just now; to be asked before anything that came is believed. */
  noticed(): boolean;
}

const BEAT_MS = 500;
/** Far above what a busy Raspberry Pi takes for one turn. */
const STOOD_MS = 3_000;

/**
 * Calls `stood` after each standstill, however it is noticed first: by a timer that comes late, or by somebody who asks
 * before any timer had its turn.
 */
export function standstill(clock: Clock, signal: AbortSignal, stood: (ms: number) => void): Standstill {
  let lastMs = clock.monotonicMs();

  function noticed(): boolean {
    const nowMs = clock.monotonicMs();
    const gapMs = nowMs - lastMs;
    if (gapMs < STOOD_MS) return false;
    lastMs = nowMs;
    stood(gapMs);
    return true;
  }

  async function beat(): Promise<void> {
    while (!signal.aborted) {
      noticed();
      lastMs = clock.monotonicMs();
      await clock.sleep(BEAT_MS, signal);
    }
  }
  void beat();

  return { noticed };
}
