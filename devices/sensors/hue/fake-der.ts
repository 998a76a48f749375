/** The few pieces of ASN.1 in DER (X.690) that a certificate is made of. */

function lengthOf(bytes: number): Buffer {
  if (bytes < 0x80) return Buffer.from([bytes]);
  const digits = bytes < 0x100 ? [bytes] : [bytes >> 8, bytes & 0xff];
  return Buffer.from([0x80 | digits.length, ...digits]);
}

function piece(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag]), lengthOf(body.length), body]);
}

export const sequence = (...parts: Buffer[]): Buffer => piece(0x30, ...parts);
export const set = (...parts: Buffer[]): Buffer => piece(0x31, ...parts);
export const yes = piece(0x01, Buffer.from([0xff]));
export const octets = (content: Buffer): Buffer => piece(0x04, content);
export const utf8 = (text: string): Buffer => piece(0x0c, Buffer.from(text));
/** What is numbered in a structure, explicitly. */
export const numbered = (number: number, content: Buffer): Buffer => piece(0xa0 + number, content);

/** A whole number of at most 2^64, never negative. */
export function integer(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
  // A first bit that is set would be a minus.
  return piece(0x02, (bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

/** A string of bits; `unused` of the last byte's don't count. */
export const bits = (content: Buffer, unused = 0): Buffer => piece(0x03, Buffer.from([unused]), content);

/** An object identifier such as `2.5.4.3`. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const number of rest) {
    const digits = [number % 128];
    for (let left = Math.floor(number / 128); left > 0; left = Math.floor(left / 128))
      digits.unshift(0x80 | (left % 128));
    bytes.push(...digits);
  }
  return piece(0x06, Buffer.from(bytes));
}

/** GeneralizedTime, in UTC. */
export function time(epochMs: number): Buffer {
  const digits = new Date(epochMs).toISOString().replaceAll(/\D/g, "").slice(0, 14);
  return piece(0x18, Buffer.from(`${digits}Z`));
}
