import {
  type Aircon,
  type AirconEvent,
  closedFor,
  type Decision,
  type Now,
  type Outcome,
  type Rules,
} from "./aircon.ts";
import { type Change, type Condition, changed, differs } from "./change.ts";
import { NoCode } from "./code-sets/code-set.ts";
import { codesFor } from "./codes-for.ts";

/** Something that was asked for; `resends` when it was the feedback that asks, for the how-manieth time. */
export interface Wish {
  id: number | undefined;
  change: Change;
  resends: number;
}

/** What is being sent, and for whom. */
export interface Flight {
  to: Condition;
  ids: readonly number[];
  resends: number;
}

/** However often something else is asked: from the first on, what is asked for waits no longer than so many quiet times. */
const LONGEST_WAIT = 5;
/** Whoever asked may sleep by now: this process stood still, or what was sent before took very long. */
const TOO_LATE_MS = 60_000;
const TOO_LATE = "it was asked for more than a minute ago, and is not sent so late";
/** Nobody asks so much within that time, unless something has gone mad. */
const MOST_WAITING = 1_000;

/** Takes a command in: refused at once, or to be sent when nothing else was asked for a while. */
export function accept(
  rules: Rules,
  aircon: Aircon,
  { id, change }: AirconEvent & { kind: "ask" },
  now: Now,
): Decision {
  const refuse = (reason: string): Decision => ({ aircon, outcomes: [{ ids: [id], is: "refused", reason }] });
  const { waiting, flight, is } = aircon;
  const closed = closedFor(aircon);
  if (closed !== undefined) return refuse(closed);
  if ((waiting?.wishes.length ?? 0) >= MOST_WAITING) return refuse("too many commands at once");
  const wanted = changed(rules.set, waiting?.wanted ?? flight?.to ?? is, change);
  if (typeof wanted === "string") return refuse(wanted);
  return { aircon: wish(aircon, { id, change, resends: 0 }, wanted, rules.quietMs, now), outcomes: [] };
}

/** The same again without anybody's command. */
export function sendAgain(aircon: Aircon, resends: number, now: Now): Aircon {
  return wish(aircon, { id: undefined, change: { kind: "resend" }, resends }, aircon.is, 0, now);
}

function wish(aircon: Aircon, wish: Wish, wanted: Condition, quietMs: number, now: Now): Aircon {
  const { wishes = [], sinceMs = now.monotonicMs } = aircon.waiting ?? {};
  const dueMs = Math.min(now.monotonicMs + quietMs, sinceMs + LONGEST_WAIT * quietMs);
  return { ...aircon, waiting: { wishes: [...wishes, wish], wanted, sinceMs, dueMs } };
}

/** Refuses everything that waits. */
export function dropWaiting(aircon: Aircon, reason: string): Decision {
  const ids = aircon.waiting ? idsOf(aircon.waiting.wishes) : [];
  return {
    aircon: { ...aircon, waiting: undefined },
    outcomes: ids.length ? [{ ids, is: "refused", reason }] : [],
  };
}

const idsOf = (wishes: readonly Wish[]) => wishes.flatMap(({ id }) => (id === undefined ? [] : [id]));

/**
 * Sends what waits, all of it as one change, when it is due and nothing else is being sent. What needs no infrared (the
 * same state again, a temperature while it is off) is done without waiting.
 */
export function dispatch(rules: Rules, aircon: Aircon, now: Now): Decision {
  const { waiting, flight, is } = aircon;
  if (!waiting || flight) return { aircon, outcomes: [] };
  // Anew from what is: what was asked for after a change that failed must not bring that change back.
  const { to, wishes, outcomes } = granted(rules, is, waiting.wishes);
  const ids = idsOf(wishes);
  const idle: Aircon = { ...aircon, waiting: undefined };
  if (!hasToSend(rules, aircon, to, wishes)) {
    return { aircon: { ...idle, is: to }, outcomes: [...outcomes, { ids, is: "done" }] };
  }
  if (now.monotonicMs < waiting.dueMs) {
    return { aircon: { ...aircon, waiting: { ...waiting, wishes, wanted: to } }, outcomes };
  }
  if (now.monotonicMs > waiting.dueMs + TOO_LATE_MS) {
    return { aircon: { ...idle, check: undefined }, outcomes: [...outcomes, { ids, is: "refused", reason: TOO_LATE }] };
  }
  const resends = Math.max(...wishes.map(({ resends }) => resends));
  try {
    // Told again because the feedback says off, it needs a code that switches it on as much as it did the first time.
    const from = resends > 0 && aircon.heard ? { ...is, power: aircon.heard.on } : is;
    const send = codesFor(rules, from, to, now.clockMinutes);
    return { aircon: { ...idle, flight: { to, ids, resends } }, outcomes, send };
  } catch (error) {
    const kind = error instanceof NoCode ? "refused" : "failed";
    const reason = error instanceof Error ? error.message : String(error);
    return { aircon: { ...idle, check: undefined }, outcomes: [...outcomes, { ids, is: kind, reason }] };
  }
}

/** What some wishes make of what is, one after the other, and what becomes of those that can't be granted any more. */
function granted(rules: Rules, is: Condition, all: readonly Wish[]) {
  let to = is;
  const wishes: Wish[] = [];
  const outcomes: Outcome[] = [];
  for (const wish of all) {
    const next = changed(rules.set, to, wish.change);
    if (typeof next === "string") outcomes.push({ ids: idsOf([wish]), is: "refused", reason: next });
    else {
      to = next;
      wishes.push(wish);
    }
  }
  return { to, wishes, outcomes };
}

const switchesOff = ["power", "off-by-mode"];

function hasToSend({ set }: Rules, { is, doubt }: Aircon, to: Condition, wishes: readonly Wish[]): boolean {
  // What can't be granted any more must not be a reason to send the rest again.
  if (wishes.length === 0) return false;
  if (differs(set, is, to) || wishes.some(({ change }) => change.kind === "resend")) return true;
  // It may be otherwise: who asks for what is shown means it.
  return doubt !== undefined && (to.power || wishes.some(({ change }) => switchesOff.includes(change.kind)));
}
