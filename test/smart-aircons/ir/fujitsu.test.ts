import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hex, parseHex } from "../../../devices/smart-aircons/ir/bytes.ts";
import { InfraredError } from "../../../devices/smart-aircons/ir/error.ts";
import {
  decodeFujitsu,
  encodeFujitsu,
  type FujitsuState,
  fujitsuOff,
  fujitsuState,
  fujitsuWaveform,
} from "../../../devices/smart-aircons/ir/fujitsu.ts";
import { durationUs } from "../../../devices/smart-aircons/ir/waveform.ts";
import { anyFujitsuCommand, anyFujitsuState } from "./fujitsu-states.ts";

const read = (text: string) => decodeFujitsu(parseHex(text));
const frameOf = (text: string) => {
  const found = read(text);
  if ("refused" in found) throw new Error(found.refused);
  return found.frame;
};
/** The frame of 16 bytes whose bytes from 7 to 14 are these, with its checksum. */
const newer = (body: string) => {
  const sum = parseHex(body).reduce((total, byte) => total + byte, 0);
  return `1463001010fe09${body.replaceAll(" ", "")}${(-sum & 0xff).toString(16).padStart(2, "0")}`;
};

describe("Fujitsu frames", () => {
  test.each<[string, Partial<FujitsuState>, string]>([
    ["cool 18", { bytes: 15, mode: "cool", temperatureCelsius: 18 }, "1463001010fc0830210100000000ae"],
    ["cool 24", { bytes: 15, mode: "cool", temperatureCelsius: 24 }, "1463001010fc08308101000000004e"],
    ["fan_only 24", { bytes: 15, mode: "fan_only", temperatureCelsius: 24 }, "1463001010fc08308103000000004c"],
    ["heat 30", { bytes: 15, mode: "heat", temperatureCelsius: 30 }, "1463001010fc0830e10400000000eb"],
    ["cool 18", { bytes: 16, mode: "cool", temperatureCelsius: 18 }, "1463001010fe0930210100000000208e"],
    ["heat 30", { bytes: 16, mode: "heat", temperatureCelsius: 30 }, "1463001010fe0930e1040000000020cb"],
    [
      "fan_only 22 low",
      { bytes: 16, mode: "fan_only", temperatureCelsius: 22, fan: "low" },
      "1463001010fe09306103030000002049",
    ],
  ])("%s is what the remote sends, with %j", (_, given, frameHex) => {
    const state = fujitsuState({ bytes: 15, mode: "cool", temperatureCelsius: 24, ...given });
    expect(hex(encodeFujitsu(state))).toBe(frameHex);
    expect(read(frameHex)).toEqual({ frame: state, doubts: [] });
  });

  test("off is a short frame in both families", () => {
    expect(hex(encodeFujitsu(fujitsuOff(6)))).toBe("146300101002");
    expect(hex(encodeFujitsu(fujitsuOff(7)))).toBe("146300101002fd");
    expect(read("146300101002")).toEqual({ frame: fujitsuOff(6), doubts: [] });
    expect(read("146300101002fd")).toEqual({ frame: fujitsuOff(7), doubts: [] });
  });

  test.each([
    ["economy", "09f6"],
    ["powerful", "39c6"],
    ["step_vertical", "6c93"],
    ["toggle_vertical", "6d92"],
    ["step_horizontal", "7986"],
    ["toggle_horizontal", "7a85"],
  ])("%s is a short frame", (command, end) => {
    expect(frameOf(`1463001010${end}`)).toMatchObject({ kind: "command", bytes: 7, command });
    expect(frameOf(`1463001010${end.slice(0, 2)}`)).toMatchObject({ kind: "command", bytes: 6, command });
  });

  test.each<[string, Partial<FujitsuState>]>([
    ["30 21 01 00 00 00 00 20", { start: true, temperatureCelsius: 18 }],
    ["30 20 01 00 00 00 00 20", { start: false, temperatureCelsius: 18 }],
    ["30 27 01 00 00 00 00 20", { fahrenheit: true, temperatureCelsius: 18.25 }],
    ["31 39 01 00 00 00 00 20", { variant: 0x31, temperatureCelsius: 15 }],
    ["31 3d 01 00 00 00 00 20", { variant: 0x31, temperatureCelsius: 15.5 }],
    ["30 21 00 00 00 00 00 20", { mode: "auto" }],
    ["30 21 02 00 00 00 00 20", { mode: "dry" }],
    ["30 21 09 00 00 00 00 20", { mode: "cool", clean: true }],
    ["30 21 11 00 00 00 00 20", { timer: "sleep" }],
    ["30 21 21 00 00 00 00 20", { timer: "off" }],
    ["30 21 31 00 00 00 00 20", { timer: "on" }],
    ["30 21 01 01 00 00 00 20", { fan: "high" }],
    ["30 21 01 02 00 00 00 20", { fan: "medium" }],
    ["30 21 01 03 00 00 00 20", { fan: "low" }],
    ["30 21 01 04 00 00 00 20", { fan: "quiet" }],
    ["30 21 01 10 00 00 00 20", { swing: "vertical" }],
    ["30 21 01 20 00 00 00 20", { swing: "horizontal" }],
    ["30 21 01 30 00 00 00 20", { swing: "both" }],
    ["30 21 01 00 ff 07 00 20", { offMinutes: 2047, offTimer: false, onMinutes: 0 }],
    ["30 21 01 00 00 08 00 20", { offMinutes: 0, offTimer: true, onMinutes: 0 }],
    ["30 21 01 00 00 f0 7f 20", { offMinutes: 0, onMinutes: 2047, onTimer: false }],
    ["30 21 01 00 00 00 80 20", { onMinutes: 0, onTimer: true }],
    ["30 21 01 00 00 00 00 28", { filter: true, outdoorQuiet: false }],
    ["30 21 01 00 00 00 00 a0", { filter: false, outdoorQuiet: true }],
  ])("%s says %j", (body, says) => {
    const found = read(newer(body));
    expect(found).toMatchObject({ frame: { ...says, strange: [] } });
    expect(hex(encodeFujitsu(frameOf(newer(body))))).toBe(newer(body));
  });

  test("half degrees are nothing to doubt", () => {
    expect(read(newer("31 3d 01 00 00 00 00 20"))).toMatchObject({ doubts: [] });
  });

  test("the unit is in byte 2 and not in the checksum", () => {
    expect(frameOf(`146330${newer("30 21 01 00 00 00 00 20").slice(6)}`)).toMatchObject({ unit: 3 });
    expect(frameOf("146320101002fd")).toMatchObject({ unit: 2 });
  });

  test.each([
    ["30 21 05 00 00 00 00 20", "mode 5 has no name"],
    ["30 21 01 07 00 00 00 20", "fan 7 has no name"],
    ["30 21 01 40 00 00 00 20", "byte 10 has bits nobody explained: 01000000"],
    ["30 21 01 00 00 00 00 21", "byte 14 has bits nobody explained: 00000001"],
    ["30 21 01 00 00 00 00 00", "byte 14 has bits nobody explained: 00100000"],
    ["32 21 01 00 00 00 00 20", "variant 50 is unknown: the temperature may be another"],
    ["30 23 01 00 00 00 00 20", "the temperature is in Fahrenheit: what is said in °C is not it"],
  ])("%s is believed, with a doubt", (body, doubt) => {
    expect(read(newer(body))).toMatchObject({ doubts: [doubt] });
    expect(hex(encodeFujitsu(frameOf(newer(body))))).toBe(newer(body));
  });

  test.each([
    ["146400101002", "1464 begins no Fujitsu frame"],
    ["1563001010fe0930210100000000208e", "1563 begins no Fujitsu frame"],
    ["1463001010fe0930210100000000208f", "Fujitsu: the checksum is 8f, and should be 8e"],
    ["1463001010fc08302101000000000000", "bytes 5 and 6 of a Fujitsu frame of 16 bytes are fe09, not fc08"],
    ["1463001010fe09302101000000002e", "bytes 5 and 6 of a Fujitsu frame of 15 bytes are fc08, not fe09"],
    ["1463001010fc09302101000000ae00", "bytes 5 and 6 of a Fujitsu frame of 15 bytes are fc08, not fc09"],
    ["1463001010fc", "Fujitsu, six bytes without a check: command 252 has no name"],
    ["146300101002fc", "Fujitsu: the checksum is fc, and should be fd"],
    ["146300101102", "Fujitsu, six bytes without a check: byte 4 has bits nobody explained: 00000001"],
    [
      "1463001011fc",
      "Fujitsu, six bytes without a check: command 252 has no name; byte 4 has bits nobody explained: 00000001",
    ],
    ["14630010100b300000000000000000000000", "a Fujitsu frame of 18 bytes is none that we know"],
    ["1463", "a Fujitsu frame of 2 bytes is none that we know"],
  ])("%s is refused", (text, refused) => {
    expect(read(text)).toEqual({ refused });
  });

  test("of seven bytes may hold a command that has no name, because they have a check", () => {
    expect(read("146300101033cc")).toMatchObject({ frame: { command: 0x33 }, doubts: ["command 51 has no name"] });
  });

  test.each<[Partial<FujitsuState>, string]>([
    [{ temperatureCelsius: 15.75 }, "temperatureCelsius can't be 15.75: it is 16 to 31.75 in steps of 0.25"],
    [{ temperatureCelsius: 32 }, "temperatureCelsius can't be 32: it is 16 to 31.75 in steps of 0.25"],
    [{ temperatureCelsius: 22.1 }, "temperatureCelsius can't be 22.1: it is 16 to 31.75 in steps of 0.25"],
    [{ temperatureCelsius: Number.NaN }, "temperatureCelsius can't be NaN: it is 16 to 31.75 in steps of 0.25"],
    [{ temperatureCelsius: 40, variant: 0x31 }, "temperatureCelsius can't be 40: it is 8 to 39.5 in steps of 0.5"],
    [{ mode: 8 }, "mode can't be 8: it is one of auto, cool, dry, fan_only, heat"],
    [{ unit: 4 }, "unit can't be 4: it is a whole number from 0 to 3"],
    [{ unit: -1 }, "unit can't be -1: it is a whole number from 0 to 3"],
    [{ offMinutes: 1.5 }, "offMinutes can't be 1.5: it is a whole number from 0 to 2047"],
    [{ bytes: 15, filter: true }, "filter can't be true: it is false: only longer frames have it"],
  ])("can't say %j", (given, message) => {
    const state = fujitsuState({ bytes: 16, mode: "cool", temperatureCelsius: 22, ...given });
    expect(() => encodeFujitsu(state)).toThrow(new InfraredError(message));
  });

  test("a word that is none is refused, and so is a number for yes or no", () => {
    const fan = JSON.parse('"hurricane"');
    expect(() => encodeFujitsu(fujitsuState({ bytes: 16, mode: "cool", temperatureCelsius: 22, fan }))).toThrow(
      "fan can't be hurricane: it is one of auto, high, medium, low, quiet",
    );
    const clean = JSON.parse("2");
    expect(() => encodeFujitsu(fujitsuState({ bytes: 16, mode: "cool", temperatureCelsius: 22, clean }))).toThrow(
      "clean can't be 2: it is true or false",
    );
  });

  test("every state comes back as it was", () => {
    fc.assert(
      fc.property(fc.oneof(anyFujitsuState, anyFujitsuCommand), (frame) => {
        expect(decodeFujitsu(encodeFujitsu(frame))).toMatchObject({ frame });
      }),
    );
  });

  test("every frame with a right checksum is written again as it was, whatever is in it", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 14, maxLength: 15 }), (body) => {
        const bytes = Uint8Array.of(...body, 0);
        bytes.set([0x14, 0x63]);
        bytes.set(bytes.length === 15 ? [0xfc, 8] : [0xfe, 9], 5);
        bytes[bytes.length - 1] = -bytes.slice(7).reduce((sum, byte) => sum + byte, 0);
        expect(hex(encodeFujitsu(frameOf(hex(bytes))))).toBe(hex(bytes));
      }),
    );
  });

  test("one wrong bit is never believed where there is a check", () => {
    const frame = parseHex("1463001010fe0930210100000000208e");
    for (let bit = 56; bit < 128; bit++) {
      const damaged = Uint8Array.from(frame, (byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      expect(decodeFujitsu(damaged)).toHaveProperty("refused");
    }
  });

  test("any bytes are read or refused", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 24 }),
      fc.uint8Array({ maxLength: 20 }).map((rest) => Uint8Array.of(0x14, 0x63, ...rest)),
    );
    fc.assert(
      fc.property(bytes, (any) => {
        const found = decodeFujitsu(any);
        if (!("refused" in found)) expect(hex(encodeFujitsu(found.frame))).toBe(hex(any));
      }),
    );
  });

  test("are sent once, in units of 412 us", () => {
    const waveform = fujitsuWaveform(fujitsuOff(6));
    expect(waveform).toHaveLength(100);
    expect(waveform.slice(0, 8)).toEqual([3296, 1648, 412, 412, 412, 412, 412, 1236]);
    expect(waveform.slice(-2)).toEqual([412, 0]);
    expect(durationUs(waveform)).toBe(412 * (8 + 4 + 2 * 48 + 2 * 9 + 1));
  });
});
