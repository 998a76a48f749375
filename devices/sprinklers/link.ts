import type { Duplex } from "node:stream";

/** Why a port could not be opened, or is no longer there. */
export type LinkTrouble =
  /** There is no such port, or the device behind it is gone. */
  | "missing"
  /** The permissions of the device file forbid it: only a person can help. */
  | "forbidden"
  /** Somebody else has it open. */
  | "busy";

/** The port can't be had. The message is for a person, with the way out. */
export class LinkError extends Error {
  override name = "LinkError";
  readonly trouble: LinkTrouble;
  constructor(trouble: LinkTrouble, message: string) {
    super(message);
    this.trouble = trouble;
  }
}

/** An opened port. */
export interface Port {
  stream: Duplex;
  /** Resolves when it is closed, so that it can be opened again. Never throws. */
  close(): Promise<void>;
}

/** A serial port that can be opened again and again; opening it resets the board. */
export interface Link {
  /** Resolves the path anew and opens it. Throws LinkError. */
  open(): Promise<Port>;
  /** Whether what was opened last is still there: a pulled plug can go unnoticed by its stream. */
  present(): Promise<boolean>;
}
