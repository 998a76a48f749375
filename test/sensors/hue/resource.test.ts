import { describe, expect, test } from "vitest";
import { readResource } from "../../../devices/sensors/hue/resource.ts";

const read = (type: string, rest: object) => readResource({ id: "x", type, ...rest });

describe("a resource of interface v2", () => {
  test("of a device says who made it, and what belongs to it", () => {
    const product_data = {
      ...{ manufacturer_name: "Signify", product_name: "Hue motion sensor" },
      ...{ model_id: "SML001", software_version: "1.1.27575" },
    };
    const services = [{ rid: "a", rtype: "motion" }, null, { rid: 7 }, "b", {}, { rid: "c" }];
    expect(read("device", { product_data, metadata: { name: "Hall" }, services })).toStrictEqual({
      ...{ id: "x", type: "device", name: "Hall", manufacturer: "Signify", product: "Hue motion sensor" },
      ...{ model: "SML001", firmware: "1.1.27575", members: ["a", "c"] },
    });
  });

  test.each([
    ["motion", "motion", "motion", true],
    ["camera_motion", "motion", "motion", false],
    ["light_level", "light", "light_level", 18_027],
    ["temperature", "temperature", "temperature", -3.5],
  ])("of %s says what it measures, in either of its fields", (type, feature, name, value) => {
    const report = { [`${name}_report`]: { [name]: value } };
    for (const said of [{ [name]: value }, report, { ...report, [name]: null }]) {
      expect(read(type, { enabled: true, [feature]: said })).toStrictEqual({ id: "x", type, enabled: true, value });
    }
    expect(read(type, { [feature]: { [`${name}_valid`]: false } })).toStrictEqual({ id: "x", type, valid: false });
    // What can't be used is not the same as nothing: an old value must not stay.
    for (const said of [{ [name]: "x" }, { [`${name}_report`]: { [name]: "x" } }, { [`${name}_report`]: null }]) {
      expect(read(type, { [feature]: said })).toStrictEqual({ id: "x", type, value: null });
    }
    expect(read(type, { [feature]: {} })).toStrictEqual({ id: "x", type });
  });

  test.each([
    ["/sensors/140", 140],
    ["/sensors/7", 7],
    ["", null],
    ["/lights/7", null],
    ["/x/sensors/7", null],
    ["/sensors/7/x", null],
    ["/sensors/1234567890", null],
    [7, null],
  ])("with %j as its path in v1 has the number %j there", (id_v1, v1Number) => {
    expect(read("motion", { id_v1 })).toStrictEqual({ id: "x", type: "motion", v1Number });
  });

  test.each([
    ["connected", true],
    ["unidirectional_incoming", true],
    ["disconnected", false],
    ["connectivity_issue", false],
    ["pending_discovery", false],
    ["confused", null],
    ["", null],
  ])("of a radio that is %j is heard: %s", (status, reachable) => {
    const radio = { status, mac_address: "00:17:88:01:00:00:00:10" };
    expect(read("zigbee_connectivity", radio)).toStrictEqual({
      ...{ id: "x", type: "zigbee_connectivity", reachable, address: "00:17:88:01:00:00:00:10" },
    });
  });

  test("of a room, of a battery, of a button and of a switch without a battery says what it has", () => {
    const room = { metadata: { name: "Hallway" }, children: [{ rid: "a", rtype: "device" }], services: [{ rid: "b" }] };
    expect(read("room", room)).toStrictEqual({ id: "x", type: "room", name: "Hallway", members: ["a"] });
    const power = { power_state: { battery_level: 87, battery_state: "normal" } };
    expect(read("device_power", power)).toStrictEqual({ id: "x", type: "device_power", batteryPercent: 87 });
    const button = {
      metadata: { control_id: 2 },
      button: { last_event: "repeat", button_report: { event: "long_press", updated: "2026-11-22T02:00:00.000Z" } },
    };
    expect(read("button", button)).toStrictEqual({
      ...{ id: "x", type: "button", button: 2, event: "long_press", usedAt: "2026-11-22T02:00:00.000Z" },
    });
    expect(read("button", { button: { last_event: "repeat" } })).toStrictEqual({
      ...{ id: "x", type: "button", event: "repeat" },
    });
    expect(read("zgp_connectivity", { status: "disconnected", source_id: "442308" })).toStrictEqual({
      ...{ id: "x", type: "zgp_connectivity", address: "442308" },
    });
    expect(read("motion", { owner: { rid: "d", rtype: "device" } })).toStrictEqual({
      ...{ id: "x", type: "motion", owner: "d" },
    });
  });

  test("of another type is nothing to us, and what has neither id nor type is none", () => {
    expect(read("light", {})).toBeUndefined();
    expect(read("constructor", {})).toBeUndefined();
    for (const item of [null, [], "x", {}, { id: "x" }, { type: "motion" }, { id: "", type: "motion" }]) {
      expect(() => readResource(item)).toThrow();
    }
  });
});
