import type { Reading } from "../../src/broadlink/commands.ts";

/** What a reading is worth. */
export type Verdict =
  /** To be shown. */
  | "good"
  /** There is no cable with a sensor: that is what 0 °C with 0 % means. */
  | "no sensor"
  /** Nothing that happens in a house. */
  | "impossible"
  /** A jump: it counts when two further readings say the same. */
  | "doubted";

/** Tells the readings of one sensor from its glitches (requirement N7). */
export interface GlitchFilter {
  /** Takes the readings in order; undefined stands for "no sensor". */
  judge(reading: Reading | undefined): Verdict;
  /** From here on nothing is a jump: the last good reading is too old to compare with. */
  forget(): void;
}

const CELSIUS = { min: -20, max: 60 };
const PERCENT = { min: 1, max: 99 };
/** In hundredths of a degree, as sensors count: 26.1 - 21.1 is more than 5 otherwise. */
const JUMP = 500;
const FURTHER = 2;

const hundredths = (celsius: number) => Math.round(celsius * 100);
const isJump = (from: number, to: number) => Math.abs(hundredths(to) - hundredths(from)) > JUMP;
const within = (value: number, { min, max }: { min: number; max: number }) => value >= min && value <= max;

export function glitchFilter(): GlitchFilter {
  let goodCelsius: number | undefined;
  let doubt: { celsius: number; further: number } | undefined;

  function believe(celsius: number): "good" {
    goodCelsius = celsius;
    doubt = undefined;
    return "good";
  }

  return {
    judge(reading) {
      const { temperatureCelsius: celsius, humidityPercent: percent } = reading ?? {};
      if (celsius === undefined || (celsius === 0 && percent === 0)) return "no sensor";
      if (!within(celsius, CELSIUS) || (percent !== undefined && !within(percent, PERCENT))) return "impossible";
      if (goodCelsius === undefined || !isJump(goodCelsius, celsius)) return believe(celsius);
      const further = doubt && !isJump(doubt.celsius, celsius) ? doubt.further + 1 : 0;
      doubt = { celsius, further };
      return further < FURTHER ? "doubted" : believe(celsius);
    },
    forget() {
      goodCelsius = undefined;
      doubt = undefined;
    },
  };
}
