import { masterEndMs } from "./master.ts";

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

/** A zone is `closing` from the moment it shall close until the board has said so. Times in monotonic ms. */
export type Phase =
  | { is: "closed" }
  | { is: "closing" }
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

export interface Garden {
  zones: ReadonlyMap<number, Zone>;
  queue: readonly { relay: number; runMs: number }[];
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
  | { kind: "restore"; zones: ReadonlyMap<number, Partial<Omit<Zone, "phase">>>; rain: Garden["rain"] | undefined }
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

const BROKER_LOSS_MS = 120_000;
/** The firmware's ceiling of continuous on-time is 4 h; the master must not reach it (S8). */
export const MASTER_LIMIT_MS = (3 * 60 + 50) * 60_000;

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

/** The relays that shall be on, the master first, each with the monotonic time at which it goes off at the latest. */
export function wantedRelays(rules: Rules, { zones, master }: Garden): Map<number, number> {
  const wanted = new Map<number, number>();
  if (rules.master && (master.is === "opening" || master.is === "on")) {
    wanted.set(rules.master.relay, master.sinceMs + MASTER_LIMIT_MS);
  }
  for (const { relay, maxRunMs } of rules.zones) {
    const phase = zones.get(relay)?.phase;
    if (phase?.is === "open") wanted.set(relay, phase.openedMs + maxRunMs);
  }
  return wanted;
}

/** The next moment, on the monotonic clock, at which something is due by itself; undefined when nothing is. */
export function nextDueMs(garden: Garden, now: Now): number | undefined {
  const { zones, master, queue, brokerLostMs, rain } = garden;
  const due = [...zones.values()].flatMap(({ phase }) => (phase.is === "open" ? [phase.untilMs] : []));
  if (master.is === "on" && queue.length) due.push(master.readyMs);
  if (master.is === "on" && master.lingerUntilMs !== undefined) due.push(master.lingerUntilMs);
  if (brokerLostMs !== undefined) due.push(brokerLostMs + BROKER_LOSS_MS);
  if (rain.untilEpochMs > 0) due.push(now.monotonicMs + rain.untilEpochMs - now.epochMs);
  const ahead = due.filter((at) => at > now.monotonicMs);
  return ahead.length ? Math.min(...ahead) : undefined;
}

function change(garden: Garden, relay: number, changes: Partial<Zone>): Garden {
  const zone = garden.zones.get(relay);
  return zone ? { ...garden, zones: new Map(garden.zones).set(relay, { ...zone, ...changes }) } : garden;
}

/** Adds the time since the last count to every zone whose water may run. A new day begins at 0. */
function count(rules: Rules, garden: Garden, now: Now): Garden {
  const elapsedMs = now.monotonicMs - garden.countedMs;
  const day = rules.dayOf(now.epochMs);
  const zones = [...garden.zones].map(([relay, zone]): [number, Zone] => {
    const ranMs = zone.phase.is === "closed" ? 0 : elapsedMs;
    const beforeMs = day === garden.day ? zone.wateredMs : 0;
    return [relay, { ...zone, wateredMs: beforeMs + ranMs }];
  });
  return { ...garden, zones: new Map(zones), day, countedMs: now.monotonicMs };
}

function tell(rules: Rules, garden: Garden, event: GardenEvent, now: Now): Decision {
  switch (event.kind) {
    case "open":
      return open(rules, garden, event.relay, event.runMs, now);
    case "duration":
      return { garden: change(garden, event.relay, { durationMs: event.durationMs }) };
    case "close":
      return { garden: close(garden, event.relay, "command") };
    case "all-off":
      return { garden: masterOff(closeAll(garden, "command")) };
    case "shutdown":
      return { garden: masterOff(closeAll({ ...garden, boardReady: false }, "shutdown")) };
    case "rain-delay": {
      const untilEpochMs = event.hours > 0 ? now.epochMs + event.hours * 3_600_000 : 0;
      return { garden: { ...garden, rain: { hours: event.hours, untilEpochMs } } };
    }
    case "restore": {
      const zones = [...garden.zones].map(([relay, zone]): [number, Zone] => {
        const saved = event.zones.get(relay);
        // Whatever ran since the start counts as well.
        return [relay, { ...zone, ...saved, wateredMs: zone.wateredMs + (saved?.wateredMs ?? 0) }];
      });
      return { garden: { ...garden, zones: new Map(zones), rain: event.rain ?? garden.rain } };
    }
    case "ready":
      return { garden: { ...garden, boardReady: true } };
    case "lost": {
      const closed = [...closeAll(garden, "board").zones].map(([relay, zone]): [number, Zone] => [
        relay,
        { ...zone, phase: { is: "closed" } },
      ]);
      return { garden: { ...garden, zones: new Map(closed), queue: [], master: { is: "off" }, boardReady: false } };
    }
    case "confirmed":
      return { garden: confirm(rules, garden, event.relay, event.on, now) };
    case "timed-out":
      // A master that drops takes the pressure from its zones.
      return {
        garden:
          event.relay === rules.master?.relay
            ? masterOff(closeAll(garden, "board"))
            : close(garden, event.relay, "board"),
      };
    case "broker": {
      const lost = garden.brokerLostMs ?? now.monotonicMs;
      return { garden: { ...garden, brokerLostMs: event.connected ? undefined : lost } };
    }
    case "tick":
      return { garden };
  }
}

function open(rules: Rules, garden: Garden, relay: number, onceMs: number | undefined, now: Now): Decision {
  const zone = garden.zones.get(relay);
  const limits = rules.zones.find((zone) => zone.relay === relay);
  if (!zone || !limits) return { garden, refused: `there is no zone on relay ${relay}` };
  const refuse = (reason: Reason, refused: string): Decision => ({
    garden: zone.phase.is === "closed" ? change(garden, relay, { reason }) : garden,
    refused,
  });
  if (!garden.boardReady) return refuse("board", "the board is unavailable");
  if (garden.brokerLostMs !== undefined) return refuse("broker", "there is no connection to the broker");
  if (garden.rain.untilEpochMs > now.epochMs) return refuse("rain_delay", "rain delay");
  if (zone.wateredMs >= limits.dayCapMs) return refuse("day_cap", "this zone has had its water for today");
  const askedMs = onceMs ?? zone.durationMs;
  const runMs = Math.min(askedMs, limits.maxRunMs);

  const others = garden.queue.filter((waiting) => waiting.relay !== relay);
  const asked =
    zone.phase.is === "open"
      ? change(garden, relay, { phase: { ...zone.phase, ...runEnd(limits, zone, zone.phase.openedMs, askedMs, now) } })
      : garden.queue.length > others.length
        ? { ...garden, queue: garden.queue.map((waiting) => (waiting.relay === relay ? { relay, runMs } : waiting)) }
        : { ...makeRoom(rules, garden), queue: [...makeRoom(rules, garden).queue, { relay, runMs }] };
  if (rules.master && masterEndMs(rules, rules.master, asked, now) > MASTER_LIMIT_MS) {
    return refuse("max_run", "this would keep the master valve on for more than 3 h 50 min");
  }
  return { garden: zone.phase.is === "open" ? asked : change(asked, relay, { reason: "queued" }) };
}

/** When a run that begins or is asked for now ends, and why: the first of its own length, `max_run` and the day's cap. */
function runEnd(limits: ZoneRules, zone: Zone, openedMs: number, runMs: number, now: Now) {
  const ends: [number, Reason][] = [
    [now.monotonicMs + runMs, "deadline"],
    [openedMs + limits.maxRunMs, "max_run"],
    [now.monotonicMs + limits.dayCapMs - zone.wateredMs, "day_cap"],
  ];
  const [untilMs, ending] = ends.reduce((first, next) => (next[0] < first[0] ? next : first));
  return { untilMs, ending, endsAtMs: now.epochMs + untilMs - now.monotonicMs };
}

/** With `replace`, closes the zones that have been open longest, or drops the first in the queue, so that one more fits. */
function makeRoom(rules: Rules, garden: Garden): Garden {
  if (rules.whenBusy === "queue") return garden;
  const opened = [...garden.zones]
    .flatMap(([relay, { phase }]) => (phase.is === "open" ? [{ relay, openedMs: phase.openedMs }] : []))
    .sort((a, b) => a.openedMs - b.openedMs)
    .map(({ relay }) => relay);
  const surplus = Math.max(0, opened.length + garden.queue.length + 1 - rules.maxConcurrent);
  const leaving = [...opened, ...garden.queue.map(({ relay }) => relay)].slice(0, surplus);
  return leaving.reduce((garden, relay) => close(garden, relay, "replaced"), garden);
}

function close(garden: Garden, relay: number, reason: Reason): Garden {
  const waiting = garden.queue.some((waiting) => waiting.relay === relay);
  const phase = garden.zones.get(relay)?.phase;
  const queue = garden.queue.filter((waiting) => waiting.relay !== relay);
  if (phase?.is === "open") return change({ ...garden, queue }, relay, { phase: { is: "closing" }, reason });
  return waiting ? change({ ...garden, queue }, relay, { reason }) : garden;
}

function closeAll(garden: Garden, reason: Reason): Garden {
  return [...garden.zones.keys()].reduce((garden, relay) => close(garden, relay, reason), garden);
}

function masterOff(garden: Garden): Garden {
  const { master } = garden;
  return master.is === "off" ? garden : { ...garden, master: { is: "closing", sinceMs: master.sinceMs } };
}

function confirm(rules: Rules, garden: Garden, relay: number, on: boolean, now: Now): Garden {
  if (rules.master?.relay === relay) {
    const { master } = garden;
    if (master.is === "opening" && on) {
      const readyMs = now.monotonicMs + rules.master.leadMs;
      return { ...garden, master: { is: "on", sinceMs: master.sinceMs, readyMs, lingerUntilMs: undefined } };
    }
    return master.is === "closing" && !on ? { ...garden, master: { is: "off" } } : garden;
  }
  const phase = garden.zones.get(relay)?.phase;
  if (phase?.is === "open" && on) return change(garden, relay, { phase: { ...phase, confirmed: true } });
  return phase?.is === "closing" && !on ? change(garden, relay, { phase: { is: "closed" } }) : garden;
}

function doWhatIsDue(rules: Rules, garden: Garden, now: Now): Garden {
  let next = garden;
  for (const [relay, { phase }] of next.zones) {
    if (phase.is === "open" && phase.untilMs <= now.monotonicMs) next = close(next, relay, phase.ending);
  }
  if (next.brokerLostMs !== undefined && now.monotonicMs - next.brokerLostMs >= BROKER_LOSS_MS) {
    if (rules.onBrokerLoss === "stop") next = closeAll(next, "broker");
    next = dropQueue(next, "broker");
  }
  if (next.rain.untilEpochMs > now.epochMs) next = dropQueue(next, "rain_delay");
  else if (next.rain.untilEpochMs > 0) next = { ...next, rain: { hours: 0, untilEpochMs: 0 } };
  return runMaster(rules, startWaiting(rules, next, now), now);
}

function dropQueue(garden: Garden, reason: Reason): Garden {
  return garden.queue.reduce((garden, { relay }) => close(garden, relay, reason), garden);
}

/** Opens waiting zones in their order while there is room, a board, a broker, and pressure behind the master valve. */
function startWaiting(rules: Rules, garden: Garden, now: Now): Garden {
  let next = garden;
  for (const { relay, runMs } of garden.queue) {
    const busy = [...next.zones.values()].filter(({ phase }) => phase.is !== "closed").length;
    if (!next.boardReady || next.brokerLostMs !== undefined || busy >= rules.maxConcurrent) break;
    const zone = next.zones.get(relay);
    const limits = rules.zones.find((zone) => zone.relay === relay);
    if (!zone || !limits || zone.phase.is !== "closed") continue;
    if (zone.wateredMs >= limits.dayCapMs) {
      next = close(next, relay, "day_cap");
      continue;
    }
    if (rules.master) {
      const { master } = next;
      if (master.is === "off" || master.is === "closing") {
        const sinceMs = master.is === "off" ? now.monotonicMs : master.sinceMs;
        next = { ...next, master: { is: "opening", sinceMs } };
      }
      if (next.master.is !== "on" || next.master.readyMs > now.monotonicMs) break;
      if (now.monotonicMs + runMs + rules.master.lingerMs - next.master.sinceMs > MASTER_LIMIT_MS) {
        next = close(next, relay, "max_run");
        continue;
      }
    }
    const queue = next.queue.filter((waiting) => waiting.relay !== relay);
    const end = runEnd(limits, zone, now.monotonicMs, runMs, now);
    // A run that was asked for longer than `max_run` was cut to it.
    const ending = end.ending === "deadline" && runMs >= limits.maxRunMs ? "max_run" : end.ending;
    next = change({ ...next, queue }, relay, {
      phase: { is: "open", openedMs: now.monotonicMs, ...end, ending, confirmed: false },
      reason: "command",
    });
  }
  return next;
}

/** The master closes when no zone is open or waits, after its linger. */
function runMaster(rules: Rules, garden: Garden, now: Now): Garden {
  const { master } = garden;
  if (!rules.master || (master.is !== "on" && master.is !== "opening")) return garden;
  const needed = garden.queue.length > 0 || [...garden.zones.values()].some(({ phase }) => phase.is !== "closed");
  if (master.is === "opening") return needed ? garden : masterOff(garden);
  const lingerUntilMs = needed ? undefined : (master.lingerUntilMs ?? now.monotonicMs + rules.master.lingerMs);
  if (lingerUntilMs !== undefined && lingerUntilMs <= now.monotonicMs) return masterOff(garden);
  return { ...garden, master: { ...master, lingerUntilMs } };
}
