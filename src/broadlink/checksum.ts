const SEED = 0xbeaf;

/** The sum, in 16 bits, that hellos, packets and payloads carry; the field it goes into is 0 meanwhile (broadlink.md 2). */
export function checksum(bytes: Uint8Array): number {
  let sum = SEED;
  for (const byte of bytes) sum = (sum + byte) & 0xffff;
  return sum;
}

/** Where hellos and packets keep their checksum. */
export const CHECKSUM_AT = 0x20;

/** Writes the checksum of the whole datagram into its place, which is 0 so far. */
export function seal(datagram: Buffer): Buffer {
  datagram.writeUInt16LE(checksum(datagram), CHECKSUM_AT);
  return datagram;
}

/** The checksum a datagram should carry. It has at least 34 bytes. */
export function expectedChecksum(datagram: Buffer): number {
  const [low = 0, high = 0] = datagram.subarray(CHECKSUM_AT);
  return (checksum(datagram) - low - high) & 0xffff;
}
