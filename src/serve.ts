import type { Logger } from "pino";
import type { Clock } from "./clock.ts";
import { LATE_MS, obey } from "./commands.ts";
import { complaints } from "./complaints.ts";
import { attributesOf, type Command, type Device, type State } from "./device.ts";
import type { Discovery } from "./discovery.ts";
import {
  availabilityTopic,
  commandTopic,
  deviceDocument,
  eventTopic,
  type Identity,
  LET_GO_MS,
  stateTopic,
} from "./homeassistant.ts";
import type { Metrics } from "./metrics.ts";
import type { Mqtt } from "./mqtt.ts";

/** What serving a device needs to know of the daemon. */
export interface House {
  identity: Identity;
  mqtt: Mqtt;
  log: Logger;
  clock: Clock;
  metrics: Metrics;
  /** Undefined where Home Assistant is not told (`discovery: false`). */
  discovery: Promise<Discovery> | undefined;
}

/**
 * Shows one device on MQTT until the signal aborts: restores it, announces it, obeys its commands, publishes what changes.
 * Throws what the device's states throw.
 */
export async function serve(device: Device, house: House, signal: AbortSignal): Promise<void> {
  const published = new Map<string, string>();
  // A function of its own: what it needs is not kept for as long as the device lives, and there may be hundreds.
  const outgrown = await begin(device, house, published, signal);
  if (!outgrown) return;
  await Promise.all([
    publishStates(device, house, published, signal),
    emitEvents(device, house, signal),
    clearOutgrown(outgrown, house, signal),
  ]);
}

/**
 * Restores and announces a device, and begins to obey; resolves with the topics it has outgrown, and with undefined when
 * the signal aborts before it is announced.
 */
async function begin(device: Device, house: House, published: ReadonlyMap<string, string>, signal: AbortSignal) {
  const { mqtt, clock, log } = house;
  const { base } = device;
  let restored = false;

  const commands = new Map<string, { command: Command; again: () => void }>();
  for (const entity of device.entities) {
    const again = () => {
      for (const { topic } of attributesOf(entity)) {
        const value = published.get(topic);
        if (value !== undefined) mqtt.publish("state", stateTopic(base, topic), value);
      }
    };
    for (const { topic, command } of attributesOf(entity)) {
      const name = commandTopic(base, topic);
      if (command && !commands.has(name)) commands.set(name, { command, again });
    }
  }
  const context = {
    ...house,
    troubles: complaints(log, clock),
    clear: (topic: string) => mqtt.publish("state", topic, ""),
  };
  const subscribed = mqtt.subscribe(
    [...commands.keys()],
    (message) => {
      const known = commands.get(message.topic);
      if (known) void obey(known.command, restored ? message : { ...message, subscribedMs: 0 }, known.again, context);
    },
    signal,
    "command",
  );
  // Whoever sees the device become available finds its commands accepted.
  const late = commands.size ? subscribed.then(() => clock.sleep(LATE_MS, signal)) : undefined;

  const topics = topicsOf(device);
  // Hundreds of devices may begin at once: those that want to know nothing ask nothing.
  const curious = device.restore !== undefined || device.outgrown !== undefined;
  const saved = await mqtt.recall(curious ? [...new Set(topics.values())] : [], signal);
  await late;
  if (signal.aborted) return undefined;
  const before: State = Object.fromEntries(
    [...topics].flatMap(([topic, full]) => {
      const value = saved.get(full);
      return value === undefined ? [] : [[topic, value]];
    }),
  );
  device.restore?.(before);
  restored = true;
  const outgrown = (device.outgrown?.(before) ?? []).map((topic) => stateTopic(base, topic));
  (await house.discovery)?.announce(device.info.key, deviceDocument(house.identity, device));
  for (const { topic, receive } of device.inputs ?? []) {
    void mqtt.subscribe([topic], ({ payload, retained }) => receive(payload.toString(), retained), signal, "foreign");
  }
  return outgrown;
}

async function clearOutgrown(topics: readonly string[], { mqtt, clock }: House, signal: AbortSignal) {
  if (topics.length === 0) return;
  await clock.sleep(LET_GO_MS, signal);
  for (const topic of topics) mqtt.publish("state", topic, "");
}

/** The topics a device retains values on, its memory among them: from its own to the whole one. */
export function topicsOf({ base, entities, memory = [] }: Device): Map<string, string> {
  const topics = [...entities.flatMap(attributesOf).map(({ topic }) => topic), ...memory];
  return new Map(topics.map((topic) => [topic, stateTopic(base, topic)]));
}

async function publishStates(device: Device, house: House, published: Map<string, string>, signal: AbortSignal) {
  const { mqtt, metrics } = house;
  const availability = (available: boolean) => {
    mqtt.publish("availability", availabilityTopic(device.base), available ? "online" : "offline");
    metrics.gauge("mqtt_things_device_up", { device: device.info.key }, available ? 1 : 0);
  };
  let wasAvailable: boolean | undefined;
  try {
    for await (const { available, state } of device.states(signal)) {
      // Nobody sees an old state as a current one: away before the state changes, back after it.
      if (!available && wasAvailable !== false) availability(false);
      for (const [topic, value] of Object.entries(state)) {
        if (published.get(topic) === value) continue;
        published.set(topic, value);
        mqtt.publish("state", stateTopic(device.base, topic), value);
      }
      if (available && wasAvailable !== true) availability(true);
      wasAvailable = available;
    }
  } finally {
    availability(false);
  }
}

async function emitEvents(device: Device, { mqtt }: House, signal: AbortSignal) {
  if (!device.events) return;
  for await (const { topic, payload } of device.events(signal)) mqtt.emit(eventTopic(device.base, topic), payload);
}
