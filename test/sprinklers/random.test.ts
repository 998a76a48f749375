import fc from "fast-check";
import { expect, test } from "vitest";
import { scriptedBoard } from "../../devices/sprinklers/fake.ts";
import type { Clock } from "../../src/clock.ts";
import { type Act, anyAct } from "./random-acts.ts";
import { live } from "./random-life.ts";

const original = { make: (clock: Clock) => scriptedBoard({ clock }), deadManMs: 30_800 };
/** What happens, and how long nothing else does; an action in the middle of another's 52 ms is the interesting one. */
const sequence = fc.array(
  fc.tuple(
    anyAct,
    fc.oneof(fc.integer({ min: 0, max: 120 }), fc.integer({ min: 200, max: 6_000 }), fc.constant(20_000)),
  ),
  { minLength: 5, maxLength: 14 },
);

/** `npm run test:long` lives more of them. */
const lives = Number(process.env.RANDOM_LIVES ?? 50);

/** What longer searches have found. */
const found: [[Act, number][]][] = [
  // Opened and closed before the board was told: nobody said that it was closed, and the master stayed on for it.
  [
    [
      [{ do: "open", relay: 2 }, 20_000],
      [{ do: "open", relay: 3 }, 0],
      [{ do: "close", relay: 3 }, 20_000],
      [{ do: "open", relay: 2 }, 400],
    ],
  ],
  // Its stream never closed, so that 60 s without a board were counted over all the times it was there.
  [Array.from({ length: 5 }, (): [Act, number] => [{ do: "vanish" }, 15_000])],
];

test("whatever people ask and whatever breaks, the water stops in time and the house says what is so", async () => {
  await fc.assert(
    fc.asyncProperty(sequence, async (acts) => {
      const problems = await live(original, acts);
      expect(problems).toEqual([]);
    }),
    { numRuns: lives, seed: 20_260_722, examples: found },
  );
}, 120_000);
