import type { Cell } from "../../../src/cell.ts";
import type { Code } from "../code-sets/code-set.ts";
import { InfraredError } from "../ir/error.ts";

/** What was asked for so long ago is not sent any more: whoever asked may sleep by now. */
export const TOO_LATE_MS = 60_000;

/** Who a blaster says it is. */
export interface BlasterIdentity {
  manufacturer: string;
  model: string;
  /** From hardware: a MAC address or a chip's id. */
  serialNumber: string;
  firmware?: string;
}

/** How a blaster does, as it said itself last. */
export interface BlasterHealth {
  /** Whether it can be reached and takes codes from us. */
  ready: boolean;
  /** What a person has to know, with the way out; undefined when there is nothing. */
  problem: string | undefined;
  /** Known since it has answered once. */
  identity: BlasterIdentity | undefined;
}

/** An infrared emitter on the network. It is asked one thing at a time. */
export interface Blaster extends AsyncDisposable {
  /** Not ready until it has answered for the first time; asked again by itself, for ever. */
  readonly health: Cell<BlasterHealth>;
  /**
   * Resolves when the blaster says that it has sent the code. Throws BlasterError, and nothing is sent later then;
   * NothingSent where nothing was sent at all.
   */
  send(code: Code): Promise<void>;
  /**
   * Listens to a remote control until a key is pressed; undefined when none was, or the signal aborted. Leaves learning
   * mode in any case. Throws BlasterError, also where the blaster does not say that it left.
   */
  learn(signal: AbortSignal): Promise<Code | undefined>;
}

/** A blaster did not do what it was asked; the message is for a person. */
export class BlasterError extends Error {
  override name = "BlasterError";
}

/** It was not asked to send, or has refused to: else its answer may be what got lost, and not the code. */
export class NothingSent extends BlasterError {
  override name = "NothingSent";
}

/** What `work` makes of a code; where it throws InfraredError, this throws a BlasterError with the same message. */
export function coded<T>(work: () => T, Failure: typeof BlasterError = BlasterError): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof InfraredError) throw new Failure(error.message, { cause: error });
    throw error;
  }
}
