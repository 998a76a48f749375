import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Code } from "../../devices/smart-aircons/code-sets/code-set.ts";
import { discoveryProblems } from "../support/discovery-rules.ts";
import { type ToyBlaster, toyBlaster } from "./aircon-blaster.ts";
import { understood } from "./daemon-heard.ts";
import { type House, houseWith, root } from "./daemon-lived-in.ts";

const texts = ({ sent }: ToyBlaster) => sent.map(({ code }: { code: Code }) => understood(code.waveform));
const blasters = [{ name: "Bedroom blaster", url: "broadlink://192.0.2.1" }];
const bedroom = { name: "bedroom", blaster: "Bedroom blaster", codes: "mitsubishi" };
const base = `${root}/bedroom`;

/** A house with one aircon, on a blaster in memory. */
async function bedroomWith(changes: object = {}, house: object = {}, blaster = toyBlaster()) {
  const keys = { blasters, aircons: [{ ...bedroom, ...changes }], quiet_time: "50ms", ...house };
  return { house: await houseWith({ keys }, { open: async () => blaster }), blaster };
}

/** What anybody who comes now is given below the aircon's topics, without what is not about its setting. */
async function retained({ person }: House, topics = ["power", "mode", "hvac_mode", "temperature"]) {
  const all = await person.retained(`${base}/#`);
  return Object.fromEntries(topics.map((topic) => [topic, all.get(`${base}/${topic}/get`)]));
}

describe("an aircon in the bedroom", () => {
  let house: House;
  let blaster: ToyBlaster;
  beforeAll(async () => {
    ({ house, blaster } = await bedroomWith());
    await house.start();
  });
  afterAll(() => house[Symbol.asyncDispose]());
  afterEach(async () => {
    blaster.failing = undefined;
    blaster.back();
    await house.shows("bedroom", "availability", "online");
    await house.say("bedroom", "mode", "fan_only");
    await house.shows("bedroom", "mode", "fan_only");
    // Else nothing would be waited for where it was off in that mode, and its code be the next test's.
    await house.shows("bedroom", "power", "ON");
    await house.say("bedroom", "power", "OFF");
    await house.shows("bedroom", "power", "OFF");
    await house.say("bedroom", "temperature", "24");
    await house.shows("bedroom", "temperature", "24");
    blaster.sent.length = 0;
  });

  test("is off, fan only, 24 °C at first, and has been sent nothing", async () => {
    expect(Object.fromEntries(await house.person.retained(`${base}/#`))).toEqual({
      [`${base}/availability/get`]: "online",
      [`${base}/power/get`]: "OFF",
      [`${base}/mode/get`]: "fan_only",
      [`${base}/hvac_mode/get`]: "off",
      [`${base}/temperature/get`]: "24",
      [`${base}/fan_mode/get`]: "auto",
      [`${base}/swing_mode/get`]: "off",
      [`${base}/problem/get`]: "None",
      [`${base}/memory/get`]: '{"mode":"fan_only","fan":"auto","swing":"off"}',
    });
    expect(blaster.asked).toBe(0);
  });

  test("command: a mode switches it on, and is shown when the blaster has sent it", async () => {
    blaster.hold();
    const asked = blaster.asked;
    await house.say("bedroom", "mode", "cool");
    await expect.poll(() => blaster.asked).toBe(asked + 1);
    expect(house.person.latest(`${base}/mode/get`)).toBe("fan_only");
    blaster.release();
    await house.shows("bedroom", "mode", "cool");
    await house.shows("bedroom", "power", "ON");
    await house.shows("bedroom", "hvac_mode", "cool");
    expect(texts(blaster)).toEqual(["cool 24 auto off"]);
  });

  test("command: ten set-points within a second are one frame, the last", async () => {
    await house.say("bedroom", "mode", "cool");
    await house.shows("bedroom", "mode", "cool");
    const points = ["16", "17", "18", "19", "20", "21", "22", "23", "25", "26"];
    await Promise.all(points.map((celsius) => house.say("bedroom", "temperature", celsius)));
    await house.shows("bedroom", "temperature", "26");
    expect(texts(blaster)).toEqual(["cool 24 auto off", "cool 26 auto off"]);
  });

  test("command: Home Assistant's card switches it off and on again", async () => {
    await house.say("bedroom", "hvac_mode", "heat");
    await house.shows("bedroom", "hvac_mode", "heat");
    await house.say("bedroom", "temperature", "21.0");
    await house.shows("bedroom", "temperature", "21");
    await house.say("bedroom", "power", "OFF");
    await house.shows("bedroom", "hvac_mode", "off");
    expect(house.person.latest(`${base}/mode/get`)).toBe("heat");
    await house.say("bedroom", "power", "ON");
    await house.shows("bedroom", "hvac_mode", "heat");
    expect(texts(blaster)).toEqual(["heat 24 auto off", "heat 21 auto off", "off", "heat 21 auto off"]);
  });

  test("command: the same again sends nothing, resend sends one, marking as off none", async () => {
    await house.say("bedroom", "mode", "cool");
    await house.shows("bedroom", "mode", "cool");
    await house.say("bedroom", "mode", "cool");
    await house.say("bedroom", "temperature", "24");
    await house.say("bedroom", "resend", "PRESS");
    await expect.poll(() => blaster.sent.length).toBe(2);
    await house.say("bedroom", "assume", "PRESS");
    await house.shows("bedroom", "power", "OFF");
    expect(texts(blaster)).toEqual(["cool 24 auto off", "cool 24 auto off"]);
  });

  test.each([
    ["temperature", "NaN"],
    ["temperature", "23,5"],
    ["temperature", '{"temperature":23}'],
    ["temperature", "15"],
    ["temperature", "32"],
    ["mode", "warm"],
    ["hvac_mode", "heat_cool"],
    ["fan_mode", "turbo"],
    ["power", "banana"],
  ])("nonsense: %s %j is refused in words, and what is true is said again", async (topic, payload) => {
    const shown = house.person.latest(`${base}/${topic}/get`) ?? "";
    const again = house.showsAgain("bedroom", topic, shown);
    await house.say("bedroom", topic, payload);
    await again;
    expect(house.logged.text()).toContain(`command refused: ${base}/${topic}/set`);
    expect(texts(blaster)).toEqual([]);
  });

  test("surprise: a blaster that fails leaves the state, which is said again, with the reason in the log", async () => {
    blaster.failing = "the Zmote is busy";
    const again = house.showsAgain("bedroom", "hvac_mode", "off");
    await house.say("bedroom", "mode", "cool");
    await again;
    await house.logged.until("command failed: home/inside/smart-aircons/bedroom/mode/set");
    expect(house.logged.text()).toContain("the Zmote is busy");
    expect(await retained(house)).toMatchObject({ power: "OFF", mode: "fan_only" });
  });

  test("loss: a blaster that is away makes it unavailable, and nothing waits for its return", async () => {
    blaster.away("it does not answer: is it plugged in?");
    await house.shows("bedroom", "availability", "offline");
    await house.shows("bedroom", "problem", "it does not answer: is it plugged in?");
    const asked = blaster.asked;
    const again = house.showsAgain("bedroom", "hvac_mode", "off");
    await house.say("bedroom", "mode", "cool");
    // What is shown again may still be an answer to the test before.
    await house.logged.until(/command refused: \S+\/bedroom\/mode\/set \W*cool/);
    await again;
    blaster.back();
    await house.shows("bedroom", "availability", "online");
    await house.shows("bedroom", "problem", "None");
    // Somebody's next command is all that is sent.
    await house.say("bedroom", "mode", "heat");
    await house.shows("bedroom", "mode", "heat");
    expect(blaster.asked).toBe(asked + 1);
    expect(texts(blaster)).toEqual(["heat 24 auto off"]);
  });

  test("A1: Home Assistant's birth sends no infrared", async () => {
    const again = house.showsAgain("bedroom", "power", "OFF");
    await house.person.publish("homeassistant/status", "online");
    await again;
    expect(blaster.sent).toEqual([]);
  });

  test("nonsense: rubbish on every topic moves nothing", async () => {
    const rubbish = [
      Buffer.from([0, 1, 2, 255, 254]),
      Buffer.alloc(1 << 20, "9"),
      "[".repeat(5_000),
      "\u0000",
      "1e9",
      "0x10",
    ];
    const topics = ["power", "mode", "hvac_mode", "temperature", "fan_mode", "swing_mode", "assume"];
    for (const topic of topics) for (const payload of rubbish) await house.say("bedroom", topic, payload);
    const again = house.showsAgain("bedroom", "temperature", "24");
    await house.say("bedroom", "temperature", "rubbish");
    await again;
    expect(blaster.sent).toEqual([]);
    expect(await retained(house)).toMatchObject({ power: "OFF", mode: "fan_only", temperature: "24" });
  });
});

describe.concurrent("A1: a daemon that comes back", () => {
  test("has the state of its own topics, and sends nothing, neither at the stop nor at the start", async () => {
    const { house, blaster } = await bedroomWith();
    await using _house = house;
    await house.start();
    await house.say("bedroom", "mode", "heat");
    await house.shows("bedroom", "mode", "heat");
    await house.say("bedroom", "temperature", "19");
    await house.shows("bedroom", "temperature", "19");
    await house.say("bedroom", "fan_mode", "low");
    await house.shows("bedroom", "fan_mode", "low");
    await house.say("bedroom", "mode", "off");
    await house.shows("bedroom", "mode", "off");
    const [before, asked] = [await retained(house), blaster.asked];
    await house.stop();
    blaster.closed = false;
    expect(await retained(house, ["availability"])).toEqual({ availability: "offline" });
    await house.start();
    expect(await retained(house)).toEqual(before);
    expect(blaster.asked).toBe(asked);
    await house.say("bedroom", "power", "ON");
    await house.shows("bedroom", "power", "ON");
    expect(await retained(house)).toEqual({ power: "ON", mode: "heat", hvac_mode: "heat", temperature: "19" });
    expect(texts(blaster).at(-1)).toBe("heat 19 low off");
  });

  test("is back within 2 s of connecting, also in a house of the original's topics", async () => {
    const { house, blaster } = await bedroomWith();
    await using _house = house;
    for (const [topic, payload] of [
      ["power", "ON"],
      ["mode", "cool"],
      ["temperature", "22"],
    ] as const) {
      await house.person.publish(`${base}/${topic}/get`, payload, { retain: true });
    }
    await house.begin();
    const since = performance.now();
    await house.shows("bedroom", "hvac_mode", "cool");
    expect(performance.now() - since).toBeLessThan(2_000);
    await house.shows("bedroom", "availability", "online");
    expect(await retained(house)).toEqual({ power: "ON", mode: "cool", hvac_mode: "cool", temperature: "22" });
    expect(blaster.asked).toBe(0);
  });

  test("obeys no retained command", async () => {
    const { house, blaster } = await bedroomWith();
    await using _house = house;
    await house.person.publish(`${base}/power/set`, "ON", { retain: true });
    await house.start();
    expect((await house.person.retained(`${base}/power/set`)).size).toBe(0);
    expect(blaster.asked).toBe(0);
    expect(await retained(house)).toMatchObject({ power: "OFF" });
  });
});

test.concurrent("a stop in the middle of a command ends it within bounds, sends nothing later, and leaves what is true", async () => {
  const { house, blaster } = await bedroomWith();
  await using _house = house;
  await house.start();
  blaster.hold();
  await house.say("bedroom", "mode", "cool");
  await expect.poll(() => blaster.asked).toBe(1);
  expect(await house.stop()).toBeLessThan(4_000);
  expect(blaster.sent).toEqual([]);
  expect(await retained(house)).toMatchObject({ power: "OFF", mode: "fan_only" });
});

test.concurrent("a prelude and repeats are sent for who asks for them", async () => {
  const { house, blaster } = await bedroomWith({ prelude: "fan_only" }, { repeats: 2 });
  await using _house = house;
  await house.start();
  await house.say("bedroom", "mode", "cool");
  await house.shows("bedroom", "mode", "cool");
  const [prelude, cool] = ["fan_only 24 auto off", "cool 24 auto off"];
  expect(texts(blaster)).toEqual([prelude, prelude, cool, cool]);
});

describe.concurrent("what others say", () => {
  test("A8: the room's temperature and humidity out of one payload", async () => {
    const source = (path: string) => ({ topic: "tele/bedroom/SENSOR", path });
    const changes = { current_temperature: source("AM2301.Temperature"), current_humidity: source("AM2301.Humidity") };
    const { house } = await bedroomWith(changes);
    await using _house = house;
    await house.start();
    await house.shows("bedroom", "current_temperature", "None");
    const payload = { AM2301: { Temperature: 21.34, Humidity: 56 } };
    await house.person.publish("tele/bedroom/SENSOR", JSON.stringify(payload));
    await house.shows("bedroom", "current_temperature", "21.34");
    await house.shows("bedroom", "current_humidity", "56");
    await house.person.publish("tele/bedroom/SENSOR", "{}");
    await house.logged.until("tele/bedroom/SENSOR says nothing that can be used at AM2301.Temperature");
    expect(house.person.latest(`${base}/current_temperature/get`)).toBe("21.34");
  });

  test("A9: a plug that says that somebody has used the remote control, and one that says it does not obey", async () => {
    const feedback = { topic: "tele/plug/SENSOR", path: "ENERGY.Power", on_above: 30, off_below: 8, wait: "1s" };
    const { house, blaster } = await bedroomWith({ feedback });
    await using _house = house;
    await house.start();
    const power = (Power: number) => house.person.publish(feedback.topic, JSON.stringify({ ENERGY: { Power } }));
    await power(900);
    await house.shows("bedroom", "hvac_mode", "fan_only");
    await house.shows("bedroom", "problem", /switched on, but not from here/);
    await power(20);
    await house.say("bedroom", "power", "OFF");
    await house.shows("bedroom", "hvac_mode", "off");
    await house.shows("bedroom", "problem", "None");
    // It goes on using power, whatever it is told.
    for (let seconds = 0; seconds < 10 && house.person.latest(`${base}/problem/get`) === "None"; seconds++) {
      await power(900);
      await house.showsAgain("bedroom", "problem", /./, 1_000).catch(() => undefined);
    }
    expect(house.person.latest(`${base}/problem/get`)).toMatch(/told 3 times to switch off, and is on/);
    expect(house.person.latest(`${base}/hvac_mode/get`)).toBe("fan_only");
    expect(texts(blaster)).toEqual(["off", "off", "off"]);
  });

  test("watts that the broker has kept say nothing of now", async () => {
    const plug = { topic: "tele/plug/SENSOR", path: "ENERGY.Power" };
    const changes = { current_temperature: plug, feedback: { ...plug, on_above: 30, off_below: 8 } };
    const { house } = await bedroomWith(changes);
    await using _house = house;
    await house.person.publish(plug.topic, JSON.stringify({ ENERGY: { Power: 900 } }), { retain: true });
    await house.start();
    await house.shows("bedroom", "current_temperature", "900");
    await house.person.publish(plug.topic, JSON.stringify({ ENERGY: { Power: 2 } }));
    await house.shows("bedroom", "current_temperature", "2");
    expect(house.person.history(`${base}/hvac_mode/get`)).toEqual(["off"]);
    expect(house.person.history(`${base}/problem/get`)).toEqual(["None"]);
  });
});

test.concurrent("a blaster that says who it is, is introduced anew, and nothing of its aircons is disturbed", async () => {
  const blaster = toyBlaster({ ready: false, problem: undefined, identity: undefined });
  const { house } = await bedroomWith({}, {}, blaster);
  await using _house = house;
  await house.begin();
  const document = "homeassistant/device/mqtt-things_smart-aircons_main_bedroom-blaster/config";
  await house.person.until(document, /Infrared blaster/);
  const aircon = "homeassistant/device/mqtt-things_smart-aircons_main_bedroom/config";
  await house.person.until(aircon, /./);
  blaster.back();
  await house.shows("bedroom", "availability", "online");
  await house.person.until(document, /Blaster 1/);
  await house.person.until("mqtt-things/smart-aircons/main/bedroom-blaster/connectivity/get", "1");
  expect(house.person.history(aircon)).toHaveLength(1);
  expect(house.person.history(`${base}/availability/get`)).toEqual(["offline", "online"]);
});

test("Home Assistant is shown two aircons and their blasters", async () => {
  const keys = {
    blasters: [
      { name: "Bedroom blaster", url: "broadlink://192.0.2.1" },
      { name: "Lounge blaster", url: "zmote://192.0.2.2" },
    ],
    aircons: [
      {
        name: "bedroom",
        blaster: "Bedroom blaster",
        codes: "new_fujitsu",
        current_temperature: { topic: "home/inside/environment/bedroom/temperature/get" },
        current_humidity: { topic: "home/inside/environment/bedroom/humidity/get" },
      },
      { name: "living-room", title: "Lounge cooler", blaster: "Lounge blaster", codes: "fujitsu" },
    ],
  };
  await using house = await houseWith({ keys }, { open: async () => toyBlaster() });
  await house.start();
  await house.person.until("mqtt-things/smart-aircons/main/lounge-blaster/availability/get", "online");
  const documents = await house.person.retained("homeassistant/#");
  for (const [topic, payload] of documents) expect(discoveryProblems(topic, JSON.parse(payload))).toEqual([]);
  const all = [...documents].map(([topic, payload]) => [topic, JSON.parse(payload)] as const);
  const sorted = Object.fromEntries(all.sort(([one], [other]) => one.localeCompare(other)));
  const golden = join(import.meta.dirname, "../golden/smart-aircons.discovery.json");
  await expect(`${JSON.stringify(sorted, null, 2)}\n`).toMatchFileSnapshot(golden);
});
