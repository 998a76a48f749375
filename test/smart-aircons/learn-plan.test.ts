import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  instructionFor,
  nameOf,
  nextOf,
  planOf,
  type State,
  startOf,
  type Wanted,
} from "../../devices/smart-aircons/tools/learn-plan.ts";

const wanted: Wanted = {
  modes: ["cool", "fan_only"],
  modesWithoutTemperature: ["fan_only"],
  temperaturesCelsius: [18, 19],
  fans: ["auto", "low"],
  swings: ["off", "vertical"],
};

describe("what is to be learned", () => {
  test("begins with off, and goes up degree by degree", () => {
    expect(planOf(wanted).map(nameOf)).toEqual([
      "off",
      "cool, 18 °C, fan auto, swing off",
      "cool, 19 °C, fan auto, swing off",
      "cool, 18 °C, fan auto, swing vertical",
      "cool, 19 °C, fan auto, swing vertical",
      "cool, 18 °C, fan low, swing off",
      "cool, 19 °C, fan low, swing off",
      "cool, 18 °C, fan low, swing vertical",
      "cool, 19 °C, fan low, swing vertical",
      "fan_only, fan auto, swing off",
      "fan_only, fan auto, swing vertical",
      "fan_only, fan low, swing off",
      "fan_only, fan low, swing vertical",
    ]);
  });

  test("begins with off where nothing is there, and behind the last that is", () => {
    expect(startOf([false, false, false])).toBe(0);
    expect(startOf([true, false, true, false])).toBe(3);
  });

  test("was skipped where it is missing before: asked for in the end", () => {
    expect(startOf([true, false, true, true])).toBe(1);
    expect(startOf([true, true])).toBeUndefined();
    expect(nextOf([false, true, false], 0)).toBe(2);
    expect(nextOf([false, true, true], 0)).toBeUndefined();
  });

  test("is all asked for, once, however much is there", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 30 }), (before) => {
        const has = [...before];
        const asked: number[] = [];
        for (let round = 0; round < 2; round++) {
          for (let at = startOf(has); at !== undefined; at = nextOf(has, at)) {
            asked.push(at);
            has[at] = true;
          }
        }
        const missing = before.flatMap((there, at) => (there ? [] : [at]));
        expect(asked.sort((a, b) => a - b)).toEqual(missing);
      }),
    );
  });
});

describe("a person is told to leave one press, and which it is", () => {
  const state: State = { mode: "cool", fan: "low", swing: undefined, temperatureCelsius: 19 };
  const plain: Wanted = { ...wanted, swings: undefined };
  const tell = (step: State, from: Wanted = plain) => {
    const { before, press } = instructionFor(step, from);
    return `${before} / ${press}`;
  };

  test("up, from the temperature below", () => {
    expect(tell(state)).toBe(
      "Set the remote to cool, 18 °C, fan low / temperature up once, so that it shows cool, 19 °C, fan low",
    );
  });

  test("down, to the lowest temperature", () => {
    expect(tell({ ...state, temperatureCelsius: 18 })).toBe(
      "Set the remote to cool, 19 °C, fan low / temperature down once, so that it shows cool, 18 °C, fan low",
    );
  });

  test("the fan, where there is no temperature, or only one", () => {
    const without = tell({ ...state, mode: "fan_only", temperatureCelsius: undefined });
    expect(without).toBe(
      "Set the remote to fan_only, fan low, but the fan one press before low / the fan key once, so that it shows fan_only, fan low",
    );
    expect(tell(state, { ...plain, temperaturesCelsius: [19] })).toContain(
      "/ the fan key once, so that it shows cool, 19",
    );
  });

  test("the swing, where there is only one fan", () => {
    const one: Wanted = { ...wanted, fans: ["low"], temperaturesCelsius: [19] };
    expect(tell({ ...state, swing: "vertical" }, one)).toBe(
      "Set the remote to cool, 19 °C, fan low, swing vertical, but the swing one press before vertical / " +
        "the swing key once, so that it shows cool, 19 °C, fan low, swing vertical",
    );
  });

  test("the power key, where there is nothing else", () => {
    const one: Wanted = { ...plain, fans: ["low"], temperaturesCelsius: [19] };
    expect(tell(state, one)).toBe(
      "Set the remote to cool, 19 °C, fan low, then switch it off / the power key, so that it shows cool, 19 °C, fan low",
    );
  });
});
