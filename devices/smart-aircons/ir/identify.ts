import { hex } from "./bytes.ts";
import { decodeFrame, hasCheck, type Known, type Summary, summary } from "./known.ts";
import { type Candidate, demodulate } from "./pulses.ts";
import { type Timings, timings } from "./timings.ts";
import type { Waveform } from "./waveform.ts";

/** What was found. `doubts` are sentences; none means that all of it was understood. */
export interface Identified {
  known: Known;
  frameHex: string;
  /** How often the frame was there. */
  frames: number;
  state: Summary;
  doubts: string[];
}

/** Nothing we know: what the durations look like, and why what looked like frames was not believed. */
export interface Unidentified {
  known?: never;
  timings: Timings;
  doubts: string[];
}

/** Fewer bits behind something like a header are noise, and nothing is said about them. */
const WORTH_TELLING_BITS = 16;

/** Names the protocol of a waveform and says what the first whole frame in it says. Never throws. */
export function identify(waveform: Waveform): Identified | Unidentified {
  let found: Identified | undefined;
  const unbelieved: string[] = [];
  for (const candidate of demodulate(waveform)) {
    const read = believe(candidate);
    if ("refused" in read) {
      if (candidate.bits >= WORTH_TELLING_BITS) unbelieved.push(read.refused);
      continue;
    }
    if (found === undefined) found = read;
    else if (found.frameHex === read.frameHex) found.frames++;
    else unbelieved.push(`another frame follows, which says something else: ${read.frameHex}`);
  }
  if (found === undefined) return { timings: timings(waveform), doubts: unbelieved };
  return { ...found, doubts: [...found.doubts, ...unbelieved] };
}

/** The same for the bytes of one frame. */
export function identifyFrame(bytes: Uint8Array): Identified | { refused: string } {
  const read = decodeFrame(bytes);
  if ("refused" in read) return read;
  return { known: read.frame, frameHex: hex(bytes), frames: 1, state: summary(read.frame), doubts: read.doubts };
}

function believe({ bytes, bits, complete, silence, unclear }: Candidate): Identified | { refused: string } {
  if (!complete) return { refused: `a frame is cut off or disturbed after ${bits} bits` };
  const read = identifyFrame(bytes);
  if ("refused" in read) return read;
  if (unclear > 0) read.doubts.push(`${unclear} of ${bits} bits lie between a 0 and a 1`);
  if (!silence && !hasCheck(read.known)) {
    read.doubts.push("six bytes have no check, and can be the beginning of a longer frame");
  }
  return read;
}
