import { type Field, flag, number, tenMinutes, type Values, word } from "./fields.ts";
import { shape } from "./shape.ts";

// All of this is ir-protocols.md 3. What only libraries say, and no capture of ours holds: the wide vane but its centre,
// the timers, and bytes 14 to 16.

/** Whole degrees from 16 in four bits, and half a degree in the fifth. */
const temperature: Field<number> = {
  byte: 7,
  bit: 0,
  width: 5,
  decode: (bits) => 16 + (bits & 0b1111) + (bits >> 4) / 2,
  encode: (celsius) => {
    const halves = (celsius - 16) * 2;
    return Number.isInteger(halves) && halves >= 0 && halves < 32 ? (halves >> 1) + 16 * (halves & 1) : Number.NaN;
  },
  says: "16 to 31.5 in steps of 0.5",
};

const fields = {
  power: flag(5, 5),
  mode: word([6, 3, 3], { i_feel: 0, heat: 1, dry: 2, cool: 3, auto: 4, fan_only: 7 }),
  iSee: flag(6, 6),
  temperatureCelsius: temperature,
  /** Goes with the mode: see `companions`. */
  companion: number(8, 0, 4),
  wideVane: word([8, 4, 4], {
    none: 0,
    left_max: 1,
    left: 2,
    centre: 3,
    right: 4,
    right_max: 5,
    wide: 6,
    auto: 8,
    swing: 12,
  }),
  fan: word([9, 0, 3], { auto: 0, low: 1, medium: 2, high: 3, highest: 4, quiet: 5 }),
  vane: word([9, 3, 3], { auto: 0, top: 1, upper: 2, middle: 3, lower: 4, bottom: 5, swing: 7 }),
  /** Presumably how often the unit beeps: 1, and 2 in some frames. */
  beeps: number(9, 6, 2),
  clockMinutes: tenMinutes(10),
  stopMinutes: tenMinutes(11),
  startMinutes: tenMinutes(12),
  timer: word([13, 0, 3], { none: 0, stop: 3, start: 5, both: 7 }),
  weekly: flag(13, 3),
  econoCool: flag(14, 5),
  /** Whether the air shall go to or around people. */
  direct: number(15, 0, 2),
  absence: flag(15, 2),
  heat10Degrees: flag(15, 5),
  naturalFlow: flag(16, 1),
  leftVane: number(16, 3, 3),
};
export type MitsubishiValues = Values<typeof fields>;

export const frame144 = shape([0x23, 0xcb, 0x26, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], fields);

/** What the low half of byte 8 is in each mode, on real remotes; for "i feel" nobody has told. */
export const companions: ReadonlyMap<MitsubishiValues["mode"], number> = new Map([
  ["cool", 6],
  ["dry", 2],
  ["heat", 0],
  ["auto", 6],
  ["fan_only", 0],
]);
