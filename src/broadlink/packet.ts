import { CHECKSUM_AT, checksum, expectedChecksum, seal } from "./checksum.ts";
import { decrypt, encrypt } from "./cipher.ts";
import { BroadlinkError } from "./errors.ts";

/** What a request asks for, as far as its header says. */
export const AUTHENTICATE = 0x65;
export const COMMAND = 0x6a;

/** Who we are to a unit: the session's number, and its key of 16 bytes. */
export interface Keys {
  id: number;
  key: Uint8Array;
}

export interface Request {
  /** The unit's type and MAC address, as its hello said them: `78:0f:77:11:22:33`. */
  type: number;
  mac: string;
  command: typeof AUTHENTICATE | typeof COMMAND;
  counter: number;
  keys: Keys;
  /** Not encrypted yet, without padding. */
  payload: Uint8Array;
}

/** A reply whose checksum is right; what is inside is still encrypted. */
export interface Reply {
  counter: number;
  /** 0, or what went wrong (broadlink.md 4.4). */
  code: number;
  ciphertext: Buffer;
}

const HEADER = 0x38;
const SHORTEST_REPLY = 0x30;
const MAGIC = Buffer.from("5aa5aa555aa5aa55", "hex");

/** The counter of the next request: 8000 to ffff, and around. Repeats of a request keep theirs. */
export const nextCounter = (counter: number): number => ((counter + 1) & 0xffff) | 0x8000;

/** The datagram of a request (broadlink.md 4.1). */
export function encodeRequest({ type, mac, command, counter, keys, payload }: Request): Buffer {
  const header = Buffer.alloc(HEADER);
  header.set(MAGIC);
  header.writeUInt16LE(type, 0x24);
  header.writeUInt16LE(command, 0x26);
  header.writeUInt16LE(counter, 0x28);
  header.set(Buffer.from(mac.replaceAll(":", ""), "hex").reverse(), 0x2a);
  header.writeUInt32LE(keys.id, 0x30);
  header.writeUInt16LE(checksum(payload), 0x34);
  return seal(Buffer.concat([header, encrypt(keys.key, payload)]));
}

/**
 * The header of a reply, with or without a body: an error may come without. Throws BroadlinkError, "damaged", when it is
 * too short for one (-4007) or its checksum is wrong (-4008).
 */
export function readReply(datagram: Buffer): Reply {
  if (datagram.length < SHORTEST_REPLY) throw new BroadlinkError(-4007);
  if (datagram.readUInt16LE(CHECKSUM_AT) !== expectedChecksum(datagram)) throw new BroadlinkError(-4008);
  return {
    code: datagram.readInt16LE(0x22),
    counter: datagram.readUInt16LE(0x28),
    ciphertext: datagram.subarray(HEADER),
  };
}

/**
 * What a reply says, with the zeros at its end. Throws BroadlinkError, "damaged", when there is none or it is cut off.
 * The checksum inside is left alone: the one around it was right, and what is inside has its own form.
 */
export function openReply({ ciphertext }: Reply, { key }: Keys): Buffer {
  if (ciphertext.length === 0 || ciphertext.length % 16 !== 0) throw new BroadlinkError(-4007);
  return decrypt(key, ciphertext);
}
