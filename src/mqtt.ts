import type { MqttClient } from "mqtt";
import type { Logger } from "pino";
import { type Cell, cell } from "./cell.ts";
import type { Clock } from "./clock.ts";
import { complaints } from "./complaints.ts";
import { type BrokerOptions, keepConnected } from "./connection.ts";
import type { Metrics } from "./metrics.ts";
import { outbox, type Rank } from "./outbox.ts";

export interface Message {
  topic: string;
  payload: Buffer;
  /** A replay of something older: the broker kept it and hands it to a new subscriber. */
  retained: boolean;
  /** How long the subscription that brought it has stood, in ms; 0 while the broker has not confirmed it. */
  subscribedMs: number;
}

/** The daemon's one connection: the latest value of each topic out, one handler a topic in. */
export interface Mqtt extends AsyncDisposable {
  /** True from the moment all subscriptions stand until the connection is lost. */
  connected: Cell<boolean>;
  /** Whether another client seems to take the connection from us (C5). */
  contested(): boolean;
  /** Sets a topic's retained value: now, or when the broker is there (C9). An empty payload removes it. */
  publish(rank: Rank, topic: string, payload: string): void;
  /** Sends something that happens rather than lasts: not retained, lost while there is no broker. */
  emit(topic: string, payload: string): void;
  /** Sends every value again: discovery, availability, state (C6). */
  repeat(): void;
  /** Hands each message on exactly this topic to the handler until the signal aborts. Resolves when first confirmed. */
  subscribe(topics: readonly string[], handler: (message: Message) => void, signal: AbortSignal): Promise<void>;
  /** What the broker retains on these filters: all that comes before 500 ms of silence, at most 2 s after the SUBACK. */
  recall(filters: readonly string[], signal: AbortSignal): Promise<Map<string, string>>;
}

const SUBACK_TIMEOUT_MS = 5_000;
const RECALL = { silenceMs: 500, longestMs: 2_000 };
const CLOSE = { flushMs: 500, disconnectMs: 200 };

interface Subscription {
  handler(message: Message): void;
  /** When the broker confirmed it, on the connection that is open. */
  sinceMs: number | undefined;
  confirmed: PromiseWithResolvers<void>;
}

interface Recall {
  filters: RegExp[];
  found: Map<string, string>;
  lastMs: number;
}

/** Opens the connection and keeps it; never throws because of a broker (C1). */
export function openMqtt(options: BrokerOptions, context: { log: Logger; clock: Clock; metrics: Metrics }): Mqtt {
  const { log, clock, metrics } = context;
  const ending = new AbortController();
  const connection = keepConnected(options, { log, clock, signal: ending.signal });
  const connected = cell(false);
  const troubles = complaints(log, clock);
  const subscriptions = new Map<string, Subscription>();
  const recalls = new Set<Recall>();
  const out = outbox({
    sent: () => metrics.count("mqtt_things_messages_total", { direction: "out" }),
    refused: (topic, error) => troubles.say(`the broker does not let us write ${topic}: ${error.message}`),
  });

  function receive(topic: string, payload: Buffer, retained: boolean): void {
    metrics.count("mqtt_things_messages_total", { direction: "in" });
    if (log.isLevelEnabled("debug"))
      log.debug({ topic, payload: payload.toString("utf8", 0, 200), retained }, "received");
    const now = clock.monotonicMs();
    for (const recall of recalls) {
      if (!retained || !recall.filters.some((filter) => filter.test(topic))) continue;
      recall.found.set(topic, payload.toString());
      recall.lastMs = now;
    }
    const known = subscriptions.get(topic);
    known?.handler({ topic, payload, retained, subscribedMs: known.sinceMs === undefined ? 0 : now - known.sinceMs });
  }

  /** Resolves when the broker has answered, whatever it granted. A broker that does not answer loses the connection. */
  async function subscribeOn(client: MqttClient, filters: readonly string[]): Promise<void> {
    if (filters.length === 0) return;
    const answered = new AbortController();
    void clock.sleep(SUBACK_TIMEOUT_MS, answered.signal).then(() => answered.signal.aborted || client.end(true));
    const codes = await new Promise<readonly unknown[]>((resolve) =>
      client.subscribe([...filters], { qos: 1 }, (_error, _granted, packet) =>
        resolve(packet && "granted" in packet && Array.isArray(packet.granted) ? packet.granted : []),
      ),
    );
    answered.abort();
    const denied = filters.filter((_, i) => Number(codes[i]) >= 0x80);
    if (denied.length)
      troubles.say(`the broker does not let us read ${denied.join(", ")}: allow it in the broker's ACL`);
  }

  function confirm(topics: Iterable<string>): void {
    for (const topic of topics) {
      const subscription = subscriptions.get(topic);
      if (!subscription) continue;
      subscription.sinceMs = clock.monotonicMs();
      subscription.confirmed.resolve();
    }
  }

  async function welcome(client: MqttClient): Promise<void> {
    metrics.count("mqtt_things_connects_total");
    for (const subscription of subscriptions.values()) subscription.sinceMs = undefined;
    client.on("message", (topic, payload, packet) => receive(topic, payload, packet.retain));
    const topics = [...subscriptions.keys()];
    await subscribeOn(client, topics);
    if (connection.client.get() !== client) return;
    confirm(topics);
    log.info(
      { broker: `${options.host}:${options.port}`, mqtt: client.options.protocolVersion },
      "connected to the broker",
    );
    out.open(client);
    connected.set(true);
    metrics.gauge("mqtt_things_broker_connected", {}, 1);
  }

  async function follow(): Promise<void> {
    for await (const client of connection.client.values(ending.signal)) {
      out.close();
      if (connected.get()) connected.set(false);
      metrics.gauge("mqtt_things_broker_connected", {}, 0);
      // Not awaited: a broker that goes mute here must not hide the loss of the connection.
      if (client) welcome(client).catch((error) => log.error({ err: error }, "could not set up the connection"));
    }
  }
  const following = follow();

  return {
    connected,
    contested: connection.contested,
    publish: out.set,
    emit(topic, payload) {
      if (connected.get()) connection.client.get()?.publish(topic, payload, { qos: 0 });
    },
    repeat: out.repeat,
    async subscribe(topics, handler, signal) {
      const fresh = topics.map((topic) => {
        const subscription = { handler, sinceMs: undefined, confirmed: Promise.withResolvers<void>() };
        subscriptions.set(topic, subscription);
        return subscription;
      });
      const leave = () => {
        for (const topic of topics) subscriptions.delete(topic);
        if (connected.get()) connection.client.get()?.unsubscribe([...topics]);
        for (const { confirmed } of fresh) confirmed.resolve();
      };
      signal.addEventListener("abort", leave, { once: true });
      const client = connection.client.get();
      if (client && connected.get()) {
        await subscribeOn(client, topics);
        if (connection.client.get() === client) confirm(topics);
      }
      await Promise.all(fresh.map(({ confirmed }) => confirmed.promise));
    },
    async recall(filters, signal) {
      while (!signal.aborted) {
        await connected.until((yes) => yes, signal);
        const client = connection.client.get();
        if (!client) continue;
        const recall = { filters: filters.map(filterPattern), found: new Map<string, string>(), lastMs: 0 };
        recalls.add(recall);
        await subscribeOn(client, filters);
        recall.lastMs = clock.monotonicMs();
        const endMs = recall.lastMs + RECALL.longestMs;
        const leftMs = () => Math.min(recall.lastMs + RECALL.silenceMs, endMs) - clock.monotonicMs();
        while (leftMs() > 0 && !signal.aborted) await clock.sleep(leftMs(), signal);
        recalls.delete(recall);
        if (connection.client.get() !== client) continue;
        client.unsubscribe([...filters]);
        return recall.found;
      }
      return new Map();
    },
    async [Symbol.asyncDispose]() {
      if (connected.get()) {
        await Promise.race([out.empty(), clock.sleep(CLOSE.flushMs)]);
        await connection.leave(CLOSE.disconnectMs);
      }
      ending.abort();
      await Promise.all([connection.ended, following]);
    },
  };
}

/** An MQTT filter (`+` and `#`) as a regular expression. */
function filterPattern(filter: string): RegExp {
  const escaped = filter.replace(/[.*?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("+", "[^/]+").replace(/\/#$/, "(/.*)?")}$`);
}
