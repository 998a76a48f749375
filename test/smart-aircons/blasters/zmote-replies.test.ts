import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  parseReply,
  parseUuid,
  quoted,
  type Reply,
  wholeLines,
} from "../../../devices/smart-aircons/blasters/zmote-replies.ts";

describe("a Zmote's reply", () => {
  test.each<[string, Reply]>([
    ["completeir,1:1,0", { kind: "sent", id: 0 }],
    ["completeir,1:1,65535\r\n", { kind: "sent", id: 65_535 }],
    ["COMPLETEIR,1:1,7", { kind: "sent", id: 7 }],
    ["busyIR,1:1,7", { kind: "busy" }],
    ["busyir,1:1,0\r", { kind: "busy" }],
    ["IR Learner Enabled", { kind: "learning" }],
    ["IR Learner Disabled\r\n", { kind: "stopped" }],
    ["sendir,1:1,0,37000,1,1,1,2\r", { kind: "heard", sendir: "sendir,1:1,0,37000,1,1,1,2" }],
  ])("%j is understood", (text, reply) => {
    expect(parseReply(text)).toEqual(reply);
  });

  test.each([
    ["", "its answer is empty"],
    ["\r\n", "its answer is empty"],
    ["IR Learner Unavailable", "it can't learn at the moment"],
    ["unknowncommand,ERR_01", "it does not know the command (error 1)"],
    ["unknowncommand,ERR_10", "the number of durations is odd (error 10)"],
    ["ERR_1:1,005", "the carrier's frequency is out of range (error 5)"],
    ["ERR 1:1,005", 'its answer makes no sense: "ERR 1:1,005"'],
    ["err27", "its settings are locked (error 27)"],
    ["ERR_21", "a letter stands within a pair of durations (error 21)"],
    ["ERR_0:0,022", "a letter stands for no durations (error 22)"],
    ["ERR_20", "the code is too long for it (error 20)"],
    ["ERR_00", "it failed (error 0)"],
    ["ERR_99", "it failed (error 99)"],
    ["error", 'it refuses the command: "error"'],
    ["Error: no memory", 'it refuses the command: "Error: no memory"'],
    ["unknowncommand", 'it refuses the command: "unknowncommand"'],
    ["completeir,1:1", 'its answer makes no sense: "completeir,1:1"'],
    ["completeir,1:1,-1", 'its answer makes no sense: "completeir,1:1,-1"'],
    ["completeir,1:1,123456", 'its answer makes no sense: "completeir,1:1,123456"'],
    ["not completeir,1:1,1", 'its answer makes no sense: "not completeir,1:1,1"'],
    ["busyIRs", 'its answer makes no sense: "busyIRs"'],
    ["x".repeat(100), `its answer makes no sense: "${"x".repeat(60)}…"`],
  ])("%j is none, in words", (text, why) => {
    const isClear = !/is empty|makes no sense/.test(why);
    expect(parseReply(text)).toEqual({ kind: isClear ? "refused" : "unclear", why });
  });

  test("is read in no time, however long it is", { timeout: 1000 }, () => {
    const zeros = "0".repeat(65_000);
    for (const text of [`ERR_${zeros}x`, `unknowncommand,ERR_1:1,${zeros}1`, `completeir,${zeros}`, `busyIR${zeros}`]) {
      expect(parseReply(text)).toMatchObject({ kind: /^unknown/.test(text) ? "refused" : "unclear" });
    }
  });

  test("is understood or refused, whatever it is", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const reply = parseReply(text);
        if ("why" in reply) expect(reply.why).not.toBe("");
      }),
    );
  });
});

test.each([
  ["uuid,CI00a1b2c3", "CI00a1b2c3"],
  ["uuid,CI00a1b2c3\r\n", "CI00a1b2c3"],
  ["uuid,a-b_c", "a-b_c"],
  ["uuid,", undefined],
  ["uuid", undefined],
  ["UUID,CI00a1b2c3", undefined],
  ["uuid,CI00a1b2c3,more", undefined],
  ["uuid,../../etc", undefined],
  ["uuid,a b", undefined],
  [`uuid,${"a".repeat(65)}`, undefined],
  ["<html>", undefined],
])("in %j the id is %j", (text, id) => {
  expect(parseUuid(text)).toBe(id);
});

test.each([
  ["", []],
  ["abc", []],
  ["abc\r", ["abc"]],
  ["abc\ndef", ["abc"]],
  ["\r\n\r\nabc\r\ndef\r\n", ["abc", "def"]],
])("in %j the lines that have come in whole are %j", (text, lines) => {
  expect(wholeLines(text)).toEqual(lines);
});

test("a long text is quoted in part", () => {
  expect(quoted('a "b"\n')).toBe('"a \\"b\\"\\n"');
  expect(quoted("x".repeat(60))).toBe(`"${"x".repeat(60)}"`);
  expect(quoted("x".repeat(61))).toBe(`"${"x".repeat(60)}…"`);
});
