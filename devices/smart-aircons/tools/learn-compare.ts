import type { Code } from "../code-sets/code-set.ts";
import { identify } from "../ir/identify.ts";
import type { Waveform } from "../ir/waveform.ts";

/** What was heard of a remote control, and what it says. */
export interface Capture {
  code: Code;
  found: ReturnType<typeof identify>;
}

export const captureOf = (code: Code): Capture => ({ code, found: identify(code.waveform) });

/** Short frames have 100 durations; what has less than this is a reflection, a lamp or another remote's repeat signal. */
const FEWEST_DURATIONS = 24;

/** Why a capture can't be a key of a remote control; undefined when it can. */
export function flawOf({ code: { waveform } }: Capture): string | undefined {
  if (waveform.length >= FEWEST_DURATIONS) return undefined;
  return `only ${pulses(waveform)} were heard, which is too little for an aircon: hold the remote closer to the blaster`;
}

/** Why two captures are not of the same key; undefined when they are. */
export function disagreement(one: Capture, other: Capture): string | undefined {
  const [a, b] = [one.found, other.found];
  if (a.known && b.known) {
    return a.frameHex === b.frameHex ? undefined : `the frames differ: ${a.frameHex}, then ${b.frameHex}`;
  }
  if (a.known || b.known) return "one of them was disturbed, and the other was not";
  return difference(one.code.waveform, other.code.waveform);
}

/**
 * Receivers stretch and shorten single pulses, by up to 230 us (ir-protocols.md 1), but what they add to a mark they take
 * from the space behind it: from mark to mark the time is steady. A 0 and a 1 differ by 800 us there in every protocol
 * that we know of, and by 600 us in those that are told apart by their marks.
 */
const PERIOD = { us: 200, part: 0.2 };
const MARK = { us: 400, part: 0.4 };

/** Whether pulses differ by more than a receiver's jitter; how a capture ends is nothing. */
function difference(one: Waveform, other: Waveform): string | undefined {
  const [a, b] = [marksOf(one), marksOf(other)];
  if (a.length !== b.length) {
    return `the first has ${pulses(one)}, the second ${pulses(other)}: press shortly, and hold nothing between`;
  }
  const at = a.findIndex((pulse, index) => {
    const twin = b[index];
    if (!twin || isFar(pulse.us, twin.us, MARK)) return true;
    return index < a.length - 1 && isFar(pulse.periodUs, twin.periodUs, PERIOD);
  });
  return at < 0 ? undefined : `pulse ${at + 1} of ${a.length} differs`;
}

const isFar = (a: number, b: number, { us, part }: { us: number; part: number }): boolean =>
  Math.abs(a - b) > Math.max(us, part * Math.max(a, b));

const marksOf = (waveform: Waveform): { us: number; periodUs: number }[] =>
  waveform.flatMap((us, index) => (index % 2 === 0 ? [{ us, periodUs: us + (waveform[index + 1] ?? 0) }] : []));

/** `116 pulses` */
export const pulses = (waveform: Waveform): string => `${Math.ceil(waveform.length / 2)} pulses`;
