import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { command, Refused } from "../../src/device.ts";
import { numberPayload, wordPayload } from "../../src/payloads.ts";

const why = (schema: { safeParse(value: unknown): { error?: { issues: { message: string }[] } } }, payload: string) =>
  schema.safeParse(payload).error?.issues.map(({ message }) => message);

describe("a number in a payload", () => {
  const level = numberPayload("level", -5, 10);
  const whole = numberPayload("level", 0, 10, { whole: true });

  it.each([
    ["7", 7],
    ["7.0", 7],
    ["7.", 7],
    [" 7 ", 7],
    ["\t7\n", 7],
    ["+7", 7],
    ["-5", -5],
    [".5", 0.5],
    ["2.25", 2.25],
    [".25", 0.25],
    ["007", 7],
    ["10", 10],
  ])("%j is %d", (payload, value) => {
    expect(level.parse(payload)).toBe(value);
  });

  it.each(["", " ", ".", "+", "7 7", "7,5", "1e1", "0x7", "seven", "NaN", "7x", "x7", "-5.01", "10.01", "--5", "7..5"])(
    "%j is refused, and the bounds are named",
    (payload) => {
      expect(why(level, payload)).toContain("level must be a number from -5 to 10");
    },
  );

  it("may have to be a whole one", () => {
    expect(["0", "10", "3.0"].map((payload) => whole.parse(payload))).toEqual([0, 10, 3]);
    for (const payload of ["3.5", "-1", "11"]) {
      expect(why(whole, payload)).toEqual(["level must be a whole number from 0 to 10"]);
    }
  });

  it("may be beyond a bound by less than half a step, to which it is snapped", () => {
    const stepped = numberPayload("level", 18, 30, { step: 1 });
    expect(["17.5", "18", "30", "30.4"].map((payload) => stepped.parse(payload))).toEqual([17.5, 18, 30, 30.4]);
    for (const payload of ["17.4", "30.5"]) {
      expect(why(stepped, payload)).toEqual(["level must be a number from 18 to 30"]);
    }
  });

  it("may be as big as it likes when there is no upper bound", () => {
    const long = numberPayload("time", 1, Number.POSITIVE_INFINITY);
    expect(["1", "99999999", "9".repeat(400)].map((payload) => long.parse(payload))).toEqual([
      1,
      99_999_999,
      Number.POSITIVE_INFINITY,
    ]);
    for (const payload of ["0", "-1", "1e99", "Infinity"]) {
      expect(why(long, payload)).toContain("time must be a number of at least 1");
    }
  });

  it("comes through whatever number it is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 }), fc.constantFrom("", " ", "  "), (value, blank) => {
        expect(whole.parse(`${blank}${value}${blank}`)).toBe(value);
      }),
    );
  });
});

describe("a word in a payload", () => {
  const onOff = wordPayload({ "1": true, On: true, "0": false, OFF: false });

  it("is understood in any case, blanks trimmed", () => {
    expect(["1", "on", " ON\n", "oN"].map((payload) => onOff.parse(payload))).toEqual([true, true, true, true]);
    expect(["0", "off", " Off "].map((payload) => onOff.parse(payload))).toEqual([false, false, false]);
  });

  it("that is none of them is refused, and they are named", () => {
    for (const payload of ["", "2", "o n", "onn", "constructor"]) {
      expect(why(onOff, payload)).toEqual(["must be one of 0, 1, On, OFF"]);
    }
  });
});

describe("a command", () => {
  const done: boolean[] = [];
  const valve = command(
    wordPayload({ OPEN: true, CLOSE: false }),
    async (open) => void done.push(open),
    (open) => !open,
  );

  it("does what its payload says", async () => {
    await valve.run("open");
    await valve.run("close");
    expect(done).toEqual([true, false]);
  });

  it("refuses what it does not understand, with the schema's words", async () => {
    await expect(valve.run("perhaps")).rejects.toThrow(new Refused("must be one of OPEN, CLOSE"));
    await expect(valve.run("perhaps")).rejects.toBeInstanceOf(Refused);
    expect(new Refused("no").name).toBe("Refused");
    expect(done).toHaveLength(2);
  });

  it("hands on what fails", async () => {
    const broken = command(wordPayload({ GO: 1 }), async () => {
      throw new Error("stuck");
    });
    await expect(broken.run("go")).rejects.toThrow(new Error("stuck"));
  });

  it("knows which payloads do no harm when they come late: none, unless it is told", () => {
    expect(["close", "open", "perhaps"].map((payload) => valve.harmlessWhenLate(payload))).toEqual([
      true,
      false,
      false,
    ]);
    expect(command(wordPayload({ GO: 1 }), async () => {}).harmlessWhenLate("go")).toBe(false);
  });
});
