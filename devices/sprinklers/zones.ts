import { changeEach } from "./closing.ts";
import { doWhatIsDue } from "./due.ts";
import { MASTER_LIMIT_MS } from "./master.ts";
import { tell } from "./tell.ts";

export { nextDueMs } from "./due.ts";

/** Why a zone was closed, waits, or was not opened (S7). */
export const reasons = [
  "command",
  "deadline",
  "max_run",
  "broker",
  "board",
  "day_cap",
  "rain_delay",
  "shutdown",
  "replaced",
  "queued",
] as const;
export type Reason = (typeof reasons)[number];

/** Durations in ms. */
export interface ZoneRules {
  relay: number;
  /** How long a run is when nobody has said otherwise. */
  durationMs: number;
  maxRunMs: number;
  /** Infinity for none. */
  dayCapMs: number;
}

/** What never changes while the daemon runs. Durations in ms. */
export interface Rules {
  zones: readonly ZoneRules[];
  maxConcurrent: number;
  whenBusy: "queue" | "replace";
  master: { relay: number; leadMs: number; lingerMs: number } | undefined;
  onBrokerLoss: "stop" | "finish";
  /** The local calendar day of a wall time. */
  dayOf(epochMs: number): string;
}

export interface Now {
  /** Deadlines are on this clock, which never steps. */
  monotonicMs: number;
  /** What people read, and days, are on this one. */
  epochMs: number;
}

/** A zone is `closing` from the moment it shall close until water can't run any more. Times in monotonic ms. */
export type Phase =
  | { is: "closed" }
  | {
      is: "closing";
      /** Of a board that is lost: when its firmware has closed the zone at the latest. Else the board says when. */
      offByMs?: number;
    }
  | {
      is: "open";
      openedMs: number;
      untilMs: number;
      /** The same moment for people, in ms since 1970. */
      endsAtMs: number;
      /** What the end will be called. */
      ending: Reason;
      /** Whether the board has answered. */
      confirmed: boolean;
    };

export interface Zone {
  phase: Phase;
  reason: Reason | undefined;
  /** How long the next run is, in ms. */
  durationMs: number;
  /** How long water ran today, in ms. */
  wateredMs: number;
}

/** The pump or main valve in front of the zones. `opening` lasts until the board has answered. */
export type Master =
  | { is: "off" }
  | { is: "opening"; sinceMs: number }
  | { is: "closing"; sinceMs: number }
  | { is: "on"; sinceMs: number; readyMs: number; lingerUntilMs: number | undefined };

/** A run as it was asked for, cut to `max_run`, and what its end will be called. */
export interface Run {
  runMs: number;
  ending: Reason;
}

export interface Garden {
  zones: ReadonlyMap<number, Zone>;
  queue: readonly ({ relay: number } & Run)[];
  master: Master;
  boardReady: boolean;
  /** Since when there is no broker; undefined while there is one. */
  brokerLostMs: number | undefined;
  rain: { hours: number; untilEpochMs: number };
  day: string;
  /** Up to when the watered time is counted. */
  countedMs: number;
}

export type GardenEvent =
  /** For the zone's duration, or for once as long as it says. */
  | { kind: "open"; relay: number; runMs?: number }
  | { kind: "duration"; relay: number; durationMs: number }
  | { kind: "close"; relay: number }
  | { kind: "all-off" }
  | { kind: "rain-delay"; hours: number }
  /** What an earlier run left behind. */
  | {
      kind: "restore";
      day: string | undefined;
      zones: ReadonlyMap<number, Partial<Omit<Zone, "phase">>>;
      rain: Garden["rain"] | undefined;
    }
  | { kind: "ready" }
  | { kind: "lost" }
  | { kind: "confirmed"; relay: number; on: boolean }
  | { kind: "timed-out"; relay: number }
  | { kind: "broker"; connected: boolean }
  | { kind: "shutdown" }
  | { kind: "tick" };

/** The garden after an event; `refused` says why an `open` was not accepted, for the log. */
export interface Decision {
  garden: Garden;
  refused?: string;
}

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
