import { type Logger, pino } from "pino";
import type { Config } from "../../devices/sensors/config.ts";
import { schema } from "../../devices/sensors/config.ts";
import { type FakeBridge, startFakeBridge } from "../../devices/sensors/hue/fake-bridge.ts";
import { sensorsDaemon } from "../../devices/sensors/main.ts";
import { type FakeBroadlink, startFakeBroadlink } from "../../src/broadlink/fake.ts";
import type { Clock } from "../../src/clock.ts";
import { load } from "../../src/config.ts";
import { run } from "../../src/daemon.ts";
import { type AedesBroker, startAedes } from "../support/broker.ts";
import { connectPerson, type Person } from "../support/person.ts";

export const base = "home/inside/environment";
export const bridgeBase = "mqtt-things/sensors/main/bridge";
export const documentOf = (key: string) => `homeassistant/device/mqtt-things_sensors_main_${key}/config`;

/** The keys of the fake bridge's small house. */
export const HALL = "0017880100000010";
export const LIVING = "0017880100000020";
export const DIMMER = "0017880100000030";

/** The daemon in this process, a bridge, a unit and an MQTT broker; what a person sees. */
export interface House extends AsyncDisposable {
  broker: AedesBroker;
  person: Person;
  bridge: FakeBridge;
  /** Plugged in only where the setting says so. */
  rm4: FakeBroadlink;
  /** What the daemon has logged at `info` and above. */
  lines: { level: number; msg: string; [field: string]: unknown }[];
  /** Starts the daemon, with other keys than before if there are any; does not wait for anything. */
  start(changes?: object): Promise<void>;
  /** Stops it as SIGTERM does. Throws what the daemon throws. */
  stop(): Promise<void>;
  /** The latest value of `<base>/<topic>/get` becomes this. */
  shows(topic: string, wanted: Parameters<Person["until"]>[1], timeoutMs?: number): Promise<string>;
  /** As `shows`, of a message still to come. */
  showsAgain(topic: string, wanted: Parameters<Person["until"]>[1], timeoutMs?: number): Promise<string>;
  /** Everything that is retained below the base topic, without its beginning and without `/get`. */
  standing(below?: string): Promise<Record<string, string>>;
}

interface Setting {
  bridge?: Parameters<typeof startFakeBridge>[0];
  /** Undefined: there is none. */
  rm4?: Parameters<typeof startFakeBroadlink>[0];
  /** In place of a configuration file: the original's flags, but `-host`. */
  flags?(house: House): string[];
  /** Keys of the configuration file, and those of `hue` in it. */
  config?: object;
  hue?: object;
  /** Of the daemon and of the bridge. */
  clock?: Clock;
  /** So long whom the bridge does not list at first may yet come. */
  settledMs?: number;
}

/** A broker, a bridge, perhaps a unit, and a person; the daemon is to be started. */
export async function houseWith(setting: Setting = {}): Promise<House> {
  await using building = new AsyncDisposableStack();
  const clock = setting.clock && { clock: setting.clock };
  const broker = building.use(await startAedes());
  const person = building.use(await connectPerson(broker.url, { protocolVersion: 4 }));
  const bridge = building.use(await startFakeBridge({ ...clock, ...setting.bridge }));
  const rm4 = building.use(await startFakeBroadlink({ name: "Cellar", ...setting.rm4 }));
  const lines: House["lines"] = [];
  const log: Logger = pino(
    { level: "info", base: null },
    { write: (line: string) => void lines.push(JSON.parse(line)) },
  );
  const get = (topic: string) => `${base}/${topic}/get`;
  let stopping = new AbortController();
  let running: Promise<void> | undefined;

  async function configuration(changes: object): Promise<Config> {
    const daemon = sensorsDaemon();
    if (setting.flags) {
      const argv = ["-host", broker.url.replace("mqtt://", ""), ...setting.flags(house)];
      return (await load(daemon, argv, {})).config;
    }
    const plain = bridge.certificates ? {} : { insecure_http: true };
    const places = setting.rm4 ? { broadlink: { hosts: [`${rm4.host}:${rm4.port}`], poll: "1s" } } : {};
    return schema("file").parseAsync({
      mqtt: { url: broker.url },
      hue: {
        host: bridge.host,
        port: bridge.port,
        key: bridge.key,
        reconcile: "1s",
        poll: "1s",
        ...plain,
        ...setting.hue,
      },
      ...places,
      ...setting.config,
      ...changes,
    });
  }

  const house: House = {
    ...{ broker, person, bridge, rm4, lines },
    async start(changes = {}) {
      stopping = new AbortController();
      const everywhere = { address: rm4.host, port: setting.rm4 ? rm4.port : 9 };
      const roots = bridge.certificates?.root;
      const { settledMs = 500 } = setting;
      const daemon = sensorsDaemon({ everywhere, settledMs, ...(roots !== undefined && { roots }) });
      running = run(daemon, await configuration(changes), { log, signal: stopping.signal, ...clock });
      // Said by `stop`.
      running.catch(() => {});
    },
    async stop() {
      stopping.abort();
      await running;
      running = undefined;
    },
    shows: (topic, wanted, timeoutMs) => person.until(get(topic), wanted, timeoutMs),
    showsAgain: (topic, wanted, timeoutMs) => person.next(get(topic), wanted, timeoutMs),
    async standing(below = base) {
      const all = [...(await person.retained(`${below}/#`))];
      return Object.fromEntries(
        all.map(([topic, value]) => [topic.slice(below.length + 1).replace(/\/get$/, ""), value]),
      );
    },
    [Symbol.asyncDispose]: async () => {},
  };
  const owned = building.move();
  house[Symbol.asyncDispose] = async () => {
    await house.stop().finally(() => owned.disposeAsync());
  };
  return house;
}

/** The same, once the daemon shows all there is. */
export async function livedIn(setting: Setting = {}, topics: string[] = ["hall", "kates-living-room"]): Promise<House> {
  const house = await houseWith(setting);
  const all = topics.map((topic) => house.shows(`${topic}/availability`, "online"));
  await house.start();
  await Promise.all(all);
  return house;
}
