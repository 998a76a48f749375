import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { discoveryProblems } from "../support/discovery-rules.ts";
import { base, bridgeBase, DIMMER, documentOf, HALL, type House, livedIn } from "./lived-in.ts";

const topics = ["hall", "kates-living-room", "dimmer", "cellar"];
const MAC = "780f77112233";

describe("a house with a v2 bridge and a Broadlink unit", () => {
  let house: House;
  beforeAll(async () => {
    const config = { sensors: { "Kate's living room": { temperature_offset: 0.5 } } };
    house = await livedIn({ rm4: {}, config }, topics);
  });
  afterAll(() => house[Symbol.asyncDispose]());

  test("N5: shows each sensor with everything that is known of it, retained", async () => {
    expect(await house.standing()).toEqual({
      "hall/availability": "online",
      "hall/presence": "0",
      "hall/illuminance": "63.47",
      "hall/light_level": "18027",
      "hall/dark": "0",
      "hall/daylight": "0",
      "hall/temperature": "21.39",
      "hall/battery": "87",
      "hall/connectivity": "1",
      "hall/enabled": "1",
      "kates-living-room/availability": "online",
      "kates-living-room/presence": "0",
      "kates-living-room/illuminance": "63.47",
      "kates-living-room/light_level": "18027",
      "kates-living-room/dark": "0",
      "kates-living-room/daylight": "0",
      "kates-living-room/temperature": "21.89",
      "kates-living-room/battery": "87",
      "kates-living-room/connectivity": "1",
      "kates-living-room/enabled": "1",
      "dimmer/availability": "online",
      "dimmer/battery": "64",
      "dimmer/connectivity": "1",
      "cellar/availability": "online",
      "cellar/temperature": "21.37",
      "cellar/humidity": "48.65",
      "cellar/connectivity": "1",
    });
  });

  test("shows the bridge as a device of its own", async () => {
    await house.person.until(`${bridgeBase}/connectivity/get`, "1");
    expect(await house.standing(bridgeBase)).toEqual({
      availability: "online",
      connectivity: "1",
      firmware: house.bridge.config.swversion,
      problem: "None",
    });
  });

  test.each([
    ["hue-motion", HALL],
    ["hue-dimmer", DIMMER],
    ["broadlink", MAC],
    ["hue-bridge", "bridge"],
  ])("announces itself to Home Assistant: %s", async (name, key) => {
    const topic = documentOf(key);
    const document = JSON.parse(await house.person.until(topic, /./));
    expect(discoveryProblems(topic, document)).toEqual([]);
    const golden = join(import.meta.dirname, `../golden/sensors.${name}.discovery.json`);
    await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot(golden);
  });

  test("command: there is none, and whatever is said on its topics moves nothing", async () => {
    const before = await house.standing();
    for (const topic of ["hall/presence", "hall/temperature", "hall/enabled", "cellar/humidity"]) {
      for (const payload of ["1", "0", "99", "", "None", Buffer.from([0, 255]), "[".repeat(5_000)]) {
        await house.person.publish(`${base}/${topic}/set`, payload);
      }
    }
    expect(await house.standing()).toEqual(before);
  });

  test("surprise: somebody walks in, and everything that changes is shown", async () => {
    house.bridge.house.walk("Hallway");
    await house.shows("hall/presence", "1");
    expect(house.person.latest(`${base}/kates-living-room/presence/get`)).toBe("0");
    house.bridge.house.set("Hall", { lightLevel: 0, temperatureCelsius: -3.5, batteryPercent: 12 });
    await house.shows("hall/illuminance", "0.00");
    await house.shows("hall/light_level", "0");
    await house.shows("hall/dark", "1");
    await house.shows("hall/temperature", "-3.5");
    await house.shows("hall/battery", "12");
    house.bridge.house.set("Hall", { lightLevel: 30_000 });
    await house.shows("hall/daylight", "1");
    await house.shows("hall/illuminance", "999.77");
    house.rm4.measured = { temperatureCelsius: 20.5, humidityPercent: 60.25 };
    await house.shows("cellar/temperature", "20.5");
    await house.shows("cellar/humidity", "60.25");
  });

  test("surprise: a battery that says no level any more is unknown, and stays where it is", async () => {
    const document = house.person.latest(documentOf(HALL));
    const power = house.bridge.house.resources.find(
      ({ type, id_v1 }) => type === "device_power" && id_v1 === "/sensors/5",
    );
    if (!power) throw new Error("the hall's sensor has no battery");
    const { power_state } = power;
    power.power_state = {};
    await house.shows("hall/battery", "None");
    power.power_state = power_state;
    await house.shows("hall/battery", "12");
    expect(house.person.latest(documentOf(HALL))).toBe(document);
  });

  test("what does not change is not said again", async () => {
    const count = house.person.messages.length;
    house.bridge.house.walk("Living room");
    await house.showsAgain("hall/presence", "0");
    house.bridge.house.walk("Hallway");
    await house.showsAgain("hall/presence", "1");
    const said = house.person.messages.slice(count).map(({ topic }) => topic);
    expect(new Set(said)).toEqual(new Set([`${base}/hall/presence/get`, `${base}/kates-living-room/presence/get`]));
  });

  test("surprise: a button's presses are events, each of them, in order, and none is retained", async () => {
    const topic = `${base}/dimmer/button/2/event`;
    const last = house.person.next(topic, "short_release");
    for (const event of ["initial_press", "repeat", "repeat", "short_release"]) {
      house.bridge.house.press("Dimmer", 2, event);
    }
    await last;
    expect(house.person.history(topic)).toEqual(["initial_press", "repeat", "repeat", "short_release"]);
    expect([...(await house.person.retained(`${base}/dimmer/button/#`))]).toEqual([]);
  });

  test("N8: a sensor that the bridge does not hear is unavailable at once, its last values stand", async () => {
    house.bridge.house.set("Hall", { reachable: false });
    await house.shows("hall/availability", "offline");
    await house.shows("hall/connectivity", "0");
    expect(house.person.latest(`${base}/hall/battery/get`)).toBe("12");
    expect(house.person.latest(`${base}/kates-living-room/availability/get`)).toBe("online");
    house.bridge.house.set("Hall", { reachable: true });
    await house.shows("hall/availability", "online");
    await house.shows("hall/connectivity", "1");
  });

  test("a sensor that its owner switched off is unavailable, and says why", async () => {
    house.bridge.house.set("Hall", { enabled: false });
    await house.shows("hall/availability", "offline");
    await house.shows("hall/enabled", "0");
    expect(house.person.latest(`${base}/hall/connectivity/get`)).toBe("1");
    house.bridge.house.set("Hall", { enabled: true });
    await house.shows("hall/availability", "online");
    await house.shows("hall/enabled", "1");
  });

  test("nonsense: what the bridge's stream brings changes nothing that it does not say", async () => {
    const rubbish = ["<html>", '[{"data"', "null", "[null]", '[{"type":"update","data":[{"id":1,"type":{}}]}]'];
    for (const text of rubbish) house.bridge.streams.send(Buffer.from(`data: ${text}\n\n`));
    house.bridge.house.walk("Living room");
    await house.shows("kates-living-room/presence", "1");
    expect(house.person.latest(`${base}/kates-living-room/availability/get`)).toBe("online");
  });

  test("nonsense: a Broadlink glitch is not shown", async () => {
    house.rm4.forget();
    house.rm4.measured = Buffer.from([120, 80, 60, 0]);
    await vi.waitFor(() => expect(house.rm4.received.length).toBeGreaterThan(6), 10_000);
    house.rm4.measured = { temperatureCelsius: 20.75, humidityPercent: 60 };
    await house.shows("cellar/temperature", "20.75");
    expect(house.person.history(`${base}/cellar/temperature/get`).some((value) => Number(value) > 60)).toBe(false);
  });

  test("silence: a Broadlink unit that says nothing takes nobody down with it", async () => {
    house.rm4.faults.silent = true;
    house.bridge.house.walk("Hallway");
    await house.shows("hall/presence", "1");
    house.rm4.faults.silent = false;
  });

  test("N6: a key that was revoked makes all of the bridge's sensors unavailable, says so, and nobody else's", async () => {
    house.bridge.revokeKeys();
    await house.person.until(`${bridgeBase}/problem/get`, /^unpaired: .*pair with it anew/);
    await house.shows("hall/availability", "offline");
    await house.shows("kates-living-room/availability", "offline");
    await house.shows("dimmer/availability", "offline");
    await house.person.until(`${bridgeBase}/connectivity/get`, "0");
    expect(house.person.latest(`${base}/cellar/availability/get`)).toBe("online");
    expect(house.lines.map(({ msg }) => msg)).toContain(
      "pair anew, and start this daemon again: mqtt-things hue pair --host HOST --out FILE --force",
    );
    const asked = house.bridge.received.length;
    await house.shows("cellar/availability", "online");
    expect(house.bridge.received.length - asked).toBeLessThan(3);
  });

  test("the key is in no line of the log", () => {
    expect(JSON.stringify(house.lines)).not.toContain(house.bridge.key);
  });

  test("at the end everything is offline", async () => {
    await house.stop();
    const standing = await house.standing();
    for (const topic of topics) expect(standing[`${topic}/availability`]).toBe("offline");
    expect(house.person.latest("mqtt-things/sensors/main/availability/get")).toBe("offline");
    expect(standing["kates-living-room/presence"]).toBe(house.person.latest(`${base}/kates-living-room/presence/get`));
  });
});

test("N2, N3: what a mute stream, or one that ends at once, does not tell, the next full read does", async () => {
  await using house = await livedIn();
  house.bridge.faults.mute = true;
  house.bridge.house.set("Hall", { temperatureCelsius: 11.5 });
  await house.shows("hall/temperature", "11.5");
  house.bridge.faults.mute = false;
  house.bridge.faults.hangsUp = "at-once";
  house.bridge.streams.hangUp();
  house.bridge.house.set("Hall", { temperatureCelsius: 12.5 });
  await house.shows("hall/temperature", "12.5");
  house.bridge.faults.hangsUp = "never";
  expect(house.person.latest(`${base}/hall/availability/get`)).toBe("online");
});

test("loss: a bridge without power is told of, and everything is back with it", async () => {
  // A house of its own: a bridge is called ten times in three minutes at most, and others call it as well.
  await using house = await livedIn({ rm4: {} });
  await house.bridge.powerOff();
  await house.person.until(`${bridgeBase}/problem/get`, /nothing listens|can't be reached|hung up|broke off/);
  house.rm4.measured = { temperatureCelsius: 20.25, humidityPercent: 61 };
  await house.shows("cellar/temperature", "20.25");
  await house.bridge.powerOn();
  house.bridge.house.walk("Living room");
  await house.person.until(`${bridgeBase}/problem/get`, "None", 60_000);
  await house.shows("kates-living-room/presence", "1");
  await house.shows("hall/presence", "0");
  expect(house.person.latest(`${base}/hall/availability/get`)).toBe("online");
}, 90_000);
