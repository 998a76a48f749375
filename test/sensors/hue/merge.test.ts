import { describe, expect, test } from "vitest";
import type { House } from "../../../devices/sensors/hue/house.ts";
import type { Change } from "../../../devices/sensors/hue/merge.ts";
import { readChanges } from "../../../devices/sensors/hue/merge.ts";
import { changes, DIMMER, DIMMER_BUTTON, HALL, hallRadio, houseOf, part, resources, told, update } from "./houses.ts";

describe("a measurement", () => {
  const said = (feature: unknown) => {
    const house = houseOf(resources().map((one) => (one.id === part(3) ? { ...one, temperature: feature } : one)));
    return house.sensors().get(HALL)?.temperatureCelsius;
  };

  test.each([
    ["the value alone", { temperature: 18.139999389648438, temperature_valid: true }, 18.14],
    ["the value alone, and nobody says whether it is valid", { temperature: 18 }, 18],
    ["a report alone", { temperature_report: { temperature: 19 } }, 19],
    ["a report that differs from the value", { temperature: 18, temperature_report: { temperature: 19 } }, 19],
    ["an old value", { temperature: 18, temperature_valid: false }, undefined],
    ["an old value in a report", { temperature_report: { temperature: 19 }, temperature_valid: false }, undefined],
    ["an empty report", { temperature: 18, temperature_report: {} }, 18],
    ["a report of nothing", { temperature: 18, temperature_report: null }, 18],
    ["nothing", {}, undefined],
    ["null", null, undefined],
    ["a word", { temperature: "warm" }, undefined],
    ["null inside", { temperature: null, temperature_report: { temperature: null } }, undefined],
    ["a list", [], undefined],
    ["1,000 °C", { temperature: 1_000 }, undefined],
    ["nothing at all", undefined, undefined],
  ])("that is %s", (_name, feature, celsius) => {
    expect(said(feature)).toBe(celsius);
  });

  test("that is unknown is undefined, and its sensor still can tell it", () => {
    const house = houseOf(resources().map((one) => (one.id === part(1) ? { ...one, motion: undefined } : one)));
    expect(house.sensors().get(HALL)).toMatchObject({
      occupancy: undefined,
      measures: expect.arrayContaining(["occupancy"]),
    });
  });
});

describe("a change", () => {
  test("is merged into what is known: what it does not say stays", () => {
    const house = houseOf(resources());
    const { effects, sensors } = told(house, ...update(part(1), "motion", { enabled: false }));
    expect(effects).toEqual(["value"]);
    expect(sensors.get(HALL)).toMatchObject({ enabled: false, occupancy: false, name: "Hall" });
  });

  test("of the old value alone is not hidden by an old report", () => {
    const house = houseOf(resources());
    told(house, ...update(part(1), "motion", { motion: { motion: true } }));
    expect(house.sensors().get(HALL)?.occupancy).toBe(true);
  });

  test("says that a value is not valid, and later that it is", () => {
    const house = houseOf(resources());
    const valid = (motion_valid: boolean) => update(part(1), "motion", { motion: { motion_valid } });
    expect(told(house, ...valid(false)).sensors.get(HALL)?.occupancy).toBeUndefined();
    expect(told(house, ...valid(true)).sensors.get(HALL)?.occupancy).toBe(false);
  });

  test("with a value that can't be used makes it unknown, as a full read would", () => {
    const house = houseOf(resources());
    for (const temperature of [null, { temperature: "hot" }, { temperature_report: { temperature: 1_000 } }]) {
      told(house, ...update(part(3), "temperature", { temperature: { temperature: 20, temperature_valid: true } }));
      expect(house.sensors().get(HALL)?.temperatureCelsius).toBe(20);
      told(house, ...update(part(3), "temperature", { temperature }));
      expect(house.sensors().get(HALL)?.temperatureCelsius).toBeUndefined();
    }
  });

  test("of the same thing twice is applied in its order", () => {
    const house = houseOf(resources());
    const motion = (value: boolean) => update(part(1), "motion", { motion: { motion: value } });
    told(house, ...motion(true), ...motion(false), ...motion(true));
    expect(house.sensors().get(HALL)?.occupancy).toBe(true);
  });

  test("of something unknown does nothing, and says so", () => {
    const house = houseOf(resources());
    const before = house.sensors();
    const { effects, sensors } = told(house, ...update("nobody", "motion", { motion: { motion: true } }));
    expect([effects, sensors]).toEqual([["unknown"], before]);
    expect(told(house, ...changes("delete", { id: "nobody", type: "motion" })).effects).toEqual(["nothing"]);
  });

  test("of a thing that is no sensor is no change", () => {
    expect(update("x", "light", { on: { on: true } })).toEqual([]);
    expect(update("x", "grouped_motion", { motion: { motion: true } })).toEqual([]);
    expect(update("x", "toString", {})).toEqual([]);
  });

  test("takes a part away, and the whole", () => {
    const house = houseOf(resources());
    const { effects, sensors } = told(house, ...changes("delete", { id: part(3), type: "temperature" }));
    expect(effects).toEqual(["structure"]);
    expect(sensors.get(HALL)?.measures).toEqual(["occupancy", "light", "battery", "connectivity"]);
    told(house, ...changes("delete", { id: part(0), type: "device" }));
    expect(house.sensors().has(HALL)).toBe(false);
    expect(house.knows(part(0))).toBe(false);
  });

  test.each([
    ["a device's name", part(0), "device", { metadata: { name: "Entrance" } }, "structure"],
    ["a room's name", "00000001-0000-4000-8000-000000000000", "room", { metadata: { name: "Entrance" } }, "structure"],
    ["another owner", part(1), "motion", { owner: { rid: "x" } }, "structure"],
    ["the same owner", part(1), "motion", { owner: { rid: part(0) } }, "value"],
    ["another address", hallRadio, "zigbee_connectivity", { mac_address: "00:17:88:01:00:00:00:11" }, "structure"],
    ["the same address", hallRadio, "zigbee_connectivity", { mac_address: "00:17:88:01:00:00:00:10" }, "value"],
    ["another number", DIMMER_BUTTON, "button", { metadata: { control_id: 7 } }, "structure"],
    ["the same number", DIMMER_BUTTON, "button", { metadata: { control_id: 2 } }, "value"],
    ["nothing of the kind", part(1), "motion", { enabled: false }, "value"],
  ])("that brings %s is one of %s %s %j: %s", (_name, id, type, rest, effect) => {
    const house = houseOf(resources());
    expect(told(house, ...update(id, type, rest)).effects).toEqual([effect]);
    // Whatever it is called, the house is what a full read would make of it.
    const now = resources().map((one) => (one.id === id ? { ...one, ...rest } : one));
    expect(house.sensors()).toEqual(houseOf(now).sensors());
  });

  test("that adds something is one of who belongs to whom", () => {
    const house = houseOf(resources());
    const motion = resources().find(({ id }) => id === part(1));
    expect(told(house, ...changes("add", motion)).effects).toEqual(["structure"]);
  });

  test("that adds something again takes its place", () => {
    const house = houseOf(resources());
    told(house, ...update(part(1), "motion", { enabled: false }));
    const motion = resources().find(({ id }) => id === part(1));
    told(house, ...changes("add", { ...motion, enabled: undefined }));
    expect(house.sensors().get(HALL)).toMatchObject({ enabled: undefined, occupancy: false });
  });

  test("of an unknown kind, or none, is skipped and counted", () => {
    const item = { id: "x", type: "motion" };
    const data = [
      { type: "error", data: [item] },
      { type: "update" },
      7,
      null,
      { type: "update", data: [item, 8, {}, { id: "", type: "motion" }] },
    ];
    expect(readChanges(JSON.stringify(data))).toMatchObject({ changes: [{ kind: "update" }], skipped: 6 });
  });

  test.each(["", "{}", "[", "null", "7", '"x"', "<html>"])("that reads %j is nonsense", (text) => {
    expect(() => readChanges(text)).toThrow(
      expect.objectContaining({ trouble: "nonsense", message: expect.stringMatching(/no list of events/) }),
    );
  });
});

describe("a press", () => {
  const button = DIMMER_BUTTON;
  const pressOf = (house: House, change: Change | undefined) => change && house.pressOf(change);

  test.each([
    ["a report", { button_report: { event: "repeat", updated: "2026-11-22T02:00:00.000Z" } }, "repeat"],
    ["the old way", { last_event: "long_release" }, "long_release"],
    ["both ways", { last_event: "short_release", button_report: { event: "initial_press" } }, "initial_press"],
  ])("is told by %s", (_name, said, event) => {
    const [change] = update(button, "button", { button: said });
    expect(pressOf(houseOf(resources()), change)).toEqual({ sensorId: DIMMER, button: 2, event });
  });

  test.each([
    ["an event that nobody knows", { button: { last_event: "double_short_release" } }],
    ["no event", { button: {} }],
    ["another name", { metadata: { control_id: 3 } }],
  ])("is not told by %s", (_name, rest) => {
    const [change] = update(button, "button", rest);
    expect(pressOf(houseOf(resources()), change)).toBeUndefined();
  });

  test("is not told by a button that arrives or goes", () => {
    const item = { id: button, type: "button", button: { last_event: "repeat" } };
    for (const kind of ["add", "delete"]) expect(pressOf(houseOf(resources()), changes(kind, item)[0])).toBeUndefined();
  });

  test("of an unknown button is unknown", () => {
    const [change] = update("nobody", "button", { button: { last_event: "repeat" } });
    expect(pressOf(houseOf(resources()), change)).toBe("unknown");
  });
});
