import { hex } from "./bytes.ts";

/** Bytes understood, and what is doubtful in them, a sentence each; or why they are not what they were taken for. */
export type Read<Frame> = { frame: Frame; doubts: string[] } | { refused: string };

/** The sum of the bytes from `from` until before `until`, mod 256. */
export function sum(bytes: Uint8Array, from: number, until: number): number {
  let total = 0;
  for (let at = from; at < until; at++) total += bytes[at] ?? 0;
  return total & 0xff;
}

/** Says of a checksum that it is wrong, or undefined when it is right. */
export const wrongChecksum = (said: number | undefined, expected: number): string | undefined =>
  said === expected
    ? undefined
    : `the checksum is ${hex(Uint8Array.of(said ?? 0))}, and should be ${hex(Uint8Array.of(expected))}`;
