import { type Cell, cell } from "./cell.ts";
import type { Clock } from "./clock.ts";
import type { DeviceDocument } from "./components.ts";
import {
  availabilityIn,
  documentPrefix,
  documentTopic,
  type Identity,
  instanceOf,
  LET_GO_MS,
  retainedIn,
  withTombstones,
} from "./homeassistant.ts";
import type { Mqtt } from "./mqtt.ts";

/** The one writer of our discovery documents (C6, C12). */
export interface Discovery {
  /** Publishes a device's document, now and whenever it changes, and again when Home Assistant empties it. */
  announce(deviceKey: string, document: DeviceDocument): void;
  /** Removes the document of a device that is gone. */
  withdraw(deviceKey: string): void;
  /**
   * Removes what an earlier run left of devices that are not in this list, their states as well, but for those that may
   * yet come: these are shown as away meanwhile.
   */
  keepOnly(deviceKeys: readonly string[], unsure?: (deviceKey: string) => boolean): void;
}

/** Home Assistant half-processes a second, different document of a device that follows too fast (§4). */
const APART_MS = 5_000;

/** What a device's document shall be, as it goes out: as an object it takes three times the memory. Undefined: none. */
type Wanted = Cell<string | undefined>;

/** `retained` are the device documents the broker had when we came. */
export function discovery(
  identity: Identity,
  retained: ReadonlyMap<string, string>,
  { mqtt, clock, signal }: { mqtt: Mqtt; clock: Clock; signal: AbortSignal },
): Discovery {
  const written = new Map<string, Wanted>();
  let begun = false;
  const left = new Map([...retained].filter(([topic]) => topic.startsWith(documentPrefix(identity))));
  /** What other instances of this daemon show: a device may have moved to one of them. */
  const moved = new Set(
    [...retained].flatMap(([topic, document]) => {
      const other = instanceOf(topic, identity);
      return other === undefined || other.instance === identity.instance ? [] : retainedIn(document, other);
    }),
  );
  /** Topics that documents of an earlier run name. */
  const doubtful = new Set<string>();

  /** Empties the topics that this document names, if nobody else's has them by now. */
  function outgrow(document: string): void {
    const pending = doubtful.size > 0;
    for (const topic of retainedIn(document, identity)) doubtful.add(topic);
    if (!pending && doubtful.size > 0) void clearOutgrown();
  }

  async function clearOutgrown(): Promise<void> {
    await clock.sleep(LET_GO_MS, signal);
    if (signal.aborted) return;
    const documents = [...left.values(), ...[...written.values()].map((wanted) => wanted.get() ?? "")];
    const used = new Set(documents.flatMap((document) => retainedIn(document, identity)));
    for (const topic of doubtful) if (!used.has(topic) && !moved.has(topic)) mqtt.publish("state", topic, "");
    doubtful.clear();
  }

  function want(deviceKey: string, document: string | undefined): void {
    const topic = documentTopic(identity, deviceKey);
    const known = written.get(topic);
    if (known) {
      known.set(document);
      return;
    }
    const wanted: Wanted = cell(document);
    const gone = new AbortController();
    written.set(topic, wanted);
    // First, so that what is written comes back: that proves that we may read it (K5).
    void restoreWhenEmptied(topic, wanted, gone.signal);
    void write(topic, wanted).then(() => gone.abort());
  }

  /** Resolves when the signal has aborted, or the device is gone for good. */
  async function write(topic: string, wanted: Wanted): Promise<void> {
    let before = left.get(topic);
    let last = before;
    left.delete(topic);
    for await (const document of wanted.values(signal)) {
      const farewell = document && last && last !== document && withTombstones(JSON.parse(document), last);
      for (const next of farewell ? [JSON.stringify(farewell), document] : [document]) {
        if (signal.aborted) return;
        last = next ?? "";
        mqtt.publish("discovery", topic, last);
        // What waits for a broker would be replaced by what comes next, and a tombstone would never be seen.
        await mqtt.delivered(topic);
        await clock.sleep(APART_MS, signal);
      }
      if (before !== undefined && before !== document) outgrow(before);
      before = undefined;
      if (!document && !wanted.get()) {
        written.delete(topic);
        return;
      }
    }
  }

  async function restoreWhenEmptied(topic: string, wanted: Wanted, until: AbortSignal): Promise<void> {
    let restoring = false;
    const restore = async () => {
      if (restoring) return;
      restoring = true;
      await clock.sleep(APART_MS, until);
      restoring = false;
      if (!until.aborted && wanted.get()) wanted.set(wanted.get());
    };
    const emptied = (payload: Buffer) => payload.length === 0 && wanted.get() !== undefined;
    await mqtt.subscribe([topic], ({ payload }) => void (emptied(payload) && restore()), until, "value");
  }

  return {
    announce: (deviceKey, document) => want(deviceKey, JSON.stringify(document)),
    withdraw: (deviceKey) => want(deviceKey, undefined),
    keepOnly(deviceKeys, unsure = () => false) {
      const kept = new Set(deviceKeys.map((key) => documentTopic(identity, key)));
      for (const [topic, document] of left) {
        if (kept.has(topic)) continue;
        if (unsure(topic.slice(documentPrefix(identity).length, -"/config".length))) {
          // Once, before anybody is served: later another device may have the topic.
          if (!begun)
            for (const one of availabilityIn(document, identity)) mqtt.publish("availability", one, "offline");
          continue;
        }
        left.delete(topic);
        mqtt.publish("discovery", topic, "");
        outgrow(document);
      }
      begun = true;
    },
  };
}
