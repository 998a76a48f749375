/** The modes of Home Assistant's climate card but `off`, which is `power` here. */
export const modes = ["auto", "heat_cool", "cool", "heat", "dry", "fan_only"] as const;
export type Mode = (typeof modes)[number];

/**
 * What an aircon is set to, in Home Assistant's words. While the power is off, the rest is what it had and will have
 * again.
 */
export interface Setting {
  power: boolean;
  mode: Mode;
  temperatureCelsius: number;
  fan: string;
  swing: string;
}
