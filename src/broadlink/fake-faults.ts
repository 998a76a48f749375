import { randomBytes } from "node:crypto";
import { summed } from "./fake-wire.ts";

/** What may happen to one answer, or to the question before it. */
export type Mishap =
  | "fine"
  /** The unit never hears the question. */
  | "unheard"
  /** It acts, and its answer is lost. */
  | "lost"
  /** The answer comes `lateMs` later. */
  | "late"
  /** The answer comes twice. */
  | "doubled"
  /** It comes from another port. */
  | "foreign"
  /** It carries the next question's counter. (A hello has none: that one is fine.) */
  | "wrong-counter"
  | "wrong-checksum"
  /** Only its first 47 bytes come. */
  | "short"
  /** Random bytes come instead. */
  | "garbage"
  /** The unit restarts instead of listening. */
  | "restart";

/** What is wrong with the unit or the network at the moment. A test changes these at any time. */
export interface Faults {
  /** Hears nothing and says nothing. */
  silent: boolean;
  /** What happens to the next datagrams that deserve an answer, repeats too, in this order. */
  mishaps: Mishap[];
  lateMs: number;
  /** The next new commands are refused with these codes, in this order, and not obeyed. */
  refusals: number[];
  /** The same for authentications. */
  authenticationRefusals: number[];
  /** While nothing is learned it says so with -5 and a block of zeros, and not with -10. */
  saysStorageFull: boolean;
}

/** A unit in good health. */
export function noFaults(): Faults {
  return {
    silent: false,
    mishaps: [],
    lateMs: 1_500,
    refusals: [],
    authenticationRefusals: [],
    saysStorageFull: false,
  };
}

/** What is left of an answer on its way; undefined when nothing is. */
export function afterMishap(mishap: Mishap, reply: Buffer): Buffer | undefined {
  const damaged = Buffer.from(reply);
  if (mishap === "unheard" || mishap === "lost" || mishap === "restart") return undefined;
  if (mishap === "garbage") return randomBytes(100);
  if (mishap === "short") return damaged.subarray(0, 47);
  if (mishap === "wrong-checksum") damaged.writeUInt16LE((damaged.readUInt16LE(0x20) + 0xffff) % 0x10000, 0x20);
  const counter = damaged.readUInt16LE(0x28);
  if (mishap === "wrong-counter" && counter > 0) {
    damaged.writeUInt16LE((counter + 1) % 0x10000, 0x28);
    summed(damaged);
  }
  return damaged;
}
