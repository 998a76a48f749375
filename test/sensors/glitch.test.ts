import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { glitchFilter, type Verdict } from "../../devices/sensors/glitch.ts";

/** What becomes of these readings, one after the other. */
function verdicts(...readings: (number | [celsius: number, percent: number | undefined] | undefined)[]): Verdict[] {
  const filter = glitchFilter();
  return readings.map((reading) => {
    const [temperatureCelsius, humidityPercent] = Array.isArray(reading) ? reading : [reading ?? 0, 50];
    return filter.judge(reading === undefined ? undefined : { temperatureCelsius, humidityPercent });
  });
}

describe("N7: a Broadlink sensor without its glitches", () => {
  test("an unplugged cable, which says 0 °C and 0 %, is no sensor", () => {
    expect(verdicts(21, [0, 0], undefined, 21)).toEqual(["good", "no sensor", "no sensor", "good"]);
  });

  test("0 °C with some humidity is winter, and so is 0 °C where nothing measures humidity", () => {
    expect(verdicts([0, 80], [0, undefined])).toEqual(["good", "good"]);
  });

  test("a spike of 130 °C is dropped, and so is 120.8 °C", () => {
    expect(verdicts(21, 130, 120.8, 21.1)).toEqual(["good", "impossible", "impossible", "good"]);
  });

  test("-3.5 °C is a good reading", () => expect(verdicts(-3.5, -3.4)).toEqual(["good", "good"]));

  test.each<[number, number, Verdict]>([
    [-20, 50, "good"],
    [-20.01, 50, "impossible"],
    [60, 50, "good"],
    [60.01, 50, "impossible"],
    [21, 1, "good"],
    [21, 0.99, "impossible"],
    [21, 99, "good"],
    [21, 99.01, "impossible"],
    [21, 0, "impossible"],
  ])("%d °C with %d % is %s", (celsius, percent, verdict) => expect(verdicts([celsius, percent])).toEqual([verdict]));

  test("a true fall of 6 °C counts with the second further reading", () => {
    expect(verdicts(21, 15, 15.1, 14.9, 15)).toEqual(["good", "doubted", "doubted", "good", "good"]);
  });

  test("a jump that is over with the next reading was none", () => {
    expect(verdicts(21, 10, 21.2, 10, 21)).toEqual(["good", "doubted", "good", "doubted", "good"]);
  });

  test("readings that jump about confirm nothing: it takes three that agree", () => {
    expect(verdicts(21, 10, 40, 10, 40, 40, 40)).toEqual(["good", ...Array<Verdict>(5).fill("doubted"), "good"]);
  });

  test("what is dropped between the further readings does not count, and does not hinder", () => {
    expect(verdicts(21, 15, [0, 0], 15, 130, 15)).toEqual([
      "good",
      "doubted",
      "no sensor",
      "doubted",
      "impossible",
      "good",
    ]);
  });

  test.each([
    [21, 26],
    [21.1, 26.1],
    [-2.5, 2.5],
    [16.3, 11.3],
  ])("from %d °C to %d °C are 5 °C, which is no jump", (from, to) => {
    expect(verdicts(from, to)).toEqual(["good", "good"]);
    expect(verdicts(from, to + Math.sign(to - from) * 0.01)).toEqual(["good", "doubted"]);
  });

  test("the first reading after a long absence is compared with nothing", () => {
    const filter = glitchFilter();
    const judge = (temperatureCelsius: number) => filter.judge({ temperatureCelsius, humidityPercent: 50 });
    expect([judge(21), judge(5)]).toEqual(["good", "doubted"]);
    filter.forget();
    expect([judge(5), judge(21), judge(5)]).toEqual(["good", "doubted", "good"]);
  });

  const hundredths = (min: number, max: number) => fc.integer({ min: min * 100, max: max * 100 }).map((n) => n / 100);
  const anyReading = fc.tuple(hundredths(-128, 127), hundredths(0, 255));

  test("what is shown is always possible, and never further than 5 °C from what was shown or from the reading before", () => {
    fc.assert(
      fc.property(fc.array(anyReading, { maxLength: 40 }), (readings) => {
        let shown: number | undefined;
        let seen: number[] = [];
        for (const [i, verdict] of verdicts(...readings).entries()) {
          const [celsius, percent] = readings[i] ?? [0, 0];
          if (verdict !== "impossible" && verdict !== "no sensor") seen = [...seen, celsius].slice(-3);
          if (verdict !== "good") continue;
          expect(celsius >= -20 && celsius <= 60 && percent >= 1 && percent <= 99).toBe(true);
          if (shown !== undefined && Math.abs(celsius - shown) > 5.001) {
            expect(seen).toHaveLength(3);
            for (const [at, one] of seen.entries()) {
              expect(Math.abs(one - (seen[at + 1] ?? one))).toBeLessThan(5.001);
            }
          }
          shown = celsius;
        }
      }),
    );
  });

  test("a room that changes by at most 5 °C from reading to reading is shown as it is", () => {
    const steps = fc.array(hundredths(-5, 5), { maxLength: 60 });
    fc.assert(
      fc.property(hundredths(-20, 60), steps, (from, changes) => {
        let now = from;
        const room = [
          from,
          ...changes.map((by) => (now = Math.min(60, Math.max(-20, Math.round((now + by) * 100) / 100)))),
        ];
        expect(new Set(verdicts(...room))).toEqual(new Set(["good"]));
      }),
    );
  });

  test("a room that has settled anywhere is shown within three readings, whatever came before", () => {
    fc.assert(
      fc.property(fc.array(anyReading, { maxLength: 20 }), hundredths(-20, 60), (noise, celsius) => {
        const settled = Array<[number, number]>(3).fill([celsius, 50]);
        expect(verdicts(...noise, ...settled).at(-1)).toBe("good");
      }),
    );
  });
});
