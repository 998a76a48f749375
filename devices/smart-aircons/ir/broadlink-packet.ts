import { hex, parseBase64, parseHex } from "./bytes.ts";
import { InfraredError } from "./error.ts";
import { SILENCE_US, type Waveform } from "./waveform.ts";

/** What a Broadlink sends and learns (ir-protocols.md 4). It does not say the carrier; the units use about 38 kHz. */
export interface BroadlinkPacket {
  /** How often it is sent again: 0 is once. */
  repeats: number;
  waveform: Waveform;
}

const INFRARED = 0x26;
const RADIO: ReadonlyMap<number, string> = new Map([
  [0xb2, "433 MHz"],
  [0xd7, "315 MHz"],
]);
const HEADER_BYTES = 4;
/** Microseconds of one tick. */
const TICK_US = 8192 / 269;
const MOST_TICKS = 0xffff;
const MOST_BYTES = 0xffff;

/** Reads the packet's bytes; what is behind its own length (padding of the encryption) is ignored. Throws InfraredError. */
export function decodeBroadlink(bytes: Uint8Array): BroadlinkPacket {
  const kind = bytes[0] ?? 0;
  const radio = RADIO.get(kind);
  if (radio) throw new InfraredError(`the Broadlink packet is ${radio} radio, not infrared`);
  if (bytes.length < HEADER_BYTES || kind !== INFRARED) {
    throw new InfraredError(
      `a Broadlink packet of infrared begins with 26 and a length, not with "${hex(bytes.subarray(0, 4))}"`,
    );
  }
  const length = (bytes[2] ?? 0) | ((bytes[3] ?? 0) << 8);
  if (bytes.length < HEADER_BYTES + length) {
    throw new InfraredError(
      `the Broadlink packet says ${length} bytes of durations and has ${bytes.length - HEADER_BYTES}`,
    );
  }
  return { repeats: bytes[1] ?? 0, waveform: durations(bytes.subarray(HEADER_BYTES, HEADER_BYTES + length)) };
}

/** A packet written in hexadecimal or in Base64, whichever it is. Throws InfraredError. */
export function parseBroadlink(text: string): BroadlinkPacket {
  // No packet begins with what these mean in Base64.
  const isHex = /^\s*(26|b2|d7)/i.test(text);
  return decodeBroadlink(isHex ? parseHex(text) : parseBase64(text));
}

/** One byte is one duration; three that begin with 00 are a long one. */
function durations(data: Uint8Array): Waveform {
  const waveform: number[] = [];
  for (let at = 0; at < data.length; at++) {
    let ticks = data[at] ?? 0;
    if (ticks === 0) {
      const [high, low] = [data[at + 1], data[at + 2]];
      if (high === undefined || low === undefined) {
        throw new InfraredError("the Broadlink packet ends within a long duration");
      }
      ticks = (high << 8) | low;
      at += 2;
    }
    waveform.push(Math.round(ticks * TICK_US));
  }
  if (waveform.length === 0) throw new InfraredError("the Broadlink packet holds no durations");
  return waveform;
}

const ticksOf = (us: number): number => Math.min(Math.max(Math.round(us / TICK_US), 1), MOST_TICKS);

/** Of all durations but gaps: looked up, they take three quarters of the time. */
const shortTicks = Uint16Array.from({ length: 0x2000 }, (_, us) => ticksOf(us));

/** Writes a packet. A last space of 0 becomes the receiver's silence. Throws InfraredError where it would be too long. */
export function encodeBroadlink({ repeats, waveform }: BroadlinkPacket): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + 3 * waveform.length);
  let end = HEADER_BYTES;
  for (let at = 0; at < waveform.length; at++) {
    const us = at === waveform.length - 1 ? waveform[at] || SILENCE_US : (waveform[at] ?? 0);
    const ticks = shortTicks[us] ?? ticksOf(us);
    if (ticks >= 0x100) {
      bytes[end++] = 0;
      bytes[end++] = ticks >> 8;
    }
    bytes[end++] = ticks;
  }
  const length = end - HEADER_BYTES;
  if (length > MOST_BYTES) throw new InfraredError(`a Broadlink packet takes ${MOST_BYTES} bytes, not ${length}`);
  if (!(Number.isInteger(repeats) && repeats >= 0 && repeats <= 0xff)) {
    throw new InfraredError(`a Broadlink packet is repeated 0 to 255 times, not ${repeats}`);
  }
  bytes.set([INFRARED, repeats, length & 0xff, length >> 8]);
  return bytes.slice(0, end);
}
