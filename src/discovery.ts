import { type Cell, cell } from "./cell.ts";
import type { Clock } from "./clock.ts";
import { type DeviceDocument, documentPrefix, documentTopic, type Identity, withTombstones } from "./homeassistant.ts";
import type { Mqtt } from "./mqtt.ts";

/** The one writer of our discovery documents (C6, C12). */
export interface Discovery {
  /** Publishes a device's document, now and whenever it changes, and again when Home Assistant empties it. */
  announce(deviceKey: string, document: DeviceDocument): void;
  /** Removes the document of a device that is gone. */
  withdraw(deviceKey: string): void;
  /** Removes what an earlier run left of devices that are not in this complete list. */
  keepOnly(deviceKeys: readonly string[]): void;
}

/** Home Assistant half-processes a second, different document of a device that follows too fast (§4). */
const APART_MS = 5_000;

/** `retained` are the device documents the broker had when we came. */
export function discovery(
  identity: Identity,
  retained: ReadonlyMap<string, string>,
  { mqtt, clock, signal }: { mqtt: Mqtt; clock: Clock; signal: AbortSignal },
): Discovery {
  const announced = new Map<string, { document: Cell<DeviceDocument>; withdrawn: AbortController }>();
  const left = new Map([...retained].filter(([topic]) => topic.startsWith(documentPrefix(identity))));

  async function write(topic: string, document: Cell<DeviceDocument>, until: AbortSignal): Promise<void> {
    let last = left.get(topic);
    for await (const wanted of document.values(until)) {
      const farewell = withTombstones(wanted, last);
      if (farewell) {
        mqtt.publish("discovery", topic, JSON.stringify(farewell));
        await clock.sleep(APART_MS, until);
        if (until.aborted) return;
      }
      last = JSON.stringify(wanted);
      mqtt.publish("discovery", topic, last);
      await clock.sleep(APART_MS, until);
    }
  }

  async function restoreWhenEmptied(topic: string, document: Cell<DeviceDocument>, until: AbortSignal): Promise<void> {
    const emptied = async () => {
      await clock.sleep(APART_MS, until);
      if (!until.aborted) document.set(document.get());
    };
    await mqtt.subscribe([topic], ({ payload }) => void (payload.length === 0 && emptied()), until);
  }

  return {
    announce(deviceKey, wanted) {
      const topic = documentTopic(identity, deviceKey);
      const known = announced.get(topic);
      if (known) return known.document.set(wanted);
      const withdrawn = new AbortController();
      const document = cell(wanted);
      announced.set(topic, { document, withdrawn });
      const until = AbortSignal.any([signal, withdrawn.signal]);
      void write(topic, document, until);
      void restoreWhenEmptied(topic, document, until);
    },
    withdraw(deviceKey) {
      const topic = documentTopic(identity, deviceKey);
      announced.get(topic)?.withdrawn.abort();
      announced.delete(topic);
      left.delete(topic);
      mqtt.publish("discovery", topic, "");
    },
    keepOnly(deviceKeys) {
      const kept = new Set(deviceKeys.map((key) => documentTopic(identity, key)));
      for (const topic of left.keys()) {
        if (kept.has(topic)) continue;
        left.delete(topic);
        mqtt.publish("discovery", topic, "");
      }
    },
  };
}
