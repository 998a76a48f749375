import { describe, expect, test } from "vitest";
import type { Rules } from "../../devices/smart-aircons/aircon-model.ts";
import { blasterDevice } from "../../devices/smart-aircons/blaster-device.ts";
import type { Ability, CodeSet } from "../../devices/smart-aircons/code-sets/code-set.ts";
import { control } from "../../devices/smart-aircons/control.ts";
import { airconDevice, type Room } from "../../devices/smart-aircons/entities.ts";
import type { Mode } from "../../devices/smart-aircons/setting.ts";
import { cell } from "../../src/cell.ts";
import { attributesOf, type Device, Refused } from "../../src/device.ts";
import { deviceDocument, documentTopic } from "../../src/homeassistant.ts";
import { virtualClock } from "../support/clock.ts";
import { discoveryProblems } from "../support/discovery-rules.ts";
import { captureLog } from "../support/toy.ts";
import { toyBlaster } from "./aircon-blaster.ts";
import { abilities, readableSet, said } from "./aircon-set.ts";

const identity = { daemon: "smart-aircons", instance: "main", version: "1.2.3" };
const introduction = { key: "bedroom", title: "Bedroom aircon", base: "home/inside/smart-aircons/bedroom" };
const nobody: Room = { temperature: undefined, humidity: undefined, inputs: [] };

/** A device on a blaster in memory, without any quiet time. */
function deviceOf(set: CodeSet = readableSet(), room: Room = nobody) {
  const blaster = toyBlaster();
  const rules: Rules = { set, quietMs: 0, prelude: false, repeats: 1, feedback: undefined };
  const aircon = control(rules, blaster, { log: captureLog().log, clock: virtualClock() });
  const device = airconDevice(introduction, set, aircon, room);
  return { device, blaster, aircon, sent: () => blaster.sent.map(({ code }) => said(code)) };
}

const documentOf = (device: Device) => deviceDocument(identity, device);
const climateOf = (device: Device) => documentOf(device).components.climate;

/** What a device publishes now. */
async function report(device: Device) {
  const only = new AbortController();
  for await (const report of device.states(only.signal)) return report;
  throw new Error("it says nothing");
}

/** Sends a payload to `<base>/<topic>/set`; why it was refused. */
async function say(device: Device, topic: string, payload: string): Promise<string | undefined> {
  const attribute = device.entities.flatMap(attributesOf).find((one) => one.topic === topic && one.command);
  try {
    await attribute?.command?.run(payload);
    return attribute ? undefined : "there is no such topic";
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
}

describe("A6: Home Assistant is shown what the code set can send", () => {
  test("all of it, on the topics of legacy.md", () => {
    const { device } = deviceOf();
    const at = (topic: string) => `home/inside/smart-aircons/bedroom/${topic}`;
    expect(climateOf(device)).toStrictEqual({
      platform: "climate",
      unique_id: "mqtt-things_smart-aircons_main_bedroom_climate",
      name: null,
      qos: 1,
      modes: ["off", "cool", "heat", "dry", "fan_only"],
      mode_command_topic: at("hvac_mode/set"),
      mode_state_topic: at("hvac_mode/get"),
      power_command_topic: at("power/set"),
      payload_on: "ON",
      payload_off: "OFF",
      temperature_unit: "C",
      temperature_command_topic: at("temperature/set"),
      temperature_state_topic: at("temperature/get"),
      min_temp: 16,
      max_temp: 30,
      temp_step: 0.5,
      precision: 0.5,
      fan_modes: ["auto", "low", "medium", "high"],
      fan_mode_command_topic: at("fan_mode/set"),
      fan_mode_state_topic: at("fan_mode/get"),
      swing_modes: ["off", "vertical"],
      swing_mode_command_topic: at("swing_mode/set"),
      swing_mode_state_topic: at("swing_mode/get"),
      retain: false,
      message_expiry_interval: { seconds: 10 },
    });
  });

  test("no fan, swing or temperature where there is nothing to choose, neither there nor on the wire", async () => {
    const own: [Mode, Ability][] = [["fan_only", { temperaturesCelsius: [], fans: ["auto"], swings: ["off"] }]];
    const { device } = deviceOf(readableSet(own));
    const keys = Object.keys(climateOf(device) ?? {}).join();
    expect(keys).not.toMatch(/temp_|temperature_c|fan|swing/);
    expect(Object.keys((await report(device)).state).sort()).toEqual([
      "hvac_mode",
      "memory",
      "mode",
      "power",
      "problem",
    ]);
    expect(await say(device, "temperature", "24")).toBe("there is no such topic");
  });

  test.each<[string, number[], object]>([
    ["whole degrees", [16, 17, 18], { min_temp: 16, max_temp: 18, temp_step: 1, precision: 1 }],
    ["every second degree", [16, 18, 20], { min_temp: 16, max_temp: 20, temp_step: 2, precision: 1 }],
    ["half degrees", [16, 16.5, 17], { min_temp: 16, max_temp: 17, temp_step: 0.5, precision: 0.5 }],
    ["whole degrees from a half", [16.5, 17.5], { min_temp: 16.5, max_temp: 17.5, temp_step: 1, precision: 0.5 }],
    ["tenths", [16, 16.2, 16.4], { min_temp: 16, max_temp: 16.4, temp_step: 0.2, precision: 0.1 }],
    ["one temperature", [22], { min_temp: 22, max_temp: 22, temp_step: 1, precision: 1 }],
  ])("steps of %s", (_, temperaturesCelsius, keys) => {
    const own: [Mode, Ability][] = [["cool", { temperaturesCelsius, fans: ["auto"], swings: ["off"] }]];
    expect(climateOf(deviceOf(readableSet(own)).device)).toMatchObject(keys);
  });

  test("A8: the room's temperature and humidity where somebody says them", async () => {
    const [temperature, humidity] = [cell<number | undefined>(21.5), cell<number | undefined>(undefined)];
    const { device } = deviceOf(readableSet(), { temperature, humidity, inputs: [] });
    expect(climateOf(device)).toMatchObject({
      current_temperature_topic: "home/inside/smart-aircons/bedroom/current_temperature/get",
      current_humidity_topic: "home/inside/smart-aircons/bedroom/current_humidity/get",
      // Home Assistant would round the room's temperature to the steps of the target.
      ...{ temp_step: 0.5, precision: 0.1 },
    });
    expect((await report(device)).state).toMatchObject({ current_temperature: "21.5", current_humidity: "None" });
  });

  test("nothing that it would refuse, drop or misread", () => {
    const [temperature, humidity] = [cell<number | undefined>(21), cell<number | undefined>(50)];
    for (const [mode, ability] of abilities) {
      const { device } = deviceOf(readableSet([[mode, ability]]), { temperature, humidity, inputs: [] });
      expect(discoveryProblems(documentTopic(identity, device.info.key), documentOf(device))).toEqual([]);
    }
  });
});

describe("the original's topics", () => {
  test("show what legacy.md says without any history", async () => {
    const { available, state } = await report(deviceOf().device);
    expect(available).toBe(true);
    expect(state).toEqual({
      power: "OFF",
      mode: "fan_only",
      hvac_mode: "off",
      temperature: "24",
      fan_mode: "low",
      swing_mode: "off",
      problem: "None",
      memory: '{"mode":"fan_only","fan":"auto","swing":"off"}',
    });
  });

  test.each<[topic: string, payload: string, sent: string[], state: object]>([
    ["power", "ON", ["heat 24 auto off"], { power: "ON", mode: "heat", hvac_mode: "heat" }],
    ["power", " on\n", ["heat 24 auto off"], { power: "ON", mode: "heat", hvac_mode: "heat" }],
    ["power", "OFF", [], { power: "OFF", mode: "heat", hvac_mode: "off" }],
    ["mode", "Cool ", ["cool 24 auto off"], { power: "ON", mode: "cool", hvac_mode: "cool" }],
    ["mode", "off", [], { power: "OFF", mode: "off", hvac_mode: "off" }],
    ["hvac_mode", "DRY", ["dry 24 auto off"], { power: "ON", mode: "dry", hvac_mode: "dry" }],
    ["hvac_mode", "off", [], { power: "OFF", mode: "heat", hvac_mode: "off" }],
    ["temperature", "20.5", [], { power: "OFF", temperature: "20.5" }],
    ["temperature", " 20 ", [], { power: "OFF", temperature: "20" }],
    ["temperature", "20.0", [], { power: "OFF", temperature: "20" }],
    ["fan_mode", "Low", [], { power: "OFF", fan_mode: "low" }],
    ["swing_mode", "VERTICAL", [], { power: "OFF", swing_mode: "vertical" }],
    ["resend", "PRESS", ["off"], { power: "OFF" }],
    ["assume", "ON", [], { power: "ON", mode: "heat", hvac_mode: "heat" }],
    ["assume", "PRESS", [], { power: "OFF" }],
  ])("command: %s/set %j of an aircon that was switched off while it heated", async (topic, payload, codes, state) => {
    const { device, sent, blaster } = deviceOf();
    await say(device, "mode", "heat");
    await say(device, "power", "OFF");
    blaster.sent.length = 0;
    expect(await say(device, topic, payload)).toBeUndefined();
    expect(sent()).toEqual(codes);
    expect((await report(device)).state).toMatchObject(state);
  });

  test("show nothing of a change, not even in what is remembered, before the blaster has sent it", async () => {
    const { device, blaster } = deviceOf();
    const before = await report(device);
    blaster.hold();
    const cooling = say(device, "mode", "cool");
    expect(blaster.asked).toBe(1);
    expect(await report(device)).toEqual(before);
    blaster.release();
    await cooling;
    const memory = '{"mode":"cool","fan":"auto","swing":"off"}';
    expect((await report(device)).state).toMatchObject({ power: "ON", mode: "cool", memory });
  });

  test("off by the card leaves the mode, off by mode/set does not, and power brings the mode back", async () => {
    const { device } = deviceOf();
    const shows = async () => (await report(device)).state;
    await say(device, "mode", "cool");
    await say(device, "hvac_mode", "off");
    expect(await shows()).toMatchObject({ power: "OFF", mode: "cool", hvac_mode: "off" });
    await say(device, "mode", "off");
    expect(await shows()).toMatchObject({ power: "OFF", mode: "off", hvac_mode: "off" });
    await say(device, "power", "ON");
    expect(await shows()).toMatchObject({ power: "ON", mode: "cool", hvac_mode: "cool" });
  });

  test("A10: assume/set with PRESS or OFF marks as off, with ON as on", async () => {
    const { device, sent } = deviceOf();
    await say(device, "mode", "cool");
    for (const word of ["PRESS", "off", " OFF "]) {
      await say(device, "assume", "ON");
      expect(await say(device, "assume", word)).toBeUndefined();
      expect((await report(device)).state).toMatchObject({ power: "OFF", mode: "cool" });
    }
    expect(sent()).toEqual(["cool 24 auto off"]);
  });
});

test("a set-point is snapped to the nearest step before it is compared with the range", async () => {
  const { device } = deviceOf();
  await say(device, "mode", "cool");
  for (const [asked, set] of Object.entries({ "17.6": "18", "30.4": "30" })) {
    expect(await say(device, "temperature", asked)).toBeUndefined();
    expect((await report(device)).state).toMatchObject({ temperature: set });
  }
});

describe("nonsense: is refused with a sentence, and moves nothing", () => {
  test.each([
    ["power", "1", "must be one of ON, OFF"],
    ["power", "", "must be one of ON, OFF"],
    ["mode", "auto", "must be one of off, cool, heat, dry, fan_only"],
    ["mode", "None", "must be one of off, cool, heat, dry, fan_only"],
    ["hvac_mode", '{"mode":"cool"}', "must be one of off, cool, heat, dry, fan_only"],
    ["temperature", "NaN", "the temperature must be a number from 16 to 30"],
    ["temperature", "23,5", "the temperature must be a number from 16 to 30"],
    ["temperature", '{"temperature":23}', "the temperature must be a number from 16 to 30"],
    ["temperature", "", "the temperature must be a number from 16 to 30"],
    ["temperature", "1e1", "the temperature must be a number from 16 to 30"],
    ["temperature", "15.4", "the temperature must be a number from 16 to 30"],
    ["temperature", "30.5", "the temperature must be a number from 16 to 30"],
    ["temperature", "17.4", "cool goes from 18 to 30 °C"],
    ["fan_mode", "turbo", "must be one of auto, low, medium, high"],
    ["swing_mode", "on", "must be one of off, vertical"],
    ["assume", "maybe", "must be one of PRESS, OFF, ON"],
  ])("%s/set %j", async (topic, payload, reason) => {
    const { device, blaster } = deviceOf();
    await say(device, "mode", "cool");
    const before = (await report(device)).state;
    expect(await say(device, topic, payload)).toBe(reason);
    expect((await report(device)).state).toEqual(before);
    expect(blaster.asked).toBe(1);
  });
});

describe("a blaster that is away", () => {
  test("makes its aircon unavailable, with the blaster's problem, and the state stays", async () => {
    const { device, blaster } = deviceOf();
    await say(device, "mode", "cool");
    blaster.away("it is locked: unlock it in the app");
    const { available, state } = await report(device);
    expect(available).toBe(false);
    expect(state).toMatchObject({ power: "ON", mode: "cool", problem: "it is locked: unlock it in the app" });
    blaster.back();
    expect(await report(device)).toMatchObject({ available: true, state: { problem: "None" } });
  });

  test("is a device of its own, whose entities are shown all the same", async () => {
    const { health } = toyBlaster({ ready: false, problem: "it is locked: unlock it in the app", identity: undefined });
    const introduction = {
      key: "bedroom-blaster",
      name: "Bedroom blaster",
      manufacturer: "Broadlink",
      base: "mqtt-things/smart-aircons/main/bedroom-blaster",
    };
    const device = blasterDevice(introduction, health);
    const { components, device: shown } = documentOf(device);
    expect(discoveryProblems(documentTopic(identity, device.info.key), documentOf(device))).toEqual([]);
    expect(shown).toMatchObject({ manufacturer: "Broadlink", model: "Infrared blaster", name: "Bedroom blaster" });
    for (const key of ["connectivity", "firmware", "problem"]) {
      expect(components[key]).toMatchObject({
        state_topic: `mqtt-things/smart-aircons/main/bedroom-blaster/${key}/get`,
        availability: [{ topic: "mqtt-things/smart-aircons/main/availability/get" }],
      });
    }
    expect(await report(device)).toEqual({
      available: false,
      state: { connectivity: "0", firmware: "None", problem: "it is locked: unlock it in the app" },
    });
    const known = { manufacturer: "Broadlink", model: "RM4 mini", serialNumber: "78:0f", firmware: "44075" };
    health.set({ ready: true, problem: undefined, identity: known });
    expect(await report(device)).toEqual({
      available: true,
      state: { connectivity: "1", firmware: "44075", problem: "None" },
    });
    const again = documentOf(blasterDevice(introduction, health)).device;
    expect(again).toMatchObject({ model: "RM4 mini", serial_number: "78:0f", sw_version: "44075" });
  });
});
