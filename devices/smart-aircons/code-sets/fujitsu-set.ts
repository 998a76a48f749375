import { fujitsuOff, fujitsuState } from "../ir/fujitsu.ts";
import { abilitiesOf } from "./check-ability.ts";
import type { Family } from "./family.ts";

const modes = ["auto", "cool", "heat", "dry", "fan_only"] as const;
const fans = ["auto", "quiet", "low", "medium", "high"] as const;
const swings = ["off", "vertical", "horizontal", "both"] as const;

/** ir-protocols.md 2. Many remotes offer 18 to 30 outside heat, but the frame says 16 as well. */
const temperaturesCelsius = Array.from({ length: 15 }, (_, index) => 16 + index);

/**
 * Fujitsu, by the bytes of its state frame. The older family carries no swing. Horizontal swing is offered only when
 * asked for: it can lock up units that have none.
 */
export function fujitsuSet(bytes: 15 | 16, horizontalSwing: boolean): Family {
  const offered = bytes === 15 ? swings.slice(0, 1) : horizontalSwing ? swings : swings.slice(0, 2);
  const protocol = bytes === 15 ? "fujitsu-15" : "fujitsu-16";
  return {
    manufacturer: "Fujitsu",
    model: `${bytes}-byte family`,
    abilities: abilitiesOf(modes, { temperaturesCelsius, fans, swings: offered }),
    // The captures had the fan on auto and no swing, which is neutral as well.
    captured: { fan: "auto", swing: "off" },
    frame: ({ power, mode, temperatureCelsius, fan, swing }) => {
      if (!power) return { protocol, frame: fujitsuOff(bytes === 15 ? 6 : 7) };
      // `start` stays set, as in all captured frames: the unit then obeys whether it was on or not.
      const frame = fujitsuState({
        bytes,
        mode: modes.find((one) => one === mode) ?? "auto",
        temperatureCelsius,
        fan: fans.find((one) => one === fan) ?? "auto",
        swing: offered.find((one) => one === swing) ?? "off",
      });
      return { protocol, frame };
    },
  };
}
