import { mitsubishiState } from "../ir/mitsubishi.ts";
import { abilitiesOf } from "./check-ability.ts";
import type { Family } from "./family.ts";

const modes = ["auto", "cool", "heat", "dry", "fan_only"] as const;
/** The frame has four speeds and a quiet one (ir-protocols.md 3), which bits call 1, 2, 3, 4 and 5. */
const fans = ["auto", "quiet", "low", "medium", "high", "highest"] as const;

/**
 * ir-protocols.md 3. Half degrees have a bit of their own, but nobody has told which units look at it: one that does
 * not would be half a degree off for good.
 */
const temperaturesCelsius = Array.from({ length: 16 }, (_, index) => 16 + index);

/** Mitsubishi Electric, 144 bits. Swing is that of the vane; the wide vane stays in the centre, as it was captured. */
export const mitsubishiSet: Family = {
  manufacturer: "Mitsubishi Electric",
  model: "144-bit family",
  abilities: abilitiesOf(modes, { temperaturesCelsius, fans, swings: ["off", "vertical"] }),
  captured: { fan: "auto", swing: "vertical" },
  frame: ({ power, mode, temperatureCelsius, fan, swing }, clockMinutes) => {
    const frame = mitsubishiState({
      power,
      mode: modes.find((one) => one === mode) ?? "auto",
      // The frame that switches off holds all of it too, and must be sent whatever was remembered.
      temperatureCelsius: power || temperaturesCelsius.includes(temperatureCelsius) ? temperatureCelsius : 24,
      fan: fans.find((one) => one === fan) ?? "auto",
      vane: swing === "vertical" ? "swing" : "auto",
      clockMinutes,
    });
    return { protocol: "mitsubishi-144", frame };
  },
};
