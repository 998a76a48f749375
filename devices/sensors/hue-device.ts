import { type Cell, follow } from "../../src/cell.ts";
import { attributesOf, type Device, type DeviceEvent, type Entity } from "../../src/device.ts";
import type { Abilities } from "./entities.ts";
import type { Press, Sensor } from "./hue/sensor.ts";
import type { Place } from "./places.ts";
import { degrees, known, oneOrZero, said } from "./readings.ts";
import type { Showable } from "./showable.ts";

/** Where its news come from. */
export interface HueSource {
  sensor: Pick<Cell<Sensor | undefined>, "get" | "onChange">;
  /** Whether what the bridge said last may still be believed. */
  reachable(): boolean;
  /** Every press of every switch. */
  presses(signal: AbortSignal): AsyncIterable<Press>;
}

/** What it can show. Whether it is enabled is of interest where that is not always so: a switch can't be disabled. */
function abilitiesOf({ measures, buttons }: Sensor): Abilities {
  const canBeDisabled = measures.some((measure) => ["occupancy", "light", "temperature"].includes(measure));
  return {
    measures: [...measures, ...(canBeDisabled ? (["enabled"] as const) : [])],
    buttons: buttons.map(({ number }) => number),
  };
}

/** A motion sensor, a switch or whatever else the bridge hears. */
export function hueSensor(sensor: Sensor, usualOffset: number, source: HueSource): Showable {
  const { id: key, name, v1Number } = sensor;
  const abilities = abilitiesOf(sensor);
  const info = infoOf(sensor);
  return {
    ...{ key, name, v1Number, usualOffset, abilities },
    introduction: JSON.stringify([info, abilities]),
    show: (how) => hueDevice(info, abilities, how, source),
  };
}

function hueDevice(
  info: Device["info"],
  { measures, buttons }: Abilities,
  { base, offsetCelsius, entities }: Place & { entities: Entity[] },
  source: HueSource,
): Device {
  const saying = said();

  function look() {
    const now = source.sensor.get();
    const heard = now !== undefined && now.reachable !== false && source.reachable();
    const values = known({
      ...(now && valuesOf(now, offsetCelsius)),
      connectivity: measures.includes("connectivity") ? oneOrZero(heard) : undefined,
      enabled: measures.includes("enabled") ? oneOrZero(now?.enabled) : undefined,
    });
    return { available: heard && now.enabled !== false, values };
  }

  function read() {
    const { available, values } = look();
    return { available, state: saying.next(values, available) };
  }

  async function* events(signal: AbortSignal): AsyncGenerator<DeviceEvent> {
    for await (const { sensorId, button, event } of source.presses(signal)) {
      if (sensorId === info.key) yield { topic: `button/${button}`, payload: event };
    }
  }

  const { values } = look();
  const knowsAll = entities.flatMap(attributesOf).every(({ topic }) => values[topic] !== undefined);
  return {
    info,
    base,
    entities,
    states: (signal) => follow([source.sensor], read, signal),
    // Whoever knows everything says everything anew: then it does not matter what an earlier run has left.
    ...(knowsAll ? {} : { restore: saying.restore }),
    ...(buttons.length > 0 && { events }),
  };
}

function valuesOf(sensor: Sensor, offsetCelsius: number): Record<string, string | undefined> {
  return {
    presence: oneOrZero(sensor.occupancy),
    illuminance: sensor.illuminanceLx?.toFixed(2),
    light_level: sensor.lightLevel?.toFixed(0),
    dark: oneOrZero(sensor.dark),
    daylight: oneOrZero(sensor.daylight),
    temperature: degrees(sensor.temperatureCelsius, offsetCelsius),
    battery: sensor.batteryPercent?.toFixed(0),
  };
}

function infoOf({ id, name, manufacturer, product, model, firmware, room }: Sensor): Device["info"] {
  return {
    key: id,
    name: name.trim() || product || "Hue sensor",
    manufacturer: manufacturer ?? "Philips Hue",
    model: [product, model && (product ? `(${model})` : model)].filter(Boolean).join(" ") || "Hue sensor",
    serialNumber: id,
    ...(firmware !== undefined && { softwareVersion: firmware }),
    ...(room !== undefined && { suggestedArea: room }),
  };
}
