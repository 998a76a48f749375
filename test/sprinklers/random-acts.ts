import fc from "fast-check";
import type { Faults } from "../../devices/sprinklers/fake-faults.ts";

/** What may happen in a garden. */
export type Act =
  | { do: "open" | "close"; relay: number }
  | { do: "run"; relay: number; seconds: number }
  | { do: "all off" | "reset" | "unplug" | "plug" | "heal" | "noise" | "broker gone" | "broker back" | "vanish" }
  | { do: "rain"; hours: number }
  | { do: "break"; faults: Partial<Faults> }
  /** The cable is pulled out of a board that has a power supply of its own; `plug` ends that too. */
  | { do: "disconnect" }
  /** The daemon is ended by SIGKILL, and started again by somebody. */
  | { do: "kill" | "start" }
  /** The host stands still for so long, as when it is suspended, and the board goes on. For a board that can catch up. */
  | { do: "freeze"; ms: number }
  /** The board's program gets stuck. For a board that has one. */
  | { do: "hang" }
  /** The board hears something that nobody said. For a board that acts on no garbage. */
  | { do: "mutter"; text: string };

/** The zones; relay 8 is the master. */
export const zoneRelays = [2, 3, 4];

const relay = fc.constantFrom(...zoneRelays);
const someFaults = fc.oneof<fc.Arbitrary<Partial<Faults>>[]>(
  fc.record({ loseAnswers: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ garbleCommands: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ lateAnswersMs: fc.constantFrom(300, 800, 1_700) }),
  fc.constantFrom({ silent: true }, { deaf: true }, { doubleAnswers: true }, { splitLines: true }),
  fc.constantFrom({ bannerDelayMs: 1_500 }, { bannerFragment: true }),
);

/** How often something happens, in comparison. */
export const often = (weight: number, arbitrary: fc.Arbitrary<Act>) => ({ weight, arbitrary });

/** What people ask, and what breaks on any board; these weigh 36. */
export const anyAct: fc.Arbitrary<Act> = fc.oneof(
  often(6, fc.record({ do: fc.constant("open"), relay })),
  often(2, fc.record({ do: fc.constant("close"), relay })),
  often(4, fc.record({ do: fc.constant("run"), relay, seconds: fc.integer({ min: 1, max: 90 }) })),
  often(2, fc.constantFrom({ do: "all off" }, { do: "noise" })),
  often(4, fc.constantFrom({ do: "reset" }, { do: "unplug" }, { do: "plug" }, { do: "vanish" })),
  often(2, fc.constantFrom({ do: "broker gone" }, { do: "broker back" }, { do: "broker back" })),
  often(1, fc.record({ do: fc.constant("rain"), hours: fc.constantFrom(0, 0, 1) })),
  often(3, fc.constant({ do: "heal" })),
  often(2, fc.constantFrom({ do: "disconnect" }, { do: "plug" })),
  often(4, fc.constantFrom({ do: "kill" }, { do: "start" }, { do: "start" })),
  often(6, fc.record({ do: fc.constant("break"), faults: someFaults })),
);
