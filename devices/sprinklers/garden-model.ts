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
