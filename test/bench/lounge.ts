import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type FakeBroadlink, startFakeBroadlink } from "../../src/broadlink/fake.ts";
import { startMosquitto } from "../support/mosquitto.ts";
import { connectPerson } from "../support/person.ts";
import type { House } from "./daemon.ts";

export const airconsBase = "home/inside/smart-aircons";

/** A broker, Broadlinks with aircons in front of them, a person, and a configuration for a daemon between them. */
export interface Lounge extends House, AsyncDisposable {
  blasters: readonly FakeBroadlink[];
  /** The aircons' names. */
  names: readonly string[];
}

/** Aircons are dealt to the blasters in turn; nothing is waited for before a code is sent. */
export async function lounge(folder: string, { aircons = 1, blasters = 1 } = {}): Promise<Lounge> {
  await using building = new AsyncDisposableStack();
  const broker = building.use(
    await startMosquitto({ quiet: true, extra: "max_queued_messages 0\nset_tcp_nodelay true" }),
  );
  const person = building.use(await connectPerson(broker.url));
  const fakes: FakeBroadlink[] = [];
  for (let n = 0; n < blasters; n++) fakes.push(building.use(await startFakeBroadlink()));
  const names = Array.from({ length: aircons }, (_, n) => `room-${n + 1}`);
  const file = join(folder, `lounge-${aircons}.json`);
  const configuration = {
    mqtt: { url: broker.url },
    quiet_time: "0s",
    blasters: fakes.map(({ host, port }, n) => ({ name: `Blaster ${n + 1}`, url: `broadlink://${host}:${port}` })),
    aircons: names.map((name, n) => ({ name, blaster: `Blaster ${(n % blasters) + 1}`, codes: "new_fujitsu" })),
  };
  await writeFile(file, JSON.stringify(configuration));
  const all = building.move();
  return {
    person,
    blasters: fakes,
    names,
    argv: ["smart-aircons", "--config", file],
    ready: names.map((name) => [`${airconsBase}/${name}/availability/get`, "online"]),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
