import { expect, test } from "vitest";
import { openChip } from "./open-chip.ts";

const sramStart = 0x100;
/** What the program keeps is far below this address, its stack far above. */
const middle = 0x600;

/** The lengths of the pieces of memory that these addresses make up, shortest first. */
function pieces(addresses: Iterable<number>): number[] {
  const lengths: number[] = [];
  let next = Number.NaN;
  for (const address of [...addresses].sort((a, b) => a - b)) {
    if (address === next) lengths.push((lengths.pop() ?? 0) + 1);
    else lengths.push(1);
    next = address + 1;
  }
  return lengths.sort((a, b) => a - b);
}

/** Where the program writes while it receives a line of 300 of these bytes, and what. */
function writesOf(byte: number): Map<number, number[]> {
  const { cpu, receive } = openChip();
  const writes = new Map<number, number[]>();
  for (let at = sramStart; at < middle; at++) {
    cpu.writeHooks[at] = (value) => {
      writes.set(at, [...(writes.get(at) ?? []), value]);
      return false;
    };
  }
  receive(String.fromCharCode(byte).repeat(300));
  return writes;
}

test("a line of 300 bytes comes to the 256 where bytes wait and to the 16 where a line is put together, and nowhere else", () => {
  const [some, others] = [writesOf(0xa5), writesOf(0x5a)];
  // What the program counts is the same for all bytes.
  const theirs = [...some.keys()].filter((at) => String(some.get(at)) !== String(others.get(at)));
  expect(pieces(theirs)).toEqual([16, 256]);
});
