import { describe, expect, test } from "vitest";
import type { Resource, ResourceType, Saying } from "../../../devices/sensors/hue/resource.ts";
import { isSensor, sensorOf } from "../../../devices/sensors/hue/v2.ts";

const around = { id: "0017880100000010", room: "Hallway", thresholds: { darkBelow: 100, daylightAbove: 200 } };
const part = (type: ResourceType, saying: Saying = {}, id: string = type): Resource => ({ id, type, ...saying });
const device = part("device", { name: "Hall", manufacturer: "Signify", product: "Hue motion", model: "SML001" });
const sensor = (...services: Resource[]) => sensorOf(device, services, around);

/** A motion sensor with everything. */
const whole = () => [
  part("motion", { value: true, enabled: true, v1Number: 5 }),
  part("light_level", { value: 150, enabled: false, v1Number: 6 }),
  part("temperature", { value: 21.389999, enabled: false, v1Number: 7 }),
  part("device_power", { batteryPercent: 87 }),
  part("zigbee_connectivity", { reachable: true, address: "x" }),
];

describe("a device of interface v2 is", () => {
  test.each<[ResourceType, boolean]>([
    ["motion", true],
    ["camera_motion", true],
    ["light_level", true],
    ["temperature", true],
    ["button", true],
    ["device_power", false],
    ["zigbee_connectivity", false],
    ["zgp_connectivity", false],
  ])("with %s a sensor: %s", (type, is) => expect(isSensor([part("zigbee_connectivity"), part(type)])).toBe(is));

  test("no sensor with nothing", () => expect(isSensor([])).toBe(false));

  test("a sensor with everything that its services say", () => {
    expect(sensorOf({ ...device, firmware: "1.1" }, whole(), around)).toStrictEqual({
      ...{ id: around.id, name: "Hall", manufacturer: "Signify", product: "Hue motion", model: "SML001" },
      ...{ firmware: "1.1", room: "Hallway", v1Number: 5, buttons: [] },
      measures: ["occupancy", "light", "temperature", "battery", "connectivity"],
      ...{ occupancy: true, lightLevel: 150, illuminanceLx: 1.03, temperatureCelsius: 21.39, batteryPercent: 87 },
      ...{ dark: false, daylight: false, reachable: true, enabled: true },
    });
  });

  test.each<[Saying]>([[{}], [{ name: null, manufacturer: null, product: null, model: null, firmware: null }]])(
    "one of which nothing is known, saying %j",
    (saying) => {
      const nothing = sensorOf(part("device", saying), [], { ...around, room: undefined });
      expect(nothing).toStrictEqual({
        ...{ id: around.id, name: "", manufacturer: undefined, product: undefined, model: undefined },
        ...{ firmware: undefined, room: undefined, v1Number: undefined, measures: [], buttons: [] },
        ...{ occupancy: undefined, lightLevel: undefined, illuminanceLx: undefined, temperatureCelsius: undefined },
        ...{ batteryPercent: undefined, dark: undefined, daylight: undefined },
        ...{ reachable: undefined, enabled: undefined },
      });
    },
  );
});

describe("what a sensor can tell", () => {
  test.each<[Resource, string[]]>([
    [part("motion"), ["occupancy"]],
    [part("camera_motion"), ["occupancy"]],
    [part("light_level"), ["light"]],
    [part("temperature"), ["temperature"]],
    [part("device_power", { batteryPercent: 0 }), ["battery"]],
    [part("device_power", { batteryPercent: null }), ["battery"]],
    [part("device_power"), ["battery"]],
    [part("zigbee_connectivity"), ["connectivity"]],
    [part("zgp_connectivity"), []],
    [part("button", { button: 1 }), []],
  ])("%j: %j", (service, measures) => expect(sensor(service).measures).toEqual(measures));

  test("is unknown where it is not said, is no value of its kind, or is not valid any more", () => {
    for (const saying of [{}, { value: null }, { value: 1 }, { value: true, valid: false }]) {
      expect(sensor(part("motion", saying)).occupancy).toBeUndefined();
    }
    for (const saying of [{}, { value: null }, { value: true }, { value: 7, valid: false }]) {
      expect(sensor(part("temperature", saying)).temperatureCelsius).toBeUndefined();
      expect(sensor(part("light_level", saying))).toMatchObject({ lightLevel: undefined, illuminanceLx: undefined });
      expect(sensor(part("light_level", saying))).toMatchObject({ dark: undefined, daylight: undefined });
    }
    expect(sensor(part("zigbee_connectivity", { reachable: null })).reachable).toBeUndefined();
    expect(sensor(part("motion", { enabled: null, v1Number: null }))).toMatchObject({ enabled: undefined });
    expect(sensor(part("motion", { v1Number: null })).v1Number).toBeUndefined();
  });

  test("0 and no are values", () => {
    const services = [
      part("motion", { value: false, enabled: false }),
      part("light_level", { value: 0 }),
      part("temperature", { value: 0 }),
    ];
    expect(sensor(...services)).toMatchObject({
      ...{ occupancy: false, enabled: false, lightLevel: 0, illuminanceLx: 0, temperatureCelsius: 0, dark: true },
    });
  });

  test("is its motion's number and switch, else its light's, else its thermometer's", () => {
    const [motion, light, temperature] = whole();
    const of = (...services: (Resource | undefined)[]) => {
      const { v1Number, enabled } = sensor(...services.flatMap((one) => one ?? []));
      return [v1Number, enabled];
    };
    expect(of(temperature, light, motion)).toEqual([5, true]);
    expect(of(temperature, light)).toEqual([6, false]);
    expect(of(temperature)).toEqual([7, false]);
    expect(of(part("button", { v1Number: 8, enabled: true }))).toEqual([undefined, undefined]);
  });

  test("twice is what the first of them says", () => {
    const twice = [part("temperature", { value: 1 }, "a"), part("temperature", { value: 2 }, "b")];
    expect(sensor(...twice)).toMatchObject({ temperatureCelsius: 1, measures: ["temperature"] });
  });
});

describe("its buttons", () => {
  const button = (id: string, saying: Saying) => part("button", saying, id);

  test("are in the order of their numbers, each once, and none is without a number", () => {
    const buttons = sensor(
      button("c", { button: 3, event: "repeat" }),
      button("a", { button: 1, event: null }),
      button("x", { button: null, event: "repeat" }),
      button("y", { event: "repeat" }),
      button("again", { button: 3, event: "long_press" }),
      part("temperature", { button: 4 }),
      button("b", { button: 2 }),
      button("zero", { button: 0, event: "short_release" }),
    ).buttons;
    expect(buttons).toStrictEqual([
      { number: 0, lastEvent: "short_release" },
      { number: 1, lastEvent: undefined },
      { number: 2, lastEvent: undefined },
      { number: 3, lastEvent: "repeat" },
    ]);
  });
});
