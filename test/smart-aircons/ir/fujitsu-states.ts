import fc from "fast-check";
import { type FujitsuCommand, type FujitsuState, fujitsuState } from "../../../devices/smart-aircons/ir/fujitsu.ts";

const upTo = (max: number) => fc.integer({ min: 0, max });
const oneOf = <T>(...values: T[]) => fc.constantFrom(...values);

/** Every state that a Fujitsu frame can say, values without a name among them. */
export const anyFujitsuState: fc.Arbitrary<FujitsuState> = fc
  .record({
    bytes: oneOf<15 | 16>(15, 16),
    unit: upTo(3),
    halfDegrees: fc.boolean(),
    steps: upTo(63),
    start: fc.boolean(),
    fahrenheit: fc.boolean(),
    mode: oneOf<FujitsuState["mode"]>("auto", "cool", "dry", "fan_only", "heat", 5, 6, 7),
    clean: fc.boolean(),
    timer: oneOf<FujitsuState["timer"]>("none", "sleep", "off", "on"),
    fan: oneOf<FujitsuState["fan"]>("auto", "high", "medium", "low", "quiet", 5, 6, 7),
    swing: oneOf<FujitsuState["swing"]>("off", "vertical", "horizontal", "both"),
    offMinutes: upTo(2047),
    offTimer: fc.boolean(),
    onMinutes: upTo(2047),
    onTimer: fc.boolean(),
    filter: fc.boolean(),
    outdoorQuiet: fc.boolean(),
  })
  .map(({ halfDegrees, steps, ...given }) =>
    fujitsuState({
      ...given,
      ...(given.bytes === 15 ? { filter: false, outdoorQuiet: false } : {}),
      ...(halfDegrees
        ? { variant: 0x31, temperatureCelsius: 8 + steps / 2 }
        : { variant: 0x30, temperatureCelsius: 16 + steps / 4 }),
    }),
  );

export const anyFujitsuCommand: fc.Arbitrary<FujitsuCommand> = fc.record({
  kind: fc.constant("command" as const),
  bytes: oneOf<6 | 7>(6, 7),
  unit: upTo(3),
  command: oneOf<FujitsuCommand["command"]>(
    "off",
    "economy",
    "powerful",
    "step_vertical",
    "toggle_vertical",
    "step_horizontal",
    "toggle_horizontal",
  ),
  strange: fc.constant([]),
});
