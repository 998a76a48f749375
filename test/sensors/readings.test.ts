import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { degrees, known, oneOrZero, said } from "../../devices/sensors/readings.ts";

describe("values as topics say them", () => {
  test.each([
    [21.39, 0, "21.39"],
    [21.39, 2, "23.39"],
    [18.139999389648438, 0.5, "18.64"],
    [21, 0, "21"],
    [-0.5, 0.5, "0"],
    [-0.001, 0, "0"],
    [-3.5, 0, "-3.5"],
    [undefined, 2, undefined],
  ])("%d °C and %d is %s", (celsius, offset, text) => expect(degrees(celsius, offset)).toBe(text));

  test("yes is 1, no is 0, and unknown is nothing", () => {
    expect([true, false, undefined].map(oneOrZero)).toEqual(["1", "0", undefined]);
    expect(known({ presence: "0", temperature: undefined })).toStrictEqual({ presence: "0" });
  });

  test("any sum has at most two decimals and no exponent", () => {
    const any = fc.double({ min: -300, max: 330, noNaN: true });
    fc.assert(
      fc.property(any, any, (celsius, offset) => {
        expect(degrees(celsius, offset)).toMatch(/^(0|-?(0\.\d{1,2}|[1-9]\d*(\.\d{1,2})?))$/);
      }),
    );
  });
});

describe("a value that is not known any more", () => {
  test("what was never known is not said at all", () => {
    expect(said().next({ temperature: "21" }, true)).toEqual({ temperature: "21" });
  });

  test("a new topic says None, an old one loses its value", () => {
    const saying = said();
    saying.next({ battery: "87", presence: "1", temperature: "21", light_level: "5" }, true);
    const next = saying.next({ temperature: "22" }, true);
    expect(next).toEqual({ battery: "None", presence: "", temperature: "22", light_level: "" });
    expect(saying.next({ presence: "0" }, true)).toMatchObject({ battery: "None", presence: "0", temperature: "" });
  });

  test("while the sensor is away, its last values stand", () => {
    const saying = said();
    saying.next({ presence: "1", battery: "87" }, true);
    expect(saying.next({ connectivity: "0" }, false)).toEqual({ connectivity: "0" });
    expect(saying.next({ connectivity: "1" }, true)).toEqual({ connectivity: "1", presence: "", battery: "None" });
  });

  test("what an earlier run has left is unsaid as well, but not before the sensor is there", () => {
    const saying = said();
    saying.restore({ presence: "1", illuminance: "63.47" });
    expect(saying.next({}, false)).toEqual({});
    expect(saying.next({ illuminance: "5.00" }, true)).toEqual({ presence: "", illuminance: "5.00" });
  });
});
