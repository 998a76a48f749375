import type { Code, CodeSet } from "./code-sets/code-set.ts";
import type { Change, Condition } from "./setting.ts";

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
  /** `untold`: nothing of it was sent, for sure. */
  | { kind: "failed"; reason: string; untold?: boolean }
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

/**
 * Something that was asked for; `resends` when it was the feedback that asks, for the how-manieth time. `dueMs`: when its own
 * quiet time is over.
 */
export interface Wish {
  id: number | undefined;
  change: Change;
  resends: number;
  dueMs: number;
}

/** What is being sent, and for whom. */
export interface Flight {
  to: Condition;
  ids: readonly number[];
  resends: number;
}

/** What was said last of whether it is on. */
export interface Heard {
  on: boolean;
  atMs: number;
}

/** Whether it obeys is looked at from `judgeMs` on, and how often it was told again already. Times in monotonic ms. */
export interface Check {
  judgeMs: number;
  resends: number;
}

/** Why an aircon may not be as it is shown. */
export type Doubt =
  /** The blaster did not say that it has sent what it was told last. */
  | { kind: "unheard" }
  /** The feedback says something else than we have told it. */
  | { kind: "elsewhere"; on: boolean }
  /** It was told again and again, and still is not what it was told. */
  | { kind: "disobeys"; told: boolean };
