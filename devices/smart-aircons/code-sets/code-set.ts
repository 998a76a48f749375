import type { Waveform } from "../ir/waveform.ts";
import type { Mode, Setting } from "../setting.ts";

/** One infrared signal, for whatever blaster. */
export interface Code {
  waveform: Waveform;
  /** How often the blaster sends it again by itself; 0: once altogether. */
  repeats: number;
  /** Of the carrier, where it is known. */
  frequencyHz?: number;
}

/** What can be asked for in one mode. Each list is in the order a person expects it. */
export interface Ability {
  /** Ascending; empty where the mode has no temperature to set. */
  temperaturesCelsius: readonly number[];
  /** At least one, `auto` first where there is one. */
  fans: readonly string[];
  /** At least one; only `off` where nothing swings. */
  swings: readonly string[];
}

/** Which frames an aircon understands, and its limits. A value without any I/O. */
export interface CodeSet {
  manufacturer: string;
  model: string;
  /** At least one mode. */
  abilities: ReadonlyMap<Mode, Ability>;
  /** What an aircon without any history is set to, but for power, mode and temperature. */
  initial: Pick<Setting, "fan" | "swing">;
  /**
   * The codes that bring an aircon from one setting to another, in the order they are sent, half a second apart.
   * `clockMinutes` is the time of day, for frames that carry it. Throws NoCode where the set has none.
   */
  codes(change: { from: Setting; to: Setting; clockMinutes: number }): readonly Code[];
}

/** The code set has no code for this setting; the message says what is missing, and what there is. */
export class NoCode extends Error {
  override name = "NoCode";
}
