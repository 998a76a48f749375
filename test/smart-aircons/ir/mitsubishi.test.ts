import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hex, parseHex } from "../../../devices/smart-aircons/ir/bytes.ts";
import { InfraredError } from "../../../devices/smart-aircons/ir/error.ts";
import {
  decodeMitsubishi,
  encodeMitsubishi,
  type Mitsubishi,
  mitsubishiState,
  mitsubishiWaveform,
} from "../../../devices/smart-aircons/ir/mitsubishi.ts";
import { anyMitsubishi } from "./mitsubishi-states.ts";

const read = (text: string) => decodeMitsubishi(parseHex(text));
const frameOf = (text: string) => {
  const found = read(text);
  if ("refused" in found) throw new Error(found.refused);
  return found.frame;
};
/** The frame whose bytes from 5 on begin with these, the rest 0, with its checksum. */
const frame = (body: string) => {
  const bytes = Uint8Array.of(0x23, 0xcb, 0x26, 1, 0, ...parseHex(body), ...Array(18).fill(0)).subarray(0, 18);
  bytes[17] = bytes.subarray(0, 17).reduce((sum, byte) => sum + byte, 0);
  return hex(bytes);
};

/** As the captured remote was set: vane swinging, at 14:00. */
const captured = { power: true, vane: "swing", clockMinutes: 840 } as const;

describe("Mitsubishi Electric frames", () => {
  test.each<[Mitsubishi, string]>([
    [mitsubishiState({ ...captured, mode: "cool", temperatureCelsius: 18 }), "23cb26010020180236785400000000000051"],
    [mitsubishiState({ ...captured, mode: "cool", temperatureCelsius: 24 }), "23cb26010020180836785400000000000057"],
    [mitsubishiState({ ...captured, mode: "heat", temperatureCelsius: 30 }), "23cb26010020080e30785400000000000047"],
    [
      mitsubishiState({ ...captured, mode: "dry", temperatureCelsius: 24, clockMinutes: 830 }),
      "23cb2601002010083278530000000000004a",
    ],
    [
      mitsubishiState({ ...captured, power: false, mode: "dry", temperatureCelsius: 24, clockMinutes: 830 }),
      "23cb2601000010083278530000000000002a",
    ],
  ])("$mode $temperatureCelsius is what the remote sends", (state, frameHex) => {
    expect(hex(encodeMitsubishi(state))).toBe(frameHex);
    expect(read(frameHex)).toEqual({ frame: state, doubts: [] });
  });

  test.each([
    ["cool", 0x18, 0x6],
    ["dry", 0x10, 0x2],
    ["heat", 0x08, 0x0],
    ["auto", 0x20, 0x6],
    ["fan_only", 0x38, 0x0],
    ["i_feel", 0x00, 0x0],
  ] as const)("%s is %i in byte 6 and %i in the low half of byte 8", (mode, byte6, companion) => {
    const bytes = encodeMitsubishi(mitsubishiState({ power: true, mode, temperatureCelsius: 20 }));
    expect([bytes[6], (bytes[8] ?? 0) & 15]).toEqual([byte6, companion]);
  });

  test("where nothing is said: vanes and fan automatic, midnight, one beep", () => {
    const plain = mitsubishiState({ power: true, mode: "cool", temperatureCelsius: 16 });
    expect(hex(encodeMitsubishi(plain))).toBe(frame("20 18 00 36 40"));
  });

  test.each<[string, Partial<Mitsubishi>]>([
    ["00 18 00 36 40", { power: false }],
    ["20 58 00 36 40", { iSee: true }],
    ["20 18 0f 36 40", { temperatureCelsius: 31 }],
    ["20 18 1f 36 40", { temperatureCelsius: 31.5 }],
    ["20 18 10 36 40", { temperatureCelsius: 16.5 }],
    ["20 18 00 06 40", { wideVane: "none" }],
    ["20 18 00 16 40", { wideVane: "left_max" }],
    ["20 18 00 26 40", { wideVane: "left" }],
    ["20 18 00 46 40", { wideVane: "right" }],
    ["20 18 00 56 40", { wideVane: "right_max" }],
    ["20 18 00 66 40", { wideVane: "wide" }],
    ["20 18 00 86 40", { wideVane: "auto" }],
    ["20 18 00 36 41", { fan: "low" }],
    ["20 18 00 36 42", { fan: "medium" }],
    ["20 18 00 36 43", { fan: "high" }],
    ["20 18 00 36 44", { fan: "highest" }],
    ["20 18 00 36 45", { fan: "quiet" }],
    ["20 18 00 36 48", { vane: "top" }],
    ["20 18 00 36 50", { vane: "upper" }],
    ["20 18 00 36 58", { vane: "middle" }],
    ["20 18 00 36 60", { vane: "lower" }],
    ["20 18 00 36 68", { vane: "bottom" }],
    ["20 18 00 36 78", { vane: "swing" }],
    ["20 18 00 36 80", { beeps: 2 }],
    ["20 18 00 36 40 8f", { clockMinutes: 23 * 60 + 50 }],
    ["20 18 00 36 40 00 06 00 03", { stopMinutes: 60, timer: "stop" }],
    ["20 18 00 36 40 00 00 07 05", { startMinutes: 70, timer: "start" }],
    ["20 18 00 36 40 00 00 00 07", { timer: "both" }],
    ["20 18 00 36 40 00 00 00 08", { weekly: true }],
    ["20 18 00 36 40 00 00 00 00 20", { econoCool: true }],
    ["20 18 00 36 40 00 00 00 00 00 02", { direct: 2 }],
    ["20 18 00 36 40 00 00 00 00 00 04", { absence: true }],
    ["20 18 00 36 40 00 00 00 00 00 20", { heat10Degrees: true }],
    ["20 18 00 36 40 00 00 00 00 00 00 02", { naturalFlow: true }],
    ["20 18 00 36 40 00 00 00 00 00 00 28", { leftVane: 5 }],
  ])("%s says %j", (body, says) => {
    const state = mitsubishiState({ power: true, mode: "cool", temperatureCelsius: 16, ...says });
    expect(read(frame(body))).toEqual({ frame: state, doubts: [] });
    expect(hex(encodeMitsubishi(state))).toBe(frame(body));
  });

  test.each([
    ["20 28 00 36 40", "mode 5 has no name"],
    ["20 18 00 76 40", "wideVane 7 has no name"],
    ["20 18 00 36 47", "fan 7 has no name"],
    ["20 18 00 36 70", "vane 6 has no name"],
    ["20 18 00 36 40 00 00 00 01", "timer 1 has no name"],
    ["21 18 00 36 40", "byte 5 has bits nobody explained: 00000001"],
    ["20 18 00 36 40 00 00 00 00 81", "byte 14 has bits nobody explained: 10000001"],
    ["20 38 00 37 40", "the low half of byte 8 is 7, and with fan_only it is 0 on real remotes"],
    ["20 08 00 36 40", "the low half of byte 8 is 6, and with heat it is 0 on real remotes"],
    ["20 20 00 30 40", "the low half of byte 8 is 0, and with auto it is 6 on real remotes"],
    ["20 00 00 30 40", "mode i_feel was seen on one remote only"],
    ["20 18 00 c6 40", "wideVane swing is one person's word"],
    ["20 18 00 36 40 90", "the clock stands at 1440 minutes, which is no time of day"],
  ])("%s is believed, with a doubt", (body, doubt) => {
    expect(read(frame(body))).toMatchObject({ doubts: [doubt] });
    expect(hex(encodeMitsubishi(frameOf(frame(body))))).toBe(frame(body));
  });

  test.each([
    ["ad513c", "ad513c begins no Mitsubishi Electric frame"],
    ["23cb260100", "a Mitsubishi Electric frame has 18 bytes, not 5"],
    ["23cb260100240300000000000000", "a Mitsubishi Electric frame has 18 bytes, not 14"],
    ["23cb26010020180236785400000000000052", "Mitsubishi Electric: the checksum is 52, and should be 51"],
  ])("%s is refused", (text, refused) => {
    expect(read(text)).toEqual({ refused });
  });

  test.each<[Partial<Mitsubishi>, string]>([
    [{ temperatureCelsius: 15.5 }, "temperatureCelsius can't be 15.5: it is 16 to 31.5 in steps of 0.5"],
    [{ temperatureCelsius: 32 }, "temperatureCelsius can't be 32: it is 16 to 31.5 in steps of 0.5"],
    [{ temperatureCelsius: 22.25 }, "temperatureCelsius can't be 22.25: it is 16 to 31.5 in steps of 0.5"],
    [{ temperatureCelsius: Number.NaN }, "temperatureCelsius can't be NaN: it is 16 to 31.5 in steps of 0.5"],
    [{ clockMinutes: -1 }, "clockMinutes can't be -1: it is minutes since midnight, up to 2559"],
    [{ clockMinutes: 2560 }, "clockMinutes can't be 2560: it is minutes since midnight, up to 2559"],
    [{ fan: 8 }, "fan can't be 8: it is one of auto, low, medium, high, highest, quiet"],
  ])("can't say %j", (given, message) => {
    const state = mitsubishiState({ power: true, mode: "cool", temperatureCelsius: 22, ...given });
    expect(() => encodeMitsubishi(state)).toThrow(new InfraredError(message));
  });

  test("the clock is rounded down to ten minutes, as a remote's is", () => {
    const bytes = encodeMitsubishi(
      mitsubishiState({ power: true, mode: "cool", temperatureCelsius: 22, clockMinutes: 839 }),
    );
    expect(bytes[10]).toBe(83);
  });

  test("every state comes back as it was", () => {
    fc.assert(
      fc.property(anyMitsubishi, (state) => {
        expect(decodeMitsubishi(encodeMitsubishi(state))).toMatchObject({ frame: state });
      }),
    );
  });

  test("every frame with a right checksum is written again as it was, whatever is in it", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 17, maxLength: 17 }), (body) => {
        const bytes = Uint8Array.of(...body, 0);
        bytes.set([0x23, 0xcb, 0x26]);
        bytes[17] = bytes.reduce((sum, byte) => sum + byte, 0);
        expect(hex(encodeMitsubishi(frameOf(hex(bytes))))).toBe(hex(bytes));
      }),
    );
  });

  test("are sent twice, 17 ms apart, in units of 433 us", () => {
    const waveform = mitsubishiWaveform(mitsubishiState({ power: true, mode: "cool", temperatureCelsius: 18 }));
    expect(waveform).toHaveLength(2 * 2 * 146);
    expect(waveform.slice(0, 6)).toEqual([3464, 1732, 433, 1299, 433, 1299]);
    expect(waveform.slice(290, 294)).toEqual([433, 17_000, 3464, 1732]);
    expect(waveform.slice(-2)).toEqual([433, 0]);
  });
});
