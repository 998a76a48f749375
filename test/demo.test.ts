import { createServer } from "node:net";
import { expect, test } from "vitest";
import { startMosquitto } from "./support/mosquitto.ts";
import { suite } from "./support/need.ts";
import { connectPerson } from "./support/person.ts";
import { freePort } from "./support/ports.ts";
import { cli, startDaemon } from "./support/process.ts";

const base = "home/outside/sprinklers";

/** The demo as a process, ready, and a person at its broker. */
async function startDemo(...argv: string[]) {
  const stack = new AsyncDisposableStack();
  const demo = stack.use(startDaemon(["demo", "--json", ...argv]));
  const line: { broker: string; health: string } = JSON.parse(await demo.untilLog(/^\{"broker"/, 20_000));
  const person = stack.use(await connectPerson(line.broker, { protocolVersion: 4 }));
  return { demo, person, ...line, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

test("the demo's garden obeys, says so, retained, and ends cleanly with Ctrl-C", async () => {
  await using house = await startDemo("--port", String(await freePort()));
  const { person, demo } = house;
  // It runs the compiled firmware: the original can't be asked what it is.
  await person.until(`${base}/firmware/get`, /^mqtt-things \d/);
  await person.publish(`${base}/bank/2/state/set`, "1");
  await person.until(`${base}/bank/2/state/get`, "1");
  expect((await person.retained(`${base}/bank/2/state/get`)).get(`${base}/bank/2/state/get`)).toBe("1");
  await person.publish(`${base}/bank/2/state/set`, "0");
  await person.until(`${base}/bank/2/state/get`, "0");
  demo.signal("SIGINT");
  expect(await demo.exited).toMatchObject({ code: 0 });
});

test("the demo answers /livez and /readyz where it says", async () => {
  await using house = await startDemo("--port", String(await freePort()));
  expect((await fetch(`${house.health}/livez`)).status).toBe(200);
  expect((await fetch(`${house.health}/readyz`)).status).toBe(200);
});

test("a port that is taken is left alone, and another one is used", async () => {
  const port = await freePort();
  const taken = createServer().listen(port, "127.0.0.1");
  await using house = await startDemo("--port", String(port));
  expect(new URL(house.broker).port).not.toBe(String(port));
  taken.close();
});

test("without a terminal the demo prints a line per change, and commands to paste", async () => {
  const port = await freePort();
  await using demo = startDaemon(["demo", "--port", String(port)]);
  await demo.untilLog(`mosquitto_pub -p ${port} -t ${base}/bank/2/state/set -m 1`, 20_000);
  await using person = await connectPerson(`mqtt://127.0.0.1:${port}`, { protocolVersion: 4 });
  await person.publish(`${base}/bank/3/run/set`, "20");
  await demo.untilLog("bank 3 (Veggie beds): relay on, state 1", 10_000);
  demo.signal("SIGTERM");
  expect(await demo.exited).toMatchObject({ code: 0 });
  expect(demo.log()).toContain("the house is closed");
});

test("the demo ends, without a word, when nobody reads it any more", async () => {
  const demo = `'${process.execPath}' '${cli}' demo --port ${await freePort()}`;
  await using shell = startDaemon(["-c", `set -o pipefail; ${demo} | head -n 1`], { command: "bash" });
  expect(await shell.exited).toMatchObject({ code: 0 });
  expect(shell.log()).toMatch(/^broker .*$/);
});

test("the demo's aircons obey, and what their blasters send is decoded", async () => {
  const port = await freePort();
  await using demo = startDaemon(["demo", "--port", String(port)]);
  await demo.untilLog("bedroom/mode/set -m cool", 20_000);
  await using person = await connectPerson(`mqtt://127.0.0.1:${port}`, { protocolVersion: 4 });
  const aircons = "home/inside/smart-aircons";
  await person.publish(`${aircons}/bedroom/mode/set`, "cool");
  await person.publish(`${aircons}/living-room/power/set`, "ON");
  await person.until(`${aircons}/bedroom/hvac_mode/get`, "cool");
  await demo.untilLog("the last one says: mitsubishi-144, cool, 24 °C, fan auto", 10_000);
  await demo.untilLog("the last one says: fujitsu-16, fan_only", 10_000);
});

test("somebody comes home to the demo, the light is measured, and so is the air", async () => {
  await using house = await startDemo("--port", String(await freePort()));
  const { person } = house;
  const environment = "home/inside/environment";
  // On a busy machine we may have missed the first time.
  await person.until(`${environment}/hall/presence/get`, "1", 45_000);
  await person.until(`${environment}/living-room/presence/get`, "1", 45_000);
  await person.until(`${environment}/hall/presence/get`, "0", 45_000);
  expect(Number(person.latest(`${environment}/kitchen/light_level/get`))).toBeGreaterThanOrEqual(2_000);
  expect(Number(person.latest(`${environment}/kitchen/temperature/get`))).toBeGreaterThan(17);
  expect(Number(person.latest(`${environment}/bedroom/humidity/get`))).toBeGreaterThan(40);
  expect(person.latest("mqtt-things/sensors/main/bridge/problem/get")).toBe("None");
}, 120_000);

test("on a terminal or not, a taken port is told", async () => {
  const port = await freePort();
  const taken = createServer().listen(port, "127.0.0.1");
  await using demo = startDaemon(["demo", "--port", String(port)]);
  await demo.untilLog(`port ${port} is taken, using `, 20_000);
  taken.close();
});

suite("with a broker of one's own", ["mosquitto"], () => {
  test("the demo's garden is in it, and Home Assistant is told", async () => {
    await using broker = await startMosquitto({});
    await using person = await connectPerson(broker.url);
    await using demo = startDaemon(["demo", "--json", "--broker", broker.url]);
    expect(JSON.parse(await demo.untilLog(/^\{"broker"/, 20_000))).toMatchObject({ broker: broker.url });
    await person.publish(`${base}/bank/4/state/set`, "ON");
    await person.until(`${base}/bank/4/state/get`, "1");
    expect(person.latest("homeassistant/device/mqtt-things_sprinklers_main_board/config")).toContain("Front lawn");
  });
});
