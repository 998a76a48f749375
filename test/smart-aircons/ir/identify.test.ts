import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hex, parseHex } from "../../../devices/smart-aircons/ir/bytes.ts";
import { fujitsuOff, fujitsuState } from "../../../devices/smart-aircons/ir/fujitsu.ts";
import { identify, identifyFrame } from "../../../devices/smart-aircons/ir/identify.ts";
import { encodeFrame, type Known, summary, waveformOf } from "../../../devices/smart-aircons/ir/known.ts";
import { mitsubishiState } from "../../../devices/smart-aircons/ir/mitsubishi.ts";
import { modulate } from "../../../devices/smart-aircons/ir/pulses.ts";
import { anyFujitsuCommand, anyFujitsuState } from "./fujitsu-states.ts";
import { anyMitsubishi } from "./mitsubishi-states.ts";
import { anyNoise, jittered } from "./noise.ts";

const older: Known = {
  protocol: "fujitsu-15",
  frame: fujitsuState({ bytes: 15, mode: "cool", temperatureCelsius: 24 }),
};
const newer: Known = {
  protocol: "fujitsu-16",
  frame: fujitsuState({ bytes: 16, mode: "fan_only", temperatureCelsius: 22, fan: "low", swing: "both" }),
};
const mitsubishi: Known = {
  protocol: "mitsubishi-144",
  frame: mitsubishiState({ power: true, mode: "heat", temperatureCelsius: 21.5, vane: "swing", clockMinutes: 840 }),
};
const off = (bytes: 6 | 7): Known => ({
  protocol: bytes === 6 ? "fujitsu-15" : "fujitsu-16",
  frame: fujitsuOff(bytes),
});

const anyKnown: fc.Arbitrary<Known> = fc.oneof(
  fc
    .oneof(anyFujitsuState, anyFujitsuCommand)
    .map(
      (frame): Known => ({ protocol: frame.bytes === 6 || frame.bytes === 15 ? "fujitsu-15" : "fujitsu-16", frame }),
    ),
  anyMitsubishi.map((frame): Known => ({ protocol: "mitsubishi-144", frame })),
);
const framesIn = ({ protocol }: Known) => (protocol === "mitsubishi-144" ? 2 : 1);
const withSilence = (known: Known) => [...waveformOf(known).slice(0, -1), 20_000];

describe("what a waveform says", () => {
  test("is a protocol, a frame, and a state in plain words", () => {
    expect(identify(waveformOf(older))).toEqual({
      known: older,
      frameHex: "1463001010fc08308101000000004e",
      frames: 1,
      state: { power: "on", mode: "cool", temperatureCelsius: 24, fan: "auto", swing: "off" },
      doubts: [],
    });
    expect(identify(waveformOf(newer))).toMatchObject({
      known: newer,
      frames: 1,
      state: { power: "on", mode: "fan_only", temperatureCelsius: 22, fan: "low", swing: "both" },
    });
    expect(identify(waveformOf(mitsubishi))).toMatchObject({
      frames: 2,
      state: {
        power: "on",
        mode: "heat",
        temperatureCelsius: 21.5,
        fan: "auto",
        swing: "vertical",
        vane: "swing",
        wideVane: "centre",
        clock: "14:00",
      },
      doubts: [],
    });
    expect(identify(waveformOf(off(6)))).toMatchObject({ known: off(6), state: { power: "off" }, doubts: [] });
    expect(identify(waveformOf(off(7)))).toMatchObject({ known: off(7), state: { power: "off" }, doubts: [] });
  });

  test("is read from a frame's bytes as well", () => {
    expect(identifyFrame(parseHex("146300101039c6"))).toEqual({
      known: { protocol: "fujitsu-16", frame: { ...fujitsuOff(7), command: "powerful" } },
      frameHex: "146300101039c6",
      frames: 1,
      state: { command: "powerful" },
      doubts: [],
    });
    expect(identifyFrame(parseHex("23cb260100"))).toEqual({
      refused: "a Mitsubishi Electric frame has 18 bytes, not 5",
    });
    expect(identifyFrame(parseHex("1463"))).toHaveProperty("refused");
    expect(identifyFrame(new Uint8Array())).toEqual({ refused: "no frame that we know begins with " });
    expect(identifyFrame(parseHex("1464ff"))).toEqual({ refused: "no frame that we know begins with 1464ff" });
    expect(identifyFrame(parseHex("1563ff"))).toEqual({ refused: "no frame that we know begins with 1563ff" });
    expect(identifyFrame(parseHex("24cb26"))).toEqual({ refused: "no frame that we know begins with 24cb26" });
    expect(identifyFrame(parseHex("23cb27ff"))).toEqual({ refused: "no frame that we know begins with 23cb27" });
    expect(identifyFrame(parseHex("23cc2600"))).toEqual({ refused: "no frame that we know begins with 23cc26" });
  });

  test("a temperature in Fahrenheit is not called one in °C", () => {
    const frame = fujitsuState({ bytes: 16, mode: "cool", temperatureCelsius: 24, variant: 0x31, fahrenheit: true });
    expect(summary({ protocol: "fujitsu-16", frame })).not.toHaveProperty("temperatureCelsius");
  });

  test.each([
    ["swing", "swing", "both"],
    ["auto", "swing", "horizontal"],
    ["swing", "wide", "vertical"],
    ["top", "auto", "off"],
  ] as const)("a vane at %s and a wide vane at %s are swing %s", (vane, wideVane, swing) => {
    const frame = mitsubishiState({
      power: false,
      mode: "cool",
      temperatureCelsius: 24,
      vane,
      wideVane,
      clockMinutes: 70,
    });
    expect(summary({ protocol: "mitsubishi-144", frame })).toMatchObject({ power: "off", swing, clock: "01:10" });
  });

  test("comes through any receiver, in any noise", () => {
    const received = fc
      .tuple(anyKnown, anyNoise, anyNoise)
      .chain(([known, before, after]) => fc.tuple(fc.constant({ known, before, after }), jittered(withSilence(known))));
    fc.assert(
      fc.property(received, ([{ known, before, after }, waveform]) => {
        const found = identify([...before, ...waveform, ...after]);
        expect(found).toMatchObject({ known, frames: framesIn(known), frameHex: hex(encodeFrame(known)) });
      }),
    );
  });

  test("that is cut anywhere is not believed", () => {
    fc.assert(
      fc.property(anyKnown, fc.double({ min: 0, max: 1, noNaN: true }), (known, where) => {
        const one = waveformOf(known).slice(0, waveformOf(known).length / framesIn(known));
        // At the latest before the mark that ends it.
        const cut = one.slice(0, Math.floor(where * (one.length - 2)));
        const found = identify(cut);
        // The first six bytes of a short frame are one of the older family, and say the same.
        if (found.known)
          expect(found).toMatchObject({ known: { protocol: "fujitsu-15" }, doubts: [expect.anything()] });
      }),
    );
  });

  test("six bytes at the end of a recording may be the beginning of seven", () => {
    const doubt = "six bytes have no check, and can be the beginning of a longer frame";
    expect(identify(waveformOf(off(7)).slice(0, 99))).toMatchObject({ known: off(6), doubts: [doubt] });
    expect(identify(waveformOf(off(6)).slice(0, -1))).toMatchObject({ known: off(6), doubts: [doubt] });
    expect(identify(waveformOf(off(7)).slice(0, -1))).toMatchObject({ known: off(7), doubts: [] });
  });

  test("the first of two different frames counts, and the other is told", () => {
    expect(identify([...withSilence(older), ...waveformOf(newer)])).toMatchObject({
      known: older,
      frames: 1,
      doubts: ["another frame follows, which says something else: 1463001010fe09306103330000002019"],
    });
    expect(identify([...withSilence(older), ...waveformOf(older)])).toMatchObject({ frames: 2, doubts: [] });
  });

  test("a second frame that is damaged is told", () => {
    const waveform = [...waveformOf(mitsubishi)];
    waveform[292 + 3 + 2 * 40] = 1299;
    expect(identify(waveform)).toMatchObject({
      known: mitsubishi,
      frames: 1,
      doubts: [expect.stringContaining("Mitsubishi Electric: the checksum is")],
    });
    expect(identify(waveform.slice(0, 400))).toMatchObject({
      frames: 1,
      doubts: ["a frame is cut off or disturbed after 53 bits"],
    });
  });

  test("a first frame that is damaged is passed over for the second", () => {
    const waveform = [...waveformOf(mitsubishi)];
    waveform[101] = 1299 + 433 - (waveform[101] ?? 0);
    expect(identify(waveform)).toMatchObject({ known: mitsubishi, frames: 1, doubts: [expect.anything()] });
  });

  test("a short leader before a Mitsubishi frame is passed over", () => {
    const timing = { headerMark: 3464, headerSpace: 1732, bitMark: 433, zeroSpace: 433, oneSpace: 1299, gap: 0 };
    const leader = modulate(parseHex("23cb260100"), timing, 1).slice(0, -1);
    expect(identify([...leader, 9000, ...waveformOf(mitsubishi)])).toMatchObject({
      known: mitsubishi,
      frames: 2,
      doubts: ["a Mitsubishi Electric frame has 18 bytes, not 5"],
    });
  });

  test("bits that are hard to tell apart are told", () => {
    const waveform = waveformOf(older).map((us, index) => (index > 100 && us === 1236 ? 900 : us));
    expect(identify(waveform)).toMatchObject({ known: older, doubts: ["10 of 120 bits lie between a 0 and a 1"] });
    const one = waveformOf(older).with(waveformOf(older).lastIndexOf(1236), 900);
    expect(identify(one)).toMatchObject({ known: older, doubts: ["1 of 120 bits lie between a 0 and a 1"] });
  });

  test("nobody knows is shown by its durations", () => {
    const nec = [9000, 4500, 560, 560, 560, 1690, 560, 40_000];
    expect(identify(nec)).toEqual({
      timings: {
        marks: [
          { us: 560, count: 3 },
          { us: 9000, count: 1 },
        ],
        spaces: [
          { us: 560, count: 1 },
          { us: 1690, count: 1 },
          { us: 4500, count: 1 },
          { us: 40_000, count: 1 },
        ],
      },
      doubts: [],
    });
  });

  test("what looked like frames and was not believed is told, but not each crumb", () => {
    const timing = { headerMark: 3300, headerSpace: 1650, bitMark: 400, zeroSpace: 400, oneSpace: 1200, gap: 0 };
    expect(identify(modulate(Uint8Array.of(0x12, 0x34), timing, 1)).doubts).toEqual([
      "no frame that we know begins with 1234",
    ]);
    expect(identify(modulate(Uint8Array.of(0x12), timing, 1)).doubts).toEqual([]);
    // At the very end of a recording, and with bits that are hard to tell apart.
    const disturbed = modulate(Uint8Array.of(0x12, 0x34), { ...timing, oneSpace: 900 }, 1).slice(0, -1);
    expect(identify(disturbed).doubts).toEqual(["no frame that we know begins with 1234"]);
  });

  test("is never an exception", () => {
    const duration = fc.oneof(fc.double(), fc.constantFrom(0, 3296, 1648, 412, 1236, 20_000, Number.NaN, -5));
    fc.assert(
      fc.property(fc.array(duration, { maxLength: 300 }), (waveform) => {
        expect(identify(waveform)).toHaveProperty("doubts");
      }),
    );
  });

  test("and is sent, is read again", () => {
    fc.assert(
      fc.property(anyKnown, (known) => {
        expect(identify(waveformOf(known))).toMatchObject({ known, frames: framesIn(known) });
        expect(identifyFrame(encodeFrame(known))).toMatchObject({ known });
      }),
    );
  });
});
