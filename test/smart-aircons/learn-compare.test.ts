import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCode } from "../../devices/smart-aircons/code-sets/code-text.ts";
import type { Summary } from "../../devices/smart-aircons/ir/known.ts";
import type { Waveform } from "../../devices/smart-aircons/ir/waveform.ts";
import { type Capture, captureOf, disagreement, flawOf } from "../../devices/smart-aircons/tools/learn-compare.ts";
import { contradiction } from "../../devices/smart-aircons/tools/learn-meaning.ts";
import type { State } from "../../devices/smart-aircons/tools/learn-plan.ts";
import { irCodes, smartIrCodes, withCaptures } from "./ir/captures.ts";
import { known, unknown } from "./learn-person.ts";

/** What would be known if its protocol was: only its pulses. */
const unnamed = (waveform: Waveform): Capture => ({
  code: { waveform, repeats: 0 },
  found: { timings: { marks: [], spaces: [] }, doubts: [] },
});
const says = (waveform: Waveform, other: Waveform) => disagreement(unnamed(waveform), unnamed(other));

describe("two captures of a remote that nobody knows", () => {
  const bytes = fc.array(fc.nat(255), { minLength: 1, maxLength: 12 });
  /** Each mark gives so much to the space behind it, or takes it; light that is longer is darkness that is shorter. */
  const jitters = fc.array(fc.integer({ min: -180, max: 180 }), { minLength: 20, maxLength: 20 });
  const drifts = fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 20, maxLength: 20 });

  test("agree whatever a receiver does to them", () => {
    fc.assert(
      fc.property(bytes, jitters, drifts, (said, jitter, drift) => {
        const clean = unknown(said).waveform;
        const heard = clean.map((us, at) => {
          const taken = jitter[(at >> 1) % 20] ?? 0;
          return us === 0 ? 0 : us + (at % 2 === 0 ? taken : -taken) + (drift[at % 20] ?? 0);
        });
        expect(says(clean, heard)).toBeUndefined();
      }),
    );
  });

  test("never agree when one bit differs", () => {
    fc.assert(
      fc.property(bytes, fc.nat(), jitters, (said, which, jitter) => {
        const bit = which % (8 * said.length);
        const flipped = said.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
        const heard = unknown(flipped).waveform.map((us, at) => {
          const taken = jitter[(at >> 1) % 20] ?? 0;
          return us === 0 ? 0 : us + (at % 2 === 0 ? taken : -taken);
        });
        expect(says(unknown(said).waveform, heard)).toMatch(/^pulse \d+ of \d+ differs$/);
      }),
    );
  });

  test.each<[string, Waveform, Waveform, string | undefined]>([
    [
      "marks tell bits apart",
      [2400, 600, 600, 600, 1200, 600],
      [2400, 600, 1200, 600, 600, 600],
      "pulse 2 of 3 differs",
    ],
    [
      "both halves of a bit do",
      [900, 900, 400, 1300, 400, 900],
      [900, 900, 1300, 400, 400, 900],
      "pulse 2 of 3 differs",
    ],
    ["the last mark differs", [900, 900, 400, 0], [900, 900, 1300, 0], "pulse 2 of 2 differs"],
    ["one has no end", [900, 900, 400], [900, 900, 400, 101_500], undefined],
    ["long gaps jitter too", [400, 30_000, 400], [400, 33_000, 400], undefined],
    ["gaps differ", [400, 30_000, 400], [400, 20_000, 400], "pulse 1 of 2 differs"],
  ])("where %s", (_, one, other, why) => {
    expect(says(one, other)).toBe(why);
  });
});

test("a known frame that is heard with other pulses is the same frame", () => {
  const { waveform, repeats } = known("fujitsu", {});
  const slower = waveform.map((us) => Math.round(us * 1.1));
  expect(disagreement(captureOf({ waveform, repeats }), captureOf({ waveform: slower, repeats }))).toBeUndefined();
});

test.each([
  [[9000, 2250, 560, 0], true],
  [unknown([]).waveform, false],
])("%j is too little: %s", (waveform, isTooLittle) => {
  expect(flawOf(unnamed(waveform)) !== undefined).toBe(isTooLittle);
});

describe("what a frame says", () => {
  const asked: State = { mode: "cool", fan: "low", swing: undefined, temperatureCelsius: 22 };
  const heard = (name: Parameters<typeof known>[0], setting: Parameters<typeof known>[1]) =>
    captureOf(known(name, { temperatureCelsius: 22, fan: "low", ...setting }));

  test.each<[string, Partial<State>, Parameters<typeof known>[1]]>([
    ["all of it", {}, {}],
    ["a fan in other words", { fan: "Lo" }, {}],
    ["a fan in words of one's own", { fan: "breeze" }, { fan: "high" }],
    ["no temperature", { temperatureCelsius: undefined }, { temperatureCelsius: 30 }],
    ["heat_cool, which the frame calls auto", { mode: "heat_cool" }, { mode: "auto" }],
    ["fan, as SmartIR calls fan_only", { mode: "fan" }, { mode: "fan_only" }],
    ["a swing", { swing: "vertical" }, { swing: "vertical" }],
    ["some swing", { swing: "on" }, { swing: "vertical" }],
    ["a swing in words of one's own", { swing: "breeze" }, { swing: "vertical" }],
  ])("is what was asked for: %s", (_, state, setting) => {
    expect(contradiction({ ...asked, ...state }, heard("new_fujitsu", setting))).toBeUndefined();
  });

  test.each<[string, Partial<State>, Parameters<typeof known>[1]]>([
    ["the temperature", {}, { temperatureCelsius: 23 }],
    ["the mode", {}, { mode: "heat" }],
    ["the fan", {}, { fan: "high" }],
    ["the fan, in other words", { fan: "Lo" }, { fan: "high" }],
    ["the power", {}, { power: false }],
    ["the swing", { swing: "off" }, { swing: "vertical" }],
    ["no swing", { swing: "on" }, { swing: "off" }],
  ])("contradicts: %s", (_, state, setting) => {
    expect(contradiction({ ...asked, ...state }, heard("new_fujitsu", setting))).toMatch(
      /^the frame says .*, and not cool, 22/,
    );
  });

  test("is off, or not", () => {
    expect(contradiction("off", heard("mitsubishi", { power: false }))).toBeUndefined();
    expect(contradiction("off", heard("mitsubishi", {}))).toMatch(/, and not off$/);
  });

  test("is no swing in the older Fujitsu frames, which can't say it", () => {
    expect(contradiction({ ...asked, swing: "vertical" }, heard("fujitsu", {}))).toBeUndefined();
  });

  test("can be a command, which is no state", () => {
    const state: Summary = { command: "powerful" };
    const { found, code } = heard("new_fujitsu", {});
    if (!found.known) throw new Error("not known");
    expect(contradiction(asked, { code, found: { ...found, state } })).toBe(
      "the frame says the command powerful, and not cool, 22 °C, fan low",
    );
  });
});

withCaptures("captured codes", () => {
  const waveformsIn = (file: string) =>
    [...new Set(smartIrCodes(file))].filter((code) => code !== "").map((code) => readCode("Base64", code).waveform);

  test("that were sent three times by one press agree with each other", () => {
    // Electra: each frame begins with a mark of 3 ms.
    const presses = waveformsIn("1945").map((waveform) => {
      const starts = waveform.flatMap((us, at) => (at % 2 === 0 && us > 2500 && us < 3500 ? [at] : []));
      return starts.map((at, index) => waveform.slice(at, (starts[index + 1] ?? waveform.length - 2) - 1));
    });
    expect(presses.length).toBeGreaterThan(50);
    for (const [first = [], ...others] of presses) {
      for (const other of others) expect(says(first, other)).toBeUndefined();
    }
  });

  test.each(["2801", "2980"])("of %s, which all say something else, never agree", (file) => {
    const all = waveformsIn(file);
    for (const [at, one] of all.entries()) {
      for (const other of all.slice(at + 1)) expect(says(one, other)).toBeDefined();
    }
  });

  test("agree with what we would send, and not with each other", () => {
    const all = irCodes().map(({ sendir, broadlinkHex, frameHex }) => ({
      frameHex,
      ...captureOf(readCode("Base64", sendir ?? broadlinkHex ?? "")),
    }));
    for (const one of all) {
      for (const other of all) {
        const isSame = says(one.code.waveform, other.code.waveform) === undefined;
        expect([one.frameHex, other.frameHex, isSame]).toEqual([
          one.frameHex,
          other.frameHex,
          one.frameHex === other.frameHex,
        ]);
      }
    }
  });
});
