import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type BroadlinkPacket,
  decodeBroadlink,
  encodeBroadlink,
  parseBroadlink,
} from "../../../devices/smart-aircons/ir/broadlink-packet.ts";
import { formatBase64, hex, parseHex } from "../../../devices/smart-aircons/ir/bytes.ts";
import { InfraredError } from "../../../devices/smart-aircons/ir/error.ts";
import { tickVectors, withCaptures } from "./captures.ts";

const written = (waveform: readonly number[], repeats = 0) => hex(encodeBroadlink({ repeats, waveform }));
const TICK_US = 8192 / 269;

describe("a Broadlink packet", () => {
  test.each([
    [[8920, 4450], "2600040000012592"],
    [[3324, 1574, 448, 390, 448, 1182], "260006006d340f0d0f27"],
    [[7766], "26000100ff"],
    [[7796], "26000300000100"],
    [[102_000], "26000300000d15"],
  ])("%j us is %s", (waveform, packet) => {
    expect(written(waveform)).toBe(packet);
  });

  test("a last space of 0 is the receiver's silence, and no duration is nothing", () => {
    expect(written([412, 0])).toBe("260004000e000d05");
    expect(written([0, 1, 412])).toBe("2600030001010e");
    expect(written([10_000_000])).toBe("26000300" + "00ffff");
  });

  test("says how often it is repeated", () => {
    expect(written([412], 3)).toBe("260301000e");
    expect(decodeBroadlink(parseHex("260301000e"))).toEqual({ repeats: 3, waveform: [426] });
    expect(() => written([412], 256)).toThrow(
      new InfraredError("a Broadlink packet is repeated 0 to 255 times, not 256"),
    );
    expect(() => written([412], -1)).toThrow(InfraredError);
    expect(() => written([412], 0.5)).toThrow(InfraredError);
  });

  test("what is behind its length is not looked at", () => {
    expect(decodeBroadlink(parseHex("260003000e0d0e0000000000ff")).waveform).toEqual([426, 396, 426]);
  });

  test.each([
    ["26", 'a Broadlink packet of infrared begins with 26 and a length, not with "26"'],
    ["27000100ff", 'a Broadlink packet of infrared begins with 26 and a length, not with "27000100"'],
    ["b2000100ff", "the Broadlink packet is 433 MHz radio, not infrared"],
    ["d7000100ff", "the Broadlink packet is 315 MHz radio, not infrared"],
    ["26000200ff", "the Broadlink packet says 2 bytes of durations and has 1"],
    [`26000001${"ff".repeat(255)}`, "the Broadlink packet says 256 bytes of durations and has 255"],
    ["26000000", "the Broadlink packet holds no durations"],
    ["26000200ff00", "the Broadlink packet ends within a long duration"],
    ["26000300ff0001ff", "the Broadlink packet ends within a long duration"],
  ])("$0 is refused", (packet, message) => {
    expect(() => decodeBroadlink(parseHex(packet))).toThrow(new InfraredError(message));
  });

  test("too many durations are refused", () => {
    expect(() => written(Array(65_536).fill(412))).toThrow("a Broadlink packet takes 65535 bytes, not 65536");
    expect(written(Array(65_535).fill(412))).toMatch(/^2600ffff0e/);
  });

  test("is written again as it was, whatever is in it", () => {
    const ticks = fc.array(fc.oneof(fc.integer({ min: 1, max: 255 }), fc.integer({ min: 256, max: 65_535 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(ticks, fc.nat(255), (sent, repeats) => {
        const waveform = sent.map((count) => Math.round(count * TICK_US));
        const packet: BroadlinkPacket = { repeats, waveform };
        expect(decodeBroadlink(encodeBroadlink(packet))).toEqual(packet);
      }),
    );
  });

  test("any bytes are read or refused", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), fc.nat(30), (rest, length) => {
        for (const bytes of [rest, Uint8Array.of(0x26, 0, length, 0, ...rest)]) {
          try {
            decodeBroadlink(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(InfraredError);
          }
        }
      }),
    );
  });
});

describe("the text of a Broadlink packet", () => {
  const packet = { repeats: 0, waveform: [8923, 4446] };

  test.each([
    "2600040000012592",
    "26 00 04 00 00 01 25 92\n",
    "2600040000012592".toUpperCase(),
    "JgAEAAABJZI=",
    " JgAE\nAAABJZI ",
  ])("%j is read", (text) => {
    expect(parseBroadlink(text)).toEqual(packet);
  });

  test("in Base64 may end as hexadecimal digits begin", () => {
    expect(parseBroadlink("JgABAB26")).toEqual({ repeats: 0, waveform: [883] });
  });

  test("in Base64 is what was packed", () => {
    expect(formatBase64(encodeBroadlink(packet))).toBe("JgAEAAABJZI=");
  });

  test.each([
    ["", "there is no code, only an empty text"],
    [" \n", "there is no code, only an empty text"],
    ["JgAEAAABJZI==", 'this is no Base64: "JgAEAAABJZI=="'],
    ["JgAEAAABJ", 'this is no Base64: "JgAEAAABJ"'],
    ["JgAE=AABJZI", 'this is no Base64: "JgAE=AABJZI"'],
    ["JgAE!AABJZI", 'this is no Base64: "JgAE!AABJZI"'],
    ["260004000001259", 'these are no hexadecimal bytes: "260004000001259"'],
    ["26000400g0012592", 'these are no hexadecimal bytes: "26000400g0012592"'],
    ["b2000100ff", "the Broadlink packet is 433 MHz radio, not infrared"],
    [`Jg${"A".repeat(60_000)}`, "the text is too long for infrared: 60002 characters"],
    [`!${"A".repeat(60)}`, `this is no Base64: "!${"A".repeat(39)}…"`],
    [`!${"A".repeat(39)}`, `this is no Base64: "!${"A".repeat(39)}"`],
  ])('"$0" is refused', (text, message) => {
    expect(() => parseBroadlink(text)).toThrow(new InfraredError(message));
  });
});

withCaptures("captured Broadlink durations", () => {
  test("are rounded to ticks, and back, as in every vector", () => {
    const vectors = tickVectors();
    expect(vectors).toHaveLength(6);
    for (const { pulsesUs, dataHex_round, backUs } of vectors) {
      expect(written(pulsesUs)).toBe(dataHex_round);
      expect(parseBroadlink(dataHex_round)).toEqual({ repeats: 0, waveform: backUs });
    }
  });
});
