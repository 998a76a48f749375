import type { Logger } from "pino";
import { brokerOptions } from "./broker.ts";
import type { Cell } from "./cell.ts";
import { atMost, type Clock, realClock } from "./clock.ts";
import type { Configurable } from "./config.ts";
import type { CoreConfig } from "./core-keys.ts";
import { type Discovery, discovery } from "./discovery.ts";
import { type Pulse, pulse, serveHealth } from "./health.ts";
import { allDocuments, daemonTopic, type Identity } from "./homeassistant.ts";
import { metrics } from "./metrics.ts";
import { type Mqtt, openMqtt } from "./mqtt.ts";
import { answerBirths, stayOnline } from "./presence.ts";
import { type DeviceList, serveAll } from "./serve-all.ts";
import { version } from "./version.ts";

/** What a daemon opens its devices with. */
export interface Context<C> {
  config: C;
  log: Logger;
  clock: Clock;
  /** Everything put here is closed first at the end, while its last states are still published. */
  own: AsyncDisposableStack;
  /** Whether the broker is there. */
  connected: Cell<boolean>;
  pulse: Pulse;
  signal: AbortSignal;
}

export interface Daemon<C extends CoreConfig> extends Configurable<C> {
  /** Its devices, again after each change; each list is complete. */
  open(context: Context<C>): AsyncIterable<DeviceList>;
}

/** How a daemon is run. */
export interface Run {
  log: Logger;
  signal: AbortSignal;
  clock?: Clock;
  /** Told the port of the health endpoint, which may have been chosen by the system (port 0). */
  onHealth?(port: number): void;
}

const BEAT_MS = 5_000;
/** For devices whose states don't end at once when asked to. */
const LAST_WORDS_MS = 200;

/**
 * Runs a daemon until the signal aborts; then makes its hardware safe, says `offline` and leaves, within 5 s (C10).
 * Throws what its devices throw (`Fatal` where only a restart can help), or what made the hardware unsafe to leave.
 */
export async function run<C extends CoreConfig>(
  daemon: Daemon<C>,
  config: C,
  { log, signal, clock = realClock, onHealth }: Run,
): Promise<void> {
  const identity: Identity = { daemon: daemon.name, instance: config.instance, version };
  const options = await brokerOptions(config, identity);
  if (config.mqtt.insecure) log.warn("mqtt.insecure: the broker's certificate is not verified");
  const counters = metrics();
  const beating = pulse(clock);
  const serving = new AbortController();

  // Closed in reverse order: hardware, then the devices on MQTT, then the connection, then the health endpoint.
  await using stack = new AsyncDisposableStack();
  const health = { mqtt: undefined as Mqtt | undefined };
  if (config.health_port !== undefined) {
    const unready = () => {
      if (!health.mqtt?.connected.get()) return "not connected to the broker";
      return health.mqtt.contested() ? "another client uses our id" : undefined;
    };
    const { health_port: port, health_host: host } = config;
    const server = stack.use(await serveHealth({ port, host, pulse: beating, unready, metrics: counters.text }));
    log.info({ port: server.port }, "health endpoint is up");
    onHealth?.(server.port);
  }
  const mqtt = stack.use(openMqtt(options, { log, clock, metrics: counters }));
  health.mqtt = mqtt;
  stayOnline(mqtt, daemonTopic(identity), serving.signal);
  stack.defer(() => mqtt.publish("availability", daemonTopic(identity), "offline"));
  answerBirths(mqtt, clock, serving.signal);
  void beat(beating.loop("main"), clock, serving.signal);

  const house = {
    identity,
    mqtt,
    log,
    clock,
    metrics: counters,
    discovery: config.discovery ? openDiscovery(identity, mqtt, clock, serving.signal) : undefined,
  };
  let served = Promise.resolve();
  stack.defer(async () => {
    serving.abort();
    await atMost(LAST_WORDS_MS, served, clock);
  });
  const own = stack.use(new AsyncDisposableStack());
  const context = { config, log, clock, own, connected: mqtt.connected, pulse: beating, signal: serving.signal };
  const failing = Promise.withResolvers<never>();
  served = serveAll(daemon.open(context), house, serving.signal, failing.reject);

  const stopped = new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
  await Promise.race([stopped, failing.promise]);
  log.info("stopping");
}

async function openDiscovery(identity: Identity, mqtt: Mqtt, clock: Clock, signal: AbortSignal): Promise<Discovery> {
  return discovery(identity, await mqtt.recall([allDocuments], signal), { mqtt, clock, signal });
}

async function beat(beat: () => void, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    beat();
    await clock.sleep(BEAT_MS, signal);
  }
}
