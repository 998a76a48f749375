import type { Known } from "../ir/known.ts";
import type { Setting } from "../setting.ts";
import { type GeneratedName, generatedCodeSet } from "./generated.ts";
import { mitsubishiSet } from "./mitsubishi-set.ts";

/** What to make; what is not given is as it was captured. */
export type Wanted = Pick<Setting, "power" | "mode" | "temperatureCelsius"> &
  Partial<Pick<Setting, "fan" | "swing">> & { clockMinutes?: number };

const CLOCK_MINUTES = 14 * 60;
/** The clock when `fan_only` and `off` were captured, which are "dry, 24 °C" both. */
const EARLIER_MINUTES = 14 * 60 - 10;

/**
 * The frame that the original's table held under `cool_18`, …, `fan_only` or `off`, to compare with it (ir-protocols.md,
 * the table at its beginning). `fan_only` and `off` are as they are, whatever else is wanted. Throws NoCode.
 */
export function capturedFrame(name: GeneratedName, wanted: Wanted): Known {
  const set = generatedCodeSet(name, { profile: "captured" });
  const { clockMinutes = CLOCK_MINUTES, ...rest } = wanted;
  const setting = { ...set.initial, ...rest };
  if (name === "mitsubishi") {
    const dry: Setting = { ...setting, ...mitsubishiSet.captured, mode: "dry", temperatureCelsius: 24 };
    if (!wanted.power || wanted.mode === "fan_only") return set.frame(dry, EARLIER_MINUTES);
  } else if (wanted.power && wanted.mode === "fan_only") {
    const [fan, temperatureCelsius] = name === "fujitsu" ? ["auto", 24] : ["low", 22];
    return set.frame({ ...setting, fan, temperatureCelsius, swing: "off" }, 0);
  }
  return set.frame(setting, clockMinutes);
}
