import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ScriptedBoard, scriptedBoard } from "../../devices/sprinklers/fake.ts";
import { boardOnPty, type PtyPort } from "../../devices/sprinklers/pty.ts";
import { connectPerson, type Person } from "../support/person.ts";
import { type Daemon, startDaemon } from "../support/process.ts";

export const base = "home/outside/sprinklers";

/** A board on a pty, behind a link as in `/dev/serial/by-id`, and the daemon as a process of its own. */
export interface SerialHouse extends AsyncDisposable {
  board: ScriptedBoard;
  /** Where the port is; stays the same when the board is plugged in again. */
  link: string;
  folder: string;
  person: Person;
  cable: PtyPort;
  daemon: Daemon;
  plugIn(board: ScriptedBoard): Promise<PtyPort>;
  /** Starts a daemon with these keys; it ends with the house. */
  start(config: object): Promise<Daemon>;
  say(topic: string, payload: string): Promise<void>;
  shows(topic: string, wanted: Parameters<Person["until"]>[1], timeoutMs?: number): Promise<string>;
  showsAgain(topic: string, wanted: Parameters<Person["until"]>[1], timeoutMs?: number): Promise<string>;
  /** Opens zone 2 and waits until it is shown open. */
  water(): Promise<void>;
}

/** A board with zones on relays 2 and 3, served and online. */
export async function serialHouse(brokerUrl: string): Promise<SerialHouse> {
  await using building = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "serial-"));
  building.defer(() => rm(folder, { recursive: true }));
  const link = join(folder, "usb-Arduino");
  const board = scriptedBoard();
  const person = building.use(await connectPerson(brokerUrl, { protocolVersion: 4 }));
  // Ended one after the other, the last first: a daemon never sees its board go.
  const owned = new AsyncDisposableStack();
  building.use(owned);
  const plugIn = async (board: ScriptedBoard) => owned.use(await boardOnPty(board, link));
  const cable = await plugIn(board);

  let files = 0;
  async function start(changes: object): Promise<Daemon> {
    const config = {
      mqtt: { url: brokerUrl },
      port: link,
      zones: [{ relay: 2, name: "Front lawn" }, { relay: 3 }],
      ...changes,
    };
    const file = join(folder, `config-${files++}.yaml`);
    // JSON is YAML.
    await writeFile(file, JSON.stringify(config));
    return owned.use(startDaemon(["sprinklers", "-config", file]));
  }
  const online = person.next(`${base}/availability/get`, "online", 15_000);
  const daemon = await start({});
  await Promise.race([online, daemon.exited.then(() => Promise.reject(new Error(daemon.log())))]);

  const house: SerialHouse = {
    board,
    link,
    folder,
    person,
    cable,
    daemon,
    plugIn,
    start,
    say: (topic, payload) => person.publish(`${base}/${topic}/set`, payload),
    shows: (topic, wanted, timeoutMs) => person.until(`${base}/${topic}/get`, wanted, timeoutMs),
    showsAgain: (topic, wanted, timeoutMs) => person.next(`${base}/${topic}/get`, wanted, timeoutMs),
    async water() {
      await house.say("bank/2/state", "1");
      await house.shows("bank/2/state", "1");
    },
    [Symbol.asyncDispose]: async () => {},
  };
  const all = building.move();
  house[Symbol.asyncDispose] = () => all.disposeAsync();
  return house;
}
