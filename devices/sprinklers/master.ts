import type { Garden, Now, Rules } from "./garden-model.ts";

type MasterRules = NonNullable<Rules["master"]>;

/** The firmware's ceiling of continuous on-time is 4 h; the master must not reach it (S8). */
export const MASTER_LIMIT_MS = (3 * 60 + 50) * 60_000;

/**
 * How long the master valve would stay on without a break, in ms, if everything that is open or waits ran its full
 * time: zones take the first free place in their order, the first of them after the lead, and the linger comes last.
 */
export function masterEndMs(rules: Rules, { leadMs, lingerMs }: MasterRules, garden: Garden, now: Now): number {
  const { master, zones, queue } = garden;
  const sinceMs = master.is === "off" ? now.monotonicMs : master.sinceMs;
  const pressureMs = master.is === "on" ? Math.max(master.readyMs, now.monotonicMs) : now.monotonicMs + leadMs;
  const ends = [...zones.values()].flatMap(({ phase }) => (phase.is === "open" ? [phase.untilMs] : []));
  const places = [...ends, ...Array.from({ length: Math.max(0, rules.maxConcurrent - ends.length) }, () => pressureMs)];
  for (const { runMs } of queue) {
    places.sort((a, b) => a - b);
    const free = places.shift() ?? pressureMs;
    places.push(free + runMs);
  }
  return Math.max(...places) + lingerMs - sinceMs;
}

/** Switches the master on for a zone whose turn it is. One that still closes may never have gone off: it goes on counting. */
export function masterOn(garden: Garden, now: Now): Garden {
  const { master } = garden;
  if (master.is === "on" || master.is === "opening") return garden;
  const sinceMs = master.is === "off" ? now.monotonicMs : master.sinceMs;
  return { ...garden, master: { is: "opening", sinceMs } };
}

export function masterOff(garden: Garden): Garden {
  const { master } = garden;
  return master.is === "off" ? garden : { ...garden, master: { is: "closing", sinceMs: master.sinceMs } };
}

/** The board has switched the master. */
export function confirmMaster({ leadMs }: MasterRules, garden: Garden, on: boolean, now: Now): Garden {
  const { master } = garden;
  if (master.is === "opening" && on) {
    const readyMs = now.monotonicMs + leadMs;
    return { ...garden, master: { is: "on", sinceMs: master.sinceMs, readyMs, lingerUntilMs: undefined } };
  }
  return master.is === "closing" && !on ? { ...garden, master: { is: "off" } } : garden;
}

/** The master closes when no zone is open or waits, after its linger. */
export function runMaster(rules: Rules, garden: Garden, now: Now): Garden {
  const { master } = garden;
  if (!rules.master || (master.is !== "on" && master.is !== "opening")) return garden;
  const needed = garden.queue.length > 0 || [...garden.zones.values()].some(({ phase }) => phase.is !== "closed");
  if (master.is === "opening") return needed ? garden : masterOff(garden);
  const lingerUntilMs = needed ? undefined : (master.lingerUntilMs ?? now.monotonicMs + rules.master.lingerMs);
  if (lingerUntilMs !== undefined && lingerUntilMs <= now.monotonicMs) return masterOff(garden);
  return { ...garden, master: { ...master, lingerUntilMs } };
}
