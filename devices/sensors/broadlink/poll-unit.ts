import type { Logger } from "pino";
import type { Reading } from "../../../src/broadlink/commands.ts";
import { BroadlinkError } from "../../../src/broadlink/errors.ts";
import type { Identity } from "../../../src/broadlink/session.ts";
import { openUnit } from "../../../src/broadlink/unit.ts";
import type { Clock } from "../../../src/clock.ts";

/** Where a unit is: `192.168.137.21`, or another port than 80. */
export interface Place {
  host: string;
  port: number | undefined;
}

/** What asking a unit came to: who answered and what it measures (undefined: nothing), or why there is no answer. */
export type Outcome =
  | { error?: undefined; identity: Identity; reading: Reading | undefined }
  | { error: BroadlinkError; identity?: undefined };

/** Asks the unit at a place who it is and what it measures, at once and then every `pollMs`, until it is closed. */
export function pollUnit(
  { host, port }: Place,
  { pollMs, log, clock }: { pollMs: number; log: Logger; clock: Clock },
  tell: (outcome: Outcome) => void,
): AsyncDisposable {
  const ending = new AbortController();
  const unit = openUnit(host, { ...(port !== undefined && { port }), log, clock });

  async function ask(): Promise<Outcome> {
    try {
      // Each time: the address may be another unit's by now, or its owner has renamed it.
      const identity = await unit.identify();
      return { identity, reading: await unit.readSensors() };
    } catch (error) {
      if (error instanceof BroadlinkError) return { error };
      throw error;
    }
  }

  async function run(): Promise<void> {
    while (!ending.signal.aborted) {
      const dueMs = clock.monotonicMs() + pollMs;
      const outcome = await ask();
      if (ending.signal.aborted) return;
      tell(outcome);
      await clock.sleep(Math.max(0, dueMs - clock.monotonicMs()), ending.signal);
    }
  }
  const running = run();

  return {
    async [Symbol.asyncDispose]() {
      ending.abort();
      await unit[Symbol.asyncDispose]();
      await running;
    },
  };
}
