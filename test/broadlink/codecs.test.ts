import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { authenticationPayload, readKeys, strangersKeys } from "../../src/broadlink/authentication.ts";
import { checksum, seal } from "../../src/broadlink/checksum.ts";
import { decrypt, encrypt } from "../../src/broadlink/cipher.ts";
import {
  enterLearning,
  leaveLearning,
  readFirmware,
  readLearned,
  readSensors,
  sendInfrared,
} from "../../src/broadlink/commands.ts";
import { encodeHello, encodePing, parseHello } from "../../src/broadlink/discovery.ts";
import { BroadlinkError } from "../../src/broadlink/errors.ts";
import { frame, unframe } from "../../src/broadlink/framing.ts";
import { isKnown, modelOf } from "../../src/broadlink/models.ts";
import { COMMAND, encodeRequest, nextCounter, openReply, readReply } from "../../src/broadlink/packet.ts";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const key = hex("00112233445566778899aabbccddeeff");
const keys = { id: 1, key };
const infrared = hex("26000c00 00010f871111113311000c21");
const [mini3, red, mini4, pro] = [modelOf(0x2737), modelOf(0x5f36), modelOf(0x51da), modelOf(0x2787)];

const bytes = (maxLength = 300) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
const framing = fc.constantFrom("cmd32" as const, "len16" as const);

/** What a function throws: nothing, or a BroadlinkError; anything else is the test's failure. */
function trouble(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof BroadlinkError) return error.trouble;
    throw error;
  }
}

test.each([
  ["nothing", Buffer.alloc(0), 0xbeaf],
  ["zeros", Buffer.alloc(48), 0xbeaf],
  ["what does not fit into 16 bits", Buffer.alloc(66, 0xff), 0x006d],
])("the checksum of %s", (_, of, sum) => {
  expect(checksum(of)).toBe(sum);
});

describe("a request", () => {
  // The examples of the specification's section 9.
  test.each([
    [mini4, 0x51da, "1400 02000000 26000c0000010f871111113311000c21", "da51", 0xd87f, "32c0"],
    [mini3, 0x2737, "02000000 26000c0000010f871111113311000c21", "3727", 0xd478, "1ec0"],
  ])("to send infrared is framed, summed and encrypted: %s", (model, type, plaintext, typeHex, sum, payloadSum) => {
    const payload = sendInfrared(infrared).payload(model);
    expect(payload).toEqual(hex(plaintext));
    const mac = "78:0f:77:11:22:33";
    const packet = encodeRequest({ type, mac, command: COMMAND, counter: 0x8001, keys, payload });
    expect(packet.readUInt16LE(0x20)).toBe(sum);
    const sumHex = packet.subarray(0x20, 0x22).toString("hex");
    const header = `5aa5aa555aa5aa55${"00".repeat(24)}${sumHex}0000${typeHex}6a000180332211770f7801000000${payloadSum}0000`;
    expect(packet.subarray(0, 0x38).toString("hex")).toBe(header);
    expect(packet).toHaveLength(0x38 + 32);
    expect(decrypt(key, packet.subarray(0x38)).subarray(0, payload.length)).toEqual(payload);
  });

  test("to learn, to read and to measure is its number alone", () => {
    expect(enterLearning.payload(mini3)).toEqual(hex("03000000"));
    expect(readLearned.payload(red)).toEqual(hex("0400 04000000"));
    expect(readSensors.payload(mini4)).toEqual(hex("0400 24000000"));
    expect(readSensors.payload(pro)).toEqual(hex("01000000"));
    expect(readFirmware.payload(mini4)).toEqual(hex("68"));
  });

  test("to send infrared begins, encrypted, as in the specification", () => {
    const payload = hex("1400 02000000 26000c0000010f871111113311000c21");
    expect(encrypt(key, payload).subarray(0, 4)).toEqual(hex("d701fb2f"));
  });

  test("to leave learning is only made for models with radio", () => {
    expect(leaveLearning.payload(pro)).toEqual(hex("1e000000"));
    expect(leaveLearning.payload(modelOf(0x649b))).toEqual(hex("0400 1e000000"));
    const refusal = { code: -4, trouble: "unsupported", message: expect.stringContaining("a RM4 mini can't") };
    expect(() => leaveLearning.payload(mini4)).toThrow(expect.objectContaining(refusal));
  });

  test("has a name of its own in the log", () => {
    const commands = [sendInfrared(infrared), enterLearning, leaveLearning, readLearned, readSensors, readFirmware];
    const names = commands.map(({ name }) => name);
    expect(names).not.toContain("");
    expect(new Set(names).size).toBe(commands.length);
  });

  test("to measure is not made for a model without sensors", () => {
    const refusal = expect.objectContaining({ trouble: "unsupported", message: expect.stringContaining("RM mini 3") });
    expect(() => readSensors.payload(red)).toThrow(refusal);
  });

  test("to authenticate has everything in its place", () => {
    const zeros = (count: number) => "00".repeat(count);
    const expected = `${zeros(4)}${"31".repeat(16)}${zeros(10)}01${zeros(14)}010000${"546573742031"}${zeros(26)}`;
    expect(authenticationPayload().toString("hex")).toBe(expected);
    expect(strangersKeys).toEqual({ id: 0, key: hex("097628343fe99e23765c1513accf8b02") });
  });

  test.each([
    [0x8000, 0x8001],
    [0xffff, 0x8000],
    [0x0001, 0x8002],
  ])("after counter %i has %i", (before, after) => {
    expect(nextCounter(before)).toBe(after);
  });
});

describe("encryption", () => {
  test("fills up to whole blocks, and adds nothing to whole ones", () => {
    expect([0, 1, 16, 17].map((length) => encrypt(key, Buffer.alloc(length)).length)).toEqual([0, 16, 16, 32]);
  });

  test("is undone by decryption, whatever is inside", () => {
    fc.assert(
      fc.property(bytes(), fc.uint8Array({ minLength: 16, maxLength: 16 }), (plaintext, anyKey) => {
        const back = decrypt(anyKey, encrypt(anyKey, plaintext));
        expect(back.subarray(0, plaintext.length)).toEqual(plaintext);
        expect(back.subarray(plaintext.length).every((byte) => byte === 0)).toBe(true);
      }),
    );
  });
});

describe("framing", () => {
  test("gives back what was framed", () => {
    fc.assert(
      fc.property(framing, fc.nat(0xffff_ffff), bytes(), fc.nat(15), (how, command, data, padding) => {
        const plaintext = Buffer.concat([frame(how, command, data), Buffer.alloc(padding)]);
        const expected = how === "cmd32" ? Buffer.concat([data, Buffer.alloc(padding)]) : data;
        expect(unframe(how, plaintext)).toEqual(expected);
      }),
    );
  });

  test.each([
    ["len16", "", "nothing"],
    ["len16", "00", "half a length"],
    ["len16", "0300 0400000000", "no room for a command"],
    ["len16", "0b00 040000000000", "more than there is"],
    ["cmd32", "040000", "no command"],
  ] as const)("%s: %s is another model's: %s", (how, text, _) => {
    expect(trouble(() => unframe(how, hex(text)))).toBe("malformed");
    expect(() => unframe(how, hex(text))).toThrow("framed as another model's");
  });

  test("what is just long enough is empty", () => {
    expect(unframe("len16", hex("0400 04000000"))).toHaveLength(0);
    expect(unframe("cmd32", hex("04000000"))).toHaveLength(0);
  });
});

describe("a reply", () => {
  const body = (text: string) => () => hex(text);

  test.each([
    ["1a472f220500", { temperatureCelsius: 26.71, humidityPercent: 47.34 }],
    ["fdce5005", { temperatureCelsius: -3.5, humidityPercent: 80.05 }],
    ["ff9c0100", { temperatureCelsius: -2, humidityPercent: 1 }],
    ["00000001", { temperatureCelsius: 0, humidityPercent: 0.01 }],
    ["00010000", { temperatureCelsius: 0.01, humidityPercent: 0 }],
    ["000000000500", undefined],
  ])("of the cable's sensors, %s", (data, reading) => {
    const plaintext = frame("len16", 0x24, hex(data)).toString("hex");
    expect(readSensors.read(mini4, body(plaintext))).toEqual(reading);
  });

  test("of the sensor inside has tenths and no humidity, and 0 °C is a temperature", () => {
    expect(readSensors.read(pro, body("01000000 1704"))).toEqual({ temperatureCelsius: 23.4 });
    expect(readSensors.read(pro, body("01000000 fefb"))).toEqual({ temperatureCelsius: -2.5 });
    expect(readSensors.read(pro, body("01000000 0000"))).toEqual({ temperatureCelsius: 0 });
  });

  test("that is too short for a measurement is damaged", () => {
    expect(trouble(() => readSensors.read(mini4, body("0700 24000000 1a472f")))).toBe("damaged");
    expect(trouble(() => readSensors.read(pro, body("01000000 17")))).toBe("damaged");
    expect(trouble(() => readKeys(Buffer.alloc(19)))).toBe("damaged");
    expect(readKeys(Buffer.concat([hex("01000000"), key]))).toEqual(keys);
  });

  test("of what was learned ends where the code ends", () => {
    const code = infrared.toString("hex");
    expect(readLearned.read(mini3, body(`04000000${code}${"00".repeat(12)}`))).toEqual(infrared);
    expect(readLearned.read(mini4, body(`1400 04000000${code}${"00".repeat(10)}`))).toEqual(infrared);
    // A code that says it is longer than what there is, and less than a code.
    expect(readLearned.read(mini3, body("04000000 2600ffff 1234"))).toEqual(hex("2600ffff1234"));
    expect(readLearned.read(mini3, body("04000000 260004"))).toEqual(hex("260004"));
  });

  test("of the firmware is its version", () => {
    expect(readFirmware.read(mini4, body("000000002bac"))).toBe(44_075);
  });

  const reply = (change: (datagram: Buffer) => void, text = "00".repeat(16)) => {
    const datagram = Buffer.concat([Buffer.alloc(0x38), encrypt(key, hex(text))]);
    change(datagram);
    return seal(datagram);
  };

  test("has a signed code, a counter, and what is inside", () => {
    const datagram = reply((it) => {
      it.writeInt16LE(-7, 0x22);
      it.writeUInt16LE(0x8123, 0x28);
    });
    const read = readReply(datagram);
    expect(read).toMatchObject({ code: -7, counter: 0x8123 });
    expect(openReply(read, keys)).toEqual(Buffer.alloc(16));
  });

  test("may end behind its header when there is nothing inside", () => {
    const header = seal(Buffer.alloc(0x30));
    expect(readReply(header)).toMatchObject({ code: 0, counter: 0 });
    expect(trouble(() => openReply(readReply(header), keys))).toBe("damaged");
    expect(trouble(() => readReply(header.subarray(0, 0x2f)))).toBe("damaged");
  });

  test("whose body is cut off is damaged", () => {
    const cut = reply(() => {}).subarray(0, 0x38 + 15);
    cut.fill(0, 0x20, 0x22);
    expect(trouble(() => openReply(readReply(seal(cut)), keys))).toBe("damaged");
  });

  test("with one wrong byte anywhere is damaged", () => {
    const good = reply(() => {}, "0a0024000000152530410500");
    for (let at = 0; at < good.length; at++) {
      const bad = Buffer.from(good);
      bad.writeUInt8((bad.readUInt8(at) + 1) & 0xff, at);
      expect(() => readReply(bad)).toThrow(expect.objectContaining({ code: -4008, trouble: "damaged" }));
    }
  });

  test("of any bytes is read, or refused with a BroadlinkError", () => {
    const type = fc.constantFrom(0x2737, 0x2787, 0x5f36, 0x51da, 0x6026, 0x9999, 0);
    const command = fc.constantFrom(readLearned, readSensors, readFirmware, enterLearning);
    fc.assert(
      fc.property(bytes(), bytes(64), type, command, fc.boolean(), (wire, plaintext, of, { read }, sealed) => {
        const datagram = sealed && wire.length >= 0x30 ? seal(wire.fill(0, 0x20, 0x22)) : wire;
        trouble(() => openReply(readReply(datagram), keys));
        trouble(() => readKeys(plaintext));
        const padded = () => decrypt(key, encrypt(key, Buffer.concat([plaintext, Buffer.alloc(1)])));
        trouble(() => read(modelOf(of), padded));
      }),
    );
  });
});

describe("hello", () => {
  /** A reply as the specification lays it out. */
  function helloReply(length = 0x80): Buffer {
    const datagram = Buffer.alloc(0x80);
    datagram[0x26] = 7;
    datagram.write("da51 3201a8c0 332211770f78".replaceAll(" ", ""), 0x34, "hex");
    datagram.write("Lounge \u5ba2\u5385", 0x40);
    return seal(datagram.subarray(0, length));
  }
  const found = { type: 0x51da, address: "192.168.1.50", mac: "78:0f:77:11:22:33", locked: false };

  test("is asked with the time here", () => {
    const packet = encodeHello({ epochMs: Date.parse("2024-02-18T23:05:09-05:00"), eastMinutes: -300 });
    const expected = `${"00".repeat(8)}fbffffffe807051718071202${"00".repeat(12)}`;
    expect(packet.subarray(0, 0x20).toString("hex")).toBe(expected);
    expect(packet.readUInt16LE(0x20)).toBe(checksum(hex(`${expected}${"00".repeat(6)}06${"00".repeat(9)}`)));
    expect(packet.readUInt16LE(0x26)).toBe(6);
    expect(packet).toHaveLength(48);
  });

  test("says where an answer might go", () => {
    const packet = encodeHello({ epochMs: 0, eastMinutes: 0, address: "192.168.1.50", port: 40_000 });
    expect(packet.subarray(0x18, 0x20)).toEqual(hex("3201a8c0 409c 0000"));
  });

  test("is answered with who it is", () => {
    expect(parseHello(helloReply())).toEqual({ ...found, name: "Lounge \u5ba2\u5385" });
  });

  test("any value of the last byte is a lock", () => {
    const datagram = helloReply().fill(0, 0x20, 0x22);
    datagram[0x7f] = 2;
    expect(parseHello(seal(datagram))).toMatchObject({ locked: true });
  });

  test("that ends early has no name and no lock", () => {
    expect(parseHello(helloReply(0x40))).toEqual({ ...found, name: "" });
    const shorter = helloReply(0x40).fill(0, 0x20, 0x22).subarray(0, 0x3f);
    expect(parseHello(seal(shorter))).toBeUndefined();
  });

  test("may begin as a packet does", () => {
    const datagram = helloReply().fill(0, 0x20, 0x22);
    datagram.write("5aa5aa555aa5aa55", "hex");
    expect(parseHello(seal(datagram))).toMatchObject(found);
  });

  test("may have a name of 62 bytes, or one that is no text", () => {
    const datagram = helloReply().fill(0, 0x20, 0x22);
    datagram.fill("x", 0x40, 0x80);
    expect(parseHello(seal(datagram))).toMatchObject({ name: "x".repeat(62) });
    datagram.fill(0, 0x20, 0x22).fill(0, 0x40, 0x41);
    expect(parseHello(seal(datagram))).toMatchObject({ name: "" });
    datagram.fill(0, 0x20, 0x22).fill(0xff, 0x40, 0x41).fill(0, 0x41);
    expect(parseHello(seal(datagram))).toMatchObject({ name: "\ufffd" });
  });

  test("with a wrong checksum, or of another kind, is none", () => {
    const damaged = helloReply();
    damaged[0x3a] = 0;
    expect(parseHello(damaged)).toBeUndefined();
    const other = helloReply().fill(0, 0x20, 0x22);
    other[0x26] = 6;
    expect(parseHello(seal(other))).toBeUndefined();
  });

  test("of any bytes never throws", () => {
    fc.assert(
      fc.property(bytes(), fc.boolean(), (datagram, likely) => {
        if (likely && datagram.length >= 0x40) {
          datagram[0x26] = 7;
          seal(datagram.fill(0, 0x20, 0x22));
          expect(parseHello(datagram)).toBeDefined();
        } else parseHello(datagram);
      }),
    );
  });

  test("a ping is 48 bytes of which one is 1", () => {
    expect(encodePing().toString("hex")).toBe(`${"00".repeat(0x26)}01${"00".repeat(9)}`);
  });
});

describe("a model", () => {
  test("that is unknown is guessed by its number", () => {
    expect(modelOf(0x9999)).toEqual({ name: "Broadlink 0x9999", framing: "len16", sensors: "cable", radio: false });
    expect(modelOf(0x5000)).toMatchObject({ framing: "len16" });
    expect(modelOf(0x4fff)).toMatchObject({ framing: "cmd32", sensors: "none" });
    expect(modelOf(0x1a)).toMatchObject({ name: "Broadlink 0x001a" });
    expect([isKnown(0x9999), isKnown(0x649b)]).toEqual([false, true]);
  });

  test.each([
    ["RM mini", 0x278f, "cmd32", "none", false],
    ["RM mini 3", 0x27c2, "cmd32", "none", false],
    ["RM pro/pro+", 0x2712, "cmd32", "inside", true],
    ["RM pro", 0x2787, "cmd32", "inside", true],
    ["RM pro+", 0x27a9, "cmd32", "inside", true],
    ["RM home", 0x2783, "cmd32", "inside", true],
    ["RM plus", 0x278b, "cmd32", "inside", true],
    ["RM mini 3", 0x6507, "len16", "none", false],
    ["RM4 mini", 0x648d, "len16", "cable", false],
    ["RM4C mini", 0x6539, "len16", "cable", false],
    ["RM4 TV mate", 0x5209, "len16", "cable", false],
    ["RM4C mate", 0x5211, "len16", "cable", false],
    ["RM4S", 0x6364, "len16", "cable", false],
    ["RM4 pro", 0x653c, "len16", "cable", true],
    ["RM4C pro", 0x6184, "len16", "cable", true],
  ])("%s of type %i has framing %s, sensors %s, radio %s", (name, type, framing, sensors, radio) => {
    expect(modelOf(type)).toEqual({ name, framing, sensors, radio });
    expect(isKnown(type)).toBe(true);
  });

  test("is not told by the era of its name: a red RM mini 3 is framed as the 4-series", () => {
    expect(mini3).toEqual({ name: "RM mini 3", framing: "cmd32", sensors: "none", radio: false });
    expect(red).toEqual({ name: "RM mini 3", framing: "len16", sensors: "none", radio: false });
    expect(modelOf(0x6026)).toEqual({ name: "RM4 pro", framing: "len16", sensors: "cable", radio: true });
  });
});

test.each([
  [-1, "failed"],
  [-2, "session"],
  [-3, "failed"],
  [-4, "unsupported"],
  [-5, "empty"],
  [-6, "malformed"],
  [-7, "session"],
  [-8, "failed"],
  [-9, "failed"],
  [-10, "empty"],
  [-11, "failed"],
  [-12, "failed"],
  [-2040, "failed"],
  [-4000, "silent"],
  [-4007, "damaged"],
  [-4008, "damaged"],
  [-4012, "session"],
  [-32_768, "failed"],
])("error %i is one a caller can act on: %s", (code, expected) => {
  const error = new BroadlinkError(code);
  expect(error).toMatchObject({ name: "BroadlinkError", code, trouble: expected });
  expect(error.message).toMatch(new RegExp(`^the Broadlink unit: (it|our key).* \\(${code}\\)$`));
  // Only of these is nothing known but that they are errors.
  expect(error.message.includes("it failed")).toBe([-12, -2040, -32_768].includes(code));
});
