import type { Json } from "./discovery-kinds.ts";

/** A document that breaks no rule, with the topic it belongs on. */
export interface Example {
  name: string;
  topic: string;
  document: { device: Json; origin: Json; components: Record<string, Json> } & Json;
}

const origin = { name: "house", sw_version: "1.0.0", support_url: "https://example.org/house" };
const via = (key: string) => ({
  availability: [{ topic: "house/daemon" }, { topic: `house/${key}/availability` }],
  availability_mode: "all",
});

const zone = (n: number) => ({
  [`zone${n}`]: {
    platform: "valve",
    unique_id: `garden_zone${n}`,
    default_entity_id: `valve.garden_zone_${n}`,
    name: `Zone ${n}`,
    device_class: "water",
    command_topic: `house/garden/${n}/set`,
    state_topic: `house/garden/${n}/get`,
    qos: 1,
    message_expiry_interval: { seconds: 10 },
  },
  [`zone${n}_duration`]: {
    platform: "number",
    unique_id: `garden_zone${n}_duration`,
    name: `Zone ${n} duration`,
    device_class: "duration",
    unit_of_measurement: "min",
    min: 1,
    max: 120,
    step: 1,
    mode: "box",
    entity_category: "config",
    command_topic: `house/garden/${n}/duration/set`,
    state_topic: `house/garden/${n}/duration/get`,
  },
});

/** §7a: valves and their durations, a sensor with attributes, a connection that overrides the availability. */
export const sprinklers: Example = {
  name: "a sprinkler controller",
  topic: "homeassistant/device/garden/config",
  document: {
    device: { identifiers: ["garden"], name: "Garden water", serial_number: "A1", via_device: "daemon" },
    origin,
    ...via("garden"),
    components: {
      ...zone(1),
      ...zone(2),
      remaining: {
        platform: "sensor",
        unique_id: "garden_remaining",
        name: "Remaining time",
        device_class: "duration",
        unit_of_measurement: "s",
        state_class: "measurement",
        suggested_display_precision: 0,
        state_topic: "house/garden/run",
        value_template: "{{ value_json.remaining }}",
        json_attributes_topic: "house/garden/run",
      },
      connection: {
        platform: "binary_sensor",
        unique_id: "garden_connection",
        name: "Connection",
        device_class: "connectivity",
        entity_category: "diagnostic",
        state_topic: "house/garden/availability",
        payload_on: "online",
        payload_off: "offline",
        availability: [{ topic: "house/daemon" }],
      },
    },
  },
};

/** §7b: one climate that is called like its device. */
export const aircon: Example = {
  name: "an air conditioner",
  topic: "homeassistant/device/study/config",
  document: {
    device: { identifiers: ["study"], name: "Study aircon", suggested_area: "Study", via_device: "daemon" },
    origin,
    ...via("study"),
    components: {
      climate: {
        platform: "climate",
        unique_id: "study_climate",
        name: null,
        modes: ["off", "cool", "heat", "fan_only", "dry", "auto"],
        mode_command_topic: "house/study/mode/set",
        mode_state_topic: "house/study/mode/get",
        temperature_command_topic: "house/study/temperature/set",
        temperature_state_topic: "house/study/temperature/get",
        min_temp: 16,
        max_temp: 30,
        temp_step: 1,
        precision: 0.5,
        temperature_unit: "C",
        current_temperature_topic: "house/thermometer",
        current_temperature_template: "{{ value_json.temperature | default(none) }}",
        fan_modes: ["auto", "low", "high"],
        fan_mode_command_topic: "house/study/fan/set",
        fan_mode_state_topic: "house/study/fan/get",
        swing_modes: ["off", "on"],
        swing_mode_command_topic: "house/study/swing/set",
        swing_mode_state_topic: "house/study/swing/get",
        retain: false,
      },
    },
  },
};

/** §7c: sensors that share one state topic at the root, some named by their class. */
export const motion: Example = {
  name: "a motion sensor",
  topic: "homeassistant/device/sensors/hall/config",
  document: {
    device: { connections: [["zigbee", "00:17:88:01"]], name: "Hall", model: "Motion sensor", model_id: "SML001" },
    origin,
    ...via("hall"),
    state_topic: "house/hall",
    components: {
      occupancy: {
        platform: "binary_sensor",
        unique_id: "hall_occupancy",
        name: null,
        device_class: "occupancy",
        value_template: "{{ 'ON' if value_json.occupancy else 'OFF' }}",
      },
      illuminance: {
        platform: "sensor",
        unique_id: "hall_illuminance",
        device_class: "illuminance",
        unit_of_measurement: "lx",
        state_class: "measurement",
        value_template: "{{ value_json.illuminance }}",
      },
      temperature: {
        platform: "sensor",
        unique_id: "hall_temperature",
        device_class: "temperature",
        unit_of_measurement: "°C",
        state_class: "measurement",
        value_template: "{{ value_json.temperature }}",
      },
      dark: { platform: "binary_sensor", unique_id: "hall_dark", name: "Dark", icon: "mdi:weather-night" },
      button: {
        platform: "event",
        unique_id: "hall_button",
        name: "Button",
        device_class: "button",
        event_types: ["press_start", "press_end"],
        state_topic: "house/hall/button/event",
      },
      removed: { platform: "light" },
    },
  },
};

/** §7d: the daemon itself: always available, a button, a choice, text with attributes. */
export const daemon: Example = {
  name: "a daemon",
  topic: "homeassistant/device/daemon/config",
  document: {
    device: { identifiers: "daemon", name: "House daemon", configuration_url: "http://192.0.2.10:8080/" },
    origin: { name: "house" },
    availability: [{ topic: "house/daemon", payload_available: "online", payload_not_available: "offline" }],
    components: {
      connection: {
        platform: "binary_sensor",
        unique_id: "daemon_connection",
        name: "Connection",
        device_class: "connectivity",
        entity_category: "diagnostic",
        state_topic: "house/daemon",
        payload_on: "online",
        payload_off: "offline",
        availability: [],
      },
      restart: {
        platform: "button",
        unique_id: "daemon_restart",
        device_class: "restart",
        entity_category: "config",
        command_topic: "house/daemon/restart/set",
        payload_press: "PRESS",
      },
      log_level: {
        platform: "select",
        unique_id: "daemon_log_level",
        name: "Log level",
        entity_category: "config",
        options: ["error", "info", "debug"],
        command_topic: "house/daemon/log/set",
        state_topic: "house/daemon/log/get",
      },
      quiet: {
        platform: "switch",
        unique_id: "daemon_quiet",
        name: "Quiet",
        device_class: "switch",
        command_topic: "house/daemon/quiet/set",
        state_topic: "house/daemon/quiet/get",
        payload_on: "1",
        payload_off: "0",
      },
      last_error: {
        platform: "sensor",
        unique_id: "daemon_last_error",
        name: "Last error",
        entity_category: "diagnostic",
        state_topic: "house/daemon/error",
        value_template: "{{ value_json.message[:255] }}",
        json_attributes_topic: "house/daemon/error",
      },
    },
  },
};
