import mqtt, { type IClientOptions, type ISubscriptionMap, type MqttClient } from "mqtt";

/** A message as it was seen; `atMs` is on the monotonic clock (`performance.now()`). */
export interface Seen {
  topic: string;
  payload: string;
  /** True for what a broker had kept; a live message never has it, however it was published. */
  retain: boolean;
  atMs: number;
}

/** What a payload must be: the text itself, a pattern it matches, or a test it passes. */
export type Wanted = string | RegExp | ((payload: string) => boolean);

/** Plays Home Assistant, or a person with an MQTT client: sees everything, says anything. */
export interface Person extends AsyncDisposable {
  client: MqttClient;
  /** All messages, in order, over all connections. */
  messages: Seen[];
  /** Resolves when the broker has acknowledged it (QoS 1 by default). */
  publish(topic: string, payload: string | Buffer, options?: { retain?: boolean; qos?: 0 | 1 | 2 }): Promise<void>;
  /** The last payload on a topic; "" after it was cleared, undefined when there never was one. */
  latest(topic: string): string | undefined;
  history(topic: string): string[];
  /** Resolves with the latest payload as soon as it is as wanted, which may be now. Throws after `timeoutMs`. */
  until(topic: string, wanted: Wanted, timeoutMs?: number): Promise<string>;
  /** As `until`, but for a message that arrives after this call. */
  next(topic: string, wanted: Wanted, timeoutMs?: number): Promise<string>;
  /** What somebody who subscribes now is given: topic to payload. */
  retained(filter: string): Promise<Map<string, string>>;
}

function satisfies(payload: string, wanted: Wanted): boolean {
  if (typeof wanted === "string") return payload === wanted;
  // Not `test`, which remembers where it was when the pattern is global.
  if (wanted instanceof RegExp) return payload.search(wanted) >= 0;
  return wanted(payload);
}

const show = (value: Wanted | undefined) =>
  value === undefined ? "nothing" : typeof value === "string" ? JSON.stringify(value) : String(value);

/** Connects and subscribes; throws when the broker refuses either. */
async function open(url: string, options: IClientOptions, wishes: ISubscriptionMap, onMessage: (seen: Seen) => void) {
  const client = mqtt.connect(url, {
    protocolVersion: 5,
    reconnectPeriod: 100,
    connectTimeout: 5_000,
    reconnectOnConnackError: true,
    ...options,
  });
  // While the broker is away each attempt is an error; unheard it would end the process.
  client.on("error", () => {});
  client.on("message", (topic, payload, packet) =>
    onMessage({ topic, payload: payload.toString(), retain: packet.retain, atMs: performance.now() }),
  );
  try {
    await new Promise<void>((resolve, reject) => {
      client.once("connect", () => resolve());
      client.once("error", reject);
      client.once("close", () => reject(new Error(`${url} closed the connection`)));
    });
    await client.subscribeAsync(wishes);
  } catch (error) {
    await client.endAsync(true);
    throw error;
  }
  return client;
}

/** A broker hands out what it keeps filter by filter: when the mark comes, which is asked for last, all the rest has come. */
async function askRetained(
  { url, options, mark }: { url: string; options: IClientOptions; mark: string },
  filter: string,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const { promise: whole, resolve } = Promise.withResolvers<void>();
  // At QoS 0 nothing waits for an answer, and so nothing is overtaken.
  const client = await open(url, options, { [filter]: { qos: 0 }, [mark]: { qos: 0 } }, (seen) => {
    if (seen.topic === mark) resolve();
    else if (seen.retain) found.set(seen.topic, seen.payload);
  });
  await whole;
  await client.endAsync(true);
  return found;
}

/**
 * Connects to a broker and subscribes to `#`; throws when the broker is not there, or refuses. Afterwards it finds its
 * way back by itself. The options are mqtt.js's (`username`, `password`, `ca`, …), with MQTT 5 unless told otherwise.
 */
export async function connectPerson(url: string, options: IClientOptions = {}): Promise<Person> {
  const messages: Seen[] = [];
  const byTopic = new Map<string, string[]>();
  const watchers = new Set<(seen: Seen) => void>();
  const client = await open(url, options, { "#": { qos: 1 } }, (seen) => {
    messages.push(seen);
    const before = byTopic.get(seen.topic);
    if (before) before.push(seen.payload);
    else byTopic.set(seen.topic, [seen.payload]);
    for (const watch of watchers) watch(seen);
  });
  const latest = (topic: string) => byTopic.get(topic)?.at(-1);

  async function next(topic: string, wanted: Wanted, timeoutMs = 10_000): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
    const watch = (seen: Seen) => {
      if (seen.topic !== topic) return;
      try {
        if (satisfies(seen.payload, wanted)) resolve(seen.payload);
      } catch (error) {
        reject(error);
      }
    };
    watchers.add(watch);
    const timer = setTimeout(() => resolve(undefined), timeoutMs);
    try {
      const payload = await promise;
      // Thrown here and not in the timer, so that its stack names the test.
      if (payload === undefined) {
        throw new Error(`${topic}: wanted ${show(wanted)}, last saw ${show(latest(topic))}, waited ${timeoutMs} ms`);
      }
      return payload;
    } finally {
      clearTimeout(timer);
      watchers.delete(watch);
    }
  }

  return {
    client,
    messages,
    async publish(topic, payload, { retain = false, qos = 1 } = {}) {
      await client.publishAsync(topic, payload, { retain, qos });
    },
    latest,
    history: (topic) => [...(byTopic.get(topic) ?? [])],
    async until(topic, wanted, timeoutMs) {
      const now = latest(topic);
      return now !== undefined && satisfies(now, wanted) ? now : next(topic, wanted, timeoutMs);
    },
    next,
    async retained(filter) {
      const { clientId: _own, will: _will, ...rest } = options;
      // Who listens to everything does not hear of it.
      const mark = `$mark/${crypto.randomUUID()}`;
      await client.publishAsync(mark, "here", { qos: 1, retain: true });
      const found = await askRetained({ url, options: rest, mark }, filter);
      await client.publishAsync(mark, "", { qos: 1, retain: true });
      return found;
    },
    async [Symbol.asyncDispose]() {
      await client.endAsync(true);
    },
  };
}
