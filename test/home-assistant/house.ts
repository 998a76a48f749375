import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Mosquitto, startMosquitto } from "../support/mosquitto.ts";
import { connectPerson, type Person } from "../support/person.ts";
import { type Daemon, startDaemon } from "../support/process.ts";
import { type Frontend, openFrontend } from "./frontend.ts";
import { type Hardware, hardwareIn, keysOf } from "./hardware.ts";
import { type HomeAssistant, startHomeAssistant } from "./home-assistant.ts";
import { available, everybody, type Name } from "./shown.ts";

/** A whole house: a broker, hardware, the three daemons as processes, Home Assistant, and a person in front of it. */
export interface House extends AsyncDisposable {
  broker: Mosquitto;
  person: Person;
  hardware: Hardware;
  homeAssistant: HomeAssistant;
  /** Another one after each restart of Home Assistant. */
  frontend: Frontend;
  daemons: Map<Name, Daemon>;
  /** Starts a daemon with these keys besides the house's own, and this environment; it ends with the house. */
  start(name: Name, keys?: object, env?: Record<string, string>): Promise<Daemon>;
  /** Starts Home Assistant again after it was stopped, and opens it. */
  openHomeAssistant(): Promise<void>;
}

/** Builds everything but the daemons, with Home Assistant done starting. */
export async function emptyHouse({ persistence = false } = {}): Promise<House> {
  await using building = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "house-"));
  building.defer(() => rm(folder, { recursive: true, force: true }));
  const broker = building.use(await startMosquitto({ persistence, quiet: true }));
  const hardware = building.use(await hardwareIn(folder));
  const person = building.use(await connectPerson(broker.url));
  const homeAssistant = building.use(await startHomeAssistant(broker.port));
  const daemons = new Map<Name, Daemon>();
  const owned = new AsyncDisposableStack();
  let files = 0;

  const house: House = {
    ...{ broker, person, hardware, homeAssistant, daemons },
    frontend: await ready(homeAssistant),
    async start(name, keys = {}, env = {}) {
      const file = join(folder, `${name}-${files++}.yaml`);
      // JSON is YAML.
      const all = { mqtt: { url: broker.url }, ...keysOf(name, hardware), ...keys };
      await writeFile(file, JSON.stringify(all), { mode: 0o600 });
      const daemon = owned.use(startDaemon([name, "--config", file], { env: { TZ: "Australia/Perth", ...env } }));
      daemons.set(name, daemon);
      return daemon;
    },
    async openHomeAssistant() {
      await homeAssistant.start();
      house.frontend = await ready(homeAssistant);
    },
    [Symbol.asyncDispose]: async () => {},
  };
  // The daemons first: none of them sees its hardware go.
  building.defer(() => house.frontend[Symbol.asyncDispose]());
  building.use(owned);
  const all = building.move();
  house[Symbol.asyncDispose] = () => all.disposeAsync();
  return house;
}

/** A frontend of a Home Assistant that is done starting. */
async function ready(homeAssistant: HomeAssistant): Promise<Frontend> {
  const frontend = await openFrontend(homeAssistant);
  // Later releases want a person to confirm the port, or restart on another one after 5 min. Earlier ones don't know this.
  await frontend.call("http/config/promote").catch(() => {});
  for (const end = performance.now() + 60_000; performance.now() < end; ) {
    const { state } = await frontend.call<{ state: string }>("get_config");
    if (state === "RUNNING") return frontend;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Home Assistant does not finish starting:\n${homeAssistant.log().slice(-5_000)}`);
}

/** The same with all daemons, and everything available. */
export async function livedInHouse(options: { persistence?: boolean } = {}): Promise<House> {
  const house = await emptyHouse(options);
  try {
    for (const name of everybody) await house.start(name);
    await available(house);
    return house;
  } catch (error) {
    const logs = [...house.daemons].map(([name, daemon]) => `${name}: ${daemon.log()}`);
    const heard = house.homeAssistant.log().slice(-5_000);
    await house[Symbol.asyncDispose]();
    throw new Error(`${(error as Error).message}\n${logs.join("\n")}\nHome Assistant: ${heard}`, { cause: error });
  }
}
