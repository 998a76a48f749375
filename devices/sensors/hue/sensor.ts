/** What a sensor can tell, whether or not it is known at the moment. */
export const measures = ["occupancy", "light", "temperature", "battery", "connectivity"] as const;
export type Measure = (typeof measures)[number];

export const buttonEvents = ["initial_press", "repeat", "short_release", "long_press", "long_release"] as const;
export type ButtonEvent = (typeof buttonEvents)[number];

export interface Button {
  /** As it is printed on the switch, or counted by the bridge. */
  number: number;
  /** What happened to it last. */
  lastEvent: ButtonEvent | undefined;
}

/** One physical sensor or switch, the same for both of the bridge's interfaces. What is unknown is undefined, never 0. */
export interface Sensor {
  /** The radio address as 16 small hex digits: it survives a bridge's move from v1 to v2. */
  id: string;
  /** As the bridge's owner called it: it may be empty, and another sensor's too. */
  name: string;
  manufacturer: string | undefined;
  /** `Hue motion sensor` */
  product: string | undefined;
  /** `SML001` */
  model: string | undefined;
  firmware: string | undefined;
  room: string | undefined;
  /** The v1 number of the first of its motion, light and temperature parts. */
  v1Number: number | undefined;
  measures: readonly Measure[];
  buttons: readonly Button[];
  occupancy: boolean | undefined;
  /** As the bridge says it: 10000 · log10(lx) + 1. */
  lightLevel: number | undefined;
  illuminanceLx: number | undefined;
  temperatureCelsius: number | undefined;
  batteryPercent: number | undefined;
  dark: boolean | undefined;
  daylight: boolean | undefined;
  /** Whether the bridge hears it. */
  reachable: boolean | undefined;
  /** Whether its owner has it switched on. */
  enabled: boolean | undefined;
}

/** A button was pressed or released. */
export interface Press {
  sensorId: string;
  button: number;
  event: ButtonEvent;
}

/**
 * A radio address as a sensor's id: `00:17:88:01:02:03:04:05` is `0017880102030405`, and the short number of a switch without
 * a battery has zeros in front, as v1 writes it; undefined when nothing is left of it.
 */
export function idOfAddress(address: string | null | undefined): string | undefined {
  const digits = address
    ?.toLowerCase()
    .replace(/^0x/, "")
    .replaceAll(/[^0-9a-z]/g, "");
  return (/^[0-9a-f]+$/.test(digits ?? "") ? digits?.padStart(16, "0") : digits) || undefined;
}

/** Whether two sensors say the same in every respect. */
export const sameSensor = (a: Sensor, b: Sensor): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Whether it is the same thing, called the same, whatever it says at the moment. */
export const sameThing = (a: Sensor, b: Sensor): boolean => thingOf(a) === thingOf(b);

function thingOf({
  id,
  name,
  manufacturer,
  product,
  model,
  firmware,
  room,
  v1Number,
  measures,
  buttons,
}: Sensor): string {
  const numbers = buttons.map(({ number }) => number);
  return JSON.stringify([id, name, manufacturer, product, model, firmware, room, v1Number, measures, numbers]);
}
