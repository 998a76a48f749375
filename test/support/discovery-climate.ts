import { onOff } from "./discovery-keys.ts";
import * as is from "./discovery-kinds.ts";

function feature(name: string): is.Keys {
  return {
    [`${name}_command_topic`]: is.published,
    [`${name}_command_template`]: is.template,
    [`${name}_state_topic`]: is.subscribed,
    [`${name}_state_template`]: is.template,
  };
}

/** §6.3: a climate's own keys. */
export const climate: is.Keys = {
  ...feature("mode"),
  ...feature("temperature"),
  ...feature("temperature_high"),
  ...feature("temperature_low"),
  ...feature("target_humidity"),
  ...feature("fan_mode"),
  ...feature("swing_mode"),
  ...feature("swing_horizontal_mode"),
  modes: is.someOf("auto", "off", "cool", "heat", "dry", "fan_only", "heat_cool"),
  fan_modes: is.texts,
  swing_modes: is.texts,
  swing_horizontal_modes: is.texts,
  preset_modes: is.texts,
  preset_mode_command_topic: is.published,
  preset_mode_command_template: is.template,
  preset_mode_state_topic: is.subscribed,
  preset_mode_value_template: is.template,
  power_command_topic: is.published,
  power_command_template: is.template,
  ...onOff,
  current_temperature_topic: is.subscribed,
  current_temperature_template: is.template,
  current_humidity_topic: is.subscribed,
  current_humidity_template: is.template,
  action_topic: is.subscribed,
  action_template: is.template,
  value_template: is.template,
  min_temp: is.number,
  max_temp: is.number,
  temp_step: is.number,
  initial: is.number,
  precision: is.oneOf(0.1, 0.5, 1),
  temperature_unit: is.oneOf("C", "F"),
  min_humidity: is.number,
  max_humidity: is.number,
  optimistic: is.flag,
  retain: is.flag,
  message_expiry_interval: is.duration,
};
