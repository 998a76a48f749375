import type { Waveform } from "./waveform.ts";

/**
 * Pulse-distance coding: a header, then per bit a mark and a short (0) or long (1) space, least significant bit of each
 * byte first, then one mark that ends the last space (ir-protocols.md 1). Durations in microseconds.
 */
export interface Timing {
  headerMark: number;
  headerSpace: number;
  bitMark: number;
  zeroSpace: number;
  oneSpace: number;
  /** Between two frames. */
  gap: number;
}

/** A frame `times` times, `timing.gap` between them; the last space is 0, for whoever sends it to know. */
export function modulate(frame: Uint8Array, timing: Timing, times: number): Waveform {
  const { headerMark, headerSpace, bitMark, zeroSpace, oneSpace } = timing;
  const waveform: number[] = [];
  for (let time = 1; time <= times; time++) {
    waveform.push(headerMark, headerSpace);
    for (const byte of frame) {
      for (let bit = 0; bit < 8; bit++) waveform.push(bitMark, (byte >> bit) & 1 ? oneSpace : zeroSpace);
    }
    waveform.push(bitMark, time < times ? timing.gap : 0);
  }
  return waveform;
}

/** Bits that followed something like a header. */
export interface Candidate {
  /** The bits in whole bytes; up to seven that are left over are not here. */
  bytes: Uint8Array;
  bits: number;
  /** Whether it ended as a frame does, with a mark and silence, and not in the middle of something. */
  complete: boolean;
  /** Whether darkness was seen behind it; a recording can also end with the last mark. */
  silence: boolean;
  /** Bits whose space lies between a 0 and a 1. */
  unclear: number;
}

// The windows of ir-protocols.md 1 ("Decoder"): they hold both makes' headers, with jitter of 20 %.
const HEADER_MARK = { least: 2500, most: 4300 };
const HEADER_SPACE = { least: 1100, most: 2300 };
/** Captured bit marks end at 579; what is longer begins something else. */
const LONGEST_BIT_MARK = 1000;
/** Captured zeros end at 579, ones begin at 1035. */
const ONE_SPACE = 800;
const UNCLEAR_SPACE = { least: 650, most: 950 };
/** Captured ones end at 1492, and the shortest gap seen (SmartIR, a leader frame) is 9 ms. */
const FRAME_END = 3000;

const within = (us: number | undefined, { least, most }: { least: number; most: number }): boolean =>
  us !== undefined && us >= least && us <= most;

/** Every run of bits behind a header, in order. What is no header is passed over, and a broken run ends at the next. */
export function demodulate(waveform: Waveform): Candidate[] {
  const candidates: Candidate[] = [];
  let at = 0;
  while (at < waveform.length) {
    if (within(waveform[at], HEADER_MARK) && within(waveform[at + 1], HEADER_SPACE)) {
      const { candidate, end } = readBits(waveform, at + 2);
      if (candidate.bits > 0) candidates.push(candidate);
      at = end;
    } else {
      at += 2;
    }
  }
  return candidates;
}

function readBits(waveform: Waveform, start: number): { candidate: Candidate; end: number } {
  const bytes: number[] = [];
  let byte = 0;
  let bits = 0;
  let unclear = 0;
  for (let at = start; ; at += 2) {
    const mark = waveform[at];
    const cut = mark === undefined || !(mark > 0 && mark <= LONGEST_BIT_MARK);
    const space = waveform[at + 1];
    if (cut || space === undefined || !(space > 0 && space < FRAME_END)) {
      const candidate = {
        bytes: Uint8Array.from(bytes),
        bits,
        complete: !cut && bits % 8 === 0,
        silence: space !== undefined,
        unclear,
      };
      // The mark that did not fit can be the next header.
      return { candidate, end: cut ? at : at + 2 };
    }
    if (space >= ONE_SPACE) byte |= 1 << (bits % 8);
    if (within(space, UNCLEAR_SPACE)) unclear++;
    bits++;
    if (bits % 8 === 0) {
      bytes.push(byte);
      byte = 0;
    }
  }
}
