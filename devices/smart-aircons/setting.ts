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

/** What an aircon is set to, and what of that is shown. */
export interface Condition extends Setting {
  /** It was switched off by its mode, so `mode/get` is `off`. With the power on it never is. */
  offByMode: boolean;
  /** What a person asked for last; a mode that lacks it has something else, and the next one that has it gets it back. */
  likes: Readonly<Pick<Setting, "fan" | "swing">>;
}

/** What a person can ask of an aircon. */
export type Change =
  | { kind: "power"; on: boolean }
  /** Switches it on. */
  | { kind: "mode"; mode: Mode }
  | { kind: "off-by-mode" }
  | { kind: "temperature"; celsius: number }
  | { kind: "fan"; fan: string }
  | { kind: "swing"; swing: string }
  /** The same again, in case it did not hear. */
  | { kind: "resend" };
