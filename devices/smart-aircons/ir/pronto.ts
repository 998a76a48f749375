import { beginning, LONGEST_TEXT } from "./bytes.ts";
import { InfraredError } from "./error.ts";
import type { Waveform } from "./waveform.ts";

/** Microseconds that one unit of the frequency word stands for: the Pronto's clock ran at 4.145146 MHz. */
const CLOCK_US = 0.241246;
const LEARNED = 0x0000;

export interface Pronto {
  frequencyHz: number;
  /** What one press sends: the part that is sent once or, where there is none, the part that repeats. */
  waveform: Waveform;
}

/**
 * Reads a learned code of a Pronto remote: words of four hexadecimal digits, `0000`, the frequency, how many pairs are
 * sent once and how many repeat, and the pairs in periods of the carrier. Throws InfraredError.
 */
export function parsePronto(text: string): Pronto {
  if (text.length > LONGEST_TEXT) throw new InfraredError(`the Pronto code is too long: ${text.length} characters`);
  const digits = text.trim().split(/\s+/);
  const wrong = digits.find((word) => !/^[0-9a-f]{4}$/i.test(word));
  if (wrong !== undefined) {
    throw new InfraredError(`a Pronto code is words of four digits, and this is none: ${beginning(wrong)}`);
  }
  const [kind, frequency = 0, once = 0, repeating = 0, ...periods] = digits.map((word) => Number.parseInt(word, 16));
  if (kind !== LEARNED) {
    throw new InfraredError(`the Pronto code is not a learned one: it begins with ${digits[0]}, not 0000`);
  }
  if (frequency === 0) throw new InfraredError("the Pronto code has no frequency");
  const pairs = once + repeating;
  if (pairs === 0 || periods.length !== 2 * pairs) {
    throw new InfraredError(`the Pronto code says ${pairs} pairs of durations and has ${periods.length / 2}`);
  }
  const periodUs = frequency * CLOCK_US;
  const sent = once > 0 ? periods.slice(0, 2 * once) : periods;
  return { frequencyHz: Math.round(1e6 / periodUs), waveform: sent.map((count) => Math.round(count * periodUs)) };
}
