import { pino } from "pino";
import { schema } from "../../devices/sprinklers/config.ts";
import { type ScriptedBoard, scriptedBoard } from "../../devices/sprinklers/fake.ts";
import { sprinklersDaemon } from "../../devices/sprinklers/main.ts";
import { realClock } from "../../src/clock.ts";
import { run } from "../../src/daemon.ts";
import { startAedes } from "../support/broker.ts";
import { connectPerson, type Person } from "../support/person.ts";
import { type MemoryLink, memoryLink } from "./wired.ts";

export const base = "home/outside/sprinklers";

/** The daemon in this process, on a board in memory and an MQTT broker; what a person sees and says. */
export interface House extends AsyncDisposable {
  person: Person;
  board: ScriptedBoard;
  link: MemoryLink;
  /** Starts the daemon; resolves when its board is shown as online by this run of it. */
  start(): Promise<void>;
  /** Stops it as SIGTERM does. Throws what the daemon throws. */
  stop(): Promise<void>;
  say(topic: string, payload: string | Buffer): Promise<void>;
  /** The latest value of `<base>/<topic>/get` becomes this. */
  shows(topic: string, wanted: Parameters<Person["until"]>[1], timeoutMs?: number): Promise<string>;
  /** As `shows`, of a message still to come. */
  showsAgain(topic: string, wanted: Parameters<Person["until"]>[1], timeoutMs?: number): Promise<string>;
}

/** A broker, a board and a person; the daemon is to be started. `changes` are keys of the configuration file. */
export async function houseWith(changes: object): Promise<House> {
  await using building = new AsyncDisposableStack();
  const broker = building.use(await startAedes());
  const person = building.use(await connectPerson(broker.url, { protocolVersion: 4 }));
  const board = scriptedBoard();
  const link = memoryLink(board, realClock);
  const config = schema("file").parse({ mqtt: { url: broker.url }, port: "(in memory)", ...changes });
  let stopping = new AbortController();
  let running: Promise<void> | undefined;
  const get = (topic: string) => `${base}/${topic}/get`;

  const house: House = {
    person,
    board,
    link,
    async start() {
      stopping = new AbortController();
      const online = person.next(get("availability"), "online");
      const daemon = sprinklersDaemon(() => link);
      running = run(daemon, config, { log: pino({ level: "silent" }), signal: stopping.signal });
      await Promise.race([online, running.then(() => Promise.reject(new Error("the daemon ended")))]);
    },
    async stop() {
      stopping.abort();
      await running;
      running = undefined;
    },
    say: (topic, payload) => person.publish(`${base}/${topic}/set`, payload),
    shows: (topic, wanted, timeoutMs) => person.until(get(topic), wanted, timeoutMs),
    showsAgain: (topic, wanted, timeoutMs) => person.next(get(topic), wanted, timeoutMs),
    [Symbol.asyncDispose]: async () => {},
  };
  const owned = building.move();
  house[Symbol.asyncDispose] = async () => {
    await house.stop().finally(() => owned.disposeAsync());
  };
  return house;
}
