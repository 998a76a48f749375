import {
  type Blaster,
  BlasterError,
  type BlasterHealth,
  NothingSent,
} from "../../devices/smart-aircons/blasters/blaster.ts";
import type { Code } from "../../devices/smart-aircons/code-sets/code-set.ts";
import { cell } from "../../src/cell.ts";

/** A blaster in memory, which does at once what it is told unless a test has it otherwise. */
export interface ToyBlaster extends Blaster {
  /** What it did send, and when it was asked to, in order. */
  sent: { code: Code; atMs: number }[];
  /** How often it was asked to send anything. */
  asked: number;
  /** Takes its time for what it is asked from now on, until `release`. */
  hold(): void;
  /** Whoever waits is answered: it was sent, or not for this reason. */
  release(failure?: string): void;
  /** Fails at what it is asked from now on, for this reason, and may have sent it. */
  failing: string | undefined;
  /** Refuses what it is asked from now on, for this reason: nothing is sent. */
  refusing: string | undefined;
  /** Can't be reached, or can again. */
  away(problem: string): void;
  back(): void;
  closed: boolean;
}

const there: BlasterHealth = {
  ready: true,
  problem: undefined,
  identity: { manufacturer: "Acme", model: "Blaster 1", serialNumber: "00:11:22:33:44:55", firmware: "7" },
};

/** One that is there, unless it is told to be away from the beginning. */
export function toyBlaster(health: BlasterHealth = there, nowMs: () => number = () => performance.now()): ToyBlaster {
  let held: PromiseWithResolvers<void> | undefined;
  const blaster: ToyBlaster = {
    health: cell(health),
    sent: [],
    asked: 0,
    failing: undefined,
    refusing: undefined,
    closed: false,
    async send(code) {
      blaster.asked += 1;
      if (blaster.closed) throw new BlasterError("it is closed");
      const atMs = nowMs();
      await held?.promise;
      if (blaster.refusing !== undefined) throw new NothingSent(blaster.refusing);
      if (blaster.failing !== undefined) throw new BlasterError(blaster.failing);
      blaster.sent.push({ code, atMs });
    },
    learn: () => Promise.reject(new BlasterError("it can't listen")),
    hold() {
      held = Promise.withResolvers();
    },
    release(failure) {
      if (failure === undefined) held?.resolve();
      else held?.reject(new BlasterError(failure));
      held = undefined;
    },
    away: (problem) => blaster.health.set({ ...blaster.health.get(), ready: false, problem }),
    back: () => blaster.health.set(there),
    async [Symbol.asyncDispose]() {
      blaster.closed = true;
      blaster.release("it is closed");
    },
  };
  return blaster;
}
