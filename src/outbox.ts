import type { MqttClient } from "mqtt";

/** What goes out first when everything is sent again (C6). */
export type Rank = "discovery" | "availability" | "state";

/** The latest value of each topic we write. What is not sent yet is replaced, never queued (C9). */
export interface Outbox {
  /** Sets a topic's value and sends it as soon as there is a connection. An empty payload removes the topic's value. */
  set(rank: Rank, topic: string, payload: string): void;
  /** Sends every value again, in the order of their ranks. */
  repeat(): void;
  /** From now on values go to this client, beginning with all of them. */
  open(client: MqttClient): void;
  /** From now on values wait. */
  close(): void;
  /** Resolves when the broker has answered this topic's latest value; never without a connection. */
  delivered(topic: string): Promise<void>;
  /** Resolves when the broker has answered every value there is now; never without a connection. */
  empty(): Promise<void>;
}

/** How many topics may wait for their PUBACK: below the 20 that brokers commonly allow (`receive maximum`). */
const WINDOW = 16;

/** `refused` is told when a broker answers a value with a reason code of MQTT 5 (0x87: not authorised). */
export function outbox(on: { sent(): void; refused(topic: string): void }): Outbox {
  const values = new Map<string, { rank: Rank; payload: string }>();
  const awaited = new Map<string, PromiseWithResolvers<void>>();
  let waiting = new Set<string>();
  let unacknowledged = new Set<string>();
  let client: MqttClient | undefined;

  function pump(): void {
    for (const topic of waiting) {
      // A topic whose last value is still on its way holds back what comes after it: the order is kept, and a topic
      // that changes faster than the broker answers is sent once with its latest value.
      if (!client || unacknowledged.size >= WINDOW || unacknowledged.has(topic)) return;
      waiting.delete(topic);
      send(client, topic, values.get(topic)?.payload ?? "");
    }
  }

  function send(to: MqttClient, topic: string, payload: string): void {
    unacknowledged.add(topic);
    on.sent();
    to.publish(topic, payload, { qos: 1, retain: true }, (error) => {
      if (client !== to) return;
      const answered = !error || ("code" in error && typeof error.code === "number");
      // The connection is going, whoever notices first; the value is sent on the next one.
      if (!answered) return close();
      unacknowledged.delete(topic);
      if (error) on.refused(topic);
      if (payload === "" && values.get(topic)?.payload === "") values.delete(topic);
      if (!waiting.has(topic)) {
        awaited.get(topic)?.resolve();
        awaited.delete(topic);
      }
      pump();
    });
  }

  function repeat(): void {
    const ranked = (rank: Rank) => [...values].filter(([, value]) => value.rank === rank).map(([topic]) => topic);
    waiting = new Set([...ranked("discovery"), ...ranked("availability"), ...ranked("state")]);
    pump();
  }

  function close(): void {
    client = undefined;
  }

  async function delivered(topic: string): Promise<void> {
    if (!waiting.has(topic) && !unacknowledged.has(topic)) return;
    const known = awaited.get(topic) ?? Promise.withResolvers<void>();
    awaited.set(topic, known);
    await known.promise;
  }

  return {
    set(rank, topic, payload) {
      values.set(topic, { rank, payload });
      waiting.add(topic);
      pump();
    },
    repeat,
    open(to) {
      client = to;
      unacknowledged = new Set();
      repeat();
    },
    close,
    delivered,
    async empty() {
      await Promise.all([...waiting, ...unacknowledged].map(delivered));
    },
  };
}
