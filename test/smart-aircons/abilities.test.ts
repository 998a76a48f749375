import { describe, expect, test } from "vitest";
import {
  abilityOf,
  allTemperatures,
  allWords,
  nearest,
  temperatureRange,
  temperaturesWithin,
} from "../../devices/smart-aircons/abilities.ts";
import { abilities, readableSet } from "./aircon-set.ts";

const set = readableSet();
/** A set whose only mode has these temperatures. */
const only = (...temperaturesCelsius: number[]) =>
  readableSet([["cool", { temperaturesCelsius, fans: ["auto"], swings: ["off"] }]]);

describe("what a card may offer of a code set", () => {
  test("are the temperatures of all modes, each once, ascending", () => {
    const own = readableSet([
      ["heat", { temperaturesCelsius: [20, 21], fans: ["auto"], swings: ["off"] }],
      ["cool", { temperaturesCelsius: [9, 20, 100], fans: ["auto"], swings: ["off"] }],
    ]);
    expect(allTemperatures(own)).toEqual([9, 20, 21, 100]);
    expect(temperatureRange(own)).toEqual({ min: 9, max: 100, step: 1 });
  });

  test("is the smallest step of any mode", () => {
    expect(temperatureRange(set)).toEqual({ min: 16, max: 30, step: 0.5 });
    expect(temperatureRange(only(18, 20, 22))).toEqual({ min: 18, max: 22, step: 2 });
    expect(temperatureRange(only(20, 20.1, 20.2))).toEqual({ min: 20, max: 20.2, step: 0.1 });
  });

  test("of a single temperature is a whole degree, and of none nothing", () => {
    expect(temperatureRange(only(25))).toEqual({ min: 25, max: 25, step: 1 });
    expect(temperatureRange(only())).toBeUndefined();
  });

  test("are the words of all modes, each once, in the order of the first that has them", () => {
    expect(allWords(set, "fans")).toEqual(["auto", "low", "medium", "high"]);
    expect(allWords(set, "swings")).toEqual(["off", "vertical"]);
  });

  test("is nothing for a mode that it lacks", () => {
    expect(abilityOf(set, "auto")).toEqual({ temperaturesCelsius: [], fans: [], swings: [] });
  });
});

test("of two temperatures that are as near the higher one counts", () => {
  expect([nearest([20, 21, 22], 20.5), nearest([20, 21, 22], 20.4), nearest([], 20)]).toEqual([21, 20, undefined]);
});

test("a person may narrow the temperatures of all modes, and nothing else", () => {
  const narrow = temperaturesWithin(set, { min: 20, max: 21 });
  const { cool, heat, dry, fan_only: fanOnly } = Object.fromEntries(narrow.abilities);
  expect(cool?.temperaturesCelsius).toEqual([20, 21]);
  expect(heat?.temperaturesCelsius).toEqual([20, 20.5, 21]);
  expect(dry).toEqual({ temperaturesCelsius: [20, 21], fans: ["auto"], swings: ["off"] });
  expect(fanOnly).toEqual(abilityOf(set, "fan_only"));
  expect(narrow).toMatchObject({ manufacturer: "Acme", model: "Cooler", initial: set.initial });
  expect([...set.abilities]).toEqual(abilities);
});
