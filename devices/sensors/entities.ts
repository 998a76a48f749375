import type { Entity } from "../../src/device.ts";
import { buttonEvents, type Measure } from "./hue/sensor.ts";

/** What a device can show: what makes its entities, and nothing that changes from hour to hour. */
export interface Abilities {
  measures: readonly (Measure | "humidity" | "enabled")[];
  /** The numbers on its buttons. */
  buttons: readonly number[];
}

/** The topics that the original had; they never say anything but what they said there (legacy.md), and lose what is unknown. */
export const oldTopics: readonly string[] = ["presence", "dark", "daylight", "light_level", "temperature", "humidity"];

/** What a sensor or a switch shows (requirement N5), its topics as legacy.md has them. */
export function entitiesOf({ measures, buttons }: Abilities): Entity[] {
  return [...measures.flatMap((measure) => shown[measure]), ...buttons.map(button)];
}

const occupancy: Entity = {
  platform: "binary_sensor",
  key: "occupancy",
  name: null,
  state: { topic: "presence" },
  emptied: "unknown",
  on: "1",
  off: "0",
  deviceClass: "occupancy",
};

const light: Entity[] = [
  {
    platform: "sensor",
    key: "illuminance",
    name: "Illuminance",
    state: { topic: "illuminance" },
    reading: { deviceClass: "illuminance", unit: "lx", stateClass: "measurement", precision: 0 },
  },
  {
    platform: "sensor",
    key: "light-level",
    name: "Light level",
    category: "diagnostic",
    icon: "mdi:brightness-5",
    state: { topic: "light_level" },
    emptied: "unknown",
  },
  {
    platform: "binary_sensor",
    key: "dark",
    name: "Dark",
    icon: "mdi:weather-night",
    state: { topic: "dark" },
    emptied: "unknown",
    on: "1",
    off: "0",
  },
  {
    platform: "binary_sensor",
    key: "daylight",
    name: "Daylight",
    state: { topic: "daylight" },
    emptied: "unknown",
    on: "1",
    off: "0",
    deviceClass: "light",
  },
];

const temperature: Entity = {
  platform: "sensor",
  key: "temperature",
  name: "Temperature",
  state: { topic: "temperature" },
  emptied: "unknown",
  reading: { deviceClass: "temperature", unit: "°C", stateClass: "measurement", precision: 1 },
};

const humidity: Entity = {
  platform: "sensor",
  key: "humidity",
  name: "Humidity",
  state: { topic: "humidity" },
  emptied: "unknown",
  reading: { deviceClass: "humidity", unit: "%", stateClass: "measurement", precision: 0 },
};

const battery: Entity = {
  platform: "sensor",
  key: "battery",
  name: "Battery",
  category: "diagnostic",
  state: { topic: "battery" },
  reading: { deviceClass: "battery", unit: "%", stateClass: "measurement" },
};

/** Shown while the device is away: that is when people look. */
const connectivity: Entity = {
  platform: "binary_sensor",
  key: "connectivity",
  name: "Connection",
  category: "diagnostic",
  withoutDevice: true,
  state: { topic: "connectivity" },
  on: "1",
  off: "0",
  deviceClass: "connectivity",
};

/** As well: it says why the rest is away. */
const enabled: Entity = {
  platform: "binary_sensor",
  key: "enabled",
  name: "Enabled",
  category: "diagnostic",
  icon: "mdi:power",
  withoutDevice: true,
  state: { topic: "enabled" },
  on: "1",
  off: "0",
};

const shown: Record<Abilities["measures"][number], Entity[]> = {
  occupancy: [occupancy],
  light,
  temperature: [temperature],
  humidity: [humidity],
  battery: [battery],
  connectivity: [connectivity],
  enabled: [enabled],
};

const button = (number: number): Entity => ({
  platform: "event",
  key: `button-${number}`,
  name: `Button ${number}`,
  event: `button/${number}`,
  types: [...buttonEvents],
  deviceClass: "button",
});
