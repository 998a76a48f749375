import type { Clock } from "../../../src/clock.ts";
import { type Sensor, sameSensor, sameThing } from "./sensor.ts";

/** The sensors as they are known now; one that did not change stays the same object. */
export interface Roster {
  /** By id; undefined before the first read. Another map when who they are has changed; what they say changes in it. */
  all(): ReadonlyMap<string, Sensor> | undefined;
  /**
   * Takes a whole list. A sensor that is not in it any more is shown as unreachable until it has been missing for 30 s,
   * because a bridge that starts lists only some of them at first; but those in `gone` go at once.
   */
  replace(sensors: ReadonlyMap<string, Sensor>, gone?: ReadonlySet<string>): void;
  change(sensor: Sensor): void;
  /** Calls the listener after each change of one sensor, until the returned function is called. */
  onChange(id: string, listener: () => void): () => void;
  /** Calls the listeners of all sensors. */
  wakeAll(): void;
}

const MISSING_MS = 30_000;

/** `changed` is called when there is another map, before those who listen to one sensor. */
export function openRoster(clock: Clock, changed: () => void): Roster {
  let current: Map<string, Sensor> | undefined;
  const missingSinceMs = new Map<string, number>();
  const listeners = new Map<string, Set<() => void>>();

  function wake(ids: Iterable<string>): void {
    for (const id of ids) for (const listener of listeners.get(id) ?? []) listener();
  }

  function publish(next: Map<string, Sensor>): void {
    const before = current;
    const different = [...next].filter(([id, sensor]) => before?.get(id) !== sensor);
    const gone = [...(before?.keys() ?? [])].filter((id) => !next.has(id));
    const isSame = ([id, sensor]: [string, Sensor]) => {
      const known = before?.get(id);
      return known !== undefined && sameThing(known, sensor);
    };
    if (before && gone.length === 0 && different.every(isSame)) {
      for (const [id, sensor] of different) before.set(id, sensor);
    } else {
      current = next;
      changed();
    }
    wake([...gone, ...different.map(([id]) => id)]);
  }

  return {
    all: () => current,
    replace(sensors, gone = new Set()) {
      const next = new Map<string, Sensor>();
      for (const [id, sensor] of sensors) {
        const before = current?.get(id);
        next.set(id, before && sameSensor(before, sensor) ? before : sensor);
        missingSinceMs.delete(id);
      }
      for (const [id, sensor] of current ?? []) {
        if (next.has(id)) continue;
        const sinceMs = missingSinceMs.get(id) ?? clock.monotonicMs();
        if (gone.has(id) || clock.monotonicMs() - sinceMs >= MISSING_MS) missingSinceMs.delete(id);
        else {
          missingSinceMs.set(id, sinceMs);
          next.set(id, sensor.reachable === false ? sensor : { ...sensor, reachable: false });
        }
      }
      publish(next);
    },
    change(sensor) {
      const before = current?.get(sensor.id);
      // Before the first whole list there is no list.
      if (!current || (before && sameSensor(before, sensor))) return;
      if (!before || !sameThing(before, sensor)) return publish(new Map(current).set(sensor.id, sensor));
      // There may be hundreds, and one changes often: nothing is done for the others.
      current.set(sensor.id, sensor);
      wake([sensor.id]);
    },
    onChange(id, listener) {
      const own = listeners.get(id) ?? new Set();
      listeners.set(id, own.add(listener));
      return () => {
        own.delete(listener);
        if (own.size === 0 && listeners.get(id) === own) listeners.delete(id);
      };
    },
    wakeAll: () => wake([...listeners.keys()]),
  };
}
