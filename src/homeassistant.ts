import { climate } from "./climate.ts";
import type { Commanding, Component, DeviceDocument, Publishing, Shared } from "./components.ts";
import type { Attribute, Device, Entity, Reading } from "./device.ts";

/** Who we are on MQTT and in Home Assistant. */
export interface Identity {
  daemon: string;
  /** `[a-z0-9-]+`; tells two daemons of one kind apart (C3). */
  instance: string;
  version: string;
}

/** Home Assistant's birth message (home-assistant-discovery.md §2.2). */
export const birth = { topic: "homeassistant/status", payload: "online" } as const;

/** All device documents, ours and others'. */
export const allDocuments = "homeassistant/device/+/config";

export const daemonTopic = ({ daemon, instance }: Identity) => `mqtt-things/${daemon}/${instance}/availability/get`;

/** The beginning of all our discovery topics, and of no other daemon's (C12). */
export const documentPrefix = ({ daemon, instance }: Identity) =>
  `homeassistant/device/mqtt-things_${daemon}_${instance}_`;

/** Whose document this is, if it is one of this daemon's, of whichever instance. */
export function instanceOf(topic: string, identity: Identity): Identity | undefined {
  const beginning = documentPrefix({ ...identity, instance: "" }).slice(0, -1);
  const instance = topic.startsWith(beginning)
    ? /^[a-z0-9-]+(?=_)/.exec(topic.slice(beginning.length))?.[0]
    : undefined;
  return instance === undefined ? undefined : { ...identity, instance };
}

export const documentTopic = (identity: Identity, deviceKey: string) =>
  `${documentPrefix(identity)}${safe(deviceKey)}/config`;

/** Until it has let go of an entity, Home Assistant complains of a state that is empty. */
export const LET_GO_MS = 2_000;

export const stateTopic = (base: string, topic: string) => `${base}/${topic}/get`;
export const commandTopic = (base: string, topic: string) => `${base}/${topic}/set`;
export const eventTopic = (base: string, topic: string) => `${base}/${topic}/event`;
export const availabilityTopic = (base: string) => `${base}/availability/get`;

/**
 * The payloads are the defaults. Home Assistant before 2026.9 sometimes forgets to fill them in (while it loads one
 * platform, another's check passes everything as it is), and then fails to add the entity.
 */
const toldOn = (topic: string) => ({ topic, payload_available: "online", payload_not_available: "offline" }) as const;

/** How a device introduces itself to Home Assistant: available while both the daemon and the device are (C7). */
export function deviceDocument(identity: Identity, { info, base, entities }: Device): DeviceDocument {
  const id = `mqtt-things_${identity.daemon}_${identity.instance}_${safe(info.key)}`;
  return {
    device: {
      identifiers: [id],
      name: info.name,
      manufacturer: info.manufacturer,
      model: info.model,
      ...(info.serialNumber === undefined ? {} : { serial_number: info.serialNumber }),
      ...(info.softwareVersion === undefined ? {} : { sw_version: info.softwareVersion }),
      ...(info.suggestedArea === undefined ? {} : { suggested_area: info.suggestedArea }),
    },
    origin: { name: "mqtt-things", sw_version: identity.version },
    availability: [toldOn(daemonTopic(identity)), toldOn(availabilityTopic(base))],
    availability_mode: "all",
    components: Object.fromEntries(
      entities.map((entity) => [
        safe(entity.key),
        component(entity, base, {
          unique_id: `${id}_${safe(entity.key)}`,
          name: entity.name,
          ...(entity.icon === undefined ? {} : { icon: entity.icon }),
          ...(entity.category === undefined ? {} : { entity_category: entity.category }),
          ...(entity.withoutDevice ? { availability: [toldOn(daemonTopic(identity))] } : {}),
          qos: 1,
        }),
      ]),
    ),
  };
}

const publishing: Publishing = { retain: false, message_expiry_interval: { seconds: 10 } };

function component(entity: Entity, base: string, shared: Shared): Component {
  const read = ({ topic }: Attribute) => ({ state_topic: stateTopic(base, topic) });
  const write = ({ topic }: Attribute): Commanding => ({ command_topic: commandTopic(base, topic), ...publishing });
  switch (entity.platform) {
    case "valve": {
      const { platform, state, deviceClass, open, closed } = entity;
      const words = { payload_open: open, payload_close: closed, state_open: open, state_closed: closed };
      return { platform, ...shared, device_class: deviceClass, ...write(state), ...read(state), ...words };
    }
    case "switch": {
      const { platform, state, on, off } = entity;
      return { platform, ...shared, ...write(state), ...read(state), payload_on: on, payload_off: off };
    }
    case "number": {
      const { platform, state, min, max, step, unit, deviceClass } = entity;
      const range = { min, max, step, mode: "box", unit_of_measurement: unit, device_class: deviceClass } as const;
      return { platform, ...shared, ...write(state), ...read(state), ...range };
    }
    case "climate":
      return {
        ...shared,
        ...climate(entity, ({ topic }) => [commandTopic(base, topic), stateTopic(base, topic)]),
        ...publishing,
      };
    case "button":
      return { platform: entity.platform, ...shared, ...write(entity.press), payload_press: "PRESS" };
    case "binary_sensor": {
      const { platform, state, on, off, deviceClass, emptied } = entity;
      const kind = deviceClass === undefined ? {} : { device_class: deviceClass };
      return { platform, ...shared, ...read(state), payload_on: on, payload_off: off, ...kind, ...losing(emptied) };
    }
    case "event":
      return {
        platform: entity.platform,
        ...shared,
        state_topic: eventTopic(base, entity.event),
        event_types: entity.types,
        value_template: '{{ {"event_type": value} | to_json }}',
        ...(entity.deviceClass === undefined ? {} : { device_class: entity.deviceClass }),
      };
    case "sensor":
      return {
        ...{ platform: entity.platform, ...shared, ...read(entity.state), ...reading(entity.reading) },
        ...losing(entity.emptied),
      };
  }
}

const losing = (emptied: "unknown" | undefined) => (emptied ? { value_template: '{{ value or "None" }}' } : {});

function reading(reading: Reading | undefined) {
  if (!reading) return {};
  if ("options" in reading) return { device_class: "enum", options: reading.options };
  if (!("unit" in reading)) return { device_class: reading.deviceClass };
  return {
    ...(reading.deviceClass === undefined ? {} : { device_class: reading.deviceClass }),
    unit_of_measurement: reading.unit,
    ...(reading.stateClass === undefined ? {} : { state_class: reading.stateClass }),
    ...(reading.precision === undefined ? {} : { suggested_display_precision: reading.precision }),
  };
}

/**
 * The same document, and a tombstone for each component that an older document had and this one has not (or has on
 * another platform): leaving it out would keep it (§4). Undefined when there is none.
 */
export function withTombstones(document: DeviceDocument, older: string | undefined): DeviceDocument | undefined {
  const gone = componentsOf(older).filter(([key, platform]) => document.components[key]?.platform !== platform);
  if (gone.length === 0) return undefined;
  const tombstones = Object.fromEntries(gone.map(([key, platform]) => [key, { platform }]));
  return { ...document, components: { ...document.components, ...tombstones } };
}

/** Key and platform of each component in a document that somebody may have written. */
function componentsOf(document: string | undefined): [key: string, platform: string][] {
  try {
    const parsed: { components?: Record<string, { platform?: unknown } | null> } = JSON.parse(document || "{}");
    return Object.entries(parsed.components ?? {}).flatMap(([key, component]) =>
      typeof component?.platform === "string" ? [[key, component.platform]] : [],
    );
  } catch {
    return [];
  }
}

/** Where a document that somebody may have written says whether its device is available, without the daemon's own topic. */
export function availabilityIn(document: string, identity: Identity): string[] {
  try {
    const { availability = [] }: { availability?: { topic?: unknown }[] } = JSON.parse(document || "{}");
    return availability.flatMap(({ topic }) =>
      isTopic(topic) && topic.endsWith(availabilityTopic("")) && topic !== daemonTopic(identity) ? [topic] : [],
    );
  } catch {
    return [];
  }
}

/** Where the device of such a document retains what it says: its availability, and the states below its own base. */
export function retainedIn(document: string, identity: Identity): string[] {
  const [availability] = availabilityIn(document, identity);
  if (availability === undefined) return [];
  const beginning = availability.slice(0, -"availability/get".length);
  const { components = {} }: { components?: Record<string, Record<string, unknown> | null> } = JSON.parse(document);
  const named = Object.values(components ?? {}).flatMap((component) => Object.entries(component ?? {}));
  const topics = named.flatMap(([key, topic]) => (key.endsWith("_topic") && isTopic(topic) ? [topic] : []));
  return [availability, ...topics.filter((topic) => topic.startsWith(beginning) && topic.endsWith("/get"))];
}

/** Brokers hang up on whoever publishes on a wildcard. */
const isTopic = (topic: unknown): topic is string => typeof topic === "string" && !/[+#\0]/.test(topic);

function safe(key: string): string {
  return key.replace(/[^A-Za-z0-9-]/g, "");
}
