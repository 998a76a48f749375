import type { Garden, Reason, Zone } from "./garden-model.ts";

/** The garden with these things changed about one zone. */
export function change(garden: Garden, relay: number, changes: Partial<Zone>): Garden {
  const zone = garden.zones.get(relay);
  return zone ? { ...garden, zones: new Map(garden.zones).set(relay, { ...zone, ...changes }) } : garden;
}

/** The garden with every zone changed like this. */
export function changeEach(garden: Garden, changed: (zone: Zone, relay: number) => Zone): Garden {
  const zones = new Map<number, Zone>([...garden.zones].map(([relay, zone]) => [relay, changed(zone, relay)]));
  return { ...garden, zones };
}

export const waits = ({ queue }: Garden, relay: number) => queue.some((waiting) => waiting.relay === relay);

/** Closes a zone that is open and takes it out of the queue; the reason is kept when it was neither. */
export function close(garden: Garden, relay: number, reason: Reason): Garden {
  if (!waits(garden, relay) && garden.zones.get(relay)?.phase.is !== "open") return garden;
  const left = { ...garden, queue: garden.queue.filter((waiting) => waiting.relay !== relay) };
  const open = garden.zones.get(relay)?.phase.is === "open";
  return change(left, relay, open ? { phase: { is: "closing" }, reason } : { reason });
}

export function closeAll(garden: Garden, reason: Reason): Garden {
  return [...garden.zones.keys()].reduce((garden, relay) => close(garden, relay, reason), garden);
}

export function dropQueue(garden: Garden, reason: Reason): Garden {
  return garden.queue.reduce((garden, { relay }) => close(garden, relay, reason), garden);
}
