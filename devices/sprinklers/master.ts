import type { Garden, Now, Rules } from "./zones.ts";

/**
 * How long the master valve would stay on without a break, in ms, if everything that is open or waits ran its full
 * time: zones take the first free place in their order, the first of them after the lead, and the linger comes last.
 */
export function masterEndMs(
  rules: Rules,
  { leadMs, lingerMs }: NonNullable<Rules["master"]>,
  garden: Garden,
  now: Now,
) {
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
