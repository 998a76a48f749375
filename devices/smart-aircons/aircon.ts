import { initialCondition } from "./abilities.ts";
import { type Change, type Condition, powered } from "./change.ts";
import type { Code, CodeSet } from "./code-sets/code-set.ts";
import { type Check, checkAfter, type Doubt, type Heard, judge } from "./feedback.ts";
import { accept, dispatch, dropWaiting, type Flight, type Wish } from "./wishes.ts";

/** What never changes while the daemon runs. */
export interface Rules {
  set: CodeSet;
  /** How long after a command nothing else must be asked before it is sent, in ms (A3). */
  quietMs: number;
  /** Send fan only before every power on and every change to cool or heat, as the original did. */
  prelude: boolean;
  /** How many times each code is sent. */
  repeats: number;
  /**
   * Somebody says whether it is on (A9). After a send it has `waitMs`; `lasting`: what was said last holds until something
   * else is said, else it is only believed in the moment.
   */
  feedback: { waitMs: number; lasting: boolean } | undefined;
}

export interface Now {
  /** Deadlines are on this clock, which never steps. */
  monotonicMs: number;
  /** Minutes since midnight, for frames that carry the time of day. */
  clockMinutes: number;
}

/** One aircon. Nothing answers to infrared: `is` is what it was told last, as far as anybody knows. Times in monotonic ms. */
export interface Aircon {
  /** What the blaster says it has sent, or else a person or the feedback said. The only thing that is published. */
  is: Condition;
  /** Why it may be otherwise; undefined when nothing speaks against it. The same again is then sent again. */
  doubt: Doubt | undefined;
  /** Asked for and not sent yet, in order; when the first came, and when they are sent. */
  waiting: { wishes: readonly Wish[]; wanted: Condition; sinceMs: number; dueMs: number } | undefined;
  /** What is being sent. */
  flight: Flight | undefined;
  /** Why nothing can be sent; undefined when it can. */
  unready: string | undefined;
  /** The daemon is stopping. */
  ended: boolean;
  heard: Heard | undefined;
  check: Check | undefined;
}

export type AirconEvent =
  /** A person asks; the outcome comes with the same id. */
  | { kind: "ask"; id: number; change: Change }
  /** A person says how it is; nothing is sent (A10). */
  | { kind: "assume"; id: number; on: boolean }
  /** The blaster has sent all codes of the flight, or not. */
  | { kind: "sent" }
  | { kind: "failed"; reason: string }
  | { kind: "blaster"; unready: string | undefined }
  | { kind: "feedback"; on: boolean }
  /** What an earlier run left behind. */
  | { kind: "restore"; condition: Condition }
  | { kind: "shutdown" }
  | { kind: "tick" };

/** What became of some commands. */
export type Outcome = { ids: readonly number[] } & (
  | { is: "done" }
  | { is: "refused"; reason: string }
  | { is: "failed"; reason: string }
);

/** The aircon after an event, what became of commands, and what is to be sent now, in this order. */
export interface Decision {
  aircon: Aircon;
  outcomes: readonly Outcome[];
  send?: readonly Code[];
}

const STOPPING = "the daemon is stopping";

export function newAircon(set: CodeSet, unready: string | undefined): Aircon {
  return {
    is: initialCondition(set),
    doubt: undefined,
    waiting: undefined,
    flight: undefined,
    unready,
    ended: false,
    heard: undefined,
    check: undefined,
  };
}

/** The one function that changes an aircon: takes the event in, looks at the feedback, then sends what is due. */
export function decide(rules: Rules, aircon: Aircon, event: AirconEvent, now: Now): Decision {
  const told = tell(rules, aircon, event, now);
  const judged = judge(rules, told.aircon, event.kind === "feedback", now);
  const next = dispatch(rules, judged, now);
  return { ...next, outcomes: [...told.outcomes, ...next.outcomes] };
}

/** When `decide` wants a tick although nothing happens, in monotonic ms; undefined: never. */
export function nextDueMs(rules: Rules, { waiting, flight, check, heard }: Aircon): number | undefined {
  if (flight) return undefined;
  if (waiting) return waiting.dueMs;
  return check && heard && rules.feedback?.lasting ? check.judgeMs : undefined;
}

/** What an event by itself changes. */
function tell(rules: Rules, aircon: Aircon, event: AirconEvent, now: Now): Decision {
  switch (event.kind) {
    case "ask":
      return accept(rules, aircon, event, now);
    case "assume":
      return assume(aircon, event.id, event.on);
    case "sent": {
      const { flight } = aircon;
      if (!flight) return { aircon, outcomes: [] };
      const check = checkAfter(rules, flight, now);
      const sent = { ...aircon, is: flight.to, flight: undefined, doubt: undefined, check };
      return { aircon: sent, outcomes: [{ ids: flight.ids, is: "done" }] };
    }
    case "failed": {
      const { flight } = aircon;
      if (!flight) return { aircon, outcomes: [] };
      // Its answer may be what got lost, and the first of several codes may have been sent.
      const doubt = aircon.doubt ?? { kind: "unheard" };
      const check = flight.resends > 0 ? checkAfter(rules, flight, now) : undefined;
      const failed = { ...aircon, flight: undefined, doubt, check };
      return { aircon: failed, outcomes: [{ ids: flight.ids, is: "failed", reason: event.reason }] };
    }
    case "blaster": {
      const changed = { ...aircon, unready: event.unready };
      // Nothing waits for a blaster to come back (A4).
      return event.unready === undefined ? { aircon: changed, outcomes: [] } : dropWaiting(changed, event.unready);
    }
    case "feedback":
      return { aircon: { ...aircon, heard: { on: event.on, atMs: now.monotonicMs } }, outcomes: [] };
    case "restore":
      return { aircon: { ...aircon, is: event.condition }, outcomes: [] };
    case "shutdown":
      return dropWaiting({ ...aircon, ended: true }, STOPPING);
    case "tick":
      return { aircon, outcomes: [] };
  }
}

function assume(aircon: Aircon, id: number, on: boolean): Decision {
  if (aircon.flight || aircon.waiting) {
    const reason = "it is being told something: say it again when that is sent";
    return { aircon, outcomes: [{ ids: [id], is: "refused", reason }] };
  }
  const assumed = { ...aircon, is: powered(aircon.is, on), doubt: undefined, check: undefined };
  return { aircon: assumed, outcomes: [{ ids: [id], is: "done" }] };
}

/** Why a command is refused whatever it asks; undefined when it is not. */
export const closedFor = ({ ended, unready }: Aircon) => (ended ? STOPPING : unready);
