/** What Home Assistant lets a sensor of one device class say. */
export interface SensorClass {
  /** Empty: it must have no unit. */
  units: readonly string[];
  /** Empty: it must have no state class. */
  stateClasses: readonly string[];
}

const measured = ["measurement"];
const counted = ["total", "total_increasing"];

/** The sensor classes this house may use, of home-assistant-discovery.md §6.4; another one is added here first. */
export const sensorClasses: Record<string, SensorClass> = {
  aqi: { units: [], stateClasses: measured },
  battery: { units: ["%"], stateClasses: measured },
  date: { units: [], stateClasses: [] },
  duration: { units: ["d", "h", "min", "s", "ms", "µs"], stateClasses: [...measured, ...counted] },
  energy: { units: ["mWh", "Wh", "kWh", "MWh", "GWh", "TWh", "J", "kJ", "MJ", "GJ"], stateClasses: counted },
  enum: { units: [], stateClasses: [] },
  humidity: { units: ["%"], stateClasses: measured },
  illuminance: { units: ["lx"], stateClasses: measured },
  moisture: { units: ["%"], stateClasses: measured },
  ph: { units: [], stateClasses: measured },
  power: { units: ["mW", "W", "kW", "MW", "GW", "TW"], stateClasses: measured },
  pressure: { units: ["Pa", "hPa", "kPa", "bar", "mbar", "mmHg", "inHg", "psi"], stateClasses: measured },
  signal_strength: { units: ["dB", "dBm"], stateClasses: measured },
  temperature: { units: ["°C", "°F", "K"], stateClasses: measured },
  timestamp: { units: [], stateClasses: [] },
  voltage: { units: ["µV", "mV", "V", "kV", "MV"], stateClasses: measured },
  volume_flow_rate: { units: ["m³/h", "m³/min", "m³/s", "L/h", "L/min", "L/s", "mL/s"], stateClasses: measured },
  water: { units: ["L", "m³", "gal", "ft³", "CCF"], stateClasses: counted },
};

const notNumbers = ["date", "enum", "timestamp"];

/** A number has the classes of a sensor, but for those that are not numbers. */
export const numberClasses = Object.keys(sensorClasses).filter((name) => !notNumbers.includes(name));

/** §6.5 */
export const binarySensorClasses = [
  ...["battery", "battery_charging", "carbon_monoxide", "cold", "connectivity", "door", "garage_door", "gas"],
  ...["glass_break", "heat", "light", "lock", "moisture", "motion", "moving", "occupancy", "opening", "plug", "power"],
  ...["presence", "problem", "running", "safety", "smoke", "sound", "tamper", "update", "vibration", "window"],
];
