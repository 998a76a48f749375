import fc from "fast-check";
import { describe, test } from "vitest";
import { type Kind, live } from "./oracle-story.ts";

const gardens: [string, Kind][] = [
  ["a garden whose zones wait for each other", { whenBusy: "queue", master: false }],
  ["a garden whose zones replace each other", { whenBusy: "replace", master: false }],
  ["a garden with a pump, whose zones wait for each other", { whenBusy: "queue", master: true }],
  ["a garden with a pump, whose zones replace each other", { whenBusy: "replace", master: true }],
];
/** In all gardens together; `npm run test:long` lives more of them. */
const lives = Number(process.env.ORACLE_LIVES ?? 10_000);

/** One happening a number: big numbers, so that there is enough in each to choose from. */
const numbers = fc.noBias(fc.array(fc.maxSafeNat(), { minLength: 7, maxLength: 27, size: "max" }));

describe("whatever people, clocks, boards and brokers do, the rules keep their promises", () => {
  test.each(gardens)("%s", { timeout: 120_000 }, (_, kind) => {
    fc.assert(
      fc.property(numbers, (life) => {
        try {
          live(kind, life);
        } catch (error) {
          const trace: string[] = [];
          try {
            live(kind, life, trace);
          } catch {}
          throw new Error(`${error instanceof Error ? error.message : error}\n${trace.join("\n")}`);
        }
      }),
      { numRuns: Math.ceil(lives / gardens.length) },
    );
  });
});
