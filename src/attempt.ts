import type { Socket } from "node:net";
import { type IClientOptions, MqttClient } from "mqtt";
import { writeToStream } from "mqtt-packet";
import type { Clock } from "./clock.ts";

/** Where the broker is, and who we are there. */
export interface BrokerOptions {
  host: string;
  port: number;
  /** Fixed for a daemon and its instance (C3). */
  clientId: string;
  /** Retained `offline` here is our last will. */
  willTopic: string;
  username?: string | undefined;
  password?: string | undefined;
  /** Begins to connect. */
  openSocket(): Socket;
}

/** How a connection ended. */
export interface Ended {
  /** How long it lasted from its CONNACK, in ms; undefined when there was none. */
  livedMs?: number;
  trouble?: Error & { code?: unknown };
  /** The broker said that another client came with our id (0x8E). */
  takenOver: boolean;
}

// Its table of every 16-bit number takes 7 MB.
writeToStream.cacheNumbers = false;

const CONNECT_TIMEOUT_MS = 5_000;
const KEEPALIVE_S = 10;
const SESSION_EXPIRY_S = 5;
const SESSION_TAKEN_OVER = 0x8e;
/** Messages taken at a stretch; 100 take some 5 ms. */
const STRETCH = 100;

/**
 * One connection from its first byte to its last: resolves when it is closed, or the signal has aborted, and nothing of
 * it is left. `opened` is called with a client that is connected and subscribed to nothing. Never throws.
 */
export async function attempt(
  options: BrokerOptions,
  version: 4 | 5,
  { clock, signal, opened }: { clock: Clock; signal: AbortSignal; opened(client: MqttClient): void },
): Promise<Ended> {
  const client = new MqttClient(() => options.openSocket(), clientOptions(options, version));
  const closed = Promise.withResolvers<void>();
  const close = () => closed.resolve();
  const ended: Ended = { takenOver: false };
  let openedAtMs: number | undefined;
  let over = false;
  const fail = (error: Error) => {
    ended.trouble ??= error;
    client.end(true);
  };
  let taken = 0;
  // What has come in at once may take seconds: timers have their turn in between, a valve's deadline among them.
  client.handleMessage = (_packet, done) => {
    if (++taken % STRETCH) done();
    else setImmediate(done);
  };
  client.on("error", fail);
  client.on("disconnect", ({ reasonCode }) => {
    ended.takenOver = reasonCode === SESSION_TAKEN_OVER;
    fail(new Error(`the broker closed it (reason ${reasonCode ?? 0})`));
  });
  client.on("connect", () => {
    // mqtt.js still says it of a CONNACK that it reads after the end.
    if (over) return;
    openedAtMs = clock.monotonicMs();
    opened(client);
  });
  client.on("close", close);
  client.on("end", close);
  signal.addEventListener("abort", close);
  if (signal.aborted) close();
  await closed.promise;
  over = true;
  signal.removeEventListener("abort", close);
  client.end(true);
  // `end` does nothing while an orderly end waits for a broker that is mute.
  client.stream.destroy();
  if (openedAtMs !== undefined) ended.livedMs = clock.monotonicMs() - openedAtMs;
  return ended;
}

function clientOptions({ clientId, willTopic, username, password }: BrokerOptions, version: 4 | 5): IClientOptions {
  const will = { topic: willTopic, payload: Buffer.from("offline"), qos: 1, retain: true } as const;
  return {
    clientId,
    protocolVersion: version,
    clean: true,
    keepalive: KEEPALIVE_S,
    connectTimeout: CONNECT_TIMEOUT_MS,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(version === 5
      ? {
          properties: { sessionExpiryInterval: SESSION_EXPIRY_S },
          will: { ...will, properties: { willDelayInterval: SESSION_EXPIRY_S } },
        }
      : { will }),
  };
}
