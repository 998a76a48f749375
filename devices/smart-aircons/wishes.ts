import type { Aircon, AirconEvent, Decision, Now, Outcome, Rules, Wish } from "./aircon-model.ts";
import { TOO_LATE_MS } from "./blasters/blaster.ts";
import { changed, differs } from "./change.ts";
import { NoCode } from "./code-sets/code-set.ts";
import { codesFor } from "./codes-for.ts";
import type { Condition } from "./setting.ts";

/** However often something else is asked: from the first on, what is asked for waits no longer than so many quiet times. */
const LONGEST_WAIT = 5;
/** This process stood still, or what was sent before took very long. */
export const TOO_LATE = "it was asked for more than a minute ago, and is not sent so late";
/** Nobody asks so much within that time, unless something has gone mad; each looks at all before it. */
const MOST_WAITING = 100;

export const STOPPING = "the daemon is stopping";
/** Why a command is refused whatever it asks; undefined when it is not. */
const closedFor = ({ ended, unready }: Aircon) => (ended ? STOPPING : unready);

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
  const wanted = changed(rules.set, waiting?.wanted ?? flight?.to ?? is, change);
  if (typeof wanted === "string") return refuse(wanted);
  return uncrowded(wish(aircon, { id, change, resends: 0 }, wanted, rules.quietMs, now));
}

/** Refuses the first of too many that a later one makes pointless: whoever floods us, the last word counts. */
function uncrowded(aircon: Aircon): Decision {
  const { waiting } = aircon;
  if (!waiting || waiting.wishes.length <= MOST_WAITING) return { aircon, outcomes: [] };
  const last = new Map(waiting.wishes.map(({ change }, at) => [change.kind, at]));
  const pointless = waiting.wishes.find(({ change }, at) => last.get(change.kind) !== at);
  const wishes = waiting.wishes.filter((one) => one !== pointless);
  return {
    aircon: { ...aircon, waiting: { ...waiting, wishes } },
    outcomes: refused(pointless ? [pointless] : [], "too many commands at once"),
  };
}

/** The same again without anybody's command. */
export function sendAgain(aircon: Aircon, resends: number, now: Now): Aircon {
  return wish(aircon, { id: undefined, change: { kind: "resend" }, resends }, aircon.is, 0, now);
}

function wish(aircon: Aircon, asked: Omit<Wish, "dueMs">, wanted: Condition, quietMs: number, now: Now): Aircon {
  const { wishes = [], sinceMs = now.monotonicMs } = aircon.waiting ?? {};
  const own = { ...asked, dueMs: now.monotonicMs + quietMs };
  const dueMs = Math.min(own.dueMs, sinceMs + LONGEST_WAIT * quietMs);
  return { ...aircon, waiting: { wishes: [...wishes, own], wanted, sinceMs, dueMs } };
}

/** Refuses everything that waits. */
export function dropWaiting(aircon: Aircon, reason: string): Decision {
  return { aircon: { ...aircon, waiting: undefined }, outcomes: refused(aircon.waiting?.wishes ?? [], reason) };
}

const idsOf = (wishes: readonly Wish[]) => wishes.flatMap(({ id }) => (id === undefined ? [] : [id]));

/** Nothing when nobody asked for any of these. */
function refused(wishes: readonly Wish[], reason: string): Outcome[] {
  const ids = idsOf(wishes);
  return ids.length ? [{ ids, is: "refused", reason }] : [];
}

/**
 * Sends what waits, all of it as one change, when it is due and nothing else is being sent. What needs no infrared (the
 * same state again, a temperature while it is off) is done without waiting.
 */
export function dispatch(rules: Rules, aircon: Aircon, now: Now): Decision {
  const { waiting, flight, is } = aircon;
  if (!waiting || flight) return { aircon, outcomes: [] };
  const isLate = ({ dueMs }: Wish) => now.monotonicMs > dueMs + TOO_LATE_MS;
  const late = waiting.wishes.filter(isLate);
  const timely = waiting.wishes.filter((wish) => !isLate(wish));
  // Anew from what is: what was asked for after a change that failed must not bring that change back.
  const { to, wishes, outcomes: impossible } = granted(rules, is, timely);
  const outcomes = [...refused(late, TOO_LATE), ...impossible];
  const ids = idsOf(wishes);
  // What is still to be looked at was sent just now; what was due by now, before this process stood still.
  const isStale = late.length > 0 && aircon.check !== undefined && aircon.check.judgeMs <= now.monotonicMs;
  const idle: Aircon = { ...aircon, waiting: undefined, check: isStale ? undefined : aircon.check };
  if (!hasToSend(rules, aircon, to, wishes)) {
    return { aircon: { ...idle, is: to }, outcomes: [...outcomes, { ids, is: "done" }] };
  }
  if (now.monotonicMs < waiting.dueMs) {
    return { aircon: { ...aircon, waiting: { ...waiting, wishes, wanted: to } }, outcomes };
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
