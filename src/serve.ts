import type { Logger } from "pino";
import type { Clock } from "./clock.ts";
import { LATE_MS, obey } from "./commands.ts";
import { complaints } from "./complaints.ts";
import { attributesOf, type Command, type Device } from "./device.ts";
import type { Discovery } from "./discovery.ts";
import {
  availabilityTopic,
  commandTopic,
  deviceDocument,
  eventTopic,
  type Identity,
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
  const { mqtt, clock, log } = house;
  const { base } = device;
  const published = new Map<string, string>();
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
  );
  // Whoever sees the device become available finds its commands accepted.
  const late = subscribed.then(() => clock.sleep(LATE_MS, signal));

  const topics = [...device.entities.flatMap(attributesOf).map(({ topic }) => topic), ...(device.memory ?? [])];
  const saved = await mqtt.recall(
    [...new Set(topics)].map((topic) => stateTopic(base, topic)),
    signal,
  );
  device.restore?.(
    Object.fromEntries(
      topics.flatMap((topic) => {
        const value = saved.get(stateTopic(base, topic));
        return value === undefined ? [] : [[topic, value]];
      }),
    ),
  );
  await late;
  if (signal.aborted) return;
  restored = true;
  (await house.discovery)?.announce(device.info.key, deviceDocument(house.identity, device));
  for (const { topic, receive } of device.inputs ?? []) {
    void mqtt.subscribe([topic], ({ payload }) => receive(payload.toString()), signal);
  }
  await Promise.all([publishStates(device, house, published, signal), emitEvents(device, house, signal)]);
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

interface Served {
  device: Device;
  stop: AbortController;
  done: Promise<void>;
}

/**
 * Serves devices that come and go: each list is all of them, a device that is the same value goes on undisturbed.
 * Throws as soon as one of them throws.
 */
export async function serveAll(
  lists: AsyncIterable<readonly Device[]>,
  house: House,
  signal: AbortSignal,
): Promise<void> {
  const served = new Map<string, Served>();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});

  async function remove(key: string, { device, stop, done }: Served, gone: boolean): Promise<void> {
    stop.abort();
    await done;
    served.delete(key);
    if (!gone) return;
    (await house.discovery)?.withdraw(key);
    const attributes = device.entities.flatMap(attributesOf).map(({ topic }) => stateTopic(device.base, topic));
    for (const topic of [...attributes, availabilityTopic(device.base)]) house.mqtt.publish("state", topic, "");
  }

  async function follow(): Promise<void> {
    let first = true;
    for await (const list of lists) {
      if (first) void house.discovery?.then((discovery) => discovery.keepOnly(list.map(({ info }) => info.key)));
      first = false;
      const wanted = new Map(list.map((device) => [device.info.key, device]));
      for (const [key, known] of served) {
        if (wanted.get(key) !== known.device) await remove(key, known, !wanted.has(key));
      }
      for (const [key, device] of wanted) {
        if (served.has(key)) continue;
        const stop = new AbortController();
        const done = serve(device, house, AbortSignal.any([signal, stop.signal]));
        done.catch(failed.reject);
        served.set(key, { device, stop, done });
      }
    }
  }

  const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  // The lists may end, or go on for ever; the devices are served until the signal aborts or one of them throws.
  await Promise.race([follow().then(() => aborted), failed.promise, aborted]);
  await Promise.all([...served.values()].map(({ done }) => done));
}
