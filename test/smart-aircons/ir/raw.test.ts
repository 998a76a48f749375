import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatBase64 } from "../../../devices/smart-aircons/ir/bytes.ts";
import { InfraredError } from "../../../devices/smart-aircons/ir/error.ts";
import { unpackHeatshrink } from "../../../devices/smart-aircons/ir/heatshrink.ts";
import { parsePronto } from "../../../devices/smart-aircons/ir/pronto.ts";
import { parseRaw } from "../../../devices/smart-aircons/ir/raw.ts";
import { timings } from "../../../devices/smart-aircons/ir/timings.ts";
import { parseXiaomi } from "../../../devices/smart-aircons/ir/xiaomi.ts";
import { smartIrCodes, withCaptures } from "./captures.ts";

describe("a Pronto code", () => {
  test("is periods of its carrier", () => {
    const { frequencyHz, waveform } = parsePronto("0000 006D 0002 0000 007D 003F 0010 0010");
    expect(frequencyHz).toBe(38_029);
    expect(waveform).toEqual([3287, 1657, 421, 421]);
  });

  test("that only repeats is what it repeats; else it is what is sent once", () => {
    expect(parsePronto("0000 006d 0000 0001 0010 0020").waveform).toEqual([421, 841]);
    expect(parsePronto(" 0000 006d  0001 0001\n0010 0020 0030 0040 ").waveform).toEqual([421, 841]);
  });

  test.each([
    ["", 'a Pronto code is words of four digits, and this is none: ""'],
    ["0000 6d", 'a Pronto code is words of four digits, and this is none: "6d"'],
    ["0000 006g 0001 0000 0010 0020", 'a Pronto code is words of four digits, and this is none: "006g"'],
    ["0000 006d0 0001", 'a Pronto code is words of four digits, and this is none: "006d0"'],
    ["0000 x006d 0001", 'a Pronto code is words of four digits, and this is none: "x006d"'],
    ["5000 0000 0000 0001", "the Pronto code is not a learned one: it begins with 5000, not 0000"],
    ["0000 0000 0001 0000 0010 0020", "the Pronto code has no frequency"],
    ["0000 006d 0002 0000 0010 0020", "the Pronto code says 2 pairs of durations and has 1"],
    ["0000 006d 0001 0000 0010 0020 0030", "the Pronto code says 1 pairs of durations and has 1.5"],
    ["0000 006d 0000 0000", "the Pronto code says 0 pairs of durations and has 0"],
    ["0000 ".repeat(12_000), "the Pronto code has no frequency"],
    ["0000 ".repeat(12_001), "the Pronto code is too long: 60005 characters"],
  ])('"$0" is refused', (text, message) => {
    expect(() => parsePronto(text)).toThrow(new InfraredError(message));
  });
});

/** Packs single bytes, and [back, length] for a piece of what came before. */
const pack = (...codes: (number | [back: number, length: number])[]): Uint8Array => {
  const bits = codes
    .map((code) =>
      typeof code === "number"
        ? `1${code.toString(2).padStart(8, "0")}`
        : `0${(code[0] - 1).toString(2).padStart(11, "0")}${(code[1] - 1).toString(2).padStart(4, "0")}`,
    )
    .join("");
  return Uint8Array.from(bits.match(/.{1,8}/g) ?? [], (byte) => Number.parseInt(byte.padEnd(8, "0"), 2));
};
const codesOf = (text: string) => [...text].map((letter) => letter.charCodeAt(0));
const packed = (text: string) => formatBase64(pack(...codesOf(text)));

describe("a packed code", () => {
  test("is bytes, and pieces of what came before", () => {
    expect([...unpackHeatshrink(pack(1, 2, 3, [3, 2], [1, 5], 9))]).toEqual([1, 2, 3, 1, 2, 2, 2, 2, 2, 2, 9]);
    expect(unpackHeatshrink(pack(7, [1, 16], [17, 1]))).toHaveLength(18);
    expect([...unpackHeatshrink(pack(1, 2, 3, 4, 5, 6, 7, 8))]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect([...unpackHeatshrink(Uint8Array.of())]).toEqual([]);
    expect([...unpackHeatshrink(Uint8Array.of(...pack(7), 0))]).toEqual([7]);
  });

  test("may not point to before its beginning", () => {
    expect(() => unpackHeatshrink(pack(1, [2, 1]))).toThrow(
      new InfraredError("the packed code points to before its own beginning"),
    );
    expect(() => unpackHeatshrink(pack([1, 1]))).toThrow(InfraredError);
  });

  test("may not be endless", () => {
    expect(unpackHeatshrink(pack(1, ...Array(3749).fill([1, 16]), [1, 15]))).toHaveLength(60_000);
    expect(() => unpackHeatshrink(pack(1, ...Array(3750).fill([1, 16])))).toThrow(
      "the packed code is longer than 60000 bytes",
    );
  });

  test("of any bytes is unpacked or refused", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        try {
          unpackHeatshrink(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(InfraredError);
        }
      }),
    );
  });
});

/** Xiaomi's other form: a table of durations, and a byte for each pair. */
const table = (count: number, durations: number[], pairs: number[]) => {
  const bytes = Buffer.alloc(68);
  bytes.writeUInt16LE(0xa567, 0);
  bytes.writeUInt16LE(count, 2);
  for (const [index, us] of durations.entries()) bytes.writeUInt32LE(us, 4 + 4 * index);
  return formatBase64(Buffer.concat([bytes, Uint8Array.from(pairs)]));
};

describe("a raw code of a Xiaomi remote", () => {
  test("is packed text, as far as its byte of 0", () => {
    expect(parseXiaomi(packed("4360,4410,480\0"))).toEqual([4360, 4410, 480]);
    expect(parseXiaomi(packed("4360,4410,480"))).toEqual([4360, 4410, 480]);
    expect(parseXiaomi(packed("4360,4410\0junk"))).toEqual([4360, 4410]);
    expect(parseXiaomi(`${packed("4360,4410")}:38400`)).toEqual([4360, 4410]);
    expect(parseXiaomi(`${packed("4360,4410")}:38400 \n`)).toEqual([4360, 4410]);
  });

  test("is a table and pairs: the mark in the low half of a byte, the space in the high one", () => {
    expect(parseXiaomi(table(6, [547, 1636, 4394], [0x22, 0x10, 0x00]))).toEqual([4394, 4394, 547, 1636, 547, 547]);
    expect(parseXiaomi(table(5, [547, 1636, 70_000], [0x22, 0x10, 0x00]))).toEqual([70_000, 70_000, 547, 1636, 547]);
  });

  test("can have a table with more than 255 durations", () => {
    const waveform = parseXiaomi(table(600, [547], Array(300).fill(0)));
    expect(waveform).toEqual(Array(600).fill(547));
    expect(() => parseXiaomi(table(600, [547], Array(299).fill(0)))).toThrow(InfraredError);
  });

  test.each([
    [table(7, [547], [0, 0, 0]), "the table of durations is followed by 6 of 7 durations"],
    [table(0, [547], [0]), "the table of durations is followed by 2 of 0 durations"],
    [formatBase64(Uint8Array.of(0x67, 0xa5, 1, 0)), "the table of durations is followed by 0 of 1 durations"],
    [packed("hello"), 'duration 1 is not a number of microseconds: "hello"'],
    ["ZA", "there are no durations"],
    [packed("\x004360"), "there are no durations"],
    ["ZA:38400x", 'this is no Base64: "ZA:38400x"'],
    ["!", 'this is no Base64: "!"'],
  ])('"$0" is refused', (text, message) => {
    expect(() => parseXiaomi(text)).toThrow(new InfraredError(message));
  });
});

describe("a raw code of a SmartIR file", () => {
  test.each([
    ["[4360, -4410, 480]", [4360, 4410, 480]],
    ["4360 -4410 480", [4360, 4410, 480]],
    [
      [4360, -4410, 480],
      [4360, 4410, 480],
    ],
    [packed("4360,4410,480\0"), [4360, 4410, 480]],
  ])("$0 is read", (code, waveform) => {
    expect(parseRaw(code)).toEqual(waveform);
  });

  test.each([
    ["", "there are no durations"],
    [[], "there are no durations"],
    [[null, 4360], "durations are numbers, and 1 is null"],
    [[4360, null], "durations are numbers, and 2 is null"],
    [[4360, "4410"], 'durations are numbers, and 2 is "4410"'],
    [[4360, [4410]], "durations are numbers, and 2 is [4410]"],
    [4360, "a raw code is a text or a list of microseconds, not 4360"],
    [null, "a raw code is a text or a list of microseconds, not null"],
    [{}, "a raw code is a text or a list of microseconds, not {}"],
    [{ a: "b".repeat(99) }, `a raw code is a text or a list of microseconds, not {"a":"${"b".repeat(34)}`],
  ])("%j is refused", (code, message) => {
    expect(() => parseRaw(code)).toThrow(new InfraredError(message));
  });

  test("any value is read or refused", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.anything()), (code) => {
        try {
          parseRaw(code);
        } catch (error) {
          expect(error).toBeInstanceOf(InfraredError);
        }
      }),
    );
  });
});

describe("what the durations look like", () => {
  test("is told by kind, the shortest first", () => {
    expect(timings([9000, 4500, 560, 540, 580, 1690, 560, 0])).toEqual({
      marks: [
        { us: 567, count: 3 },
        { us: 9000, count: 1 },
      ],
      spaces: [
        { us: 540, count: 1 },
        { us: 1690, count: 1 },
        { us: 4500, count: 1 },
      ],
    });
    expect(timings([])).toEqual({ marks: [], spaces: [] });
  });

  test.each([
    [400, 520, 1],
    [400, 521, 2],
    [2000, 2300, 1],
    [2000, 2301, 2],
  ])("%i and %i are %i kinds", (one, other, kinds) => {
    expect(timings([one, 1, other]).marks).toHaveLength(kinds);
  });
});

withCaptures("raw codes of the SmartIR collection", () => {
  test("of a Midea behind a Xiaomi remote hold its frame, each byte followed by its complement", () => {
    const codes = smartIrCodes("4381");
    expect(codes).toHaveLength(58);
    for (const code of codes) {
      const waveform = parseRaw(code);
      // That remote recorded 128 durations, which is one frame and the first third of its repetition.
      expect(waveform).toHaveLength(128);
      const spaces = waveform.slice(2, 98).filter((_, index) => index % 2 === 1);
      const bits = spaces.map((us) => (us > 1000 ? 1 : 0));
      for (const [index, bit] of bits.entries()) {
        if (index % 16 < 8) expect(bits[index + 8]).toBe(1 - bit);
      }
    }
  });
});
