import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseHex } from "../../../devices/smart-aircons/ir/bytes.ts";
import { InfraredError } from "../../../devices/smart-aircons/ir/error.ts";
import { demodulate, modulate } from "../../../devices/smart-aircons/ir/pulses.ts";
import { durationUs, formatMicroseconds, parseMicroseconds } from "../../../devices/smart-aircons/ir/waveform.ts";
import { anyNoise, jittered } from "./noise.ts";

test("what is wrong with infrared has a name of its own", () => {
  expect(new InfraredError("x").name).toBe("InfraredError");
});

describe("bytes in hexadecimal digits", () => {
  test.each(["", "123", "x12345", "12345x", "12 3"])("%j are refused", (text) => {
    expect(() => parseHex(text)).toThrow(/^these are no hexadecimal bytes/);
  });

  test("are at most 60000, whatever they say", () => {
    expect(parseHex("0f".repeat(30_000))).toHaveLength(30_000);
    expect(() => parseHex(`${"0f".repeat(30_000)} `)).toThrow("the text is too long for infrared: 60001 characters");
  });
});

describe("durations in microseconds", () => {
  test.each([
    ["3296,1648,412", [3296, 1648, 412]],
    ["3296 -1648 412 -412", [3296, 1648, 412, 412]],
    ["[3296, -1648, 412, 0]", [3296, 1648, 412, 0]],
    ["3296 1648 412 0", [3296, 1648, 412, 0]],
    ["+3296;1648\n412.55", [3296, 1648, 413]],
    ["  9000\t4500 ", [9000, 4500]],
  ])("%j is read", (text, waveform) => {
    expect(parseMicroseconds(text)).toEqual(waveform);
  });

  test.each([
    ["", "there are no durations"],
    ["[]", "there are no durations"],
    ["412,x", 'duration 2 is not a number of microseconds: "x"'],
    ["412,1e9", 'duration 2 is not a number of microseconds: "1e9"'],
    ["412,NaN", 'duration 2 is not a number of microseconds: "NaN"'],
    ["3296,-1648,-412", "duration 3 is -412: marks (positive) and spaces (negative) take turns"],
    ["-3296,1648", "duration 1 is -3296: marks (positive) and spaces (negative) take turns"],
    ["1,".repeat(40_000), "too many durations: 80000 characters"],
  ])('"$0" is refused', (text, message) => {
    expect(() => parseMicroseconds(text)).toThrow(new InfraredError(message));
  });

  test("what is written is read again", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2_000_000), { minLength: 1 }), (waveform) => {
        expect(parseMicroseconds(formatMicroseconds(waveform))).toEqual(waveform);
      }),
    );
  });

  test("are read from a text of 60000 characters", () => {
    expect(parseMicroseconds("1,".repeat(30_000))).toHaveLength(30_000);
  });

  test("add up to how long it takes", () => {
    expect(durationUs([3296, 1648, 412, 0])).toBe(5356);
  });
});

const timing = { headerMark: 3296, headerSpace: 1648, bitMark: 412, zeroSpace: 412, oneSpace: 1236, gap: 8000 };

describe("bits as pulses", () => {
  test("go out least significant first, behind a header, and a mark ends them", () => {
    expect(modulate(Uint8Array.of(0x05), timing, 1)).toEqual([
      3296, 1648, 412, 1236, 412, 412, 412, 1236, 412, 412, 412, 412, 412, 412, 412, 412, 412, 412, 412, 0,
    ]);
  });

  test("are sent again behind a gap", () => {
    const once = modulate(Uint8Array.of(0x05), timing, 1);
    expect(modulate(Uint8Array.of(0x05), timing, 2)).toEqual([...once.slice(0, -1), 8000, ...once]);
  });

  const found = (waveform: readonly number[]) =>
    demodulate(waveform).map(({ bytes, bits, complete }) => [[...bytes], bits, complete]);
  const frame = modulate(Uint8Array.of(0x14, 0x63), timing, 1);

  test("come back, whatever the receiver adds to them", () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 20 });
    const seen = bytes.chain((sent) => fc.tuple(fc.constant(sent), jittered(modulate(sent, timing, 2))));
    fc.assert(
      fc.property(seen, ([sent, waveform]) => {
        expect(demodulate(waveform)).toEqual(
          Array(2).fill({ bytes: sent, bits: 8 * sent.length, complete: true, silence: true, unclear: 0 }),
        );
      }),
    );
  });

  test("the last space may be missing, or long, and only then is there no silence", () => {
    expect(demodulate(frame.slice(0, -1))).toMatchObject([{ complete: true, silence: false }]);
    expect(demodulate([...frame.slice(0, -1), 3000])).toMatchObject([{ complete: true, silence: true }]);
    expect(demodulate([...frame.slice(0, -1), Number.NaN])).toMatchObject([{ complete: true, silence: true }]);
  });

  test("that end without their last mark are not complete", () => {
    expect(found(frame.slice(0, -2))).toEqual([[[0x14, 0x63], 16, false]]);
  });

  test("that are no whole bytes are not complete", () => {
    expect(found([...frame.slice(0, -3), 0])).toEqual([[[0x14], 15, false]]);
  });

  test("a header in the middle begins anew", () => {
    expect(found([...frame.slice(0, 12), ...frame])).toEqual([
      [[], 5, false],
      [[0x14, 0x63], 16, true],
    ]);
  });

  test("a header with nothing behind it is nothing", () => {
    expect(found([3296, 1648])).toEqual([]);
    expect(found([3296, 1648, ...frame])).toEqual([[[0x14, 0x63], 16, true]]);
  });

  test.each([
    [2500, 1100, 1],
    [4300, 2300, 1],
    [2499, 1648, 0],
    [4301, 1648, 0],
    [3296, 1099, 0],
    [3296, 2301, 0],
  ])("a header of %i and %i us is found %i times", (mark, space, times) => {
    expect(found([mark, space, ...frame.slice(2)])).toHaveLength(times);
  });

  test.each([
    [799, 0x14],
    [800, 0x15],
    [2999, 0x15],
  ])("a space of %i us makes %i of 0x14", (space, byte) => {
    expect(found([...frame.slice(0, 3), space, ...frame.slice(4)])).toEqual([[[byte, 0x63], 16, true]]);
  });

  test("a space of 3 ms ends the frame", () => {
    expect(found([...frame.slice(0, 19), 3000, ...frame])).toEqual([
      [[0x14], 8, true],
      [[0x14, 0x63], 16, true],
    ]);
  });

  test("a mark that is too long for a bit ends it, and so does none", () => {
    expect(found([...frame.slice(0, 18), 1000, ...frame.slice(19)])).toEqual([[[0x14, 0x63], 16, true]]);
    expect(found([...frame.slice(0, 18), 1001, ...frame.slice(19)])).toEqual([[[0x14], 8, false]]);
    expect(found([...frame.slice(0, 18), 0, ...frame.slice(19)])).toEqual([[[0x14], 8, false]]);
  });

  test.each([
    [649, 0],
    [650, 1],
    [950, 1],
    [951, 0],
  ])("a space of %i us is unclear %i times", (space, unclear) => {
    expect(demodulate([...frame.slice(0, 3), space, ...frame.slice(4)])).toMatchObject([{ unclear }]);
  });

  test("are found behind any noise", () => {
    fc.assert(
      fc.property(anyNoise, (noise) => {
        expect(found([...noise, ...frame]).at(-1)).toEqual([[0x14, 0x63], 16, true]);
      }),
    );
  });

  test("nothing makes it throw, or look for long", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.double(), fc.constantFrom(0, 3296, 1648, 412, 1236, Number.NaN))),
        (waveform) => {
          for (const { bytes, bits } of demodulate(waveform)) {
            expect(bytes).toHaveLength(Math.floor(bits / 8));
            expect(2 * bits).toBeLessThan(waveform.length);
          }
        },
      ),
    );
  });
});
