import { binarySensorClasses, numberClasses, sensorClasses } from "./discovery-classes.ts";
import { climate } from "./discovery-climate.ts";
import { command, common, onOff, state } from "./discovery-keys.ts";
import * as is from "./discovery-kinds.ts";

/** The closed key list of one platform, and the keys it cannot do without (they may come from the root). */
export interface Platform {
  keys: is.Keys;
  required: string[];
}

const entity = (required: string[], ...keys: is.Keys[]): Platform => ({
  keys: Object.assign({}, common, ...keys),
  required: ["unique_id", ...required],
});

const optionalClass = (...names: string[]): is.Keys => ({ device_class: is.orNull(is.oneOf(...names)) });

/** §6.1 to §6.10: the platforms this house may use; another one is added here first. */
export const platforms: Record<string, Platform> = {
  valve: entity([], state, command, optionalClass("water", "gas"), {
    reports_position: is.flag,
    payload_open: is.orNull(is.text),
    payload_close: is.orNull(is.text),
    payload_stop: is.orNull(is.text),
    state_open: is.text,
    state_closed: is.text,
    state_opening: is.text,
    state_closing: is.text,
    position_open: is.integer,
    position_closed: is.integer,
    optimistic: is.flag,
  }),
  switch: entity(["command_topic"], state, command, onOff, optionalClass("outlet", "switch"), {
    state_on: is.text,
    state_off: is.text,
    optimistic: is.flag,
  }),
  climate: entity([], climate),
  sensor: entity(["state_topic"], state, optionalClass(...Object.keys(sensorClasses)), {
    unit_of_measurement: is.orNull(is.words),
    state_class: is.orNull(is.oneOf("measurement", "measurement_angle", "total", "total_increasing")),
    options: is.texts,
    last_reset_value_template: is.template,
    suggested_display_precision: is.whole,
    expire_after: is.whole,
    force_update: is.flag,
  }),
  binary_sensor: entity(["state_topic"], state, onOff, optionalClass(...binarySensorClasses), {
    off_delay: is.whole,
    expire_after: is.whole,
    force_update: is.flag,
  }),
  number: entity(["command_topic"], state, command, optionalClass(...numberClasses), {
    min: is.number,
    max: is.number,
    step: is.number,
    mode: is.oneOf("auto", "box", "slider"),
    unit_of_measurement: is.orNull(is.words),
    payload_reset: is.text,
    optimistic: is.flag,
  }),
  button: entity(["command_topic"], command, optionalClass("identify", "restart", "update"), {
    payload_press: is.text,
  }),
  select: entity(["command_topic", "options"], state, command, { options: is.texts, optimistic: is.flag }),
  event: entity(["state_topic", "event_types"], state, {
    event_types: is.texts,
    device_class: is.oneOf("button", "doorbell", "motion"),
  }),
  update: entity(["state_topic"], state, optionalClass("firmware"), {
    latest_version_topic: is.subscribed,
    latest_version_template: is.template,
    command_topic: is.published,
    payload_install: is.text,
    title: is.text,
    release_summary: is.text,
    release_url: is.url,
    display_precision: is.whole,
    retain: is.flag,
    message_expiry_interval: is.duration,
  }),
  infrared: entity(["schema"], command, {
    schema: is.oneOf("emitter", "receiver"),
    state_topic: is.subscribed,
  }),
  device_automation: {
    keys: {
      platform: is.text,
      automation_type: is.oneOf("trigger"),
      topic: is.subscribed,
      type: is.words,
      subtype: is.words,
      payload: is.orNull(is.text),
      value_template: is.template,
      qos: is.qos,
    },
    required: ["automation_type", "topic", "type", "subtype"],
  },
};
