import type { Device, Entity } from "../../src/device.ts";
import { entitiesOf } from "./entities.ts";
import { placesOf, type SensorRules } from "./places.ts";
import type { Showable } from "./showable.ts";

/** Makes devices of sensors, and keeps them: one that introduces itself the same, at the same place, stays the same object. */
export interface Catalogue {
  devicesOf(sensors: readonly Showable[]): Device[];
  /** The names in the configuration that meant no sensor of the last list. */
  strangers(): string[];
}

/** `base`: where the topics of all sensors begin. */
export function catalogue(base: string, rules: SensorRules): Catalogue {
  let kept = new Map<string, { as: string; device: Device }>();
  let unknown: string[] = [];
  const kinds = new Map<string, Entity[]>();

  // A house may have hundreds of sensors, and has a handful of kinds.
  function entitiesFor({ abilities }: Showable): Entity[] {
    const kind = JSON.stringify(abilities);
    const entities = kinds.get(kind) ?? entitiesOf(abilities);
    kinds.set(kind, entities);
    return entities;
  }

  return {
    devicesOf(sensors) {
      const { places, strangers } = placesOf(sensors, base, rules);
      const next: typeof kept = new Map();
      for (const sensor of sensors) {
        const { key, introduction } = sensor;
        const place = places.get(key);
        if (!place) continue;
        const as = `${introduction}${JSON.stringify(place)}`;
        const before = kept.get(key);
        const device = before?.as === as ? before.device : sensor.show({ ...place, entities: entitiesFor(sensor) });
        next.set(key, { as, device });
      }
      kept = next;
      unknown = [...strangers];
      return [...next.values()].map(({ device }) => device);
    },
    strangers: () => unknown,
  };
}
