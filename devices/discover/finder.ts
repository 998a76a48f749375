import type { Clock } from "../../src/clock.ts";
import type { Found } from "./found.ts";
import type { Way } from "./interfaces.ts";

/** What a search needs of the world. */
export interface Around {
  ways: readonly Way[];
  clock: Clock;
  /** Called for each answer, also when the same one answers again. */
  found(found: Found): void;
  /** Called with a sentence for a person where some of the search can't be done. */
  trouble(sentence: string): void;
}

/** Searches one kind of thing until the signal aborts. Never throws. */
export type Finder = (around: Around, signal: AbortSignal) => Promise<void>;

/** An answer may be lost, and a question as well. */
export const ASK_EVERY_MS = 1_000;
