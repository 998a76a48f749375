import type { ISubscriptionMap, MqttClient } from "mqtt";
import type { Logger } from "pino";
import type { Clock } from "./clock.ts";
import { isFilter, matcher } from "./topic-filter.ts";

export interface Message {
  topic: string;
  payload: Buffer;
  /** A replay of something older: the broker kept it and hands it to a new subscriber. */
  retained: boolean;
  /** How long the subscription that brought it has stood, in ms; 0 while the broker has not confirmed it. */
  subscribedMs: number;
}

/**
 * What a topic is to us: our commands (`…/set`), a value of our own that we watch, our own retained values to be read
 * once, or somebody else's.
 */
export type Role = "command" | "value" | "memory" | "foreign";

/** Who listens to what. It outlives connections: on each new one the broker is asked for everything again. */
export interface Subscriptions {
  /**
   * Hands each message on these filters to the handler until the signal aborts. Several may listen to one filter.
   * Resolves when the broker has answered all of them for the first time, or the signal has aborted.
   */
  add(filters: readonly string[], handler: (message: Message) => void, signal: AbortSignal, role: Role): Promise<void>;
  /** Subscribes to everything on a new connection. Resolves when the broker has answered, or the connection is lost. */
  open(client: MqttClient): Promise<void>;
  /** The connection is lost. */
  close(): void;
}

interface Listener {
  handler(message: Message): void;
  role: Role;
  /** When the broker confirmed it, on the connection that is open. */
  sinceMs: number | undefined;
  answered: PromiseWithResolvers<void>;
}

const SUBACK_TIMEOUT_MS = 5_000;

/** `granted` and `denied` are told what the broker answers; `heard` of every message before its handlers are. */
export function subscriptions(
  on: {
    granted(client: MqttClient, filter: string, role: Role): void;
    denied(filter: string, role: Role): void;
    heard(message: Omit<Message, "subscribedMs">): void;
    /** Whether what comes on this connection may be too old to be believed; asked before each message. */
    stale(): boolean;
  },
  { log, clock }: { log: Logger; clock: Clock },
): Subscriptions {
  const listeners = new Map<string, Set<Listener>>();
  const patterns = new Map<string, (topic: string) => boolean>();
  let current: MqttClient | undefined;

  function receive(topic: string, payload: Buffer, retained: boolean): void {
    if (on.stale()) return;
    on.heard({ topic, payload, retained });
    const nowMs = clock.monotonicMs();
    const matching = [...patterns].filter(([, matches]) => matches(topic)).map(([filter]) => filter);
    for (const { handler, sinceMs } of [topic, ...matching].flatMap((filter) => [...(listeners.get(filter) ?? [])])) {
      try {
        handler({ topic, payload, retained, subscribedMs: sinceMs === undefined ? 0 : nowMs - sinceMs });
      } catch (error) {
        // Thrown inside mqtt.js it would end the process (C19).
        log.error({ err: error, topic }, "a message could not be handled");
      }
    }
  }

  /** Asks for these filters on the connection that is open. */
  async function ask(client: MqttClient, filters: readonly string[]): Promise<void> {
    const asked = filters.map((filter) => ({ filter, all: [...(listeners.get(filter) ?? [])] }));
    const wishes = asked.map(({ filter, all }) => {
      // What is only read once comes at QoS 0: at QoS 1 a broker drops what exceeds its queue (1,000 in Mosquitto).
      const qos = all.some(({ role }) => role !== "memory") ? 1 : 0;
      return [filter, { qos, nl: false, rap: false, rh: 0 }] as const;
    });
    const codes = await answer(client, Object.fromEntries(wishes), clock);
    if (!codes || client !== current) return;
    const nowMs = clock.monotonicMs();
    for (const [i, { filter, all }] of asked.entries()) {
      for (const listener of all) {
        listener.sinceMs ??= nowMs;
        listener.answered.resolve();
        if (Number(codes[i]) >= 0x80) on.denied(filter, listener.role);
        else on.granted(client, filter, listener.role);
      }
    }
  }

  function leave(filters: readonly string[], listener: Listener): void {
    const unheard = filters.filter((filter) => {
      const others = listeners.get(filter);
      others?.delete(listener);
      if (others?.size) return false;
      patterns.delete(filter);
      return listeners.delete(filter);
    });
    // The callback keeps mqtt.js from making an error event of a connection that is closing.
    if (unheard.length) current?.unsubscribe(unheard, () => {});
    listener.answered.resolve();
  }

  return {
    async add(wanted, handler, signal, role) {
      const filters = wanted.filter(isFilter);
      // One that is none would make mqtt.js drop the whole packet.
      if (filters.length < wanted.length) log.error({ topics: wanted }, "not a topic: nothing is heard there");
      if (signal.aborted || filters.length === 0) return;
      const listener: Listener = { handler, role, sinceMs: undefined, answered: Promise.withResolvers() };
      for (const filter of filters) {
        listeners.set(filter, (listeners.get(filter) ?? new Set()).add(listener));
        if (/[+#]/.test(filter)) patterns.set(filter, matcher(filter));
      }
      signal.addEventListener("abort", () => leave(filters, listener), { once: true });
      if (current) await ask(current, filters);
      await listener.answered.promise;
    },
    async open(client) {
      current = client;
      for (const all of listeners.values()) for (const listener of all) listener.sinceMs = undefined;
      client.on("message", (topic, payload, packet) => {
        if (client === current) receive(topic, payload, packet.retain);
      });
      if (listeners.size) await ask(client, [...listeners.keys()]);
    },
    close() {
      current = undefined;
    },
  };
}

/** The broker's code for each filter; undefined when it did not answer. One that does not in time loses the connection. */
async function answer(client: MqttClient, wishes: ISubscriptionMap, clock: Clock) {
  const answered = new AbortController();
  void clock.sleep(SUBACK_TIMEOUT_MS, answered.signal).then(() => {
    if (!answered.signal.aborted) client.emit("error", new Error("the broker does not answer our subscriptions"));
  });
  const codes = await new Promise<readonly unknown[] | undefined>((resolve) =>
    client.subscribe(wishes, (_error, _granted, packet) => resolve(packet?.granted)),
  );
  answered.abort();
  return codes;
}
