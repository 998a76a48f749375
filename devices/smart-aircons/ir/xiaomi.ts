import { hex, parseBase64 } from "./bytes.ts";
import { InfraredError } from "./error.ts";
import { unpackHeatshrink } from "./heatshrink.ts";
import { parseMicroseconds, type Waveform } from "./waveform.ts";

// The `Raw` codes of SmartIR's files for Xiaomi's universal remotes are Base64 of one of two things. Nobody documents
// them; both were worked out from the collection (4381.json is of the first kind, 4380.json of the second).

/** Before the durations: two bytes that mark a table, the number of durations, sixteen durations of four bytes. */
const TABLE_MARK = "67a5";
const TABLE_AT = 4;
const TABLE_ENTRIES = 16;
const PAIRS_AT = TABLE_AT + 4 * TABLE_ENTRIES;

/** Reads a raw code of a Xiaomi remote; a frequency behind a colon is passed over. Throws InfraredError. */
export function parseXiaomi(text: string): Waveform {
  const bytes = parseBase64(text.replace(/:\d+\s*$/, ""));
  return hex(bytes.subarray(0, 2)) === TABLE_MARK ? fromTable(bytes) : fromText(unpackHeatshrink(bytes));
}

/** Microseconds in decimal digits with commas, ended by a byte of 0. */
function fromText(bytes: Uint8Array): Waveform {
  const end = bytes.indexOf(0);
  return parseMicroseconds(Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString("latin1"));
}

/** Each byte is a pair: the mark's place in the table in its low half, the space's in its high half. */
function fromTable(bytes: Uint8Array): Waveform {
  const count = (bytes[2] ?? 0) | ((bytes[3] ?? 0) << 8);
  const pairs = bytes.subarray(PAIRS_AT);
  if (count === 0 || 2 * pairs.length < count) {
    throw new InfraredError(`the table of durations is followed by ${2 * pairs.length} of ${count} durations`);
  }
  const table = new DataView(bytes.buffer, bytes.byteOffset + TABLE_AT, 4 * TABLE_ENTRIES);
  const duration = (index: number): number => table.getUint32(4 * index, true);
  return Array.from(pairs)
    .flatMap((pair) => [duration(pair & 0xf), duration(pair >> 4)])
    .slice(0, count);
}
