import { createCipheriv, createDecipheriv } from "node:crypto";

/** The key that every unit uses until it has handed out one. */
export const factoryKey = Buffer.from([
  0x09, 0x76, 0x28, 0x34, 0x3f, 0xe9, 0x9e, 0x23, 0x76, 0x5c, 0x15, 0x13, 0xac, 0xcf, 0x8b, 0x02,
]);
const vector = Buffer.from([
  0x56, 0x2e, 0x17, 0x99, 0x6d, 0x09, 0x3d, 0x28, 0xdd, 0xb3, 0xba, 0x69, 0x5a, 0x2e, 0x6f, 0x58,
]);

/** A request as a unit sees it, before it knows whether it can be decrypted. */
export interface Heard {
  command: number;
  counter: number;
  sessionId: number;
  payloadSum: number;
  encrypted: Buffer;
}

/** The 16-bit sum of all bytes, from beaf on. */
export const sumOf = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => (sum + byte) % 0x10000, 0xbeaf);

/** Puts the sum of the whole datagram to 20-21. */
export function summed(datagram: Buffer): Buffer {
  datagram.fill(0, 0x20, 0x22);
  datagram.writeUInt16LE(sumOf(datagram), 0x20);
  return datagram;
}

/** Whether the sum at 20-21 is right; those two bytes count as 0 in it. */
export const isIntact = (datagram: Buffer): boolean =>
  summed(Buffer.from(datagram)).compare(datagram, 0x20, 0x22, 0x20, 0x22) === 0;

export function scramble(key: Buffer, plain: Buffer): Buffer {
  const blocks = Buffer.concat([plain, Buffer.alloc((16 - (plain.length % 16)) % 16)]);
  const aes = createCipheriv("aes-128-cbc", key, vector).setAutoPadding(false);
  return Buffer.concat([aes.update(blocks), aes.final()]);
}

/** Undefined when there is nothing, or no whole blocks. */
export function unscramble(key: Buffer, scrambled: Buffer): Buffer | undefined {
  if (scrambled.length === 0 || scrambled.length % 16 > 0) return undefined;
  const aes = createDecipheriv("aes-128-cbc", key, vector).setAutoPadding(false);
  return Buffer.concat([aes.update(scrambled), aes.final()]);
}

/** Undefined when it is no intact request. */
export function hear(datagram: Buffer): Heard | undefined {
  const magic = datagram.subarray(0, 8).toString("hex") === "5aa5aa555aa5aa55";
  if (!magic || datagram.length < 0x38 || !isIntact(datagram)) return undefined;
  return {
    command: datagram.readUInt16LE(0x26),
    counter: datagram.readUInt16LE(0x28),
    sessionId: datagram.readUInt32LE(0x30),
    payloadSum: datagram.readUInt16LE(0x34),
    encrypted: datagram.subarray(0x38),
  };
}

/** The answer to a request: its header given back, with an error code; without a body the request's sum stays in it. */
export function answer(
  request: Buffer,
  { code = 0, key, body }: { code?: number; key?: Buffer; body?: Buffer },
): Buffer {
  const header = Buffer.from(request.subarray(0, 0x38));
  header.writeInt16LE(code, 0x22);
  header.writeUInt16LE(request.readUInt16LE(0x26) + 0x384, 0x26);
  if (body && key) header.writeUInt16LE(sumOf(body), 0x34);
  return summed(body && key ? Buffer.concat([header, scramble(key, body)]) : header);
}

/** The answer to a hello. */
export function introduce(
  hello: Buffer,
  unit: { type: number; mac: string; address: string; name: string; locked: boolean },
): Buffer {
  const reply = Buffer.alloc(0x80);
  hello.copy(reply, 0, 0, 0x20);
  reply[0x26] = 0x07;
  hello.copy(reply, 0x28, 0x28, 0x2a);
  reply.writeUInt16LE(unit.type, 0x34);
  const address = unit.address.split(".").map(Number);
  const mac = unit.mac.split(":").map((pair) => Number.parseInt(pair, 16));
  for (const [index, byte] of address.entries()) reply.writeUInt8(byte, 0x39 - index);
  for (const [index, byte] of mac.entries()) reply.writeUInt8(byte, 0x3f - index);
  reply.write(unit.name, 0x40, 0x3d);
  reply.writeUInt8(2, 0x7e);
  reply.writeUInt8(unit.locked ? 1 : 0, 0x7f);
  return summed(reply);
}
