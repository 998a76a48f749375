import { beginning, LONGEST_TEXT } from "./bytes.ts";
import { InfraredError } from "./error.ts";

/**
 * Light and darkness in turn, beginning with light: mark, space, mark, space …, in whole microseconds. Every format is
 * read into this and written from it. A last space of 0, or none, means as long as it takes until anything follows.
 */
export type Waveform = readonly number[];

/** The silence after which a receiver takes a burst for finished (ir-protocols.md 4: 3333 ticks of a Broadlink). */
export const SILENCE_US = 101_500;

/**
 * Reads durations in microseconds: `3296, -1648, 412 …` with commas, blanks, brackets or both, with or without signs
 * (in the SmartIR collection, ESPHome's and LOOKin's raw codes are written so). Throws InfraredError.
 */
export function parseMicroseconds(text: string): Waveform {
  if (text.length > LONGEST_TEXT) throw new InfraredError(`too many durations: ${text.length} characters`);
  const words = text.split(/[\s,;[\]]+/).filter((word) => word !== "");
  if (words.length === 0) throw new InfraredError("there are no durations");
  const signed = words.map((word, index) => {
    if (!/^[+-]?\d{1,9}(\.\d{1,9})?$/.test(word)) {
      throw new InfraredError(`duration ${index + 1} is not a number of microseconds: ${beginning(word)}`);
    }
    return Number(word);
  });
  if (signed.some((us) => us < 0)) checkSigns(signed);
  return signed.map((us) => Math.round(Math.abs(us)));
}

/** Where spaces are written as negative numbers, a sign out of turn means that a duration is missing. */
function checkSigns(signed: readonly number[]): void {
  const wrong = signed.findIndex((us, index) => us !== 0 && us < 0 !== (index % 2 === 1));
  if (wrong >= 0) {
    throw new InfraredError(
      `duration ${wrong + 1} is ${signed[wrong]}: marks (positive) and spaces (negative) take turns`,
    );
  }
}

/** The durations as `3296,1648,412`; `parseMicroseconds` reads them again. */
export const formatMicroseconds = (waveform: Waveform): string => waveform.join(",");

/** How long it takes to send, in microseconds. */
export const durationUs = (waveform: Waveform): number => waveform.reduce((sum, us) => sum + us, 0);
