import type { Clock } from "../../src/clock.ts";
import { Fatal } from "../../src/fatal.ts";
import { LinkError } from "./link.ts";

const MISSING_MS = 60_000;
const BACKOFF = { firstMs: 1_000, longestMs: 10_000 };
const HURRIED_MS = 100;

interface Circumstances {
  clock: Clock;
  /** When it aborts, nothing is opened any more. */
  signal: AbortSignal;
  /** When it aborts, the port is opened again at once: everything is to be switched off, and there is little time. */
  hurry: AbortSignal;
  /** Called at each turn. */
  turned(): void;
  /** Whether the board was available before it was lost. */
  served(): boolean;
  /** Told why the board is lost. */
  lost(problem: string): void;
}

/**
 * Serves the board anew each time it is lost, every 1 to 10 s; returns when it is done with. `serveOnce` says when it has
 * opened the port. Throws Fatal when only a restart can help: the port is forbidden, or there was none for 60 s (S10).
 */
export async function keepOpen(
  serveOnce: (opened: () => void) => Promise<void>,
  { clock, signal, hurry, turned, served, lost }: Circumstances,
): Promise<void> {
  let delayMs = BACKOFF.firstMs;
  let missingSinceMs: number | undefined;
  while (!signal.aborted) {
    turned();
    try {
      return await serveOnce(() => {
        missingSinceMs = undefined;
      });
    } catch (error) {
      if (signal.aborted) return;
      const trouble = error instanceof LinkError ? error.trouble : undefined;
      const problem = error instanceof Error ? error.message : String(error);
      if (trouble === "forbidden") throw new Fatal(problem);
      if (served()) delayMs = BACKOFF.firstMs;
      missingSinceMs = trouble === "missing" ? (missingSinceMs ?? clock.monotonicMs()) : undefined;
      if (missingSinceMs !== undefined && clock.monotonicMs() - missingSinceMs >= MISSING_MS) {
        throw new Fatal(`there was no board for 60 s: ${problem}`);
      }
      lost(problem);
    }
    const missingMs = missingSinceMs === undefined ? 0 : clock.monotonicMs() - missingSinceMs;
    if (hurry.aborted) await clock.sleep(HURRIED_MS, signal);
    else await clock.sleep(Math.min(delayMs, MISSING_MS - missingMs), AbortSignal.any([signal, hurry]));
    delayMs = Math.min(delayMs * 2, BACKOFF.longestMs);
  }
}
