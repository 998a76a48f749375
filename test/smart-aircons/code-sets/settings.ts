import fc from "fast-check";
import type { CodeSet } from "../../../devices/smart-aircons/code-sets/code-set.ts";
import type { Setting } from "../../../devices/smart-aircons/setting.ts";

/** Every setting that a code set has on offer, with the power on or off. */
export const reachable = ({ abilities }: CodeSet): fc.Arbitrary<Setting> =>
  fc.constantFrom(...abilities).chain(([mode, { temperaturesCelsius, fans, swings }]) =>
    fc.record({
      power: fc.boolean(),
      mode: fc.constant(mode),
      temperatureCelsius: fc.constantFrom(...temperaturesCelsius),
      fan: fc.constantFrom(...fans),
      swing: fc.constantFrom(...swings),
    }),
  );

export const cool24: Setting = { power: true, mode: "cool", temperatureCelsius: 24, fan: "auto", swing: "off" };
export const off: Setting = { ...cool24, power: false };
