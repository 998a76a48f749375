/** Light levels between which it is neither dark nor daylight. */
export interface Thresholds {
  darkBelow: number;
  daylightAbove: number;
}

/** Requirement N5; 16000 are 40 lx, 23000 are 200 lx. */
export const usualThresholds: Thresholds = { darkBelow: 16_000, daylightAbove: 23_000 };

const twoDigits = (value: number): number => Math.round(value * 100) / 100;

/** A light level in lx, rounded to two digits (hue.md 4.4). 0 is darkness. */
export function illuminanceLx(lightLevel: number): number {
  return lightLevel <= 0 ? 0 : twoDigits(10 ** ((lightLevel - 1) / 10_000));
}

/** What a light level says of the day; undefined where there is none. */
export function daytime(lightLevel: number | undefined, { darkBelow, daylightAbove }: Thresholds) {
  return {
    dark: lightLevel === undefined ? undefined : lightLevel < darkBelow,
    daylight: lightLevel === undefined ? undefined : lightLevel > daylightAbove,
  };
}

/** Zigbee's measured value is a signed 16-bit number of 0.01 °C, with -327.68 for "unknown" (ZCL 4.4.2.2.1). */
const COLDEST_CELSIUS = -273.15;
const HOTTEST_CELSIUS = 327.67;

/** Rounded to two digits; undefined for what no sensor can measure. */
export function plausibleCelsius(value: number | null | undefined): number | undefined {
  if (typeof value !== "number" || !(value >= COLDEST_CELSIUS && value <= HOTTEST_CELSIUS)) return undefined;
  return twoDigits(value);
}

/** Zigbee's measured value is an unsigned 16-bit number, with 65535 for "unknown" (ZCL 4.2.2.2.1). */
const BRIGHTEST = 65_534;

/** A whole number; undefined for what no sensor can measure. */
export function plausibleLightLevel(value: number | null | undefined): number | undefined {
  if (typeof value !== "number" || !(value >= 0 && value <= BRIGHTEST)) return undefined;
  return Math.round(value);
}

/** A whole number; undefined for what is no percentage. */
export function plausiblePercent(value: number | null | undefined): number | undefined {
  return typeof value === "number" && value >= 0 && value <= 100 ? Math.round(value) : undefined;
}
