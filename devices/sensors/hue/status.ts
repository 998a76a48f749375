import type { Logger } from "pino";
import { type Cell, cell } from "../../../src/cell.ts";
import type { Clock } from "../../../src/clock.ts";
import { complaints } from "../../../src/complaints.ts";
import type { HueError } from "./errors.ts";
import type { Identity } from "./identity.ts";
import type { Sensor } from "./sensor.ts";

/** What is known of a bridge. */
export interface BridgeStatus {
  /** Whether what the sensors said may still be believed: not after a refusal, nor after 3 min of silence (N8). */
  reachable: boolean;
  /** What is wrong at the moment; it may be reachable all the same. */
  problem: HueError | undefined;
  /** Undefined before it was met. */
  identity: Identity | undefined;
  /** Which of its interfaces is in use. */
  api: "v1" | "v2" | undefined;
  /** Whether it proved who it is. */
  secure: boolean;
  /**
   * By their ids: another map when who they are has changed; what they say changes in it. Undefined before they were read
   * for the first time: nobody knows then which there are.
   */
  sensors: ReadonlyMap<string, Sensor> | undefined;
  /** How many things of the last read were of no use. */
  skipped: number;
}

/** What can be wrong independently of the rest. */
export type Matter = "bridge" | "read" | "events";

/** Keeps the status, and the log of what went wrong with it. */
export interface StatusKeeper {
  status: Cell<BridgeStatus>;
  update(change: Partial<BridgeStatus>): void;
  /** The bridge has just said everything anew; so much of it was of no use. */
  confirmed(skipped: number): void;
  /** The bridge has just said something: nothing that it did not contradict has changed, if that was known before. */
  alive(): void;
  /**
   * Something is wrong; `undefined`: no longer. What is wrong with the bridge itself is over with the next read, or with
   * the next other trouble.
   */
  trouble(matter: Matter, problem: HueError | undefined): void;
  /** How often it is asked for everything. */
  expectEvery(ms: number): void;
}

const AVAILABLE = "the Hue bridge is available";
/** Requirement N8. */
const INTERVALS = 3;
const SHORTEST_DOUBT_MS = 180_000;
const matters: readonly Matter[] = ["bridge", "read", "events"];

/** `flipped` is called after each change of whether it is reachable. */
export function keepStatus(
  { log, clock, signal }: { log: Logger; clock: Clock; signal: AbortSignal },
  flipped: () => void,
): StatusKeeper {
  const troubles = complaints(log, clock);
  const problems = new Map<Matter, HueError>();
  let announced = false;
  let doubtAfterMs = SHORTEST_DOUBT_MS;
  let confirmedMs = Number.NEGATIVE_INFINITY;
  const status = cell<BridgeStatus>({
    reachable: false,
    problem: undefined,
    identity: undefined,
    api: undefined,
    secure: false,
    sensors: undefined,
    skipped: 0,
  });

  const worst = () => matters.map((one) => problems.get(one)).find(Boolean);

  function update(change: Partial<BridgeStatus>): void {
    const before = status.get();
    status.set({ ...before, ...change });
    if (before.reachable !== status.get().reachable) flipped();
  }

  async function doubt(): Promise<void> {
    while (!signal.aborted) {
      await status.until(({ reachable }) => reachable, signal);
      const leftMs = confirmedMs + doubtAfterMs - clock.monotonicMs();
      if (leftMs > 0) await clock.sleep(leftMs, signal);
      else if (status.get().reachable) update({ reachable: false });
    }
  }
  void doubt();

  return {
    status,
    update,
    confirmed(skipped) {
      confirmedMs = clock.monotonicMs();
      problems.delete("bridge");
      const { reachable, problem, identity, api, secure, sensors, skipped: before } = status.get();
      if (!reachable || problem !== worst() || skipped !== before)
        update({ reachable: true, problem: worst(), skipped });
      if (skipped > 0) troubles.say("the bridge lists things that can't be understood: they are left out", { skipped });
      if (announced || problems.size > 0) return;
      announced = true;
      troubles.say(AVAILABLE, { bridge: identity?.id, api, secure, sensors: sensors?.size }, "info");
    },
    alive() {
      if (status.get().reachable) confirmedMs = clock.monotonicMs();
    },
    trouble(matter, problem) {
      if (problems.get(matter)?.message === problem?.message) {
        if (problem) troubles.say(problem.message);
        return;
      }
      if (problem && matter !== "bridge") problems.delete("bridge");
      if (problem) problems.set(matter, problem);
      else problems.delete(matter);
      if (problem && troubles.say(problem.message)) {
        troubles.over(AVAILABLE);
        announced = false;
      }
      update({ problem: worst(), ...(problem?.trouble === "unpaired" && { reachable: false }) });
    },
    expectEvery(ms) {
      doubtAfterMs = Math.max(SHORTEST_DOUBT_MS, INTERVALS * ms);
    },
  };
}
