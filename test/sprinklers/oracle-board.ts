/** What the board said, or that it is gone. */
export type Said = { kind: "confirmed"; relay: number; on: boolean } | { kind: "lost" };

/** How the board answers. `lost` answers are asked for again after 1 s; three in a row, and the board is lost. */
export interface Manners {
  latencyMs: number;
  lostAnswers: number;
  doubled: boolean;
}

const REFRESH_MS = 5_000;
const NEVER = Number.POSITIVE_INFINITY;

interface Wire {
  relay: number;
  on: boolean;
  doneMs: number;
  said: Said[];
}

/**
 * A board with its cable and whoever writes on it, as the oracle imagines them: one command at a time, what closes
 * first, and the worst moment for each: a zone's water flows from the first byte and until the answer, the master's
 * pressure is there only at the answer.
 */
export function imaginedBoard(relays: readonly number[], master: number | undefined) {
  /** Relays that are on, since when. */
  const on = new Map<number, number>();
  /** What the last answer proved, and when. */
  const proven = new Map<number, { on: boolean; atMs: number }>();
  const lastOnMs = new Map<number, number>();
  /** Wanted on again before the `off` was written: nothing is to be told, until the next refresh. */
  const flipped = new Set<number>();
  let wanted: ReadonlyMap<number, number> = new Map();
  let wire: Wire | undefined;
  let ready = false;
  let manners: Manners = { latencyMs: 52, lostAnswers: 0, doubled: false };

  const shall = (relay: number, nowMs: number) => (wanted.get(relay) ?? -1) > nowMs;
  const since = (relay: number) => proven.get(relay)?.atMs ?? -1;

  function whatNext(nowMs: number): { relay: number; on: boolean } | undefined {
    for (const relay of relays) {
      if (shall(relay, nowMs)) continue;
      // An `off` that was proven before the time until which the relay was wanted proves nothing now.
      if (proven.get(relay)?.on !== false || since(relay) <= (wanted.get(relay) ?? -2)) return { relay, on: false };
    }
    for (const relay of wanted.keys()) {
      if (shall(relay, nowMs) && proven.get(relay)?.on !== true) return { relay, on: true };
    }
    for (const relay of flipped) {
      if (nowMs - (lastOnMs.get(relay) ?? 0) >= REFRESH_MS && shall(relay, nowMs)) return { relay, on: true };
    }
    return undefined;
  }

  function write(nowMs: number): void {
    if (!ready || wire) return;
    const next = whatNext(nowMs);
    if (!next) return;
    if (next.on) {
      lastOnMs.set(next.relay, nowMs);
      flipped.delete(next.relay);
      if (next.relay !== master && !on.has(next.relay)) on.set(next.relay, nowMs);
    }
    const { latencyMs, lostAnswers, doubled } = manners;
    manners = { ...manners, lostAnswers: 0 };
    const answer: Said = { kind: "confirmed", ...next };
    const said: Said[] = lostAnswers >= 3 ? [{ kind: "lost" }] : doubled ? [answer, answer] : [answer];
    wire = { ...next, doneMs: nowMs + Math.min(lostAnswers, 3) * 1_000 + (lostAnswers >= 3 ? 0 : latencyMs), said };
  }

  return {
    /** Which relays are on, since when. */
    on: on as ReadonlyMap<number, number>,
    isReady: () => ready,
    behave(next: Partial<Manners>) {
      manners = { ...manners, ...next };
    },
    want(next: ReadonlyMap<number, number>, nowMs: number) {
      if (!ready) return;
      for (const relay of flipped) if ((next.get(relay) ?? -1) <= nowMs) flipped.delete(relay);
      for (const [relay, untilMs] of next) {
        if (untilMs > nowMs && !shall(relay, nowMs) && proven.get(relay)?.on) flipped.add(relay);
      }
      wanted = next;
      write(nowMs);
    },
    /** The next moment at which the board does something. */
    nextMs(nowMs: number): number {
      if (wire) return wire.doneMs;
      let next = NEVER;
      for (const untilMs of wanted.values()) if (untilMs > nowMs && untilMs < next) next = untilMs;
      for (const relay of flipped) next = Math.min(next, Math.max(nowMs + 1, (lastOnMs.get(relay) ?? 0) + REFRESH_MS));
      return next;
    },
    /** What it says at this moment. */
    hear(nowMs: number): readonly Said[] {
      if (wire && wire.doneMs <= nowMs) {
        const { relay, on: is, said } = wire;
        wire = undefined;
        if (said[0]?.kind === "lost") return said;
        proven.set(relay, { on: is, atMs: nowMs });
        if (!is) on.delete(relay);
        else if (!on.has(relay)) on.set(relay, nowMs);
        return said;
      }
      write(nowMs);
      return [];
    },
    /** A relay goes off by itself; false when it was not on. */
    drop(relay: number): boolean {
      proven.delete(relay);
      return on.delete(relay);
    },
    /** Gone, or restarting: everything is off. */
    lose() {
      ready = false;
      wire = undefined;
      wanted = new Map();
      on.clear();
      flipped.clear();
    },
    /** There, everything off and answered. */
    begin(nowMs: number) {
      ready = true;
      for (const relay of relays) proven.set(relay, { on: false, atMs: nowMs });
    },
  };
}

export type ImaginedBoard = ReturnType<typeof imaginedBoard>;
