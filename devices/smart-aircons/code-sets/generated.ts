import { type Known, waveformOf } from "../ir/known.ts";
import type { Setting } from "../setting.ts";
import { checkAbility } from "./check-ability.ts";
import type { CodeSet } from "./code-set.ts";
import type { Family } from "./family.ts";
import { fujitsuSet } from "./fujitsu-set.ts";
import { mitsubishiSet } from "./mitsubishi-set.ts";

/** The original's names: Fujitsu's 15-byte family, its 16-byte family, Mitsubishi Electric's 144 bits. */
export const generatedCodeSets = ["fujitsu", "new_fujitsu", "mitsubishi"] as const;
export type GeneratedName = (typeof generatedCodeSets)[number];

/**
 * What an aircon without any history begins with: as the original's captures had it, or the fan on auto and no swing
 * (legacy.md, "Flags").
 */
export type Profile = "captured" | "neutral";

export interface GeneratedOptions {
  /** `neutral` unless told. */
  profile?: Profile;
  /** Offers the horizontal swing of the 16-byte family, which can lock up units that have none. */
  horizontalSwing?: boolean;
}

/** A code set whose codes are made, not looked up. */
export interface GeneratedCodeSet extends CodeSet {
  /** What one code says. Throws NoCode. */
  frame(setting: Setting, clockMinutes: number): Known;
}

export function generatedCodeSet(name: GeneratedName, options: GeneratedOptions = {}): GeneratedCodeSet {
  const { profile = "neutral", horizontalSwing = false } = options;
  const family = familyOf(name, horizontalSwing);
  const { manufacturer, model, abilities } = family;

  function frame(setting: Setting, clockMinutes: number): Known {
    // What is remembered while the power is off need not fit: another code set may have been in use.
    if (setting.power) checkAbility(abilities, setting);
    return family.frame(setting, clockMinutes);
  }

  return {
    manufacturer,
    model,
    abilities,
    initial: profile === "captured" ? family.captured : { fan: "auto", swing: "off" },
    frame,
    codes: ({ to, clockMinutes }) => [{ waveform: waveformOf(frame(to, clockMinutes)), repeats: 0 }],
  };
}

function familyOf(name: GeneratedName, horizontalSwing: boolean): Family {
  if (name === "mitsubishi") return mitsubishiSet;
  return fujitsuSet(name === "fujitsu" ? 15 : 16, horizontalSwing);
}

export const isGenerated = (name: string): name is GeneratedName => generatedCodeSets.some((one) => one === name);
