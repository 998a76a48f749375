import { initialCondition } from "./abilities.ts";
import type { Aircon, AirconEvent, Decision, Now, Rules } from "./aircon-model.ts";
import { powered } from "./change.ts";
import type { CodeSet } from "./code-sets/code-set.ts";
import { checkAfter, judge } from "./feedback.ts";
import { accept, dispatch, dropWaiting, STOPPING } from "./wishes.ts";

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
      const doubt = aircon.doubt ?? (event.untold ? undefined : { kind: "unheard" });
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
