import { connect as connectTcp } from "node:net";
import { connect as connectTls, type ConnectionOptions as TlsOptions } from "node:tls";
import { type IClientOptions, MqttClient } from "mqtt";
import type { Logger } from "pino";
import { explain, speaksNoMqtt5 } from "./broker-errors.ts";
import { type Cell, cell } from "./cell.ts";
import type { Clock } from "./clock.ts";
import { complaints } from "./complaints.ts";
import { contest } from "./contest.ts";

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
  tls?: TlsOptions | undefined;
}

export interface Connection {
  /** The client of the open connection, new and subscribed to nothing; undefined while there is none. */
  client: Cell<MqttClient | undefined>;
  /** Whether another client seems to use our id (C5). */
  contested(): boolean;
  /** Says goodbye to the broker (it keeps our word then, not our last will), for at most `ms`, and does not come back. */
  leave(ms: number): Promise<void>;
  /** Resolves when we have left, or the signal has aborted, and the last connection is closed. */
  ended: Promise<void>;
}

const CONNECT_TIMEOUT_MS = 5_000;
const KEEPALIVE_S = 10;
const SESSION_EXPIRY_S = 5;
const FIRST_DELAY_MS = 500;
/** Low enough that everything is back within 10 s of the broker's return (C1). */
const LONGEST_DELAY_MS = 3_000;

interface Ended {
  /** How long the connection lasted from its CONNACK; undefined when there was none. */
  livedMs?: number;
  trouble?: Error & { code?: unknown };
  takenOver: boolean;
}

/**
 * Keeps one connection to the broker until the signal aborts: MQTT 5, or 3.1.1 from the moment a broker refuses 5 (C2).
 * Each attempt has a client of its own, thrown away with its connection, so nothing can be left behind in it.
 */
export function keepConnected(
  options: BrokerOptions,
  { log, clock, signal }: { log: Logger; clock: Clock; signal: AbortSignal },
): Connection {
  const where = `${options.host}:${options.port}`;
  const troubles = complaints(log, clock);
  const client = cell<MqttClient | undefined>(undefined);
  const rivalry = contest();
  let version: 4 | 5 = 5;
  let connectedAtMs: number | undefined;
  let leaving = false;

  async function attempt(): Promise<Ended> {
    const current = new MqttClient(() => openSocket(options), clientOptions(options, version));
    const closed = Promise.withResolvers<void>();
    const close = () => closed.resolve();
    const ended: Ended = { takenOver: false };
    current.on("error", (error) => {
      ended.trouble ??= error;
      if (!current.connected) current.end(true);
    });
    current.on("disconnect", (packet) => (ended.takenOver = packet.reasonCode === 0x8e));
    current.on("connect", () => {
      connectedAtMs = clock.monotonicMs();
      client.set(current);
    });
    current.on("close", close);
    current.on("end", close);
    signal.addEventListener("abort", close);
    await closed.promise;
    signal.removeEventListener("abort", close);
    current.end(true);
    if (connectedAtMs !== undefined) ended.livedMs = clock.monotonicMs() - connectedAtMs;
    connectedAtMs = undefined;
    if (client.get()) client.set(undefined);
    return ended;
  }

  async function run(): Promise<void> {
    let delayMs = FIRST_DELAY_MS;
    for (;;) {
      if (signal.aborted || leaving) return;
      const { livedMs, trouble, takenOver } = await attempt();
      if (signal.aborted || leaving) return;
      if (version === 5 && speaksNoMqtt5(trouble)) {
        version = 4;
        log.info({ broker: where }, "the broker does not speak MQTT 5, using 3.1.1");
        continue;
      }
      if (livedMs === undefined) troubles.say(explain(trouble, where));
      else {
        delayMs = FIRST_DELAY_MS;
        troubles.over("the broker can't be reached");
        if (rivalry.ended(clock.monotonicMs(), livedMs, takenOver)) {
          log.error(
            { clientId: options.clientId },
            `another client uses id ${options.clientId}, or the broker drops us`,
          );
        }
        troubles.say("the connection to the broker is lost", { broker: where, because: trouble?.message });
      }
      await clock.sleep(Math.max(delayMs, rivalry.delayMs()) * (0.75 + Math.random() / 4), signal);
      delayMs = Math.min(delayMs * 1.5, LONGEST_DELAY_MS);
    }
  }

  return {
    client,
    contested: () => rivalry.goesOn(connectedAtMs === undefined ? 0 : clock.monotonicMs() - connectedAtMs),
    async leave(ms) {
      leaving = true;
      await Promise.race([client.get()?.endAsync(), clock.sleep(ms)]);
    },
    ended: run(),
  };
}

function openSocket({ host, port, tls }: BrokerOptions) {
  return tls ? connectTls({ host, port, ...tls }).setNoDelay(true) : connectTcp({ host, port, noDelay: true });
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
