import type { Logger } from "pino";

/** What the demo shows of one thing: the same as a line of a table, and as a sentence. */
export interface Row {
  key: string;
  cells: readonly string[];
  sentence: string;
}

/** What a room is built with. */
export interface Site {
  /** The broker's URL. */
  mqtt: string;
  log: Logger;
  signal: AbortSignal;
}

/** A daemon of the demo, with its simulated hardware. Disposing of it takes the hardware away; the daemon ends by the signal. */
export interface Room extends AsyncDisposable {
  /** Where its topics begin. */
  base: string;
  /** One line about the hardware, one about the topics. */
  about: { hardware: string; topics: string };
  headings: readonly string[];
  rows(): Row[];
  /** Something came on one of its topics, without `base`. */
  heard(topic: string, payload: string): void;
  /** Its availability topics, without `base`: it is ready when all of them are online. */
  availability: readonly string[];
  /** Topics and payloads to try, a command first. */
  tries: readonly { topic: string; payload: string }[];
  /** Resolves when the daemon has ended; rejects with what ended it. */
  daemon: Promise<void>;
}
