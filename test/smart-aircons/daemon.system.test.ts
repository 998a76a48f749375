import { describe, expect, test } from "vitest";
import { startFakeZmote } from "../../devices/smart-aircons/blasters/fake-zmote.ts";
import { startFakeBroadlink } from "../../src/broadlink/fake.ts";
import { startAedes } from "../support/broker.ts";
import { startMosquitto } from "../support/mosquitto.ts";
import { suite } from "../support/need.ts";
import { connectPerson } from "../support/person.ts";
import { freePort } from "../support/ports.ts";
import { startDaemon } from "../support/process.ts";
import { fromBroadlink, fromZmote } from "./daemon-heard.ts";
import { type House, houseWith, root } from "./daemon-lived-in.ts";

const quick = { quiet_time: "50ms" };
const daemonTopic = "mqtt-things/smart-aircons/main/availability/get";

/** What anybody who comes now is told of an aircon. */
async function stateOf({ person }: Pick<House, "person">, aircon: string) {
  const all = await person.retained(`${root}/${aircon}/+/get`);
  return ["power", "mode", "hvac_mode", "temperature"].map((topic) => all.get(`${root}/${aircon}/${topic}/get`)).join();
}

describe.concurrent("the original's start line", () => {
  test("gives two working climates on two Zmotes", async () => {
    await using bedroom = await startFakeZmote({ fast: true });
    await using lounge = await startFakeZmote({ fast: true, uuid: "CI00ffeedd" });
    await using broker = await startAedes();
    await using person = await connectPerson(broker.url, { protocolVersion: 4 });
    const at = (aircon: string, topic: string) => `${root}/${aircon}/${topic}`;
    const online = ["bedroom", "living-room"].map((name) => person.next(at(name, "availability/get"), "online"));
    // As in the original's manifest, but for the addresses.
    const line =
      `-host 127.0.0.1:${broker.port} -airconHost 127.0.0.1:${bedroom.port} -airconName bedroom -airconCodesName mitsubishi ` +
      `-airconHost 127.0.0.1:${lounge.port} -airconName living-room -airconCodesName fujitsu`;
    await using daemon = startDaemon(["smart-aircons", ...line.split(" ")], { env: { MQTT_CLIENT_PROVIDER: "paho" } });
    await Promise.race([Promise.all(online), daemon.exited.then(() => Promise.reject(new Error(daemon.log())))]);
    for (const name of ["bedroom", "living-room"]) {
      expect(await stateOf({ person }, name)).toBe("OFF,fan_only,off,24");
      const document = person.latest(`homeassistant/device/mqtt-things_smart-aircons_main_${name}/config`);
      const { components } = JSON.parse(document ?? "{}");
      expect(components.climate).toMatchObject({ platform: "climate", min_temp: 18, max_temp: 30, temp_step: 1 });
    }
    expect([fromZmote(bedroom), fromZmote(lounge)]).toEqual([[], []]);

    const ask = (name: string, topic: string, payload: string) => person.publish(at(name, `${topic}/set`), payload);
    await ask("bedroom", "mode", "cool");
    await person.until(at("bedroom", "mode/get"), "cool");
    await person.until(at("bedroom", "power/get"), "ON");
    await ask("bedroom", "temperature", "23.6");
    await ask("living-room", "temperature", "19");
    await person.until(at("living-room", "temperature/get"), "19");
    await person.until(at("bedroom", "temperature/get"), "24");
    await ask("living-room", "mode", " HEAT ");
    await person.until(at("living-room", "power/get"), "ON");
    await ask("living-room", "power", "off");
    await person.until(at("living-room", "power/get"), "OFF");
    await ask("bedroom", "mode", "off");
    await person.until(at("bedroom", "mode/get"), "off");
    // As the original's captures had them; 24 is what it was before.
    expect(fromZmote(bedroom)).toEqual(["cool 24 auto vertical", "off"]);
    expect(fromZmote(lounge)).toEqual(["heat 19 auto off", "off"]);
    expect(await stateOf({ person }, "bedroom")).toBe("OFF,off,off,24");
    expect(await stateOf({ person }, "living-room")).toBe("OFF,heat,off,19");
    const refused = person.next(at("bedroom", "temperature/get"), "24");
    await ask("bedroom", "temperature", "17");
    await refused;
    const sent = [fromZmote(bedroom).length, fromZmote(lounge).length];
    daemon.signal("SIGTERM");
    expect(await daemon.exited).toMatchObject({ code: 0 });
    expect([fromZmote(bedroom).length, fromZmote(lounge).length]).toEqual(sent);
    expect(person.latest(daemonTopic)).toBe("offline");
  });

  test("sends new_fujitsu through a Broadlink, and two aircons share one", async () => {
    await using unit = await startFakeBroadlink({ make: "RM4 mini" });
    const host = `127.0.0.1:${unit.port}`;
    const one = (name: string) => ["-airconHost", host, "-airconName", name, "-airconCodesName", "new_fujitsu"];
    await using house = await houseWith({ flags: [...one("study"), ...one("attic"), "-quietTime", "0s"] });
    await house.start();
    expect(await house.person.until("mqtt-things/smart-aircons/main/study-blaster/connectivity/get", "1")).toBe("1");
    await house.say("study", "mode", "cool");
    await house.shows("study", "mode", "cool");
    await house.say("attic", "mode", "heat");
    await house.shows("attic", "mode", "heat");
    expect(fromBroadlink(unit)).toEqual(["cool 24 auto off", "heat 24 auto off"]);
    const documents = [...(await house.person.retained("homeassistant/device/+/config")).keys()];
    expect(documents.map((topic) => topic.replace(/.*main_(.*)\/config/, "$1")).sort()).toEqual([
      "attic",
      "study",
      "study-blaster",
    ]);
    // A session that is open needs one datagram for one frame.
    const before = unit.received.length;
    await house.say("study", "temperature", "20");
    await house.shows("study", "temperature", "20");
    expect(unit.received.slice(before).filter(({ kind }) => kind === "command")).toHaveLength(1);
  });
});

describe.concurrent("an aircon on a real blaster's fake", () => {
  const keys = (url: string) => ({
    ...quick,
    blasters: [{ name: "Blaster", url }],
    aircons: [{ name: "bedroom", blaster: "Blaster", codes: "mitsubishi" }],
  });

  test("is unavailable while its Broadlink is locked, which is said with the way out", async () => {
    await using unit = await startFakeBroadlink({ locked: true });
    await using house = await houseWith({ keys: keys(`broadlink://127.0.0.1:${unit.port}`) });
    await house.begin();
    await house.shows("bedroom", "problem", /lock/i);
    await house.person.until("mqtt-things/smart-aircons/main/blaster/problem/get", /lock/i);
    expect(house.person.latest(`${root}/bedroom/availability/get`)).toBe("offline");
    const again = house.showsAgain("bedroom", "hvac_mode", "off");
    await house.say("bedroom", "mode", "cool");
    await again;
    expect(unit.infrared).toEqual([]);
  });

  test("is unavailable while its Zmote is unplugged, and comes back by itself with nothing sent", async () => {
    const port = await freePort();
    await using house = await houseWith({ keys: keys(`zmote://127.0.0.1:${port}`) });
    await house.begin();
    await house.shows("bedroom", "problem", /./);
    await using zmote = await startFakeZmote({ fast: true, port });
    await house.shows("bedroom", "availability", "online", 15_000);
    await house.shows("bedroom", "problem", "None");
    expect(zmote.infrared).toEqual([]);
    await house.say("bedroom", "mode", "cool");
    await house.shows("bedroom", "mode", "cool");
    expect(fromZmote(zmote)).toEqual(["cool 24 auto off"]);
  });

  test("is as it was when its Zmote says that it could not send", async () => {
    await using zmote = await startFakeZmote({ fast: true });
    await using house = await houseWith({ keys: keys(`zmote://127.0.0.1:${zmote.port}`) });
    await house.start();
    zmote.faults.mishaps.push("ERR_1:1,005");
    const again = house.showsAgain("bedroom", "hvac_mode", "off");
    await house.say("bedroom", "mode", "cool");
    await again;
    expect(await stateOf(house, "bedroom")).toBe("OFF,fan_only,off,24");
    await house.logged.until("command failed");
  });
});

suite("the broker goes in the middle of a command", ["mosquitto"], () => {
  test("and what the blaster has sent is published when it is back; nothing is sent twice", async () => {
    await using zmote = await startFakeZmote({ fast: true });
    await using mosquitto = await startMosquitto();
    const setup = {
      keys: {
        ...quick,
        blasters: [{ name: "Blaster", url: `zmote://127.0.0.1:${zmote.port}` }],
        aircons: [{ name: "bedroom", blaster: "Blaster", codes: "new_fujitsu" }],
      },
    };
    await using house = await houseWith(setup, { broker: mosquitto });
    await house.start();
    // It acts, and its answer takes as long as it takes to lose a broker.
    zmote.faults.mishaps.push("late");
    await house.say("bedroom", "mode", "cool");
    await expect.poll(() => fromZmote(zmote)).toEqual(["cool 24 auto off"]);
    await mosquitto.kill();
    await house.logged.until('"msg":"sent"');
    await mosquitto.start();
    await house.showsAgain("bedroom", "hvac_mode", "cool", 15_000);
    await house.shows("bedroom", "availability", "online");
    expect(await stateOf(house, "bedroom")).toBe("ON,cool,cool,24");
    expect(fromZmote(zmote)).toEqual(["cool 24 auto off"]);
  });
});

test("a daemon that is killed between sending and publishing comes back with what was published, and sends nothing", async () => {
  await using zmote = await startFakeZmote({ fast: true });
  await using broker = await startAedes();
  await using person = await connectPerson(broker.url, { protocolVersion: 4 });
  const flags = ["-host", `127.0.0.1:${broker.port}`, "-airconHost", `127.0.0.1:${zmote.port}`];
  const argv = ["smart-aircons", ...flags, "-airconName", "bedroom", "-airconCodesName", "fujitsu", "-quietTime", "0s"];
  const start = async () => {
    const online = person.next(`${root}/bedroom/availability/get`, "online", 20_000);
    const daemon = startDaemon(argv);
    await Promise.race([online, daemon.exited.then(() => Promise.reject(new Error(daemon.log())))]);
    return daemon;
  };
  {
    await using daemon = await start();
    await person.publish(`${root}/bedroom/mode/set`, "heat");
    await person.until(`${root}/bedroom/mode/get`, "heat");
    zmote.faults.mishaps.push("lost");
    await person.publish(`${root}/bedroom/mode/set`, "cool");
    await expect.poll(() => fromZmote(zmote), { timeout: 5_000 }).toEqual(["heat 24 auto off", "cool 24 auto off"]);
    daemon.signal("SIGKILL");
    await daemon.exited;
  }
  await person.until(daemonTopic, "offline", 15_000);
  await using _again = await start();
  expect(await stateOf({ person }, "bedroom")).toBe("ON,heat,heat,24");
  expect(fromZmote(zmote)).toEqual(["heat 24 auto off", "cool 24 auto off"]);
});
