import { describe, expect, it } from "vitest";
import { aircon, daemon, type Example, motion, sprinklers } from "./discovery-examples.ts";
import { isObject, type Json } from "./discovery-kinds.ts";
import { discoveryProblems } from "./discovery-rules.ts";

/** A change by path (undefined removes the key), and the one sentence that must name it. */
type Break = [change: string, to: unknown, says: RegExp];

function changed(document: Json, path: string, to: unknown): Json {
  const copy = structuredClone(document);
  const keys = path.split("/");
  const last = keys.pop() ?? "";
  const parent = keys.reduce<Json>((at, key) => {
    const child = at[key];
    if (!isObject(child)) throw new Error(`the example has no ${path}`);
    return child;
  }, copy);
  parent[last] = to;
  return copy;
}

function breaking(example: Example, breaks: Break[]) {
  it.each(breaks)(`of ${example.name}: %s = %j`, (path, to, says) => {
    const problems = discoveryProblems(example.topic, changed(example.document, path, to));
    expect(problems).toEqual([expect.stringMatching(says)]);
  });
}

describe("a document that keeps all rules passes:", () => {
  it.each([sprinklers, aircon, motion, daemon])("$name", ({ topic, document }) => {
    expect(discoveryProblems(topic, document)).toEqual([]);
  });
});

describe("a broken rule of the topic is named:", () => {
  it.each([
    "homeassistant/device/config",
    "homeassistant/device/my.board/config",
    "homeassistant/device//config",
    "homeassistant/device/a/b/c/config",
    "homeassistant/device/board/state",
    "homeassistant/valve/board/config",
    "+/device/board/config",
    "device/board/config",
  ])("%s", (topic) => {
    expect(discoveryProblems(topic, daemon.document)).toEqual([expect.stringMatching(/^topic: must be .*, and is /)]);
  });
});

describe("a broken rule of the root is named", () => {
  it.each([null, undefined, [], "{}"])("of %j", (document) => {
    expect(discoveryProblems(daemon.topic, document)).toEqual(["document: must be an object"]);
  });

  breaking(sprinklers, [
    ["~", "house", /document: the root has no key "~"/],
    ["dev", {}, /document: the root has no key "dev"/],
    ["json_attributes_topic", "a", /the root has no key "json_attributes_topic"/],
    ["device", undefined, /document: the root needs device/],
    ["origin", undefined, /document: the root needs origin/],
    ["components", undefined, /document: the root needs components/],
    ["components", [], /document: components must be an object/],
    ["qos", 3, /document: qos must be 0, 1 or 2, and is 3/],
    ["command_topic", "a/#", /document: command_topic must be a topic without wildcards/],
    ["availability", "house/daemon", /document: availability must be a list of objects/],
    ["availability_mode", "latest", /document: several availability topics need availability_mode all/],
    ["availability", [{ topic: "a", t: "a" }], /document.availability\[0\]: an availability has no key "t"/],
    ["availability", [{ payload_available: "on" }], /document.availability\[0\]: an availability needs topic/],
  ]);
  breaking(aircon, [["availability_topic", "a", /document: availability and availability_topic exclude each other/]]);
  breaking(daemon, [["availability_mode", "every", /document: availability_mode must be one of all, any, latest/]]);
});

describe("a broken rule of the device or the origin is named", () => {
  breaking(sprinklers, [
    ["device/colour", "green", /device: a device has no key "colour"/],
    ["device/mf", "me", /device: a device has no key "mf"/],
    ["device/identifiers", undefined, /device: needs identifiers or connections/],
    ["device/identifiers", [7], /device: identifiers must be a string or a list of strings/],
    ["device/connections", [["mac"]], /device: connections must be a list of \[mac/],
    ["device/connections", [["lan", "1"]], /device: connections must be a list of \[mac/],
    ["device/name", undefined, /device: a device needs name/],
    ["device/sw_version", 2, /device: sw_version must be a string, and is 2/],
    ["device/model", null, /device: model must be a string, and is null/],
    ["device/configuration_url", "192.0.2.1", /configuration_url must be an http, https or homeassistant URL/],
    ["device/via_device", "garden", /device: via_device is the device itself/],
    ["origin/name", undefined, /origin: the origin needs name/],
    ["origin/url", "https://example.org", /origin: the origin has no key "url"/],
    ["origin/support_url", "example.org", /origin: support_url must be an http/],
  ]);
});

describe("a broken rule of every component is named", () => {
  breaking(sprinklers, [
    ["components/zone 9", { platform: "valve" }, /components.zone 9: the key may have letters, digits/],
    ["components/zone1", "valve", /components.zone1: must be an object/],
    ["components/zone1", {}, /components.zone1: needs a platform/],
    ["components/zone1", { platform: "tap" }, /components.zone1: there is no platform tap/],
    ["components/zone1/platform", "light", /platform light are not in discovery-platforms.ts yet/],
    ["components/zone1/stat_t", "a", /components.zone1: platform valve has no key "stat_t"/],
    ["components/zone1/object_id", "a", /platform valve has no key "object_id"/],
    ["components/zone1/constructor", "a", /platform valve has no key "constructor"/],
    ["components/zone1/unique_id", undefined, /components.zone1: platform valve needs unique_id/],
    ["components/zone1", { platform: "valve", name: "Zone 1" }, /platform valve needs unique_id/],
    ["components/zone2/unique_id", "garden_zone1", /components.zone2: unique_id is already that of zone1/],
    ["components/zone1/default_entity_id", "zone_1", /default_entity_id must be valve.something/],
    ["components/zone1/default_entity_id", "valve.Zone", /default_entity_id must be valve.something/],
    ["components/zone1/name", undefined, /without a name it is called "MQTT valve"/],
    ["components/zone1/name", "", /name must be a string that is not empty, or null, and is ""/],
    ["components/zone1/name", "Garden water zone 1", /components.zone1: name repeats the device's name/],
    ["components/zone1/icon", "water", /icon must be a name with a colon, as in mdi:water, and is "water"/],
    ["components/zone1/icon", null, /icon must be .*, and is null/],
    ["components/zone1/command_topic", "a/+", /command_topic must be a topic without wildcards/],
    ["components/zone1/command_topic", "", /command_topic must be a topic without wildcards/],
    ["components/zone1/state_topic", "a/#/b", /state_topic must be a well-formed topic/],
    ["components/zone1/state_topic", "a\u0000", /state_topic must be a well-formed topic/],
    ["components/zone1/value_template", "{{ value }", /value_template must be a template with matching braces/],
    ["components/zone1/qos", "1", /qos must be 0, 1 or 2/],
    ["components/zone1/retain", true, /components.zone1: retain would keep commands/],
    ["components/zone1/message_expiry_interval", 10, /must be an object of days, hours, minutes and seconds/],
    ["components/zone1/message_expiry_interval", { s: 1 }, /must be an object of days, hours, minutes and seconds/],
    ["components/zone1/enabled_by_default", "yes", /enabled_by_default must be true or false/],
    ["components/zone1/entity_category", "main", /entity_category must be one of config, diagnostic/],
    ["components/zone1/entity_picture", "me.png", /entity_picture must be an http or https URL/],
    ["components/zone1/availability_topic", "a", /components.zone1: availability and availability_topic exclude/],
    ["components/connection/availability", [{ t: "a", topic: "a" }], /components.connection.availability\[0\]/],
    ["components/zone1/availability_mode", "any", /components.zone1: several availability topics need/],
    ["components/connection/message_expiry_interval", { seconds: 1 }, /platform binary_sensor has no key/],
    ["components/connection/retain", false, /platform binary_sensor has no key "retain"/],
  ]);

  it("of a motion sensor: two components called like the device", () => {
    const document = changed(motion.document, "components/dark/name", null);
    expect(discoveryProblems(motion.topic, document)).toEqual([expect.stringMatching(/only one may be called/)]);
  });
});

describe("a broken rule of a valve is named", () => {
  breaking(sprinklers, [
    ["components/zone1/device_class", "oil", /device_class must be one of water, gas, or null/],
    ["components/zone1/position_open", 99.5, /position_open must be an integer/],
    ["components/zone1/payload_open", 1, /payload_open must be a string, or null/],
  ]);
  const positioned = { ...sprinklers, document: structuredClone(sprinklers.document) };
  Object.assign(positioned.document.components.zone1 ?? {}, { reports_position: true, payload_stop: "STOP" });
  it("but not one that reports its position", () => {
    expect(discoveryProblems(positioned.topic, positioned.document)).toEqual([]);
  });
  breaking(positioned, [
    ["components/zone1/payload_open", "1", /components.zone1: reports_position excludes payload_open/],
    ["components/zone1/payload_close", null, /reports_position excludes payload_close/],
    ["components/zone1/state_open", "1", /reports_position excludes state_open/],
    ["components/zone1/state_closed", "0", /reports_position excludes state_closed/],
  ]);
});

describe("a broken rule of a climate is named", () => {
  breaking(aircon, [
    ["components/climate/modes", ["off", "cold"], /modes must be a list of some of auto, off, cool/],
    ["components/climate/precision", 0.2, /precision must be one of 0.1, 0.5, 1, and is 0.2/],
    ["components/climate/temperature_unit", "K", /temperature_unit must be one of C, F/],
    ["components/climate/temperature_unit", undefined, /temperature_unit must be given with temperatures/],
    ["components/climate/min_temp", 31, /min_temp is more than max_temp/],
    ["components/climate/temp_step", 0, /temp_step must be more than 0/],
    ["components/climate/max_humidity", 101, /min_humidity must be less than max_humidity/],
    ["components/climate/min_humidity", 99, /min_humidity must be less than max_humidity/],
    ["components/climate/target_humidity_state_topic", "a", /needs target_humidity_command_topic/],
    ["components/climate/preset_modes", ["eco"], /preset_modes and preset_mode_command_topic go together/],
    ["components/climate/preset_mode_command_topic", "a", /preset_modes and preset_mode_command_topic go together/],
    ["components/climate/fan_modes", [], /fan_modes must be a list of strings that is not empty/],
    ["components/climate/away_mode_command_topic", "a", /platform climate has no key/],
  ]);
  const presets = { ...aircon, document: structuredClone(aircon.document) };
  Object.assign(presets.document.components.climate ?? {}, { preset_mode_command_topic: "a", preset_modes: ["eco"] });
  breaking(presets, [["components/climate/preset_modes", ["none"], /preset_modes must not contain "none"/]]);
});

describe("a broken rule of a sensor is named", () => {
  breaking(motion, [
    ["components/temperature/unit_of_measurement", "C", /temperature is in °C, °F, K, not C/],
    ["components/temperature/unit_of_measurement", "ºC", /temperature is in °C, °F, K, not ºC/],
    ["components/temperature/unit_of_measurement", undefined, /temperature is in °C, °F, K, not undefined/],
    ["components/illuminance/unit_of_measurement", "lux", /illuminance is in lx, not lux/],
    ["components/temperature/device_class", "warmth", /device_class must be one of aqi, battery/],
    ["components/temperature/state_class", "total", /state_class total does not go with device_class temperature/],
    ["components/temperature/options", ["a"], /options need device_class enum/],
    [
      "components/temperature/last_reset_value_template",
      "{{ 0 }}",
      /last_reset_value_template needs state_class total/,
    ],
    ["components/temperature/suggested_display_precision", -1, /must be an integer of at least 0/],
    ["components/temperature/expire_after", 1.5, /expire_after must be an integer of at least 0/],
    ["components/temperature/entity_category", "config", /entity_category config is not for what cannot be set/],
    ["components/dark/entity_category", "config", /entity_category config is not for what cannot be set/],
    ["components/dark/device_class", "dark", /device_class must be one of battery/],
    ["components/dark/off_delay", "3", /off_delay must be an integer/],
  ]);
  breaking(daemon, [
    ["components/last_error/state_topic", undefined, /components.last_error: platform sensor needs state_topic/],
    ["components/last_error/unit_of_measurement", " ", /unit_of_measurement must be a string that is not empty/],
    ["components/last_error/state_class", "mean", /state_class must be one of measurement/],
    ["components/last_error/state_class", "measurement_angle", /measurement_angle needs the unit °/],
    ["components/connection/state_topic", undefined, /platform binary_sensor needs state_topic/],
  ]);

  const choice = { platform: "sensor", unique_id: "why", name: "Reason", device_class: "enum", options: ["rain"] };
  const withChoice = { ...motion, document: structuredClone(motion.document) };
  withChoice.document.components.reason = choice;
  it("but not a choice", () => expect(discoveryProblems(withChoice.topic, withChoice.document)).toEqual([]));
  breaking(withChoice, [
    ["components/reason/state_class", "total", /state_class total does not go with device_class enum/],
    ["components/reason/unit_of_measurement", "mm", /device_class enum has no unit/],
    ["components/reason/options", [], /options must be a list of strings that is not empty/],
  ]);
});

describe("a broken rule of a number is named", () => {
  breaking(sprinklers, [
    ["components/zone1_duration/min", 121, /components.zone1_duration: min is more than max/],
    ["components/zone1_duration/min", "1", /min must be a number/],
    ["components/zone1_duration/step", 0, /step is less than 0.001/],
    ["components/zone1_duration/mode", "knob", /mode must be one of auto, box, slider/],
    ["components/zone1_duration/unit_of_measurement", "minutes", /duration is in d, h, min, s, ms, µs, not minutes/],
    ["components/zone1_duration/device_class", "timestamp", /device_class must be one of aqi/],
    ["components/zone1_duration/command_topic", undefined, /platform number needs command_topic/],
  ]);
});

describe("a broken rule of a button, a switch, a select or an event is named", () => {
  breaking(daemon, [
    ["components/restart/command_topic", undefined, /platform button needs command_topic/],
    ["components/restart/state_topic", "a", /platform button has no key "state_topic"/],
    ["components/restart/device_class", "stop", /device_class must be one of identify, restart, update/],
    ["components/quiet/command_topic", undefined, /platform switch needs command_topic/],
    ["components/quiet/payload_on", true, /payload_on must be a string, and is true/],
    ["components/quiet/device_class", "light", /device_class must be one of outlet, switch, or null/],
    ["components/log_level/options", undefined, /platform select needs options/],
    ["components/log_level/options", [1, 2], /options must be a list of strings/],
    ["components/log_level/options", ["None"], /no option may be called "none"/],
  ]);
  breaking(motion, [
    ["components/button/event_types", undefined, /platform event needs event_types/],
    ["components/button/device_class", null, /device_class must be one of button, doorbell, motion, and is null/],
    ["components/button/device_class", "key", /device_class must be one of button, doorbell, motion/],
  ]);
});

describe("a broken rule of a trigger, an update or an infrared emitter is named", () => {
  const more = { ...daemon, document: structuredClone(daemon.document) };
  Object.assign(more.document.components, {
    trigger: { platform: "device_automation", automation_type: "trigger", topic: "a", type: "press", subtype: "1" },
    firmware: { platform: "update", unique_id: "daemon_update", name: "Firmware", state_topic: "a" },
    emitter: { platform: "infrared", unique_id: "daemon_ir", name: "Emitter", schema: "emitter", command_topic: "a" },
  });
  it("but not these", () => expect(discoveryProblems(more.topic, more.document)).toEqual([]));
  breaking(more, [
    ["components/trigger/subtype", undefined, /platform device_automation needs subtype/],
    ["components/trigger/unique_id", "x", /platform device_automation has no key "unique_id"/],
    ["components/firmware/command_topic", "a", /command_topic and payload_install go together/],
    ["components/emitter/command_topic", undefined, /an emitter needs command_topic/],
    ["components/emitter/schema", "receiver", /a receiver needs state_topic/],
  ]);
});
