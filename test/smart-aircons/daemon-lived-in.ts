import type { Blaster } from "../../devices/smart-aircons/blasters/blaster.ts";
import { openBlaster } from "../../devices/smart-aircons/blasters/open-blaster.ts";
import { type Config, flags, schema } from "../../devices/smart-aircons/config.ts";
import { smartAirconsDaemon } from "../../devices/smart-aircons/main.ts";
import { load } from "../../src/config.ts";
import { run } from "../../src/daemon.ts";
import { startAedes } from "../support/broker.ts";
import { connectPerson, type Person } from "../support/person.ts";
import { captureLog, type Logged } from "../support/toy.ts";

export const root = "home/inside/smart-aircons";

/** The daemon in this process on blasters of a test's choice and an MQTT broker; what a person sees and says. */
export interface House extends AsyncDisposable {
  person: Person;
  url: string;
  logged: Logged;
  /** Starts the daemon; resolves when this run of it shows these aircons as online. */
  start(): Promise<void>;
  /** Starts it; resolves when it is connected, whatever its blasters do. */
  begin(): Promise<void>;
  /** Stops it as SIGTERM does; resolves with how many ms that took. Throws what the daemon throws. */
  stop(): Promise<number>;
  /** To an aircon's `…/set`. */
  say(aircon: string, topic: string, payload: string | Buffer): Promise<void>;
  /** The latest value of an aircon's `…/get` becomes this. */
  shows(aircon: string, topic: string, wanted: Parameters<Person["until"]>[1], timeoutMs?: number): Promise<string>;
  /** As `shows`, of a message still to come. */
  showsAgain(
    aircon: string,
    topic: string,
    wanted: Parameters<Person["until"]>[1],
    timeoutMs?: number,
  ): Promise<string>;
}

/** What the daemon is started with: keys of a file, or the original's flags, without the broker. */
export type Setup = { keys: object } | { flags: readonly string[] };

interface Options {
  /** A broker that is there already. */
  broker?: { url: string };
  /** Other blasters than the real ones. */
  open?(url: string): Promise<Blaster>;
}

async function configOf(setup: Setup, url: string): Promise<Config> {
  if ("keys" in setup) return schema("file").parseAsync({ mqtt: { url }, ...setup.keys });
  const daemon = { name: "smart-aircons", schema, flags };
  return (await load(daemon, ["-host", url, ...setup.flags], {})).config;
}

/** A broker and a person; the daemon is to be started. */
export async function houseWith(setup: Setup, { broker, open }: Options = {}): Promise<House> {
  await using building = new AsyncDisposableStack();
  const { url } = broker ?? building.use(await startAedes());
  const { log, logged } = captureLog();
  const person = building.use(await connectPerson(url, { protocolVersion: 4 }));
  const config = await configOf(setup, url);
  let stopping = new AbortController();
  let running: Promise<void> | undefined;
  const get = (aircon: string, topic: string) => `${root}/${aircon}/${topic}/get`;

  const house: House = {
    person,
    url,
    logged,
    async start() {
      const online = config.house.aircons.map(({ base }) => person.next(`${base}/availability/get`, "online"));
      await Promise.all([house.begin(), ...online]);
    },
    async begin() {
      stopping = new AbortController();
      const online = person.next("mqtt-things/smart-aircons/main/availability/get", "online");
      running = run(smartAirconsDaemon(open ?? openBlaster), config, { log, signal: stopping.signal });
      await Promise.race([online, running.then(() => Promise.reject(new Error("the daemon ended")))]);
    },
    async stop() {
      const since = performance.now();
      stopping.abort();
      await running;
      running = undefined;
      return performance.now() - since;
    },
    say: (aircon, topic, payload) => person.publish(`${root}/${aircon}/${topic}/set`, payload),
    shows: (aircon, topic, wanted, timeoutMs) => person.until(get(aircon, topic), wanted, timeoutMs),
    showsAgain: (aircon, topic, wanted, timeoutMs) => person.next(get(aircon, topic), wanted, timeoutMs),
    [Symbol.asyncDispose]: async () => {},
  };
  const owned = building.move();
  house[Symbol.asyncDispose] = async () => {
    await house.stop().finally(() => owned.disposeAsync());
  };
  return house;
}
