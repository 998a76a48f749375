import { follow } from "../../src/cell.ts";
import type { Device, Entity } from "../../src/device.ts";
import type { SensingUnit } from "./broadlink/units.ts";
import type { Place } from "./places.ts";
import { decimal, degrees, known, oneOrZero, said } from "./readings.ts";
import type { Showable } from "./showable.ts";

const keyOfMac = (mac: string): string => mac.toLowerCase().replaceAll(/[^0-9a-f]/g, "");

/** Whether a device's key is a unit's, and not that of a sensor of the bridge, which has 16 digits. */
export const isUnitKey = (key: string): boolean => /^[0-9a-f]{12}$/.test(key);

/** The sensors of a Broadlink unit: a cable with two, or the one inside an old unit. */
export function unitSensors(unit: SensingUnit): Showable {
  const { mac, name, model } = unit;
  const info = {
    key: keyOfMac(mac),
    name: name.trim() || model.name,
    manufacturer: "Broadlink",
    model: model.name,
    serialNumber: mac,
  };
  const humidity = model.sensors === "cable" ? (["humidity"] as const) : [];
  return {
    ...{ key: info.key, name, v1Number: undefined, usualOffset: 0 },
    introduction: JSON.stringify([info, humidity]),
    abilities: { measures: ["temperature", ...humidity, "connectivity"], buttons: [] },
    show: (how) => unitDevice(info, how, unit.measured),
  };
}

function unitDevice(
  info: Device["info"],
  { base, offsetCelsius, entities }: Place & { entities: Entity[] },
  measured: SensingUnit["measured"],
): Device {
  const saying = said();

  function read() {
    const { available, reading } = measured.get();
    const values = {
      temperature: degrees(reading?.temperatureCelsius, offsetCelsius),
      humidity: reading?.humidityPercent === undefined ? undefined : decimal(reading.humidityPercent),
      connectivity: oneOrZero(available),
    };
    return { available, state: saying.next(known(values), available) };
  }

  return {
    info,
    base,
    entities,
    states: (signal) => follow([measured], read, signal),
  };
}
