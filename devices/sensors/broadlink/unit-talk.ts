import type { Logger } from "pino";
import type { Reading } from "../../../src/broadlink/commands.ts";
import type { BroadlinkError } from "../../../src/broadlink/errors.ts";
import type { Clock } from "../../../src/clock.ts";
import { complaints } from "../../../src/complaints.ts";
import { unreachable } from "../../../src/network-errors.ts";
import type { Verdict } from "../glitch.ts";

/** What the log says of Broadlink units: who is there, who is away, and what a person can do about it. */
export interface UnitTalk {
  measured(at: string, who: Record<string, string>, verdict: Verdict, reading: Reading | undefined): void;
  failed(at: string, error: BroadlinkError): void;
}

export function unitTalk({ log, clock }: { log: Logger; clock: Clock }): UnitTalk {
  const troubles = complaints(log, clock);
  const well = new Set<string>();
  const available = (at: string) => `the Broadlink sensors at ${at} are available`;

  function ill(at: string, trouble: string): void {
    well.delete(at);
    if (troubles.say(trouble)) troubles.over(available(at));
  }

  return {
    measured(at, who, verdict, reading) {
      if (verdict === "good" && !well.has(at)) {
        well.add(at);
        troubles.say(available(at), who, "info");
      }
      if (verdict === "no sensor") {
        ill(at, `the Broadlink unit at ${at} measures nothing: is the cable with the sensors plugged in?`);
      } else if (verdict !== "good") log.debug({ at, ...who, verdict, ...reading }, "dropped a reading");
    },
    failed(at, error) {
      if (error.trouble !== "closed") ill(at, sentence(at, error));
    },
  };
}

function sentence(at: string, error: BroadlinkError): string {
  if (error.trouble === "silent") {
    const code: unknown = Object(error.cause).code;
    const silence = `the Broadlink unit at ${at} does not answer: is it plugged in, and is that still its address?`;
    const why = unreachable(code, at, "the unit");
    return why === undefined ? silence : `the Broadlink unit can't be reached: ${why}`;
  }
  if (error.trouble === "unsupported") return `there is nothing to measure at ${at}: ${error.message}`;
  return `the Broadlink unit at ${at} can't be read: ${error.message.replace(/^the Broadlink unit: /, "")}`;
}
