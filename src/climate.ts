import type { Climate } from "./components.ts";
import type { Attribute, Entity } from "./device.ts";

/** A climate's keys in a device document (§6.3). `topics` are an attribute's for commands and for its state. */
export function climate(
  entity: Entity & { platform: "climate" },
  topics: (attribute: Attribute) => [command: string, state: string],
): Climate {
  const { platform, mode, modes, power, temperature, fan, swing, currentTemperature, currentHumidity } = entity;
  const [mode_command_topic, mode_state_topic] = topics(mode);
  return {
    platform,
    modes,
    mode_command_topic,
    mode_state_topic,
    power_command_topic: topics(power)[0],
    payload_on: "ON",
    payload_off: "OFF",
    temperature_unit: "C",
    ...(temperature && target(temperature, topics(temperature))),
    // Home Assistant rounds the room's temperature to it as well. The target keeps to its steps by itself.
    ...(currentTemperature && { precision: 0.1 as const }),
    ...(fan && fans(fan.modes, topics(fan))),
    ...(swing && swings(swing.modes, topics(swing))),
    ...(currentTemperature && { current_temperature_topic: topics(currentTemperature)[1] }),
    ...(currentHumidity && { current_humidity_topic: topics(currentHumidity)[1] }),
  };
}

function target({ min, max, step }: { min: number; max: number; step: number }, topics: [string, string]) {
  const [temperature_command_topic, temperature_state_topic] = topics;
  const range = { min_temp: min, max_temp: max, temp_step: step, precision: precisionOf(min, step) } as const;
  return { temperature_command_topic, temperature_state_topic, ...range };
}

/** How finely temperatures are shown; Home Assistant knows these three. */
function precisionOf(...temperatures: number[]) {
  const fits = (unit: number) => temperatures.every((celsius) => Number.isInteger(celsius / unit));
  return fits(1) ? 1 : fits(0.5) ? 0.5 : 0.1;
}

function fans(fan_modes: readonly string[], topics: [string, string]) {
  const [fan_mode_command_topic, fan_mode_state_topic] = topics;
  return { fan_modes, fan_mode_command_topic, fan_mode_state_topic };
}

function swings(swing_modes: readonly string[], topics: [string, string]) {
  const [swing_mode_command_topic, swing_mode_state_topic] = topics;
  return { swing_modes, swing_mode_command_topic, swing_mode_state_topic };
}
