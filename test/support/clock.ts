import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "../../src/clock.ts";

/** A clock that stands still until a test advances it. */
export interface VirtualClock extends Clock {
  /** Lets `ms` pass: every sleeper wakes at its own time, and what it starts runs to its next wait, before time goes on. */
  advance(ms: number): Promise<void>;
  /** Lets everything that can run without time passing run. */
  settle(): Promise<void>;
  /** Lets `ms` pass in which nothing runs: who should have woken meanwhile wakes late, with the next advance. */
  jump(ms: number): void;
  /** Steps the wall clock only, as NTP or a person does. */
  stepWall(ms: number): void;
}

/** Starts at monotonic 0 and the given wall time. */
export function virtualClock(epochMs = Date.UTC(2026, 10, 22, 2, 0, 0)): VirtualClock {
  let now = 0;
  let wall = epochMs;
  const sleepers = new Set<{ at: number; wake: () => void }>();
  // Streams and promises hand work on through several turns of the event loop; none of them needs more than this.
  const settle = async () => {
    for (let i = 0; i < 12; i++) await turn();
  };
  return {
    monotonicMs: () => now,
    epochMs: () => wall + now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const wake = () => {
          sleepers.delete(sleeper);
          signal?.removeEventListener("abort", wake);
          resolve();
        };
        const sleeper = { at: now + Math.max(0, ms), wake };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", wake);
      }),
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (;;) {
        const next = [...sleepers].filter((s) => s.at <= end).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        now = Math.max(now, next.at);
        next.wake();
        await settle();
      }
      now = end;
      await settle();
    },
    settle,
    jump: (ms) => {
      now += ms;
    },
    stepWall: (ms) => {
      wall += ms;
    },
  };
}

/** A handshake and a request take less turns than that; nothing here waits for anything but sockets of this process. */
const TURNS = 30;

/** Lets time pass in small steps: between two of them whatever is on its way arrives. */
export async function pass(clock: VirtualClock, ms: number, stepMs = 100): Promise<void> {
  for (let leftMs = ms; leftMs > 0; leftMs -= stepMs) {
    for (let i = 0; i < TURNS; i++) await turn();
    await clock.advance(Math.min(stepMs, leftMs));
  }
  for (let i = 0; i < TURNS; i++) await turn();
}
