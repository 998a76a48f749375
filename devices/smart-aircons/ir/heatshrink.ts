import { InfraredError } from "./error.ts";

/** How many bits say how far back and how long. Nothing else makes numbers of all codes in SmartIR's 4381.json. */
const BACK_BITS = 11;
const LENGTH_BITS = 4;
/** More than the longest text of durations. */
const MOST_BYTES = 60_000;

/**
 * Unpacks heatshrink, a Lempel-Ziv code in single bits: 1 and a byte, or 0 and a piece of what came before, so many
 * bytes back (less one) and so long (less one). What is left at the end, less than a whole code, is padding. Throws
 * InfraredError.
 */
export function unpackHeatshrink(packed: Uint8Array): Uint8Array {
  const unpacked: number[] = [];
  let at = 0;
  const bits = (count: number): number => {
    let value = 0;
    for (const end = at + count; at < end; at++)
      value = (value << 1) | (((packed[at >> 3] ?? 0) >> (7 - (at & 7))) & 1);
    return value;
  };
  const left = (): number => 8 * packed.length - at;
  while (left() >= 9) {
    if (bits(1) === 1) {
      unpacked.push(bits(8));
    } else {
      if (left() < BACK_BITS + LENGTH_BITS) break;
      const from = unpacked.length - (bits(BACK_BITS) + 1);
      const length = bits(LENGTH_BITS) + 1;
      if (from < 0) throw new InfraredError("the packed code points to before its own beginning");
      for (let index = from; index < from + length; index++) unpacked.push(unpacked[index] ?? 0);
    }
    if (unpacked.length > MOST_BYTES) throw new InfraredError(`the packed code is longer than ${MOST_BYTES} bytes`);
  }
  return Uint8Array.from(unpacked);
}
