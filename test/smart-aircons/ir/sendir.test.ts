import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InfraredError } from "../../../devices/smart-aircons/ir/error.ts";
import { formatSendir, parseSendir, sendirWaveform, toSendir } from "../../../devices/smart-aircons/ir/sendir.ts";
import { formatPairs, type Pair, parsePairs } from "../../../devices/smart-aircons/ir/sendir-pairs.ts";
import { durationUs } from "../../../devices/smart-aircons/ir/waveform.ts";
import { withCaptures, zmoteVectors } from "./captures.ts";

const anyPairs: fc.Arbitrary<Pair[]> = fc.array(
  fc.oneof(
    fc.tuple(fc.integer({ min: 15, max: 17 }), fc.integer({ min: 15, max: 18 })),
    fc.tuple(fc.integer({ min: 1, max: 65_535 }), fc.integer({ min: 1, max: 65_535 })),
  ),
  { minLength: 1, maxLength: 60 },
);

describe("the durations of sendir", () => {
  test.each<[string, Pair[], string]>([
    [
      "346,170,22,64,22,21,22,64,22,1500",
      [
        [346, 170],
        [22, 64],
        [22, 21],
        [22, 64],
        [22, 1500],
      ],
      "346,170,22,64,22,21B22,1500",
    ],
    [
      "4,5,6,5A6,7BB",
      [
        [4, 5],
        [6, 5],
        [4, 5],
        [6, 7],
        [6, 5],
        [6, 5],
      ],
      "4,5,6,5A6,7BB",
    ],
    [
      "122,62,15,16BB15,0",
      [
        [122, 62],
        [15, 16],
        [15, 16],
        [15, 16],
        [15, 0],
      ],
      "122,62,15,16BB15,0",
    ],
  ])("%s are pairs, and letters for those that came before", (text, pairs, compressed) => {
    expect(parsePairs(text)).toEqual(pairs);
    expect(formatPairs(pairs, true)).toBe(compressed);
    expect(parsePairs(formatPairs(pairs, false))).toEqual(pairs);
  });

  test("take a letter once, also where they were written in numbers twice", () => {
    expect(parsePairs("1,2,1,2,3,4B")).toEqual([
      [1, 2],
      [1, 2],
      [3, 4],
      [3, 4],
    ]);
  });

  test("are 1 to 65535 periods", () => {
    const pairs: Pair[] = [
      [1, 1],
      [65_535, 65_535],
    ];
    expect(parsePairs("1,1,65535,65535")).toEqual(pairs);
  });

  test("are at most 6000 pairs", () => {
    expect(parsePairs(`10,20${"A".repeat(5999)}`)).toHaveLength(6000);
  });

  test("have fifteen letters; a pair that is new after them stays in numbers", () => {
    const pairs = Array.from({ length: 17 }, (_, index): Pair => [index + 1, 20]);
    const text = formatPairs([...pairs, [15, 20], [16, 20], [17, 20]], true);
    expect(text.endsWith("15,20,16,20,17,20O16,20,17,20")).toBe(true);
    expect(parsePairs(text)).toEqual([...pairs, [15, 20], [16, 20], [17, 20]]);
    expect(() => parsePairs(`${formatPairs(pairs, true)}P`)).toThrow("the letter P stands for no pair before it");
  });

  test.each([
    ["10,20,30", "the number of durations is odd: they come in pairs"],
    ["10,20C", "the letter C stands for no pair before it"],
    ["A", "the letter A stands for no pair before it"],
    ["10,20,30A", "the letter A stands between the two numbers of a pair"],
    ["", "there are no durations"],
    ["10,20,", "durations are numbers and capital letters, and at 4 is neither"],
    ["10,,20", "durations are numbers and capital letters, and at 1 is neither"],
    ["a", "durations are numbers and capital letters, and at 1 is neither"],
    ["10,20A[", "durations are numbers and capital letters, and at 7 is neither"],
    ["10,20a", "durations are numbers and capital letters, and at 4 is neither"],
    ["10,20A,30,40", "durations are numbers and capital letters, and at 7 is neither"],
    ["10,-20", "durations are numbers and capital letters, and at 1 is neither"],
    ["1.5,20", "durations are numbers and capital letters, and at 1 is neither"],
    ["10,1234567", "durations are numbers and capital letters, and at 4 is neither"],
    ["0,20", "pair 1 is 0,20: durations are 1 to 65535 periods"],
    ["10,0,10,20", "pair 1 is 10,0: durations are 1 to 65535 periods"],
    ["10,20,65536,20", "pair 2 is 65536,20: durations are 1 to 65535 periods"],
    ["10,65536", "pair 1 is 10,65536: durations are 1 to 65535 periods"],
    [`10,20${"A".repeat(6000)}`, "there are 6001 pairs, and a command takes 6000"],
  ])('"$0" are refused', (text, message) => {
    expect(() => parsePairs(text)).toThrow(new InfraredError(message));
  });

  test("are written in no time, however many there are", { timeout: 1_000 }, () => {
    const pairs = Array.from({ length: 32_000 }, (_, i): Pair => [i + 1, i + 1]);
    expect(formatPairs(pairs, true).split(",")).toHaveLength(2 * pairs.length);
  });

  test("come back as they were, with letters and without", () => {
    fc.assert(
      fc.property(anyPairs, fc.boolean(), (pairs, compressed) => {
        const text = formatPairs(pairs, compressed);
        expect(parsePairs(text)).toEqual(pairs);
        expect(text).not.toMatch(/,[A-Z]|[A-Z],/);
      }),
    );
  });
});

describe("a sendir command", () => {
  const command = {
    address: "1:1",
    id: 0,
    frequencyHz: 37_000,
    repeat: 1,
    offset: 1,
    pairs: [
      [122, 62],
      [15, 0],
    ] as const,
  };

  test.each([
    "sendir,1:1,0,37000,1,1,122,62,15,0",
    "sendir,1:1,0,37000,1,1,122,62,15,0\r\n",
    "IR Learner Enabled\r\nsendir,1:1,0,37000,1,1,122,62,15,0\r\n",
    "\n  sendir,1:1,0,37000,1,1,122,62,15,0  ",
  ])("%j is read", (text) => {
    expect(parseSendir(text)).toEqual(command);
  });

  test("is written on one line, with letters or without", () => {
    const pairs: Pair[] = [
      [122, 62],
      [15, 16],
      [15, 16],
    ];
    const other = { address: "12:345", id: 65_535, frequencyHz: 38_000, repeat: 2, offset: 3, pairs };
    expect(formatSendir(other)).toBe("sendir,12:345,65535,38000,2,3,122,62,15,16B");
    expect(formatSendir(other, { compressed: false })).toBe("sendir,12:345,65535,38000,2,3,122,62,15,16,15,16");
    expect(parseSendir(formatSendir(other))).toEqual(other);
  });

  test.each([
    ["", 'there is no sendir command: ""'],
    ["IR Learner Disabled", 'there is no sendir command: "IR Learner Disabled"'],
    ["\n IR Learner Disabled\r\n", 'there is no sendir command: "IR Learner Disabled"'],
    ["  sendir,1:1,0 ", 'sendir wants address, id, frequency, repeat, offset and durations: "sendir,1:1,0"'],
    ["sendir,1:1,0", 'sendir wants address, id, frequency, repeat, offset and durations: "sendir,1:1,0"'],
    [
      "sendir,0:1,0,37000,1,1,1,2",
      'sendir wants address, id, frequency, repeat, offset and durations: "sendir,0:1,0,37000,1,1,1,2"',
    ],
    [
      "sendir,1:1,-1,37000,1,1,1,2",
      'sendir wants address, id, frequency, repeat, offset and durations: "sendir,1:1,-1,37000,1,1,1,2"',
    ],
    ["sendir,1:1,0,37000,1,1,", "there are no durations"],
    ["sendir,1:1,65536,37000,1,1,1,2", "the id of sendir is 0 to 65535, not 65536"],
    ["sendir,1:1,0,14999,1,1,1,2", "the frequency of sendir is 15000 to 500000, not 14999"],
    ["sendir,1:1,0,500001,1,1,1,2", "the frequency of sendir is 15000 to 500000, not 500001"],
    ["sendir,1:1,0,37000,0,1,1,2", "the repeat of sendir is 1 to 50, not 0"],
    ["sendir,1:1,0,37000,51,1,1,2", "the repeat of sendir is 1 to 50, not 51"],
    ["sendir,1:1,0,37000,1,384,1,2", "the offset of sendir is 1 to 383, not 384"],
    ["sendir,1:1,0,37000,1,2,1,2", "the offset of sendir is 2, where no light begins"],
    ["sendir,1:1,0,37000,1,2,1,2,3,4", "the offset of sendir is 2, where no light begins"],
    ["sendir,1:1,0,37000,1,3,1,2", "the offset of sendir is 3, where no light begins"],
    [
      `sendir,${"1".repeat(59_993)}`,
      `sendir wants address, id, frequency, repeat, offset and durations: "sendir,${"1".repeat(33)}…"`,
    ],
    [`sendir,${"1".repeat(60_000)}`, "the text is too long for infrared: 60007 characters"],
  ])('"$0" is refused', (text, message) => {
    expect(() => parseSendir(text)).toThrow(new InfraredError(message));
  });

  test("counts periods of its carrier", () => {
    expect(sendirWaveform(command)).toEqual([3297, 1676, 405, 0]);
    expect(sendirWaveform({ ...command, frequencyHz: 40_000 })).toEqual([3050, 1550, 375, 0]);
    expect(toSendir([3297, 1676, 405, 0])).toEqual(command);
    expect(toSendir([3050, 1550, 375], { frequencyHz: 40_000, id: 7 })).toEqual({
      ...command,
      frequencyHz: 40_000,
      id: 7,
    });
  });

  test("holds nothing shorter than a period, nor longer than it can say; only the last space may be 0", () => {
    expect(toSendir([0, 0, 5_000_000, 1]).pairs).toEqual([
      [1, 1],
      [65_535, 1],
    ]);
  });

  test("that repeats is sent again from its offset on, with silence where the end was", () => {
    const pairs: Pair[] = [
      [10, 20],
      [30, 0],
    ];
    const at = { ...command, frequencyHz: 100_000, pairs };
    expect(sendirWaveform({ ...at, repeat: 3 })).toEqual([
      100, 200, 300, 101_500, 100, 200, 300, 101_500, 100, 200, 300, 0,
    ]);
    expect(sendirWaveform({ ...at, repeat: 2, offset: 3 })).toEqual([100, 200, 300, 101_500, 300, 0]);
    expect(sendirWaveform({ ...at, pairs: [[10, 20]], repeat: 2 })).toEqual([100, 200, 100, 200]);
  });

  test("becomes a waveform and the same command again", () => {
    fc.assert(
      fc.property(anyPairs, fc.integer({ min: 15_000, max: 500_000 }), (pairs, frequencyHz) => {
        const sent = { ...command, frequencyHz, pairs };
        expect(toSendir(sendirWaveform(sent), { frequencyHz })).toEqual(sent);
      }),
    );
  });

  test("any text is read or refused", () => {
    const durations = fc.string({ unit: fc.constantFrom("1", "9", "0", ",", "A", "B", "P", " ") });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          durations.map((text) => `sendir,1:1,0,37000,1,1,${text}`),
        ),
        (text) => {
          try {
            parseSendir(text);
          } catch (error) {
            expect(error).toBeInstanceOf(InfraredError);
          }
        },
      ),
    );
  });
});

withCaptures("captured sendir commands", () => {
  test("of the learner are read past its banner, and written again character for character", () => {
    const learned = zmoteVectors().filter(({ sendir }) => sendir !== undefined);
    expect(learned).toHaveLength(8);
    for (const { raw = "", sendir = "", pairs = [], totalMicroseconds = 0 } of learned) {
      const command = parseSendir(raw);
      expect(command).toEqual(parseSendir(sendir));
      expect(command).toMatchObject({ address: "1:1", id: 0, frequencyHz: 37_000, repeat: 1, offset: 1, pairs });
      expect(formatSendir(command)).toBe(sendir);
      const waveform = sendirWaveform(command);
      expect(formatSendir(toSendir(waveform))).toBe(sendir);
      // Each duration is rounded to a microsecond.
      expect(Math.abs(durationUs(waveform) - totalMicroseconds)).toBeLessThan(waveform.length / 2);
    }
  });

  test("that were made up are read as they say", () => {
    const made = zmoteVectors().filter(({ sendir }) => sendir === undefined);
    expect(made).toHaveLength(6);
    for (const { compressed, pairs, recompressed, error } of made) {
      if (pairs === undefined) {
        expect(error).toMatch(/^ERR/);
        expect(() => parsePairs(compressed)).toThrow(InfraredError);
      } else {
        expect(parsePairs(compressed)).toEqual(pairs);
        expect(formatPairs(pairs, true)).toBe(recompressed);
      }
    }
  });
});
