import { describe, expect, it } from "vitest";
import type { DeviceDocument } from "../../src/components.ts";
import { attributesOf, type Device, type Entity } from "../../src/device.ts";
import {
  allDocuments,
  availabilityTopic,
  birth,
  commandTopic,
  daemonTopic,
  deviceDocument,
  documentPrefix,
  documentTopic,
  eventTopic,
  stateTopic,
  withTombstones,
} from "../../src/homeassistant.ts";

const identity = { daemon: "toys", instance: "attic", version: "1.2.3" };
const base = "home/toys/lamp";

async function* nothing() {}

const deviceWith = (entities: Entity[], info: Partial<Device["info"]> = {}): Device => ({
  info: { key: "lamp", name: "Lamp", manufacturer: "Acme", model: "L1", ...info },
  base,
  entities,
  states: nothing,
});

const described = { key: "it", name: "It" };
const state = { topic: "it" };

/** The one component of a device with this one entity. */
function componentOf(entity: Entity) {
  return deviceDocument(identity, deviceWith([entity])).components.it;
}

const shared = { unique_id: "mqtt-things_toys_attic_lamp_it", name: "It", qos: 1 };
const commanding = {
  command_topic: "home/toys/lamp/it/set",
  retain: false,
  message_expiry_interval: { seconds: 10 },
};
const reading = { state_topic: "home/toys/lamp/it/get" };

describe("topics", () => {
  it("are where Home Assistant and the house look for them", () => {
    expect(birth).toStrictEqual({ topic: "homeassistant/status", payload: "online" });
    expect(allDocuments).toBe("homeassistant/device/+/config");
    expect(daemonTopic(identity)).toBe("mqtt-things/toys/attic/availability/get");
    expect(documentPrefix(identity)).toBe("homeassistant/device/mqtt-things_toys_attic_");
    expect(stateTopic(base, "a/b")).toBe("home/toys/lamp/a/b/get");
    expect(commandTopic(base, "a/b")).toBe("home/toys/lamp/a/b/set");
    expect(eventTopic(base, "a/b")).toBe("home/toys/lamp/a/b/event");
    expect(availabilityTopic(base)).toBe("home/toys/lamp/availability/get");
  });

  it("of a document keep only letters, digits and dashes of the device's key", () => {
    expect(documentTopic(identity, "a_B-9 /+#é")).toBe("homeassistant/device/mqtt-things_toys_attic_aB-9/config");
  });
});

// Written out for the Home Assistants that forget the defaults.
const payloads = { payload_available: "online", payload_not_available: "offline" };

describe("a device", () => {
  it("introduces itself with who it is, and is available while it and its daemon are", () => {
    expect(deviceDocument(identity, deviceWith([]))).toStrictEqual({
      device: { identifiers: ["mqtt-things_toys_attic_lamp"], name: "Lamp", manufacturer: "Acme", model: "L1" },
      origin: { name: "mqtt-things", sw_version: "1.2.3" },
      availability: [
        { topic: "mqtt-things/toys/attic/availability/get", ...payloads },
        { topic: "home/toys/lamp/availability/get", ...payloads },
      ],
      availability_mode: "all",
      components: {},
    });
  });

  it("says its serial number, software and area where it has them", () => {
    const info = { key: "l/1", serialNumber: "S1", softwareVersion: "9", suggestedArea: "Attic" };
    expect(deviceDocument(identity, deviceWith([], info)).device).toStrictEqual({
      identifiers: ["mqtt-things_toys_attic_l1"],
      name: "Lamp",
      manufacturer: "Acme",
      model: "L1",
      serial_number: "S1",
      sw_version: "9",
      suggested_area: "Attic",
    });
  });

  it("names its entities by their keys, without what Home Assistant does not allow there", () => {
    const entity: Entity = { platform: "sensor", key: "a b_c-1", name: "It", state };
    const { components } = deviceDocument(identity, deviceWith([entity]));
    expect(Object.keys(components)).toStrictEqual(["abc-1"]);
    expect(components["abc-1"]).toMatchObject({ unique_id: "mqtt-things_toys_attic_lamp_abc-1" });
  });
});

describe("an entity", () => {
  it("is called like its device where it has no name of its own", () => {
    expect(componentOf({ ...described, name: null, platform: "sensor", state })).toMatchObject({ name: null });
  });

  it("shows its icon and its category, and stays available without the device, where it says so", () => {
    const entity: Entity = {
      ...described,
      platform: "sensor",
      state,
      icon: "mdi:chip",
      category: "diagnostic",
      withoutDevice: true,
    };
    expect(componentOf(entity)).toStrictEqual({
      platform: "sensor",
      ...shared,
      icon: "mdi:chip",
      entity_category: "diagnostic",
      availability: [{ topic: "mqtt-things/toys/attic/availability/get", ...payloads }],
      ...reading,
    });
  });

  it.each<[Entity, object]>([
    [
      { ...described, platform: "valve", state, deviceClass: "water", open: "1", closed: "0" },
      {
        ...commanding,
        ...reading,
        device_class: "water",
        payload_open: "1",
        payload_close: "0",
        state_open: "1",
        state_closed: "0",
      },
    ],
    [
      { ...described, platform: "switch", state, on: "ON", off: "OFF" },
      { ...commanding, ...reading, payload_on: "ON", payload_off: "OFF" },
    ],
    [
      { ...described, platform: "number", state, min: 1, max: 9, step: 0.5, unit: "min", deviceClass: "duration" },
      {
        ...commanding,
        ...reading,
        min: 1,
        max: 9,
        step: 0.5,
        mode: "box",
        unit_of_measurement: "min",
        device_class: "duration",
      },
    ],
    [
      {
        ...described,
        platform: "climate",
        mode: state,
        modes: ["off", "heat"],
        power: { topic: "power" },
        others: [{ topic: "more" }],
      },
      {
        modes: ["off", "heat"],
        mode_command_topic: "home/toys/lamp/it/set",
        mode_state_topic: "home/toys/lamp/it/get",
        power_command_topic: "home/toys/lamp/power/set",
        payload_on: "ON",
        payload_off: "OFF",
        temperature_unit: "C",
        retain: false,
        message_expiry_interval: { seconds: 10 },
      },
    ],
    [
      {
        ...described,
        platform: "climate",
        mode: state,
        modes: ["off", "heat"],
        power: { topic: "power" },
        temperature: { topic: "warmth", min: 16, max: 30, step: 0.5 },
        fan: { topic: "fan", modes: ["auto", "low"] },
        swing: { topic: "swing", modes: ["off", "on"] },
        currentTemperature: { topic: "now" },
        currentHumidity: { topic: "damp" },
      },
      {
        modes: ["off", "heat"],
        mode_command_topic: "home/toys/lamp/it/set",
        mode_state_topic: "home/toys/lamp/it/get",
        power_command_topic: "home/toys/lamp/power/set",
        payload_on: "ON",
        payload_off: "OFF",
        temperature_unit: "C",
        temperature_command_topic: "home/toys/lamp/warmth/set",
        temperature_state_topic: "home/toys/lamp/warmth/get",
        min_temp: 16,
        max_temp: 30,
        temp_step: 0.5,
        precision: 0.1,
        fan_modes: ["auto", "low"],
        fan_mode_command_topic: "home/toys/lamp/fan/set",
        fan_mode_state_topic: "home/toys/lamp/fan/get",
        swing_modes: ["off", "on"],
        swing_mode_command_topic: "home/toys/lamp/swing/set",
        swing_mode_state_topic: "home/toys/lamp/swing/get",
        current_temperature_topic: "home/toys/lamp/now/get",
        current_humidity_topic: "home/toys/lamp/damp/get",
        retain: false,
        message_expiry_interval: { seconds: 10 },
      },
    ],
    [
      { ...described, platform: "button", press: state },
      { ...commanding, payload_press: "PRESS" },
    ],
    [
      { ...described, platform: "binary_sensor", state, on: "1", off: "0", deviceClass: "motion" },
      { ...reading, payload_on: "1", payload_off: "0", device_class: "motion" },
    ],
    [
      { ...described, platform: "event", event: "button/1", types: ["short", "long"] },
      {
        state_topic: "home/toys/lamp/button/1/event",
        event_types: ["short", "long"],
        value_template: '{{ {"event_type": value} | to_json }}',
      },
    ],
    [
      { ...described, platform: "event", event: "button/1", types: ["ring"], deviceClass: "doorbell" },
      {
        state_topic: "home/toys/lamp/button/1/event",
        event_types: ["ring"],
        value_template: '{{ {"event_type": value} | to_json }}',
        device_class: "doorbell",
      },
    ],
    [{ ...described, platform: "sensor", state }, reading],
    [
      { ...described, platform: "sensor", state, reading: { deviceClass: "timestamp" } },
      { ...reading, device_class: "timestamp" },
    ],
    [
      { ...described, platform: "sensor", state, reading: { deviceClass: "enum", options: ["a", "b"] } },
      { ...reading, device_class: "enum", options: ["a", "b"] },
    ],
    [
      { ...described, platform: "sensor", state, reading: { unit: "lx" } },
      { ...reading, unit_of_measurement: "lx" },
    ],
    [
      {
        ...described,
        platform: "sensor",
        state,
        reading: { unit: "°C", deviceClass: "temperature", stateClass: "measurement", precision: 1 },
      },
      {
        ...reading,
        unit_of_measurement: "°C",
        device_class: "temperature",
        state_class: "measurement",
        suggested_display_precision: 1,
      },
    ],
  ])("%j is shown with exactly its keys", (entity, keys) => {
    expect(componentOf(entity)).toStrictEqual({ platform: entity.platform, ...shared, ...keys });
  });
});

describe("the attributes of an entity", () => {
  const other = { topic: "run" };

  it("are its state and what belongs to it, in the order they are shown", () => {
    const valve = { ...described, platform: "valve" as const, state, deviceClass: "water" as const };
    expect(attributesOf({ ...valve, open: "1", closed: "0" })).toStrictEqual([state]);
    expect(attributesOf({ ...valve, open: "1", closed: "0", others: [other] })).toStrictEqual([state, other]);
    expect(attributesOf({ ...described, platform: "switch", state, on: "1", off: "0" })).toStrictEqual([state]);
    expect(attributesOf({ ...described, platform: "sensor", state })).toStrictEqual([state]);
    expect(
      attributesOf({ ...described, platform: "number", state, min: 0, max: 1, step: 1, unit: "h", deviceClass: "x" }),
    ).toStrictEqual([state]);
    expect(
      attributesOf({ ...described, platform: "binary_sensor", state, on: "1", off: "0", deviceClass: "x" }),
    ).toStrictEqual([state]);
  });

  it("are all that a climate has", () => {
    const climate = {
      ...described,
      platform: "climate" as const,
      mode: state,
      modes: ["off"],
      power: { topic: "power" },
    };
    const range = { topic: "warmth", min: 16, max: 30, step: 1 };
    const choice = { topic: "fan", modes: ["auto"] };
    const now = { topic: "now" };
    expect(attributesOf(climate)).toStrictEqual([state, { topic: "power" }]);
    expect(attributesOf({ ...climate, temperature: range, fan: choice, swing: choice })).toStrictEqual([
      state,
      { topic: "power" },
      range,
      choice,
      choice,
    ]);
    expect(attributesOf({ ...climate, currentTemperature: now, currentHumidity: now, others: [other] })).toStrictEqual([
      state,
      { topic: "power" },
      now,
      now,
      other,
    ]);
  });

  it("are what is pressed, of a button, and none, of an event", () => {
    expect(attributesOf({ ...described, platform: "button", press: other })).toStrictEqual([other]);
    expect(attributesOf({ ...described, platform: "event", event: "e", types: [] })).toStrictEqual([]);
  });
});

describe("what an older document had and the new one has not", () => {
  const document = (components: DeviceDocument["components"]): DeviceDocument => ({
    ...deviceDocument(identity, deviceWith([])),
    components,
  });
  const now = document({ a: { platform: "sensor" }, b: { platform: "switch" } });

  it("gets a tombstone, and everything else stays as it is", () => {
    const older = JSON.stringify(document({ a: { platform: "sensor" }, gone: { platform: "button" } }));
    expect(withTombstones(now, older)).toStrictEqual({
      ...now,
      components: { a: { platform: "sensor" }, b: { platform: "switch" }, gone: { platform: "button" } },
    });
  });

  it("gets one with its old platform where the key lives on with another", () => {
    expect(withTombstones(now, JSON.stringify(document({ a: { platform: "valve" } })))?.components.a).toStrictEqual({
      platform: "valve",
    });
  });

  it("is nothing when every component is still there", () => {
    expect(withTombstones(now, JSON.stringify(now))).toBeUndefined();
  });

  it.each([
    undefined,
    "",
    "{",
    "null",
    "7",
    "[]",
    "{}",
    '{"components":null}',
    '{"components":{"x":null}}',
    '{"components":{"x":{}}}',
    '{"components":{"x":{"platform":7}}}',
  ])("is nothing in a document that somebody else wrote: %j", (older) => {
    expect(withTombstones(now, older)).toBeUndefined();
  });
});
