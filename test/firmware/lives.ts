import fc from "fast-check";
import { expect } from "vitest";
import { simulatedBoard } from "../../devices/sprinklers/simulated-board.ts";
import { type Act, anyAct, often, zoneRelays } from "../sprinklers/random-acts.ts";
import type { Kind } from "../sprinklers/random-house.ts";
import { live } from "../sprinklers/random-life.ts";
import { hex } from "./on-board.ts";

const ours: Kind = { make: (clock) => simulatedBoard({ hex, clock }), deadManMs: 30_000 };

/** None of these is a command, nor becomes one with what comes after it. */
const text = fc.constantFrom(
  "2,o",
  "8,on ",
  "~",
  "\0",
  "\r\n",
  "zz!3,on\r\n",
  "65538,on\r\n",
  "4,on\xff\r\n",
  "2,on3,off\r\n",
);
const act = fc.oneof(
  often(36, anyAct),
  often(2, fc.constant({ do: "hang" })),
  often(2, fc.record({ do: fc.constant("mutter"), text })),
);
/** Mostly shorter than an answer. */
const pause = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 0, max: 120 }) },
  { weight: 10, arbitrary: fc.integer({ min: 200, max: 3_000 }) },
);

/** Longer than the firmware leaves a relay on that nobody asks for. */
const aloneMs = 33_000;
const busy = "Error Resource temporarily unavailable Cannot lock port";
/** The board keeps its power, and has nobody: no daemon, no cable, a cable that carries nothing to it, a host that sleeps. */
const leave = fc.constantFrom<[Act, number][][]>(
  [
    [{ do: "kill" }, aloneMs],
    [{ do: "start" }, 0],
  ],
  [
    [{ do: "disconnect" }, aloneMs],
    [{ do: "plug" }, 0],
  ],
  [
    [{ do: "break", faults: { deaf: true, refuseOpen: busy } }, aloneMs],
    [{ do: "heal" }, 0],
  ],
  [[{ do: "freeze", ms: aloneMs }, 0]],
);
const alone = fc
  .tuple(fc.constantFrom(...zoneRelays), fc.integer({ min: 1_300, max: 6_000 }), leave)
  .map(([relay, ms, left]): [Act, number][] => [[{ do: "open", relay }, ms], ...left]);
const sequence = fc
  .array(
    fc.oneof(
      { weight: 25, arbitrary: fc.tuple(act, pause).map((step): [Act, number][] => [step]) },
      { weight: 1, arbitrary: alone },
    ),
    { minLength: 4, maxLength: 12 },
  )
  .map((steps) => steps.flat());

/** Lives so many random lives of a garden with the driver on our compiled firmware: each about 25 s, in half a second. */
export async function liveTogether(lives: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(sequence, async (acts) => {
      const problems = await live(ours, acts);
      expect(problems).toEqual([]);
    }),
    { numRuns: lives, seed: 20_261_122, endOnFailure: true },
  );
}
