import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { largeHouse } from "../../../devices/sensors/hue/fake-house.ts";
import { asV1 } from "../../../devices/sensors/hue/fake-v1.ts";
import { readV1 } from "../../../devices/sensors/hue/v1.ts";
import { virtualClock } from "../../support/clock.ts";
import { houseOf, resources } from "./houses.ts";

const entry = (type: string, more: object = {}) => ({ type, uniqueid: "00:17:88:01:02:03:04:05-02-0406", ...more });
const only = (body: Record<string, unknown>) => [...readV1(body).sensors.values()];

describe("a house in v1", () => {
  test("has the sensors, ids, names and measures that it has in v2", () => {
    const [old, now] = [readV1(asV1(resources())).sensors, houseOf(resources()).sensors()];
    expect([...old.keys()].sort()).toEqual([...now.keys()].sort());
    for (const [id, sensor] of old) {
      // Rooms are v2's; when it is dark is the bridge's own opinion here.
      const { dark, daylight } = sensor;
      expect(sensor).toEqual({ ...now.get(id), room: undefined, dark, daylight });
    }
  });

  test("has a sensor for every part that there is", () => {
    const [sensor] = only({
      7: entry("ZLLTemperature", { state: { temperature: -350 }, name: "Hue temperature sensor 7" }),
    });
    expect(sensor).toMatchObject({
      ...{ id: "0017880102030405", name: "Hue temperature sensor 7", v1Number: 7 },
      ...{ temperatureCelsius: -3.5, measures: ["temperature"], occupancy: undefined, lightLevel: undefined },
    });
  });

  test("calls a sensor as its motion part is called, whatever the order", () => {
    const [sensor] = only({
      3: entry("ZLLTemperature", { name: "Hue temperature sensor 3", uniqueid: "00:17:88:01:02:03:04:05-02-0402" }),
      10: entry("ZLLPresence", { name: "Kate’s Room_2" }),
      2: entry("ZLLLightLevel", { name: "Hue ambient light sensor 2" }),
    });
    expect(sensor).toMatchObject({
      name: "Kate’s Room_2",
      v1Number: 10,
      measures: ["occupancy", "light", "temperature"],
    });
  });

  test("keeps sensors apart that have no address", () => {
    const nameless = { type: "ZLLPresence" };
    const sensors = readV1({
      1: nameless,
      2: { ...nameless, uniqueid: "" },
      3: { ...nameless, uniqueid: null },
    }).sensors;
    expect([...sensors.keys()]).toEqual(["sensor-1", "sensor-2", "sensor-3"]);
  });

  test("is not spoilt by an entry that is none", () => {
    const body = {
      1: null,
      2: [],
      3: "x",
      4: {},
      x: entry("ZLLPresence"),
      5: entry("ZLLPresence"),
      6: entry("CLIPPresence"),
    };
    expect(readV1(body)).toMatchObject({ skipped: 5 });
    expect(readV1(body).sensors.size).toBe(1);
  });

  test("is read in no time, however many entries have one address", { timeout: 5_000 }, () => {
    const entries = Array.from({ length: 40_000 }, (_, number) => [number, entry("ZLLPresence")]);
    expect(only(Object.fromEntries(entries))).toHaveLength(1);
  });

  test.each([
    [1, false, true],
    [40_000, true, false],
  ])(
    "has the bridge's own opinion of the day, whatever the light: level %i, dark %s, daylight %s",
    (lightlevel, dark, daylight) => {
      const [sensor] = only({ 2: entry("ZLLLightLevel", { state: { lightlevel, dark, daylight } }) });
      expect(sensor).toMatchObject({ lightLevel: lightlevel, dark, daylight });
    },
  );

  test("says nothing of values that can't be used", () => {
    const state = { presence: "yes", lightlevel: -1, dark: 1, daylight: null, temperature: 100_000 };
    const config = { on: "on", reachable: null, battery: 300 };
    const types = ["ZLLPresence", "ZLLLightLevel", "ZLLTemperature"];
    const [sensor] = only(Object.fromEntries(types.map((type, at) => [at + 1, entry(type, { state, config })])));
    expect(sensor).toMatchObject({
      ...{ occupancy: undefined, lightLevel: undefined, illuminanceLx: undefined, temperatureCelsius: undefined },
      ...{ dark: undefined, daylight: undefined, batteryPercent: undefined, reachable: undefined, enabled: undefined },
    });
  });

  test.each([
    [[true, true], true],
    [[true, false], false],
    [[undefined, true], true],
    [[undefined, undefined], undefined],
  ])("hears a sensor whose parts say %j: %s", (said, reachable) => {
    const types = ["ZLLPresence", "ZLLTemperature"];
    const body = Object.fromEntries(
      types.map((type, at) => [at + 1, entry(type, { config: { reachable: said[at] } })]),
    );
    expect(only(body)[0]?.reachable).toBe(reachable);
  });
});

describe("a switch of v1", () => {
  const remote = (model: string, buttonevent: unknown, capabilities?: unknown) =>
    entry(model.endsWith("SWITCH") ? "ZGPSwitch" : "ZLLSwitch", {
      ...{ modelid: model, capabilities },
      state: { buttonevent, lastupdated: "2026-11-22T02:00:00" },
    });
  const buttons = (...how: Parameters<typeof remote>) =>
    only({ 1: remote(...how) })[0]?.buttons.map(({ number }) => number);

  test.each([
    ["RWL021", [1, 2, 3, 4]],
    ["RWL022", [1, 2, 3, 4]],
    ["ZGPSWITCH", [1, 2, 3, 4]],
    ["FOHSWITCH", [1, 2, 3, 4]],
    ["RDM001", [1, 2]],
    ["RDM002", [1, 2, 3, 4]],
    ["ROM001", [1]],
    ["unheard of", []],
  ])("%s has the buttons %j before any was pressed", (model, numbers) => {
    expect(buttons(model, null)).toEqual(numbers);
  });

  test("has as many buttons as it says, and one more if that was pressed", () => {
    const inputs = [1, 2, 3].map((at) => ({ events: [{ buttonevent: at * 1000, eventtype: "initial_press" }] }));
    expect(buttons("RWL021", null, { inputs })).toEqual([1, 2, 3]);
    expect(buttons("unheard of", 5002)).toEqual([1, 2, 3, 4, 5]);
    expect(buttons("unheard of", 999_999_002)).toEqual([]);
  });

  test("tells which button was used last, and when", () => {
    const { sensors, uses } = readV1({ 1: remote("RWL021", 4002) });
    expect([...sensors.values()][0]?.buttons[3]).toEqual({ number: 4, lastEvent: "short_release" });
    const id = "0017880102030405";
    expect(uses.get(id)).toEqual({ sensorId: id, button: 4, event: "short_release", at: "2026-11-22T02:00:00" });
  });
});

test("whatever stands where sensors belong is read without a crash", () => {
  const key = fc.oneof(fc.nat(99).map(String), fc.string());
  const type = fc.constantFrom("ZLLPresence", "ZLLSwitch", "ZGPSwitch", "ZLLLightLevel", "ZLLTemperature");
  const strange = fc.record({
    type,
    uniqueid: fc.anything(),
    name: fc.anything(),
    state: fc.anything(),
    config: fc.anything(),
    capabilities: fc.anything(),
  });
  fc.assert(
    fc.property(fc.dictionary(key, fc.oneof(strange, fc.anything())), (body) => {
      const { sensors, skipped } = readV1(body);
      expect(sensors.size + skipped).toBeLessThanOrEqual(Object.keys(body).length);
    }),
  );
});

test("500 sensors are read in v1 as in v2", () => {
  const items = largeHouse(500, "001788FFFE123456", "1970084010", virtualClock());
  expect([...readV1(asV1(items)).sensors.keys()].sort()).toEqual([...houseOf(items).sensors().keys()].sort());
});
