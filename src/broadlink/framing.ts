import { BroadlinkError } from "./errors.ts";

/**
 * How a command lies in a payload (broadlink.md 4.3): its number in 4 bytes, then its data (`cmd32`, until about 2019), or
 * the length of both in 2 bytes before that (`len16`, the 4-series and the red RM mini 3).
 */
export type Framing = "cmd32" | "len16";

/** The payload of a command. Throws RangeError when the data is longer than a length can say. */
export function frame(framing: Framing, command: number, data: Uint8Array = Buffer.alloc(0)): Buffer {
  const number = Buffer.alloc(4);
  number.writeUInt32LE(command);
  if (framing === "cmd32") return Buffer.concat([number, data]);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(number.length + data.length);
  return Buffer.concat([length, number, data]);
}

/**
 * The data of a reply; in the older framing with the zeros that fill up its last block. Throws BroadlinkError, "malformed",
 * when it is shorter than it says or can't hold a command: a sign of the other framing.
 */
export function unframe(framing: Framing, plaintext: Buffer): Buffer {
  const start = framing === "cmd32" ? 4 : 6;
  const end = framing === "cmd32" || plaintext.length < 2 ? plaintext.length : 2 + plaintext.readUInt16LE(0);
  if (end < start || end > plaintext.length) {
    throw new BroadlinkError(-6, { message: "its answer is framed as another model's" });
  }
  return plaintext.subarray(start, end);
}
