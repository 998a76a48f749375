import { describe, expect, test } from "vitest";
import { latest } from "../../devices/smart-aircons/latest.ts";
import { type Feedback, numberIn, saysOn, valueAt } from "../../devices/smart-aircons/readings.ts";
import { virtualClock } from "../support/clock.ts";

const tasmota = JSON.stringify({ Time: "2026-11-22T10:00:00", ENERGY: { Power: 41.5, Factor: [0.9, 0.8] } });

describe("a value in a payload", () => {
  test.each<[string, string | undefined, string | undefined]>([
    [" 21.5\n", undefined, "21.5"],
    [tasmota, "ENERGY.Power", "41.5"],
    [tasmota, "$.ENERGY.Power", "41.5"],
    [tasmota, "ENERGY.Factor.1", "0.8"],
    ['{"state":" ON "}', "state", "ON"],
    ['{"on":true}', "on", "true"],
    [tasmota, "ENERGY", undefined],
    [tasmota, "ENERGY.Voltage", undefined],
    [tasmota, "Time.Power", undefined],
    [tasmota, "Time.length", undefined],
    [tasmota, "constructor.name", undefined],
    ["null", "ENERGY", undefined],
    ["7", "toFixed", undefined],
    ['{"$":{"a":1},"a$":{"b":2}}', "a$.b", "2"],
    ["{", "ENERGY", undefined],
    ["[".repeat(100_000), "0", undefined],
    ["", "ENERGY", undefined],
  ])('"$0" at $1 is $2', (payload, path, value) => {
    expect(valueAt(payload, path)).toBe(value);
  });

  test.each([
    ["21", 21],
    ["-3.5", -3.5],
    ["+.5", 0.5],
    ["7.", 7],
    ["1e2", 100],
    ["1.5E+10", 1.5e10],
    ["25e-1", 2.5],
    [".25", 0.25],
  ])("%j is the number %d", (text, number) => {
    expect(numberIn(text)).toBe(number);
  });

  test.each(["", "23,5", "0x10", "NaN", "Infinity", "12 °C", "1_000", undefined])("%j is no number", (text) => {
    expect(numberIn(text)).toBeUndefined();
  });
});

describe("feedback", () => {
  const watts: Feedback = { topic: "plug", path: "ENERGY.Power", waitMs: 1_000, onAbove: 30, offBelow: 8 };
  const words: Feedback = { topic: "lamp", path: undefined, waitMs: 1_000, on: ["ON", "1"], off: ["OFF", "0"] };
  const power = (Power: unknown) => JSON.stringify({ ENERGY: { Power } });

  test.each<[Feedback, string, ReturnType<typeof saysOn>]>([
    [watts, power(30.1), true],
    [watts, power("900"), true],
    [watts, power(30), "between"],
    [watts, power(8), "between"],
    [watts, power(7.9), false],
    [watts, power(0), false],
    [watts, power("on"), undefined],
    [watts, power(null), undefined],
    [watts, "900", undefined],
    [words, " on ", true],
    [words, "1", true],
    [words, "off", false],
    [words, "0", false],
    [words, "online", undefined],
    [{ ...words, path: "POWER" }, "{}", undefined],
    [{ ...words, path: "POWER" }, '{"POWER":"ON"}', true],
    [words, "", undefined],
  ])("%j hears in %s: %s", (feedback, payload, says) => {
    expect(saysOn(feedback, payload)).toBe(says);
  });
});

describe("A8: somebody's thermometer", () => {
  function thermometer(path?: string) {
    const clock = virtualClock();
    const ending = new AbortController();
    const odd: string[] = [];
    const { value, receive } = latest(path, clock, ending.signal, (payload) => odd.push(payload));
    return { clock, odd, receive, ending, says: value.get };
  }

  test("is believed for 30 min after its last word", async () => {
    const { clock, receive, says } = thermometer();
    expect(says()).toBeUndefined();
    receive("21.456");
    expect(says()).toBe(21.46);
    await clock.advance(29 * 60_000);
    receive("22");
    await clock.advance(30 * 60_000 - 1);
    expect(says()).toBe(22);
    await clock.advance(1);
    expect(says()).toBeUndefined();
    receive("20");
    expect(says()).toBe(20);
  });

  test.each(["None", "unknown", "unavailable"])("that says %s is asked no more", (word) => {
    const { receive, says, odd } = thermometer();
    receive("21");
    receive(word);
    expect([says(), odd]).toEqual([undefined, []]);
  });

  test("that talks nonsense keeps its last word, and is told on", () => {
    const { receive, says, odd } = thermometer("t");
    receive('{"t":21}');
    for (const payload of ["", "{", '{"T":22}', '{"t":"warm"}', '{"t":1e999}']) receive(payload);
    expect(says()).toBe(21);
    expect(odd).toHaveLength(5);
  });

  test("leaves nothing behind when the daemon ends", async () => {
    const { clock, receive, ending, says } = thermometer();
    receive("21");
    ending.abort();
    receive("22");
    await clock.advance(60 * 60_000);
    expect(says()).toBe(21);
  });
});
