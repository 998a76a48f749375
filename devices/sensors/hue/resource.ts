import * as z from "zod";
import { type ButtonEvent, buttonEvents } from "./sensor.ts";

/** What a resource says, or what a change of it says. What it does not say is undefined; what can't be used is null. */
export interface Saying {
  /** The device it belongs to. */
  owner?: string | null | undefined;
  /** The number of its twin in v1. */
  v1Number?: number | null | undefined;
  name?: string | null | undefined;
  manufacturer?: string | null | undefined;
  product?: string | null | undefined;
  model?: string | null | undefined;
  firmware?: string | null | undefined;
  /** The services of a device, what is in a room. */
  members?: readonly string[] | null | undefined;
  /** Of its radio. */
  address?: string | null | undefined;
  reachable?: boolean | null | undefined;
  batteryPercent?: number | null | undefined;
  enabled?: boolean | null | undefined;
  /** What it measures. */
  value?: boolean | number | null | undefined;
  /** False: the value is an old one. */
  valid?: boolean | null | undefined;
  button?: number | null | undefined;
  event?: ButtonEvent | null | undefined;
  /** When the button was used last. */
  usedAt?: string | null | undefined;
}

/** A resource of the interface v2, of a type that matters here (hue.md 5). */
export interface Resource extends Saying {
  id: string;
  type: ResourceType;
}

type Json = Readonly<Record<string, unknown>>;
type Said<T> = T | null | undefined;
const json = z.record(z.string(), z.unknown());
const text = z.string();
const flag = z.boolean();
const amount = z.number();
const reference = z.object({ rid: text });
const references = z
  .array(z.unknown())
  .transform((items) => items.flatMap((item) => reference.safeParse(item).data?.rid ?? []));

/** One key of an object that may be missing itself, or be of no use. */
function said<T>(from: Said<Json>, key: string, schema: z.ZodType<T>): Said<T> {
  if (from === undefined || from === null) return from;
  return from[key] === undefined ? undefined : (schema.safeParse(from[key]).data ?? null);
}

function device(item: Json): Saying {
  const product = said(item, "product_data", json);
  return {
    name: said(said(item, "metadata", json), "name", text),
    manufacturer: said(product, "manufacturer_name", text),
    product: said(product, "product_name", text),
    model: said(product, "model_id", text),
    firmware: said(product, "software_version", text),
    members: said(item, "services", references),
  };
}

const room = (item: Json): Saying => ({
  name: said(said(item, "metadata", json), "name", text),
  members: said(item, "children", references),
});

/** A measurement: new firmware has a report, old firmware the value itself, most have both (hue.md 5, reading rule). */
function measuring(feature: string, value: string, schema: z.ZodType<boolean | number>) {
  return (item: Json): Saying => {
    const from = said(item, feature, json);
    const report = said(said(from, `${value}_report`, json), value, schema);
    const plain = said(from, value, schema);
    return {
      enabled: said(item, "enabled", flag),
      value: report ?? (plain === undefined ? report : plain),
      valid: said(from, `${value}_valid`, flag),
    };
  };
}

const power = (item: Json): Saying => ({
  batteryPercent: said(said(item, "power_state", json), "battery_level", amount),
});

const hears = z.enum(["connected", "unidirectional_incoming"]).transform(() => true);
const doesNotHear = z.enum(["disconnected", "connectivity_issue", "pending_discovery"]).transform(() => false);
const hearing = z.union([hears, doesNotHear]);

const connectivity = (item: Json): Saying => ({
  reachable: said(item, "status", hearing),
  address: said(item, "mac_address", text),
});

/** A switch without a battery is heard when it is pressed, and never else: its status says nothing, here as in v1. */
const greenPower = (item: Json): Saying => ({ address: said(item, "source_id", text) });

/** "value between 0..8"; a switch with more buttons than this is none. */
const controlId = z.int().min(0).max(20);
const buttonEvent = z.enum(buttonEvents);

function button(item: Json): Saying {
  const from = said(item, "button", json);
  const report = said(from, "button_report", json);
  return {
    button: said(said(item, "metadata", json), "control_id", controlId),
    event: said(report, "event", buttonEvent) ?? said(from, "last_event", buttonEvent),
    usedAt: said(report, "updated", text),
  };
}

const readers = {
  device,
  room,
  motion: measuring("motion", "motion", flag),
  camera_motion: measuring("motion", "motion", flag),
  light_level: measuring("light", "light_level", amount),
  temperature: measuring("temperature", "temperature", amount),
  device_power: power,
  zigbee_connectivity: connectivity,
  zgp_connectivity: greenPower,
  button,
};
export type ResourceType = keyof typeof readers;

const isKnown = (type: string): type is ResourceType => Object.hasOwn(readers, type);
const head = z.looseObject({ id: text.min(1), type: text });
const v1Path = text.regex(/^\/sensors\/\d{1,9}$/).transform((path) => Number(path.slice("/sensors/".length)));

/**
 * Reads a resource, or the part of one that an event brings: with what it says, and nothing else. Undefined for a type
 * that does not matter here. Throws for what is no resource at all; a strange value in one is null and nothing more.
 */
export function readResource(item: unknown): Resource | undefined {
  const { id, type, ...rest } = head.parse(item);
  if (!isKnown(type)) return undefined;
  const v1Number = said(rest, "id_v1", v1Path);
  const all = { ...readers[type](rest), owner: said(rest, "owner", reference)?.rid, v1Number };
  return { id, type, ...Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) };
}
