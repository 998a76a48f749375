import type { Logger } from "pino";
import { type Cell, cell } from "../../../src/cell.ts";
import type { Clock } from "../../../src/clock.ts";
import { complaints } from "../../../src/complaints.ts";
import { localTime } from "../../../src/local-time.ts";
import { BlasterError, type BlasterHealth, type BlasterIdentity } from "./blaster.ts";

/** What a blaster answered when it was greeted. */
export interface Greeting {
  identity: BlasterIdentity;
  /** What a person has to know although it is ready. */
  problem?: string | undefined;
}

/** What is known of a blaster, for those who follow it; what changes is logged. */
export interface HealthRecord {
  health: Cell<BlasterHealth>;
  /** Why it is not ready; undefined when it is. */
  why(): string | undefined;
  met(greeting: Greeting): void;
  lost(error: unknown): void;
}

/** `place`: its host, with the port where that is not the usual one. */
export function healthRecord(place: string, { log, clock }: { log: Logger; clock: Clock }): HealthRecord {
  const troubles = complaints(log, clock);
  const readyAgain = `the blaster at ${place} is ready`;
  let away: { why: string; since?: string } | undefined = { why: `the blaster at ${place} was not greeted yet` };
  let identity: BlasterIdentity | undefined;
  const health = cell<BlasterHealth>({ ready: false, problem: undefined, identity });

  return {
    health,
    why: () => away?.why,
    met(greeting) {
      const was = identity?.serialNumber;
      const is = greeting.identity.serialNumber;
      if (was !== undefined && was !== is) troubles.say(`another blaster answers at ${place} now`, { was, is });
      if (away) troubles.say(readyAgain, { ...greeting.identity }, "info");
      if (greeting.problem !== undefined) troubles.say(`the blaster at ${place}: ${greeting.problem}`);
      away = undefined;
      identity = greeting.identity;
      health.set({ ready: true, problem: greeting.problem, identity });
    },
    lost(error) {
      const why = error instanceof Error ? error.message : String(error);
      const fields = error instanceof BlasterError ? {} : { err: error };
      if (troubles.say(`the blaster at ${place} is not ready: ${why}`, fields)) troubles.over(readyAgain);
      if (away?.why !== why) away = { why, since: localTime(clock.epochMs()).slice(0, 16).replace("T", " ") };
      health.set({ ready: false, problem: `${why} (since ${away.since})`, identity });
    },
  };
}
