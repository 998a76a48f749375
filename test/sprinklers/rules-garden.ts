import type { Garden, GardenEvent, Now, Rules, ZoneRules } from "../../devices/sprinklers/garden-model.ts";
import { decide, emptyGarden, nextDueMs, wantedRelays } from "../../devices/sprinklers/zones.ts";

export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;

/** A zone of 10 min, never longer than 30 min, as much as it likes a day. */
export const zone = (relay: number, changes: Partial<ZoneRules> = {}): ZoneRules => ({
  relay,
  durationMs: 10 * MINUTE,
  maxRunMs: 30 * MINUTE,
  dayCapMs: Number.POSITIVE_INFINITY,
  ...changes,
});

interface Options extends Partial<Rules> {
  /** The wall clock at the beginning. */
  epochMs?: number;
  /** Leave out that the board is ready and the broker connected. */
  bare?: boolean;
}

/**
 * The rules with three zones (relays 1, 2, 3), one at a time, and a board that answers at once unless it is told to be
 * silent. Time passes as the daemon lets it pass: from one thing that is due to the next.
 */
export function aGarden({ epochMs = Date.UTC(2026, 10, 22, 4, 0), bare = false, ...changes }: Options = {}) {
  const rules: Rules = {
    zones: [zone(1), zone(2), zone(3)],
    maxConcurrent: 1,
    whenBusy: "queue",
    master: undefined,
    onBrokerLoss: "stop",
    dayOf: (epochMs) => new Date(epochMs).toISOString().slice(0, 10),
    ...changes,
  };
  const relays = [...(rules.master ? [rules.master.relay] : []), ...rules.zones.map(({ relay }) => relay)];
  let now: Now = { monotonicMs: 5_000, epochMs };
  let garden: Garden = emptyGarden(rules, now);
  let silent = false;
  const on = new Set<number>();

  function tell(event: GardenEvent): string | undefined {
    const { garden: after, refused } = decide(rules, garden, event, now);
    garden = after;
    if (!silent) answer();
    return refused;
  }

  const wanted = () => [...wantedRelays(rules, garden)].filter(([, until]) => until > now.monotonicMs);

  /** The board does what is wanted, what closes first, and says so. */
  function answer(): void {
    const shall = new Set(wanted().map(([relay]) => relay));
    const listed = wantedRelays(rules, garden);
    const off = relays.find((relay) => !shall.has(relay) && (on.has(relay) || listed.has(relay)));
    const next = off ?? relays.find((relay) => shall.has(relay) && !on.has(relay));
    if (next === undefined) return;
    if (off === undefined) on.add(next);
    else on.delete(next);
    tell({ kind: "confirmed", relay: next, on: off === undefined });
  }

  function zoneOn(relay: number) {
    const zone = garden.zones.get(relay);
    if (!zone) throw new Error(`no zone on relay ${relay}`);
    return zone;
  }

  const it = {
    rules,
    tell,
    /** Steps the wall clock alone. */
    step: (ms: number) => {
      now = { ...now, epochMs: now.epochMs + ms };
    },
    garden: () => garden,
    now: () => now,
    open: (relay: number, runMs?: number) =>
      tell(runMs === undefined ? { kind: "open", relay } : { kind: "open", relay, runMs }),
    close: (relay: number) => tell({ kind: "close", relay }),
    is: (relay: number) => zoneOn(relay).phase.is,
    reason: (relay: number) => zoneOn(relay).reason,
    watered: (relay: number) => zoneOn(relay).wateredMs,
    /** How much longer a zone will be open, in ms. */
    left: (relay: number) => {
      const { phase } = zoneOn(relay);
      return phase.is === "open" ? phase.untilMs - now.monotonicMs : undefined;
    },
    /** The relays that are wanted on, the master first. */
    wanted: () => wanted().map(([relay]) => relay),
    waiting: () => garden.queue.map(({ relay }) => relay),
    master: () => garden.master.is,
    /** The board stops answering, or answers again. */
    silence: (is: boolean) => {
      silent = is;
      if (!silent) answer();
    },
    /** The board drops a relay by itself. */
    drop: (relay: number) => {
      on.delete(relay);
      tell({ kind: "timed-out", relay });
    },
    /** The board restarts or goes. */
    lose: () => {
      on.clear();
      tell({ kind: "lost" });
    },
    /** The wall clock steps, and the daemon notices. */
    stepWall: (ms: number) => {
      now = { ...now, epochMs: now.epochMs + ms };
      tell({ kind: "tick" });
    },
    /** Time passes, with a tick when something is due. */
    pass: (ms: number) => {
      const end = now.monotonicMs + ms;
      while (now.monotonicMs < end) {
        const dueMs = nextDueMs(garden, now) ?? end;
        it.sleep(Math.min(dueMs, end) - now.monotonicMs);
        tell({ kind: "tick" });
      }
    },
    /** Time passes and nobody looks. */
    sleep: (ms: number) => {
      now = { monotonicMs: now.monotonicMs + ms, epochMs: now.epochMs + ms };
    },
  };
  if (!bare) {
    tell({ kind: "ready" });
    tell({ kind: "broker", connected: true });
  }
  return it;
}
