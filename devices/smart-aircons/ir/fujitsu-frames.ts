import { absent, flag, number, type Values, word } from "./fields.ts";
import { shape } from "./shape.ts";

// All of this is ir-protocols.md 2. What only libraries say, and no capture of ours holds: Fahrenheit, clean, the timers,
// filter, outdoor quiet, and all short commands but `off`.

const fields = {
  /** Which of up to four indoor units in one room is meant. */
  unit: number(2, 4, 2),
  variant: number(7, 0, 8),
  /** Set in the frame that switches on, clear in one that only changes something. */
  start: flag(8, 0),
  fahrenheit: flag(8, 1),
  /** What a step is depends on the variant. */
  temperatureSteps: number(8, 2, 6),
  mode: word([9, 0, 3], { auto: 0, cool: 1, dry: 2, fan_only: 3, heat: 4 }),
  clean: flag(9, 3),
  timer: word([9, 4, 2], { none: 0, sleep: 1, off: 2, on: 3 }),
  fan: word([10, 0, 3], { auto: 0, high: 1, medium: 2, low: 3, quiet: 4 }),
  swing: word([10, 4, 2], { off: 0, vertical: 1, horizontal: 2, both: 3 }),
  /** Minutes until off, or of sleep. */
  offMinutes: number(11, 0, 11),
  offTimer: flag(11, 11),
  onMinutes: number(11, 12, 11),
  onTimer: flag(11, 23),
};

/** The newer family has one byte more. */
const newerFields = { ...fields, filter: flag(14, 3), outdoorQuiet: flag(14, 7) };
export type FujitsuValues = Values<typeof newerFields>;

/** The 15-byte family; byte 6 counts the bytes behind it. */
export const older = shape([0x14, 0x63, 0, 0x10, 0x10, 0xfc, 8, 0, 0, 0, 0, 0, 0, 0, 0], {
  ...fields,
  filter: absent,
  outdoorQuiet: absent,
});
/** The 16-byte family. Bit 5 of byte 14 is always set. */
export const newer = shape([0x14, 0x63, 0, 0x10, 0x10, 0xfe, 9, 0, 0, 0, 0, 0, 0, 0, 0x20, 0], newerFields);

/** Frames without a state. Their last byte, which the newer family alone has, is not looked at here. */
export const short = shape([0x14, 0x63, 0, 0x10, 0x10, 0, 0], {
  unit: number(2, 4, 2),
  command: word([5, 0, 8], {
    off: 0x02,
    economy: 0x09,
    powerful: 0x39,
    step_vertical: 0x6c,
    toggle_vertical: 0x6d,
    step_horizontal: 0x79,
    toggle_horizontal: 0x7a,
  }),
});

/** Byte 7 in nearly every frame, and in the ARREW4E's, which counts half degrees. */
export const USUAL_VARIANT = 0x30;
export const HALF_DEGREES_VARIANT = 0x31;

/** °C that no steps mean, and the steps to a degree. */
export const temperatureScale = (variant: number): { zeroCelsius: number; stepsPerDegree: number } =>
  variant === HALF_DEGREES_VARIANT ? { zeroCelsius: 8, stepsPerDegree: 2 } : { zeroCelsius: 16, stepsPerDegree: 4 };
