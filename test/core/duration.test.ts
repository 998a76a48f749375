import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { duration, milliseconds } from "../../src/duration.ts";

const units = { ms: 1, s: 1_000, sec: 1_000, min: 60_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const unit = fc.constantFrom(...Object.keys(units)) as fc.Arbitrary<keyof typeof units>;

describe("a duration", () => {
  it.each([
    ["10min", 600_000],
    ["1h30min", 5_400_000],
    ["1h 30min", 5_400_000],
    ["2 s", 2_000],
    [" 2s", 2_000],
    ["2s ", 2_000],
    ["1.5h", 5_400_000],
    ["250ms", 250],
    ["1.25h", 4_500_000],
    ["3m", 180_000],
    ["1d", 86_400_000],
    ["5sec", 5_000],
    ["0s", 0],
  ])("of %j is %d ms", (text, ms) => {
    expect(milliseconds(text)).toBe(ms);
  });

  it.each(["", " ", "10", "min", "10 minutes", "-5s", "x5s", "5s x", "5s6", "1.h", ".5h", "1,5h", "1e3s", "5S"])(
    "%j is none",
    (text) => {
      expect(milliseconds(text)).toBeUndefined();
    },
  );

  it("is the sum of its parts, in any unit and with any blanks", () => {
    const part = fc.tuple(fc.nat(10_000), unit, fc.constantFrom("", " ", "  "));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const text = parts.map(([amount, unit, blank]) => `${amount}${blank}${unit}${blank}`).join("");
        expect(milliseconds(text)).toBe(parts.reduce((sum, [amount, unit]) => sum + amount * units[unit], 0));
      }),
    );
  });

  it.each(["1".repeat(65_000), `1.${"1".repeat(65_000)}`, "1".repeat(32_500) + " ".repeat(32_500)])(
    "without a unit is refused in no time, however long it is",
    { timeout: 1_000 },
    (text) => {
      expect(milliseconds(text)).toBeUndefined();
    },
  );

  it("is never made of text that is none", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const ms = milliseconds(text);
        if (ms !== undefined) expect(text).toMatch(/^\s*(\d+(\.\d+)?\s*(ms|sec|s|min|m|h|d)\s*)+$/);
      }),
    );
  });

  it("is accepted between its bounds, both included, and refused with a sentence that names them", () => {
    const schema = duration("1min", "3h");
    const error = "must be a duration from 1min to 3h with its unit";
    expect(["1min", "3h", "90min"].map((text) => schema.parse(text))).toEqual([60_000, 10_800_000, 5_400_000]);
    for (const wrong of ["59s", "10801s", "soon", "", undefined]) {
      expect(schema.safeParse(wrong).error?.issues.map(({ message }) => message)).toEqual([error]);
    }
  });

  it.each([
    [30, ", such as 30min"],
    ["90", ", such as 90s or 90min"],
    ["1.5", ", such as 1.5min or 1.5h"],
    [1000, ", such as 1000s"],
    [4, ", such as 4min"],
    ["1h30", ", such as 1h30s or 1h30min"],
    [0, ""],
    [60_000, ""],
    ["..", ""],
    ["30x", ""],
  ])("that lacks its unit (%j) is refused with the units that would fit", (bare, such) => {
    const [issue] = duration("1min", "3h").safeParse(bare).error?.issues ?? [];
    expect(issue?.message).toBe(`must be a duration from 1min to 3h with its unit${such}`);
  });
});
