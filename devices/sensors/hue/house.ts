import { type Change, type Effect, isNews, merge, pressed } from "./merge.ts";
import { type Places, placesOf } from "./places.ts";
import { type Resource, readResource } from "./resource.ts";
import type { Press, Sensor } from "./sensor.ts";
import { sensorOf } from "./v2.ts";
import type { Thresholds } from "./values.ts";

/** What a full read brought. */
export interface Reread {
  /** Whether it says what the event stream should have said before. */
  news: boolean;
  /** How many resources were none. */
  skipped: number;
}

/** All that interface v2 has told us: a full read, and what the event stream said since. */
export interface House {
  /**
   * Takes a full read in place of all that was known, and what the event stream said while it was on its way. Of one
   * that is not whole nothing is concluded about what it does not list.
   */
  replace(items: readonly unknown[], since: readonly Change[], whole: boolean): Reread;
  apply(change: Change): Effect;
  /** What a change says of a button; "unknown" when that is a button of nobody we have read. */
  pressOf(change: Change): Press | "unknown" | undefined;
  /** Whether there is such a resource. */
  knows(resourceId: string): boolean;
  /** Every sensor, by its id. */
  sensors(): ReadonlyMap<string, Sensor>;
  /** The sensor that this resource is a part of. */
  sensorWith(resourceId: string): Sensor | undefined;
}

export function openHouse(thresholds: Thresholds): House {
  let known = new Map<string, Resource>();
  /** Devices that an event brought, and no full read yet. */
  const arriving = new Set<string>();
  let places: Places | undefined;

  const here = (): Places => {
    places ??= placesOf(known, arriving);
    return places;
  };

  function sensorOfDevice(deviceId: string): Sensor | undefined {
    const { services, rooms, ids } = here();
    const device = known.get(deviceId);
    const id = ids.get(deviceId);
    if (!device || id === undefined) return undefined;
    const own = (services.get(deviceId) ?? []).flatMap((service) => known.get(service) ?? []);
    return sensorOf(device, own, { id, room: rooms.get(deviceId), thresholds });
  }

  return {
    replace(items, since, whole) {
      const read = new Map<string, Resource>();
      let skipped = 0;
      for (const item of items) {
        try {
          const resource = readResource(item);
          if (resource) read.set(resource.id, resource);
        } catch {
          skipped += 1;
        }
      }
      for (const change of since) merge(read, change);
      const news = [...read.values()].some((now) => {
        const before = known.get(now.id);
        return before !== undefined && isNews(before, now);
      });
      known = whole ? read : new Map([...known, ...read]);
      arriving.clear();
      places = undefined;
      return { news, skipped };
    },
    apply(change) {
      const { resource, kind } = change;
      if (kind === "add" && resource.type === "device" && !known.has(resource.id)) arriving.add(resource.id);
      const effect = merge(known, change);
      if (effect === "structure") places = undefined;
      return effect;
    },
    pressOf(change) {
      const event = pressed(change);
      if (event === undefined) return undefined;
      const { button } = known.get(change.resource.id) ?? {};
      const sensorId = here().ids.get(here().owners.get(change.resource.id) ?? "");
      return sensorId !== undefined && typeof button === "number" ? { sensorId, button, event } : "unknown";
    },
    knows: (resourceId) => known.has(resourceId),
    sensors: () =>
      new Map(
        [...here().ids.keys()].flatMap((device) => sensorOfDevice(device) ?? []).map((sensor) => [sensor.id, sensor]),
      ),
    sensorWith: (resourceId) => sensorOfDevice(here().owners.get(resourceId) ?? resourceId),
  };
}
