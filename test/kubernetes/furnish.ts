import { chmodSync, chownSync, readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { startFakeBridge } from "../../devices/sensors/hue/fake-bridge.ts";
import { startFakeZmote } from "../../devices/smart-aircons/blasters/fake-zmote.ts";
import { boardOnPty } from "../../devices/sprinklers/pty.ts";
import { simulatedBoard } from "../../devices/sprinklers/simulated-board.ts";
import { startMosquitto } from "../support/mosquitto.ts";
import { connectPerson, type Person } from "../support/person.ts";
import type { Plan } from "./house.ts";

/** The key that the fake bridge knows. */
export const HUE_KEY = "fake-key-aSd00000000000000000000000000000";
export const addresses = { bridge: "192.168.137.252", bedroom: "192.168.137.19", livingRoom: "192.168.137.20" };

/** Puts into the house what the manifests say that there is; returns who looks on. */
export async function furnish(plan: Plan, stack: AsyncDisposableStack): Promise<Person> {
  const { users, acl, port, portMode } = plan;
  const options = { port: 1883, quiet: true, ...(users && { users }), ...(acl && { acl }) };
  const broker = stack.use(await startMosquitto(options));
  const hex = readFileSync(join(import.meta.dirname, "../../devices/sprinklers/firmware/sprinklers.hex"), "utf8");
  stack.use(await boardOnPty(simulatedBoard({ hex }), port));
  if (portMode) {
    chownSync(port, 0, portMode.group);
    chmodSync(port, portMode.mode);
  }
  const fakes = [
    { at: addresses.bridge, fake: stack.use(await startFakeBridge({ kind: "round" })) },
    { at: addresses.bedroom, fake: stack.use(await startFakeZmote({ fast: true })) },
    { at: addresses.livingRoom, fake: stack.use(await startFakeZmote({ fast: true, uuid: "CI00ffeedd" })) },
  ];
  for (const { at, fake } of fakes) stack.use(await forward(at, fake.port));
  const password = users?.homeassistant;
  return stack.use(await connectPerson(broker.url, password ? { username: "homeassistant", password } : {}));
}

/** What the fake on this port says, port 80 of the address says. */
async function forward(address: string, port: number): Promise<AsyncDisposable> {
  const server = createServer((client) => {
    const fake = connect(port, "127.0.0.1");
    client.pipe(fake).pipe(client);
    for (const one of [client, fake]) one.on("error", () => one.destroy());
    client.on("close", () => fake.destroy());
    fake.on("close", () => client.destroy());
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(80, address, resolve));
  return {
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}
