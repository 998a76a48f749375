import fc from "fast-check";
import { expect, it } from "vitest";
import { contest } from "../../src/contest.ts";

const connection = fc.record({
  livedMs: fc.constantFrom(0, 1_000, 4_999, 5_000, 30_000, 119_999, 120_000, 300_000),
  awayMs: fc.constantFrom(0, 1_000, 20_000, 30_000, 60_000),
  takenOver: fc.boolean(),
});

it("however connections come and go, a contest is three short ones within 60 s, and 2 min of peace end it", () => {
  fc.assert(
    fc.property(fc.array(connection, { maxLength: 30 }), (connections) => {
      const rivalry = contest();
      let nowMs = 0;
      /** Short connections since the last peace. */
      let short: number[] = [];
      let delayMs = 0;
      for (const { livedMs, awayMs, takenOver } of connections) {
        nowMs += livedMs;
        expect(rivalry.goesOn(livedMs)).toBe(delayMs > 0 && livedMs < 120_000);
        if (livedMs >= 120_000) {
          short = [];
          delayMs = 0;
        }
        let begins = false;
        if (livedMs < 5_000 || takenOver) {
          short.push(nowMs);
          begins = delayMs === 0 && short.filter((at) => nowMs - at < 60_000).length >= 3;
          if (begins) delayMs = 5_000;
          else if (delayMs > 0) delayMs = Math.min(60_000, delayMs * 2);
        }
        expect(rivalry.ended(nowMs, livedMs, takenOver)).toBe(begins);
        expect(rivalry.delayMs()).toBe(delayMs);
        nowMs += awayMs;
      }
    }),
  );
});
