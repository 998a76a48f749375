import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { idOfAddress } from "../../../devices/sensors/hue/sensor.ts";
import { meaningOf } from "../../../devices/sensors/hue/v1-buttons.ts";
import {
  daytime,
  illuminanceLx,
  plausibleCelsius,
  plausibleLightLevel,
  plausiblePercent,
  usualThresholds,
} from "../../../devices/sensors/hue/values.ts";

describe("a light level", () => {
  test.each([
    [0, 0],
    [1, 1],
    [10_001, 10],
    [14_512, 28.26],
    [18_027, 63.47],
    [20_001, 100],
    [35_847, 3842.38],
  ])("of %i is %d lx", (level, lx) => {
    expect(illuminanceLx(level)).toBe(lx);
  });

  test("never means less light when it is higher", () => {
    const level = fc.integer({ min: 0, max: 65_534 });
    fc.assert(fc.property(level, level, (a, b) => illuminanceLx(Math.min(a, b)) <= illuminanceLx(Math.max(a, b))));
  });

  test.each([
    [15_999, true, false],
    [16_000, false, false],
    [23_000, false, false],
    [23_001, false, true],
    [undefined, undefined, undefined],
  ])("of %s: dark %s, daylight %s", (level, dark, daylight) => {
    expect(daytime(level, usualThresholds)).toEqual({ dark, daylight });
  });

  test.each([-1, 65_535, 1e9, Number.NaN, Number.POSITIVE_INFINITY, null, undefined])("of %s is none", (level) => {
    expect(plausibleLightLevel(level)).toBeUndefined();
  });

  test("is a whole number", () => {
    expect([plausibleLightLevel(0), plausibleLightLevel(65_534), plausibleLightLevel(17.6)]).toEqual([0, 65_534, 18]);
  });
});

test.each([
  [18.139999389648438, 18.14],
  [-3.5, -3.5],
  [0, 0],
  [-273.15, -273.15],
  [327.67, 327.67],
  [1_000, undefined],
  [-327.68, undefined],
  [327.68, undefined],
  [Number.NaN, undefined],
  [null, undefined],
  [undefined, undefined],
])("a temperature of %s is %s", (said, celsius) => {
  expect(plausibleCelsius(said)).toBe(celsius);
});

test.each([
  [0, 0],
  [100, 100],
  [55.4, 55],
  [-1, undefined],
  [101, undefined],
  [Number.NaN, undefined],
  [null, undefined],
])("a battery of $0 is at $1 %", (said, percent) => {
  expect(plausiblePercent(said)).toBe(percent);
});

test.each([
  ["00:17:88:01:0B:AA:bb:99", "001788010baabb99"],
  ["", undefined],
  ["::", undefined],
  [null, undefined],
  [undefined, undefined],
])("the address %s makes the id %s", (address, id) => {
  expect(idOfAddress(address)).toBe(id);
});

describe("a button's code of v1", () => {
  const dimmer = { type: "ZLLSwitch", model: "RWL021", inputs: undefined };
  const tap = { type: "ZGPSwitch", model: "ZGPSWITCH", inputs: [] };
  const friend = { type: "ZGPSwitch", model: "FOHSWITCH", inputs: null };

  test.each([
    [1000, 1, "initial_press"],
    [2001, 2, "repeat"],
    [4002, 4, "short_release"],
    [3003, 3, "long_release"],
    [1010, 1, "long_press"],
  ])("%i is button %i, %s", (code, button, event) => {
    expect(meaningOf(code, dimmer)).toEqual({ button, event });
  });

  test.each([34, 16, 17, 18])("%i is one of a Tap's four", (code) => {
    expect(meaningOf(code, tap)).toEqual({ button: [34, 16, 17, 18].indexOf(code) + 1, event: "initial_press" });
  });

  test.each([
    [16, 1, "initial_press"],
    [19, 4, "initial_press"],
    [20, 1, "short_release"],
    [23, 4, "short_release"],
  ])("%i of a friend of Hue is button %i, %s", (code, button, event) => {
    expect(meaningOf(code, friend)).toEqual({ button, event });
  });

  test.each([0, 2, 999, 1004, 21_000, -1000, 1.5, Number.NaN, 1e15])("%d means nothing", (code) => {
    expect([meaningOf(code, dimmer), meaningOf(code, tap), meaningOf(code, friend)]).toEqual(Array(3).fill(undefined));
  });

  test("means what the switch itself says, if it does", () => {
    const events = [{ buttonevent: 77, eventtype: "long_press" }];
    const inputs = [{ events: [{ buttonevent: 34, eventtype: "initial_press" }] }, { events }, "nonsense"];
    expect(meaningOf(77, { ...tap, inputs })).toEqual({ button: 2, event: "long_press" });
    expect(meaningOf(16, { ...tap, inputs })).toEqual({ button: 2, event: "initial_press" });
  });
});
