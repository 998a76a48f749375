import { changeEach } from "./closing.ts";
import { doWhatIsDue } from "./due.ts";
import type { Decision, Garden, GardenEvent, Now, Rules } from "./garden-model.ts";
import { MASTER_LIMIT_MS } from "./master.ts";
import { tell } from "./tell.ts";

export { nextDueMs } from "./due.ts";

export function emptyGarden(rules: Rules, now: Now): Garden {
  return {
    zones: new Map(
      rules.zones.map(({ relay, durationMs }) => [
        relay,
        { phase: { is: "closed" }, reason: undefined, durationMs, wateredMs: 0 },
      ]),
    ),
    queue: [],
    master: { is: "off" },
    boardReady: false,
    brokerLostMs: now.monotonicMs,
    rain: { hours: 0, untilEpochMs: 0 },
    day: rules.dayOf(now.epochMs),
    countedMs: now.monotonicMs,
  };
}

/** The one function that changes a garden: counts the water that ran, takes the event in, then does what is due. */
export function decide(rules: Rules, garden: Garden, event: GardenEvent, now: Now): Decision {
  const counted = count(rules, garden, now);
  const { garden: told, refused } = tell(rules, counted, event, now);
  const due = doWhatIsDue(rules, told, now);
  return refused === undefined ? { garden: due } : { garden: due, refused };
}

/** A clock that says less was never set (a Raspberry Pi begins in 1970): it knows no day. */
const CLOCK_SET_MS = Date.UTC(2026, 0, 1);
/** Further back than any time zone or correction: a clock that was wrong forwards. */
const WRONG_DAYS_MS = 2 * 86_400_000;

/** The day it is, given the day it was: a clock that steps back over midnight gives no second day. */
function dayAfter(rules: Rules, before: string, epochMs: number): string {
  if (epochMs < CLOCK_SET_MS) return before;
  const day = rules.dayOf(epochMs);
  return day > before || Date.parse(before) - Date.parse(day) > WRONG_DAYS_MS ? day : before;
}

/** Adds the time since the last count to every zone whose water may run. A new day begins at 0. */
function count(rules: Rules, garden: Garden, now: Now): Garden {
  const elapsedMs = now.monotonicMs - garden.countedMs;
  const day = dayAfter(rules, garden.day, now.epochMs);
  const counted = changeEach(garden, (zone) => {
    const ranMs = zone.phase.is === "closed" ? 0 : elapsedMs;
    const beforeMs = day === garden.day ? zone.wateredMs : 0;
    return { ...zone, wateredMs: beforeMs + ranMs };
  });
  return { ...counted, day, countedMs: now.monotonicMs };
}

/**
 * The relays that shall be on, the master first, each with the monotonic time at which it goes off at the latest. What
 * is closing is there too, with a time that is over: the rules wait until the board says, after that time, that it is
 * off, even of a relay that was never told to go on.
 */
export function wantedRelays(rules: Rules, { zones, master, countedMs }: Garden): Map<number, number> {
  const wanted = new Map<number, number>();
  if (rules.master && master.is !== "off") {
    wanted.set(rules.master.relay, master.is === "closing" ? countedMs : master.sinceMs + MASTER_LIMIT_MS);
  }
  for (const { relay, maxRunMs } of rules.zones) {
    const phase = zones.get(relay)?.phase;
    if (phase?.is === "open") wanted.set(relay, phase.openedMs + maxRunMs);
    if (phase?.is === "closing") wanted.set(relay, countedMs);
  }
  return wanted;
}
