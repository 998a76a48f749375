import { numberClasses, type SensorClass, sensorClasses } from "./discovery-classes.ts";
import type { Json } from "./discovery-kinds.ts";

type Rules = (component: Json) => (string | false)[];

const has = (component: Json, key: string) => component[key] !== undefined && component[key] !== null;
const list = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);
const numeric = (value: unknown, otherwise: number) => (typeof value === "number" ? value : otherwise);

function classOf(component: Json): SensorClass | undefined {
  const name = component.device_class;
  return typeof name === "string" && Object.hasOwn(sensorClasses, name) ? sensorClasses[name] : undefined;
}

function unitProblem(component: Json): string | false {
  const known = classOf(component);
  if (!known) return false;
  const { device_class: name, unit_of_measurement: unit } = component;
  if (known.units.length === 0) return has(component, "unit_of_measurement") && `device_class ${name} has no unit`;
  return !known.units.some((allowed) => allowed === unit) && `${name} is in ${known.units.join(", ")}, not ${unit}`;
}

const valve: Rules = (valve) =>
  ["payload_open", "payload_close", "state_open", "state_closed"].map(
    (key) => valve.reports_position === true && Object.hasOwn(valve, key) && `reports_position excludes ${key}`,
  );

const sensor: Rules = (sensor) => {
  const { device_class: name, state_class: stateClass, unit_of_measurement: unit } = sensor;
  const allowed = classOf(sensor)?.stateClasses;
  return [
    unitProblem(sensor),
    has(sensor, "options") && name !== "enum" && "options need device_class enum",
    typeof stateClass === "string" &&
      allowed !== undefined &&
      !allowed.includes(stateClass) &&
      `state_class ${stateClass} does not go with device_class ${name}`,
    stateClass === "measurement_angle" && unit !== "°" && "state_class measurement_angle needs the unit °",
    has(sensor, "last_reset_value_template") &&
      stateClass !== "total" &&
      "last_reset_value_template needs state_class total",
    sensor.entity_category === "config" && "entity_category config is not for what cannot be set",
  ];
};

const binarySensor: Rules = (sensor) => [
  sensor.entity_category === "config" && "entity_category config is not for what cannot be set",
];

const number: Rules = (number) => [
  numberClasses.includes(String(number.device_class)) && unitProblem(number),
  numeric(number.min, 1) > numeric(number.max, 100) && "min is more than max",
  numeric(number.step, 1) < 0.001 && "step is less than 0.001",
];

const select: Rules = (select) => [
  list(select.options).some((option) => option.toLowerCase() === "none") && 'no option may be called "none"',
];

const climate: Rules = (climate) => {
  const fahrenheit = climate.temperature_unit === "F";
  const lowest = numeric(climate.min_temp, fahrenheit ? 44.6 : 7);
  const highest = numeric(climate.max_temp, fahrenheit ? 95 : 35);
  const driest = numeric(climate.min_humidity, 30);
  const dampest = numeric(climate.max_humidity, 99);
  const temperatures = Object.keys(climate).some((key) => /^(current_)?temperature_.*topic$/.test(key));
  return [
    lowest > highest && "min_temp is more than max_temp",
    (driest >= dampest || dampest > 100) && "min_humidity must be less than max_humidity, and that at most 100",
    numeric(climate.temp_step, 1) <= 0 && "temp_step must be more than 0",
    temperatures && !has(climate, "temperature_unit") && "temperature_unit must be given with temperatures",
    has(climate, "target_humidity_state_topic") &&
      !has(climate, "target_humidity_command_topic") &&
      "target_humidity_state_topic needs target_humidity_command_topic",
    has(climate, "preset_modes") !== has(climate, "preset_mode_command_topic") &&
      "preset_modes and preset_mode_command_topic go together",
    list(climate.preset_modes).includes("none") && 'preset_modes must not contain "none"',
  ];
};

const update: Rules = (update) => [
  has(update, "command_topic") !== has(update, "payload_install") && "command_topic and payload_install go together",
];

const infrared: Rules = (infrared) => [
  infrared.schema === "emitter" && !has(infrared, "command_topic") && "an emitter needs command_topic",
  infrared.schema === "receiver" && !has(infrared, "state_topic") && "a receiver needs state_topic",
];

const rules: Record<string, Rules> = {
  valve,
  sensor,
  binary_sensor: binarySensor,
  number,
  select,
  climate,
  update,
  infrared,
};

/** What is wrong with a component beyond its single keys (§6). It has what it inherits from the root. */
export function platformProblems(platform: string, component: Json): string[] {
  const found = Object.hasOwn(rules, platform) ? rules[platform]?.(component) : undefined;
  return (found ?? []).filter((problem) => problem !== false);
}
