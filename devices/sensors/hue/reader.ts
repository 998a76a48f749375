import type { Clock } from "../../../src/clock.ts";
import type { House } from "./house.ts";
import { v2Of } from "./json.ts";
import { type Change, readChanges } from "./merge.ts";
import type { Roster } from "./roster.ts";
import type { Press } from "./sensor.ts";
import type { Wire } from "./wire.ts";

/** Brings what a bridge says through interface v2 together: full reads, and events. */
export interface Reader {
  /** Takes the data of one event; how much of it was of no use. Throws HueError, "nonsense". */
  take(data: string): number;
  /** Reads everything. Throws HueError. */
  read(signal: AbortSignal): Promise<{ news: boolean; skipped: number }>;
  /** Whether something came that only a further read explains. */
  puzzled(): boolean;
}

interface Context {
  wire: Wire;
  key: string;
  clock: Clock;
  house: House;
  roster: Roster;
  pressed(press: Press): void;
}

/** 500 sensors and as many lamps are 3 MB. */
const EVERYTHING = { bytes: 16 * 1024 * 1024, ms: 20_000 };
/** A press that is known so late is none any more. */
const LATE_MS = 5_000;
const MOST_KEPT = 1_000;

export function openReader({ wire, key, clock, house, roster, pressed }: Context): Reader {
  /** What came while a read was on its way: it may be newer than the answer. */
  let meanwhile: Change[] | undefined;
  /** Of things we have not read yet, and when it came. */
  const strange: { change: Change; atMs: number }[] = [];
  /** Nothing that a full read knows of. */
  const ignored = new Set<string>();
  let puzzled = false;

  /** Whether it is about who belongs to whom. */
  function apply(change: Change): boolean {
    meanwhile?.push(change);
    const { id } = change.resource;
    const effect = house.apply(change);
    const press = house.pressOf(change);
    const sensor = effect === "value" ? house.sensorWith(id) : undefined;
    if (sensor) roster.change(sensor);
    if (typeof press === "object") pressed(press);
    if ((effect === "unknown" || press === "unknown") && !ignored.has(id)) {
      strange.push({ change, atMs: clock.monotonicMs() });
      if (strange.length > MOST_KEPT) strange.shift();
      puzzled = true;
    }
    return effect === "structure";
  }

  /** What is deleted, before any part of it is. */
  function deletedBy(changes: readonly Change[]): Set<string> {
    const devices = changes.filter(({ kind, resource }) => kind === "delete" && resource.type === "device");
    return new Set(devices.flatMap(({ resource }) => house.sensorWith(resource.id)?.id ?? []));
  }

  /** Presses of switches that we have just read for the first time. */
  function recall(): void {
    const now = clock.monotonicMs();
    for (const { change, atMs } of strange.splice(0)) {
      const press = house.pressOf(change);
      if (press === "unknown" || !house.knows(change.resource.id)) ignored.add(change.resource.id);
      else if (press && now - atMs < LATE_MS) pressed(press);
    }
    if (ignored.size > MOST_KEPT) ignored.clear();
  }

  return {
    take(data) {
      const { changes, skipped } = readChanges(data);
      const gone = deletedBy(changes);
      if (changes.filter(apply).length > 0) {
        ignored.clear();
        // What arrives comes in parts: a full read has them all.
        puzzled ||= changes.some(({ kind }) => kind === "add");
        if (roster.all()) roster.replace(house.sensors(), gone);
      }
      return skipped;
    },
    async read(signal) {
      meanwhile = [];
      puzzled = false;
      try {
        const answer = await wire.ask({ path: "/clip/v2/resource", key }, EVERYTHING, signal);
        const { items, whole } = v2Of(answer);
        const reread = house.replace(items, meanwhile, whole);
        roster.replace(house.sensors());
        recall();
        return reread;
      } catch (error) {
        puzzled ||= strange.length > 0;
        throw error;
      } finally {
        meanwhile = undefined;
      }
    },
    puzzled: () => puzzled,
  };
}
