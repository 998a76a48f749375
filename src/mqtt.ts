import type { MqttClient } from "mqtt";
import type { Logger } from "pino";
import { aclCheck } from "./acl-check.ts";
import type { BrokerOptions } from "./attempt.ts";
import { type Cell, cell } from "./cell.ts";
import { atMost, type Clock } from "./clock.ts";
import { complaints } from "./complaints.ts";
import { CONNECTED, keepConnected } from "./connection.ts";
import type { Metrics } from "./metrics.ts";
import { outbox, type Rank } from "./outbox.ts";
import { recall } from "./recall.ts";
import { standstill } from "./standstill.ts";
import { type Message, type Role, subscriptions } from "./subscriptions.ts";

/** The daemon's one connection: the latest value of each topic out, handlers by topic in. */
export interface Mqtt extends AsyncDisposable {
  /** True from the moment all subscriptions stand until the connection is lost. */
  connected: Cell<boolean>;
  /** Whether another client seems to take the connection from us (C5). */
  contested(): boolean;
  /** Sets a topic's retained value: now, or when the broker is there (C9). An empty payload removes it. */
  publish(rank: Rank, topic: string, payload: string): void;
  /** Resolves when the broker has answered a topic's latest value, which may take for ever. */
  delivered(topic: string): Promise<void>;
  /** Sends something that happens rather than lasts: not retained, lost while there is no broker. */
  emit(topic: string, payload: string): void;
  /** Sends every value again: discovery, availability, state (C6). */
  repeat(): void;
  /** Hands each message on exactly these topics to the handler until the signal aborts. Resolves when first confirmed. */
  subscribe(
    topics: readonly string[],
    handler: (message: Message) => void,
    signal: AbortSignal,
    role: Role,
  ): Promise<void>;
  /** What the broker retains on these filters: all that comes before 500 ms of silence, at most 2 s after the SUBACK. */
  recall(filters: readonly string[], signal: AbortSignal): Promise<Map<string, string>>;
}

const CLOSE = { flushMs: 500, disconnectMs: 200 };

/** Opens the connection and keeps it; never throws because of a broker (C1). */
export function openMqtt(options: BrokerOptions, context: { log: Logger; clock: Clock; metrics: Metrics }): Mqtt {
  const { log, clock, metrics } = context;
  const ending = new AbortController();
  const troubles = complaints(log, clock);
  const connected = cell(false);
  const out = outbox({
    sent: () => metrics.count("mqtt_things_messages_total", { direction: "out" }),
    refused: (topic) => acl.denied(topic, "value"),
  });
  const acl = aclCheck(
    async (topic) => {
      await connected.until((yes) => yes, ending.signal);
      await out.delivered(topic);
    },
    { troubles, clock },
  );
  const heard = ({ topic, payload, retained }: Omit<Message, "subscribedMs">) => {
    metrics.count("mqtt_things_messages_total", { direction: "in" });
    if (!retained) acl.heard(topic);
    if (log.isLevelEnabled("debug"))
      log.debug({ topic, payload: payload.toString("utf8", 0, 200), retained }, "received");
  };
  const subscribed = subscriptions(
    { granted: acl.expect, denied: acl.denied, heard, stale: () => still.noticed() },
    { log, clock },
  );
  const connection = keepConnected(options, { log, clock, troubles, signal: ending.signal });
  const still = standstill(clock, ending.signal, (ms) => {
    // What waits to be read on this connection may be old: it is not read, a new one begins with the rules for late ones.
    subscribed.close();
    const seconds = Math.round(ms / 1_000);
    connection.client.get()?.emit("error", new Error(`this process stood still for ${seconds} s`));
  });

  async function welcome(client: MqttClient): Promise<void> {
    metrics.count("mqtt_things_connects_total");
    await subscribed.open(client);
    if (connection.client.get() !== client) return;
    const { protocolVersion: mqtt } = client.options;
    troubles.say(CONNECTED, { broker: `${options.host}:${options.port}`, mqtt }, "info");
    out.open(client);
    connected.set(true);
    metrics.gauge("mqtt_things_broker_connected", {}, 1);
  }

  const ignore = connection.client.onChange(() => {
    out.close();
    subscribed.close();
    acl.close();
    metrics.gauge("mqtt_things_broker_connected", {}, 0);
    if (connected.get()) connected.set(false);
    const client = connection.client.get();
    if (client) welcome(client).catch((error) => client.emit("error", error));
  });

  return {
    connected,
    contested: connection.contested,
    publish: out.set,
    delivered: out.delivered,
    emit(topic, payload) {
      if (connected.get()) connection.client.get()?.publish(topic, payload, { qos: 0 }, () => {});
    },
    repeat: out.repeat,
    subscribe: subscribed.add,
    recall: (filters, signal) => recall(filters, subscribed, { client: connection.client.get, clock, signal }),
    async [Symbol.asyncDispose]() {
      // Without the broker's word that it has our last values, our last will has to speak for us: no goodbye then.
      if (connected.get() && (await atMost(CLOSE.flushMs, out.empty(), clock))) {
        await connection.leave(CLOSE.disconnectMs);
      }
      ending.abort();
      await connection.ended;
      ignore();
    },
  };
}
