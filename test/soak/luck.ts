import { createHash } from "node:crypto";

/** Chance that comes the same way again for the same seed. */
export interface Luck {
  /** A number from 0 up to, without, 1. */
  next(): number;
  /** A whole number, both ends included. */
  between(from: number, to: number): number;
  /** One of these. Throws when there is none. */
  one<T>(items: readonly T[]): T;
}

export function luckOf(seed: string): Luck {
  let drawn = 0;
  const next = () => createHash("sha256").update(`${seed} ${drawn++}`).digest().readUInt32LE() / 2 ** 32;
  return {
    next,
    between: (from, to) => from + Math.floor(next() * (to - from + 1)),
    one(items) {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new Error("nothing to choose from");
      return item;
    },
  };
}
