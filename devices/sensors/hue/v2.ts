import { believed } from "./merge.ts";
import type { Resource, ResourceType } from "./resource.ts";
import { type Button, type Measure, measures, type Sensor } from "./sensor.ts";
import {
  daytime,
  illuminanceLx,
  plausibleCelsius,
  plausibleLightLevel,
  plausiblePercent,
  type Thresholds,
} from "./values.ts";

/** Which of a device's services make it a sensor. */
const sensing: readonly ResourceType[] = ["motion", "camera_motion", "light_level", "temperature", "button"];

/** Whether a device with these services is one of ours: not a lamp, a plug or the bridge itself. */
export const isSensor = (services: readonly Resource[]): boolean => services.some(({ type }) => sensing.includes(type));

/** What is known of a device from elsewhere. */
export interface Around {
  id: string;
  room: string | undefined;
  thresholds: Thresholds;
}

/** A device and its services, in their order, as a sensor. A service that is there twice counts once, the first. */
export function sensorOf(device: Resource, services: readonly Resource[], { id, room, thresholds }: Around): Sensor {
  const first = (...types: ResourceType[]) => services.find(({ type }) => types.includes(type));
  const motion = first("motion", "camera_motion");
  const light = first("light_level");
  const temperature = first("temperature");
  const power = first("device_power");
  const radio = first("zigbee_connectivity");
  const main = motion ?? light ?? temperature;
  const parts: Record<Measure, boolean> = {
    occupancy: motion !== undefined,
    light: light !== undefined,
    temperature: temperature !== undefined,
    // With or without a level at the moment.
    battery: power !== undefined,
    connectivity: radio !== undefined,
  };

  const occupied = motion && believed(motion);
  const lightLevel = plausibleLightLevel(numberOf(light));
  return {
    id,
    name: device.name ?? "",
    manufacturer: device.manufacturer ?? undefined,
    product: device.product ?? undefined,
    model: device.model ?? undefined,
    firmware: device.firmware ?? undefined,
    room,
    v1Number: main?.v1Number ?? undefined,
    measures: measures.filter((name) => parts[name]),
    buttons: buttonsOf(services),
    occupancy: typeof occupied === "boolean" ? occupied : undefined,
    lightLevel,
    illuminanceLx: lightLevel === undefined ? undefined : illuminanceLx(lightLevel),
    temperatureCelsius: plausibleCelsius(numberOf(temperature)),
    batteryPercent: plausiblePercent(power?.batteryPercent),
    ...daytime(lightLevel, thresholds),
    reachable: radio?.reachable ?? undefined,
    enabled: main?.enabled ?? undefined,
  };
}

function numberOf(resource: Resource | undefined): number | undefined {
  const value = resource && believed(resource);
  return typeof value === "number" ? value : undefined;
}

/** The buttons by their numbers; one without a number can't be told from another, and is left out. */
function buttonsOf(services: readonly Resource[]): Button[] {
  const buttons = new Map<number, Button>();
  for (const { type, button: number, event } of services) {
    if (type !== "button" || typeof number !== "number" || buttons.has(number)) continue;
    buttons.set(number, { number, lastEvent: event ?? undefined });
  }
  return [...buttons.values()].sort((a, b) => a.number - b.number);
}
