import type { Logger } from "pino";
import type { BroadlinkError, Trouble } from "../../../src/broadlink/errors.ts";
import { isKnown, type Model, modelOf } from "../../../src/broadlink/models.ts";
import type { Identity } from "../../../src/broadlink/session.ts";
import { type Cell, cell } from "../../../src/cell.ts";
import type { Clock } from "../../../src/clock.ts";
import { type Outcome, type Place, pollUnit } from "./poll-unit.ts";
import { type Everywhere, searchUnits } from "./search.ts";
import { type Measured, type UnitSensor, unitSensor } from "./unit-sensor.ts";
import { unitTalk } from "./unit-talk.ts";

/** A unit that has shown what its sensors measure; another object when it is called something else. */
export interface SensingUnit {
  /** Such as `78:0f:77:11:22:33`. */
  mac: string;
  /** What its owner called it. */
  name: string;
  model: Model;
  measured: Cell<Measured>;
}

/** What is known of all units. */
export interface Known {
  /** By MAC. One that was there stays, if unavailable, until the daemon ends. */
  sensing: ReadonlyMap<string, SensingUnit>;
  /** Whether every named unit has shown what it has, so that there can be no other. With a broadcast: never. */
  complete: boolean;
}

/** Broadlink units and their sensors. Each is asked by itself: one that fails does not hold up another. */
export interface Units extends AsyncDisposable {
  known: Cell<Known>;
}

/** Named units, or whoever answers to a broadcast. */
export type Wanted = { places: readonly Place[] } | { everywhere: Everywhere | undefined };

/** It says no, and will say no again. What it only fails to do may succeed next time. */
const refusals: readonly Trouble[] = ["locked", "session", "unsupported"];
const REFUSED = -1;
const isRefusal = ({ trouble, code }: BroadlinkError) => refusals.includes(trouble) || code === REFUSED;

export function openUnits(wanted: Wanted, context: { pollMs: number; log: Logger; clock: Clock }): Units {
  const { pollMs, log, clock } = context;
  const places = "places" in wanted ? wanted.places : undefined;
  const known = cell<Known>({ sensing: new Map(), complete: false });
  const talk = unitTalk({ log, clock });
  /** By MAC; `at`: where it was read last. */
  const sensors = new Map<string, { sensor: UnitSensor; at: string }>();
  const settled = new Set<string>();

  function take(at: string, outcome: Outcome): void {
    const { error, identity } = outcome;
    if (error?.trouble === "unsupported") settled.add(at);
    if (error) talk.failed(at, error);
    else measure(at, outcome.identity, outcome);
    // Whom we did not get to read here; it may be at another address by now.
    for (const [mac, { sensor, at: readAt }] of sensors) {
      if (readAt !== at || (!error && mac === identity.mac)) continue;
      if (error && isRefusal(error)) sensor.refuse();
      else sensor.miss();
    }
    tell();
  }

  function measure(at: string, { mac, name, model }: Identity, { reading }: Extract<Outcome, { error?: undefined }>) {
    const { sensor } = sensors.get(mac) ?? { sensor: unitSensor(pollMs, clock) };
    sensors.set(mac, { sensor, at });
    const verdict = sensor.take(reading);
    talk.measured(at, { mac, unit: name, model: model.name }, verdict, reading);
    if (verdict === "good") settled.add(at);
    const { measured } = sensor;
    const { sensing } = known.get();
    const shown = sensing.get(mac);
    if (!measured.get().reading || (shown?.name === name && shown.model.name === model.name)) return;
    known.set({ ...known.get(), sensing: new Map(sensing).set(mac, { mac, name, model, measured }) });
  }

  function tell(): void {
    const complete = places?.every((place) => settled.has(written(place))) ?? false;
    if (known.get().complete !== complete) known.set({ ...known.get(), complete });
  }

  const pollers = new Map<string, { at: string; poller: AsyncDisposable }>();
  const closing = new Set<Promise<void>>();

  async function leave({ poller }: { poller: AsyncDisposable }): Promise<void> {
    await poller[Symbol.asyncDispose]();
  }

  function poll(key: string, place: Place): void {
    const at = written(place);
    const before = pollers.get(key);
    if (before?.at === at) return;
    if (before) {
      const left = leave(before).finally(() => closing.delete(left));
      closing.add(left);
    }
    pollers.set(key, { at, poller: pollUnit(place, context, (outcome) => take(at, outcome)) });
  }

  for (const place of places ?? []) poll(written(place), place);
  const search =
    "everywhere" in wanted
      ? searchUnits(wanted.everywhere, context, ({ type, mac }, place) => {
          // Plugs and lamps answer as well: only what we know to have sensors is asked for them.
          if (isKnown(type) && modelOf(type).sensors !== "none") poll(mac, place);
        })
      : undefined;

  return {
    known,
    async [Symbol.asyncDispose]() {
      await search?.[Symbol.asyncDispose]();
      await Promise.all([...closing, ...[...pollers.values()].map(leave)]);
    },
  };
}

const written = ({ host, port }: Place): string => (port === undefined || port === 80 ? host : `${host}:${port}`);
