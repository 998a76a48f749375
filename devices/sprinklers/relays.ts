/** The firmware drops a relay 30 s after its last `on`; this often it is told again. */
const REFRESH_MS = 5_000;
/** 30 s of the firmware's dead-man timer, its inaccuracy of 1.2 s, and a margin (S3). */
export const DEAD_MAN_MS = 35_000;
/** A relay that was not told for so long may have been dropped by the firmware: telling it again would open it anew. */
export const TOO_LATE_MS = 25_000;
/** How long a board with nothing to do may say nothing before it is asked. */
const IDLE_MS = 20_000;

/** Something to tell the board. */
export interface Told {
  relay: number;
  on: boolean;
  /** Only said to hear from the board: any other question does as well. */
  idle?: boolean;
  /** It is on already, as far as is known. */
  refresh?: boolean;
}

/** What is known of the relays, and what the board has to be told next. Pure: times are given, in monotonic ms. */
export interface Relays {
  /** Whether each relay is on, as far as is known; absent while nothing is known of it. */
  states(): ReadonlyMap<number, boolean>;
  /** Relays that were not proven off since an `on` was written, by us or by whoever was here before us: water may flow. */
  doubtful(): readonly number[];
  /** Relays that the board has not said are off since they were told anything else; first those where water may flow. */
  unproven(): readonly number[];
  /** A command is being written. */
  writing(relay: number, on: boolean, nowMs: number): void;
  /** The board answered our command. */
  answered(relay: number, on: boolean, nowMs: number): void;
  /** The board switched a relay off by itself. */
  timedOut(relay: number, nowMs: number): void;
  /** A line in the form of an answer that nobody asked for, late or doubled, proves nothing: true when it has to be asked again. */
  unasked(relay: number, on: boolean): boolean;
  /** The board said which relays are on. Returns those that it has switched off by itself; what else is on is told off. */
  reported(on: ReadonlySet<number>, nowMs: number): number[];
  /** The board restarted: everything is off. */
  restarted(): void;
  /** Nothing that was told counts any more: everything is to be told again. */
  forget(): void;
  /** Takes relays for off whose last `on` is 35 s old; returns how long until the next one, undefined for none. */
  expire(nowMs: number): number | undefined;
  /**
   * What to tell next, given what is wanted and until when: first what closes a valve, then what opens one, then
   * refreshes. What is listed with a time that is over is told off until an answer came after that time: an older one may
   * be from before it was asked to go on.
   */
  next(wanted: ReadonlyMap<number, number>, nowMs: number): Told | undefined;
  /** Whether a relay that is on and shall stay on was not told so for too long to be told now (S11). */
  stoodStill(wanted: ReadonlyMap<number, number>, nowMs: number): boolean;
  /** How long until `next` can differ without anything happening. */
  quietMs(wanted: ReadonlyMap<number, number>, nowMs: number): number;
}

/** Nothing is known of the relays at first: whoever was here before us may have written `on` right before `nowMs`. */
export function trackRelays(relays: readonly number[], nowMs: number): Relays {
  let states: ReadonlyMap<number, boolean> = new Map();
  /** What the board answered to our last command, and when. Absent: not known. */
  const proven = new Map<number, { on: boolean; atMs: number }>();
  const doubtful = new Set(relays);
  const lastOnMs = new Map(relays.map((relay) => [relay, nowMs]));
  let lastHeardMs = Number.NEGATIVE_INFINITY;

  const since = (relay: number) => lastOnMs.get(relay) ?? Number.NEGATIVE_INFINITY;
  const shall = (wanted: ReadonlyMap<number, number>, relay: number, nowMs: number) => (wanted.get(relay) ?? 0) > nowMs;

  function provenOff(wanted: ReadonlyMap<number, number>, relay: number): boolean {
    const answer = proven.get(relay);
    return answer?.on === false && answer.atMs > (wanted.get(relay) ?? Number.NEGATIVE_INFINITY);
  }

  function believe(relay: number, is: boolean): void {
    if (!is) doubtful.delete(relay);
    if (states.get(relay) !== is) states = new Map(states).set(relay, is);
  }

  return {
    states: () => states,
    doubtful: () => [...doubtful],
    unproven: () => [...new Set([...doubtful, ...relays])].filter((relay) => proven.get(relay)?.on !== false),
    writing(relay, is, nowMs) {
      if (!is) return;
      // From here until its answer nothing is known, also when nobody waits for the answer any more.
      proven.delete(relay);
      doubtful.add(relay);
      lastOnMs.set(relay, nowMs);
    },
    answered(relay, is, nowMs) {
      lastHeardMs = nowMs;
      proven.set(relay, { on: is, atMs: nowMs });
      believe(relay, is);
    },
    timedOut(relay, nowMs) {
      lastHeardMs = nowMs;
      proven.delete(relay);
      believe(relay, false);
    },
    unasked(relay, is) {
      if (is === states.get(relay)) return false;
      proven.delete(relay);
      return true;
    },
    reported(on, nowMs) {
      lastHeardMs = nowMs;
      const dropped = relays.filter((relay) => states.get(relay) && !on.has(relay));
      for (const relay of dropped) {
        proven.delete(relay);
        believe(relay, false);
      }
      for (const relay of relays) {
        if (!on.has(relay) || states.get(relay)) continue;
        proven.delete(relay);
        doubtful.add(relay);
      }
      return dropped;
    },
    restarted() {
      for (const relay of relays) believe(relay, false);
      proven.clear();
    },
    forget: () => proven.clear(),
    expire(nowMs) {
      for (const relay of [...doubtful]) if (since(relay) + DEAD_MAN_MS <= nowMs) believe(relay, false);
      return doubtful.size ? Math.min(...[...doubtful].map(since)) + DEAD_MAN_MS - nowMs : undefined;
    },
    next(wanted, nowMs) {
      const off = relays.find((relay) => !shall(wanted, relay, nowMs) && !provenOff(wanted, relay));
      if (off !== undefined) return { relay: off, on: false };
      const open = [...wanted.keys()].find((relay) => shall(wanted, relay, nowMs) && !proven.get(relay)?.on);
      const stale = relays.find((relay) => shall(wanted, relay, nowMs) && nowMs - since(relay) >= REFRESH_MS);
      if (open !== undefined) return { relay: open, on: true };
      if (stale !== undefined) return { relay: stale, on: true, refresh: true };
      const idle = relays.find((relay) => !shall(wanted, relay, nowMs));
      return idle !== undefined && nowMs - lastHeardMs >= IDLE_MS ? { relay: idle, on: false, idle: true } : undefined;
    },
    stoodStill: (wanted, nowMs) =>
      relays.some(
        (relay) => shall(wanted, relay, nowMs) && proven.get(relay)?.on && nowMs - since(relay) >= TOO_LATE_MS,
      ),
    quietMs(wanted, nowMs) {
      const on = [...wanted].filter(([, limitMs]) => limitMs > nowMs);
      const times = on.flatMap(([relay, limitMs]) => [limitMs - nowMs, since(relay) + REFRESH_MS - nowMs]);
      return Math.max(1, Math.min(lastHeardMs + IDLE_MS - nowMs, ...times));
    },
  };
}
