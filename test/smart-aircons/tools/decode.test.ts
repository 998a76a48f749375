import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeBroadlink, parseBroadlink } from "../../../devices/smart-aircons/ir/broadlink-packet.ts";
import { formatBase64, hex } from "../../../devices/smart-aircons/ir/bytes.ts";
import { fujitsuState, fujitsuWaveform } from "../../../devices/smart-aircons/ir/fujitsu.ts";
import { formatMicroseconds, SILENCE_US } from "../../../devices/smart-aircons/ir/waveform.ts";
import { forms } from "../../../devices/smart-aircons/tools/forms.ts";
import { irCodes, withCaptures } from "../ir/captures.ts";
import { ir, said } from "./run-ir.ts";

const cool24 = {
  protocol: "fujitsu-15",
  frameHex: "1463001010fc08308101000000004e",
  frames: 1,
  state: { power: "on", mode: "cool", temperatureCelsius: 24, fan: "auto", swing: "off" },
  doubts: [],
};
const waveform = fujitsuWaveform(fujitsuState({ bytes: 15, mode: "cool", temperatureCelsius: 24 }));
const packet = encodeBroadlink({ repeats: 0, waveform });
const pronto = (us: readonly number[]) => {
  const words = [0, 0x6d, us.length / 2, 0, ...us.map((one) => Math.round((one || SILENCE_US) / 26.296))];
  return words.map((word) => word.toString(16).padStart(4, "0")).join(" ");
};

const written: [string, string][] = [
  ["the frame", cool24.frameHex],
  ["the frame with blanks", "14 63 00 10 10 FC 08 30 81 01 00 00 00 00 4E\n"],
  ["a packet in hexadecimal", hex(packet)],
  ["a packet in Base64", formatBase64(packet)],
  ["a packet with padding", formatBase64(Buffer.concat([packet, new Uint8Array(6)]))],
  ["microseconds", formatMicroseconds(waveform)],
  ["microseconds with blanks", waveform.join(" ")],
  ["microseconds with signs", `[${waveform.map((us, index) => (index % 2 ? -us : us)).join(", ")}]`],
  ["Pronto", pronto(waveform)],
];

describe("ir decode", () => {
  test.each(written)("understands %s", async (_, text) => {
    expect(JSON.parse(await said(["decode", text]))).toEqual(cool24);
    expect(JSON.parse(await said(["decode"], text))).toEqual(cool24);
    expect(JSON.parse(await said(["decode", "-"], `\r\n ${text} \n`))).toEqual(cool24);
  });

  test("takes a text in several words, and in several pieces", async () => {
    expect(JSON.parse(await said(["decode", ..."14 63 00 10 10 02".split(" ")]))).toEqual({
      protocol: "fujitsu-15",
      frameHex: "146300101002",
      frames: 1,
      state: { power: "off" },
      doubts: [],
    });
    const signed = waveform.map((us, index) => String(index % 2 ? -us : us));
    expect(JSON.parse(await said(["decode", ...signed]))).toEqual(cool24);
    const { out } = await ir(["decode"], [...formatBase64(packet)]);
    expect(JSON.parse(out)).toEqual(cool24);
  });

  test("understands what a Zmote learned, banner and all", async () => {
    const sendir = await said(["convert", cool24.frameHex, "--to", "sendir"]);
    expect(JSON.parse(await said(["decode"], `IR Learner Enabled\r\n${sendir}\r\n`))).toEqual(cool24);
  });

  test("counts what the blaster repeats by itself", async () => {
    const repeated = hex(encodeBroadlink({ repeats: 2, waveform }));
    expect(JSON.parse(await said(["decode", repeated]))).toEqual({ ...cool24, frames: 3 });
    expect(JSON.parse(await said(["decode", await said(["convert", repeated, "--to", "sendir"])]))).toMatchObject({
      frames: 3,
    });
    expect(JSON.parse(await said(["decode", await said(["convert", repeated, "--to", "us"])]))).toMatchObject({
      frames: 3,
    });
    expect(await said(["convert", repeated, "--to", "hex"])).toBe(cool24.frameHex);
  });

  test("says what it is unsure of", async () => {
    const unclear = waveform.map((us, index) => (index > 100 && us === 1236 ? 900 : us));
    expect(JSON.parse(await said(["decode", unclear.join()]))).toEqual({
      ...cool24,
      doubts: ["10 of 120 bits lie between a 0 and a 1"],
    });
  });

  test("shows the timings of a protocol that nobody knows", async () => {
    const { code, out, err } = await ir(["decode", "9000 4500 560 560 560 1690 560 40000"]);
    expect({ code, err }).toEqual({ code: 65, err: "the code is of no protocol that we know\n" });
    expect(JSON.parse(out)).toEqual({
      protocol: null,
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

  test.each([
    ["", "there is no code, only an empty text"],
    [" \n", "there is no code, only an empty text"],
    ["hello", 'this is no sendir, no Broadlink packet, no microseconds, no frame and no Pronto: "hello"'],
    ['{"a": 1}', 'this is no sendir, no Broadlink packet, no microseconds, no frame and no Pronto: "{\\"a\\": 1}"'],
    ["1463001010fc08308101000000004f", "Fujitsu: the checksum is 4f, and should be 4e"],
    ["deadbeef", "no frame that we know begins with deadbe"],
    ["146", 'these are no hexadecimal bytes: "146"'],
    ["sendir,1:1,0,37000,1,1,122,62,15", "the number of durations is odd: they come in pairs"],
    ["b2000100ff", "the Broadlink packet is 433 MHz radio, not infrared"],
    ["JgAEAAABJQ==", "the Broadlink packet says 4 bytes of durations and has 3"],
    ["0000 006d 0002 0000 0001", "the Pronto code says 2 pairs of durations and has 0.5"],
    ["3000,-1500,400,400,-400", "duration 4 is 400: marks (positive) and spaces (negative) take turns"],
    ["1".repeat(60_001), "the text is too long for infrared: 60001 characters"],
  ])(`"$0" can't be understood`, async (text, message) => {
    expect(await ir(["decode"], text)).toEqual({ code: 65, out: "", err: `${message}\n` });
  });

  test("reads no more than a code can be long", async () => {
    let pieces = 0;
    const endless = (function* () {
      for (; pieces < 1000; pieces++) yield "1".repeat(10_000);
    })();
    expect(await ir(["decode", "-"], endless)).toEqual({
      code: 65,
      out: "",
      err: "the text is too long for infrared\n",
    });
    expect(pieces).toBeLessThan(50);
  });

  test("no text takes long, however it is made", { timeout: 1000 }, async () => {
    const long = (piece: string, between = "") => `${between}${piece.repeat(59_000 / piece.length)}`;
    const texts = [
      `x${long("\n")}y`,
      `1${long(" ")}x`,
      long("14 63 "),
      long("0000 ", "0000 006d 2edf 0000 "),
      long("sendir,"),
      long("\tsendir,\n"),
      `sendir,1:1,0,38000,50,3,1,1${"A".repeat(5990)}`,
      long("A", "Jg"),
      long("-"),
      long("3296,1648,"),
      long("412,412,", "3296,1648,"),
    ];
    for (const text of texts) expect([0, 65]).toContain((await ir(["decode"], text)).code);
  });

  test("any text is understood or refused, and so is any conversion", async () => {
    const likely = fc.stringMatching(/^[0-9a-fA-FJgsendir,:;\s[\]+/=.-]*$/, { size: "medium" });
    const beginning = fc.constantFrom(
      "",
      "2600",
      "JgA",
      "0000 ",
      "sendir,1:1,0,38000,1,1,",
      "1463",
      "23cb26",
      "3296,1648,",
    );
    const text = fc.oneof(
      fc.tuple(beginning, likely).map((parts) => parts.join("")),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom(...forms), async (text, form) => {
        for (const argv of [["decode"], ["convert", "--to", form]]) {
          const { code, out, err } = await ir(argv, text);
          expect([0, 65]).toContain(code);
          if (code === 0) expect(err).toBe("");
          else expect(err).toMatch(/^.+\n$/);
          if (argv.length > 1 && code === 65) expect(out).toBe("");
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("ir convert", () => {
  test.each(written)("writes %s in every form", async (_, text) => {
    expect(await said(["convert", text, "--to", "hex"])).toBe(cool24.frameHex);
    for (const form of forms) {
      const other = await said(["convert", "--to", form, "-"], text);
      expect(JSON.parse(await said(["decode", other]))).toEqual(cool24);
      expect(await said(["convert", `-to=${form}`, other])).toBe(other);
    }
  });

  test("keeps the frequency and the repetitions where the form can say them", async () => {
    const sendir = "sendir,1:1,0,38000,3,1,114,57,141,57,15,3857";
    expect(await said(["convert", sendir, "--to", "sendir"])).toBe("sendir,1:1,0,38000,3,1,114,57,141,57,15,3857");
    expect(await said(["convert", sendir, "--to", "us"])).toBe(
      [
        3000, 1500, 3711, 1500, 395, 101_500, 3000, 1500, 3711, 1500, 395, 101_500, 3000, 1500, 3711, 1500, 395,
        101_500,
      ].join(),
    );
    const packet = parseBroadlink(await said(["convert", sendir, "--to", "base64"]));
    expect(packet.repeats).toBe(2);
    // Silence comes before what is sent again.
    const open = await said(["convert", "260103000e0e0e", "--to", "us"]);
    expect(open).toBe("426,426,426,101500,426,426,426");
    expect(await said(["convert", "260103000e0e0e", "--to", "sendir"])).toBe("sendir,1:1,0,37000,2,1,16,16,16,3756");
  });

  test.each([
    [hex(encodeBroadlink({ repeats: 99, waveform })), "sendir", "the repeat of sendir is 1 to 50, not 100"],
    [
      hex(encodeBroadlink({ repeats: 255, waveform })),
      "us",
      "sent 256 times, the code is too long to be written out in microseconds",
    ],
    [
      "9000 4500 560 560",
      "hex",
      "hex is the bytes of a frame, and this code is of no protocol that we know: ask for broadlink, base64, sendir or us",
    ],
  ])("$0 can't be said as $1", async (text, form, message) => {
    expect(await ir(["convert", text, "--to", form])).toEqual({ code: 65, out: "", err: `${message}\n` });
  });

  test.each([
    [["convert", "1463"], "flag --to is missing"],
    [["convert", "1463", "--to", "morse"], '--to is one of hex, sendir, broadlink, base64, us, not "morse"'],
    [["decode", "--to", "us"], "unknown flag --to"],
    [["decode", "---"], "unknown flag ---"],
  ])("%j is a usage error", async (argv, message) => {
    const { code, out, err } = await ir(argv);
    expect({ code, out }).toEqual({ code: 64, out: "" });
    expect(err.split("\n").slice(0, 2)).toEqual([message, ""]);
  });

  test("takes everything behind -- for the text", async () => {
    expect((await ir(["decode", "--", "--to"])).code).toBe(65);
  });
});

withCaptures("codes of three real remotes", () => {
  test("are understood, and come back character for character", async () => {
    for (const { frameHex, frames, broadlinkHex, sendir = "" } of irCodes()) {
      const text = broadlinkHex ?? sendir;
      expect(JSON.parse(await said(["decode", text]))).toMatchObject({ frameHex, frames, doubts: [] });
      expect(await said(["convert", text, "--to", broadlinkHex ? "broadlink" : "sendir"])).toBe(text);
      for (const form of ["us", "base64"]) {
        const other = await said(["convert", text, "--to", form]);
        expect(JSON.parse(await said(["decode", other]))).toMatchObject({ frameHex, frames, doubts: [] });
      }
    }
  });
});
