import { CHECKSUM_AT, expectedChecksum, seal } from "./checksum.ts";

/** What a unit says of itself to anybody who greets it. */
export interface Found {
  type: number;
  /** Such as `78:0f:77:11:22:33`. */
  mac: string;
  /** Where it believes to be; the sender's address is what counts. */
  address: string;
  /** What its owner called it. */
  name: string;
  /** Whether it says that it obeys only its maker's app. */
  locked: boolean;
}

/** The time here, and where an answer might go; units ignore both, and answer to the sender. */
export interface Greeter {
  epochMs: number;
  /** How far our wall clock is ahead of UTC. */
  eastMinutes: number;
  address?: string;
  port?: number;
}

const PACKET = 0x30;
const KIND_AT = 0x26;
const HELLO = 6;
const HELLO_REPLY = 7;
const PING = 1;
/** A reply as long as this has everything but its name and its lock. */
const SHORTEST_REPLY = 0x40;
const NAME = { start: 0x40, end: 0x7e };
const LOCK_AT = 0x7f;

/** Asks a unit, or with a broadcast all of them, who they are (broadlink.md 3.1). */
export function encodeHello({ epochMs, eastMinutes, address = "0.0.0.0", port = 0 }: Greeter): Buffer {
  const wall = new Date(epochMs + eastMinutes * 60_000);
  const packet = Buffer.alloc(PACKET);
  packet.writeInt32LE(Math.trunc(eastMinutes / 60), 0x08);
  packet.writeUInt16LE(wall.getUTCFullYear(), 0x0c);
  packet[0x0e] = wall.getUTCMinutes();
  packet[0x0f] = wall.getUTCHours();
  packet[0x10] = wall.getUTCFullYear() % 100;
  packet[0x11] = wall.getUTCDay() || 7;
  packet[0x12] = wall.getUTCDate();
  packet[0x13] = wall.getUTCMonth() + 1;
  packet.set(address.split(".").map(Number).reverse(), 0x18);
  packet.writeUInt16LE(port, 0x1c);
  packet[KIND_AT] = HELLO;
  return seal(packet);
}

/** What a unit answered (broadlink.md 3.2); undefined when the datagram is anything else, or damaged. Never throws. */
export function parseHello(datagram: Buffer): Found | undefined {
  if (datagram.length < SHORTEST_REPLY || datagram[KIND_AT] !== HELLO_REPLY) return undefined;
  if (datagram.readUInt16LE(CHECKSUM_AT) !== expectedChecksum(datagram)) return undefined;
  const name = datagram.subarray(NAME.start, NAME.end);
  const end = name.indexOf(0);
  return {
    type: datagram.readUInt16LE(0x34),
    address: [...datagram.subarray(0x36, 0x3a)].reverse().join("."),
    mac: [...datagram.subarray(0x3a, 0x40)].reverse().map(twoDigits).join(":"),
    name: (end < 0 ? name : name.subarray(0, end)).toString(),
    locked: (datagram[LOCK_AT] ?? 0) !== 0,
  };
}

const twoDigits = (byte: number): string => byte.toString(16).padStart(2, "0");

/** Keeps a unit that can't reach its maker's cloud from restarting; nothing answers (broadlink.md 3.3). */
export function encodePing(): Buffer {
  const packet = Buffer.alloc(PACKET);
  packet[KIND_AT] = PING;
  return packet;
}
