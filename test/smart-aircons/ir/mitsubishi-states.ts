import fc from "fast-check";
import { type Mitsubishi, mitsubishiState } from "../../../devices/smart-aircons/ir/mitsubishi.ts";

const upTo = (max: number) => fc.integer({ min: 0, max });
const oneOf = <T>(...values: T[]) => fc.constantFrom(...values);

/** Every state that a Mitsubishi frame can say, values without a name among them. */
export const anyMitsubishi: fc.Arbitrary<Mitsubishi> = fc
  .record({
    power: fc.boolean(),
    mode: oneOf<Mitsubishi["mode"]>("i_feel", "heat", "dry", "cool", "auto", "fan_only", 5, 6),
    iSee: fc.boolean(),
    halves: upTo(31),
    companion: upTo(15),
    wideVane: oneOf<Mitsubishi["wideVane"]>(
      "none",
      "left_max",
      "centre",
      "right_max",
      "wide",
      "auto",
      "swing",
      7,
      9,
      15,
    ),
    fan: oneOf<Mitsubishi["fan"]>("auto", "low", "medium", "high", "highest", "quiet", 6, 7),
    vane: oneOf<Mitsubishi["vane"]>("auto", "top", "upper", "middle", "lower", "bottom", 6, "swing"),
    beeps: upTo(3),
    clock: upTo(255),
    stop: upTo(255),
    start: upTo(255),
    timer: oneOf<Mitsubishi["timer"]>("none", "stop", "start", "both", 1, 6),
    weekly: fc.boolean(),
    econoCool: fc.boolean(),
    direct: upTo(3),
    absence: fc.boolean(),
    heat10Degrees: fc.boolean(),
    naturalFlow: fc.boolean(),
    leftVane: upTo(7),
  })
  .map(({ halves, clock, stop, start, ...given }) =>
    mitsubishiState({
      ...given,
      temperatureCelsius: 16 + halves / 2,
      clockMinutes: 10 * clock,
      stopMinutes: 10 * stop,
      startMinutes: 10 * start,
    }),
  );
