import * as z from "zod";
import { type Button, idOfAddress, type Measure, measures, type Press, type Sensor } from "./sensor.ts";
import { buttonNumbers, meaningOf, type Use } from "./v1-buttons.ts";
import { illuminanceLx, plausibleCelsius, plausibleLightLevel, plausiblePercent } from "./values.ts";

/** What a reading of interface v1 says. */
export interface V1Reading {
  /** By their ids. */
  sensors: Map<string, Sensor>;
  /** Each switch's last use and when that was, by the switch's id: it is new when it differs from the last reading's. */
  uses: Map<string, Press & { at: string }>;
  /** How many entries were none. */
  skipped: number;
}

const maybe = <T>(schema: z.ZodType<T>) => schema.nullish().catch(null);
const text = maybe(z.string());
const flag = maybe(z.boolean());
const amount = maybe(z.number());
const state = z.object({
  presence: flag,
  lightlevel: amount,
  dark: flag,
  daylight: flag,
  temperature: amount,
  buttonevent: amount,
  lastupdated: text,
});
const config = z.object({ on: flag, reachable: flag, battery: amount });
const entry = z.object({
  type: z.string(),
  name: text,
  manufacturername: text,
  productname: text,
  modelid: text,
  swversion: text,
  uniqueid: text,
  state: maybe(state),
  config: maybe(config),
  capabilities: maybe(z.object({ inputs: z.unknown() })),
});
type Entry = z.infer<typeof entry> & { number: number };

const types = ["ZLLPresence", "ZLLSwitch", "ZGPSwitch", "ZLLLightLevel", "ZLLTemperature"];

/** Reads `GET /api/<key>/sensors` (hue.md 4.3); an entry that is none is skipped, one that is no sensor of a house ignored. */
export function readV1(body: Readonly<Record<string, unknown>>): V1Reading {
  const devices = new Map<string, Entry[]>();
  const reading: V1Reading = { sensors: new Map(), uses: new Map(), skipped: 0 };
  for (const [number, value] of Object.entries(body).sort(([a], [b]) => Number(a) - Number(b))) {
    const parsed = entry.safeParse(value);
    if (!parsed.success || !/^\d{1,9}$/.test(number)) reading.skipped += 1;
    else if (types.includes(parsed.data.type)) {
      const { uniqueid } = parsed.data;
      const id = idOfAddress(uniqueid?.split("-")[0]) ?? `sensor-${number}`;
      const part = { ...parsed.data, number: Number(number) };
      const others = devices.get(id);
      if (others) others.push(part);
      else devices.set(id, [part]);
    }
  }
  for (const [id, entries] of devices) readDevice(id, entries, reading);
  return reading;
}

function readDevice(id: string, entries: readonly Entry[], { sensors, uses }: V1Reading): void {
  const of = (...wanted: string[]) => entries.find(({ type }) => wanted.includes(type));
  const presence = of("ZLLPresence");
  const light = of("ZLLLightLevel");
  const temperature = of("ZLLTemperature");
  const remote = of("ZLLSwitch", "ZGPSwitch");
  const main = presence ?? light ?? temperature;
  // Only the motion part and the switch carry the name that their owner gave them.
  const named = presence ?? remote ?? main;
  const lightLevel = plausibleLightLevel(light?.state?.lightlevel);
  const parts: Record<Measure, boolean> = {
    occupancy: presence !== undefined,
    light: light !== undefined,
    temperature: temperature !== undefined,
    battery: entries.some((one) => one.config?.battery !== undefined),
    connectivity: entries.some((one) => one.config?.reachable !== undefined),
  };
  const use = remote && useOf(remote);
  if (use) uses.set(id, { sensorId: id, ...use, at: remote?.state?.lastupdated ?? "" });
  const hundredths = temperature?.state?.temperature;
  sensors.set(id, {
    id,
    name: named?.name ?? "",
    manufacturer: named?.manufacturername ?? undefined,
    product: named?.productname ?? undefined,
    model: named?.modelid ?? undefined,
    firmware: named?.swversion ?? undefined,
    room: undefined,
    v1Number: main?.number,
    measures: measures.filter((name) => parts[name]),
    buttons: remote ? buttonsOf(remote, use) : [],
    occupancy: presence?.state?.presence ?? undefined,
    lightLevel,
    illuminanceLx: lightLevel === undefined ? undefined : illuminanceLx(lightLevel),
    temperatureCelsius: plausibleCelsius(typeof hundredths === "number" ? hundredths / 100 : undefined),
    batteryPercent: plausiblePercent(entries.find((one) => typeof one.config?.battery === "number")?.config?.battery),
    dark: light?.state?.dark ?? undefined,
    daylight: light?.state?.daylight ?? undefined,
    reachable: reachableOf(entries),
    enabled: main?.config?.on ?? undefined,
  });
}

const asSwitch = ({ type, modelid, capabilities }: Entry) => ({
  type,
  model: modelid ?? undefined,
  inputs: capabilities?.inputs,
});

function useOf(remote: Entry): Use | undefined {
  const code = remote.state?.buttonevent;
  return typeof code === "number" ? meaningOf(code, asSwitch(remote)) : undefined;
}

function buttonsOf(remote: Entry, use: Use | undefined): Button[] {
  const lastEvent = (number: number) => (use?.button === number ? use.event : undefined);
  return buttonNumbers(asSwitch(remote), use).map((number) => ({ number, lastEvent: lastEvent(number) }));
}

/** A device whose one part is not heard is not heard. */
function reachableOf(entries: readonly Entry[]): boolean | undefined {
  const said = entries.map((one) => one.config?.reachable);
  return said.includes(false) ? false : said.includes(true) ? true : undefined;
}
