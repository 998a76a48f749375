import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { encodeBroadlink, parseBroadlink } from "../../../devices/smart-aircons/ir/broadlink-packet.ts";
import { formatBase64 } from "../../../devices/smart-aircons/ir/bytes.ts";
import { mitsubishiState, mitsubishiWaveform } from "../../../devices/smart-aircons/ir/mitsubishi.ts";
import { base64Number, codeFile, hexNumber } from "../code-sets/code-files.ts";
import { smartIrFile } from "../code-sets/smartir-file.ts";
import { irCodes, withCaptures } from "../ir/captures.ts";
import { ir, said } from "./run-ir.ts";

const folder = mkdtempSync(join(tmpdir(), "ir-encode-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, given: Record<string, unknown>) => {
  const path = join(folder, name);
  writeFileSync(path, codeFile(given));
  return path;
};
const cool24 = ["--power", "on", "--mode", "cool", "--temperature", "24"];

withCaptures("ir encode --profile captured", () => {
  test("makes every code of the original's remotes, byte for byte", async () => {
    const codes = irCodes();
    expect(codes).toHaveLength(15);
    for (const { codeSet, name, frameHex } of codes) {
      const [mode = "", celsius = ""] = name.split("_");
      const settings = {
        off: ["--power", "off"],
        fan_only: ["--power", "on", "--mode", "fan_only"],
      }[name] ?? ["--power", "on", "--mode", mode, "--temperature", celsius];
      const argv = ["encode", "--code-set", codeSet, ...settings, "--profile", "captured"];
      expect(await said([...argv, "--to", "hex"]), `${codeSet} ${name}`).toBe(frameHex);
      for (const form of ["sendir", "broadlink", "base64", "us"]) {
        const told = JSON.parse(await said(["decode", await said([...argv, "--to", form])]));
        expect(told).toMatchObject({ frameHex, frames: codeSet === "mitsubishi" ? 2 : 1, doubts: [] });
      }
    }
  });
});

describe("ir encode", () => {
  test.each([
    ["hex", "1463001010fc08308101000000004e"],
    ["us", /^3296,1648,412,412,412,412,412,1236,[\d,]+,412,0$/],
    ["sendir", /^sendir,1:1,0,37000,1,1,122,61,15,15B15,46[ABC]+15,0$/],
    ["broadlink", /^2600f6006c36[0-9a-f]+000d05$/],
    ["base64", /^JgD2AGw2[A-Za-z0-9+/]+=*$/],
  ])("prints a code as %s, alone", async (form, expected) => {
    expect(await said(["encode", "--code-set", "fujitsu", ...cool24, "--to", form])).toMatch(expected);
  });

  test("takes fan, swing and clock, in flags of any style", async () => {
    const argv = ["encode", "-codeSet=mitsubishi", "-power=on", "--mode=heat", "-temperature", "21"];
    expect(await said([...argv, "-fan", "quiet", "--swing", "vertical", "--clock", "9:59", "-to=hex"])).toBe(
      "23cb260100200805307d3b0000000000002a",
    );
    expect(await said([...argv, "--to", "hex"])).toBe("23cb260100200805304000000000000000b2");
  });

  test("needs neither mode nor temperature to switch off, and no temperature for the fan alone", async () => {
    expect(await said(["encode", "--code-set", "new_fujitsu", "--power", "off", "--to", "hex"])).toBe("146300101002fd");
    const fan = await said([
      "encode",
      "--code-set",
      "new_fujitsu",
      "--mode",
      "fan_only",
      "--fan",
      "low",
      "--to",
      "hex",
    ]);
    expect(JSON.parse(await said(["decode", fan]))).toMatchObject({
      state: { mode: "fan_only", temperatureCelsius: 24, fan: "low" },
    });
  });

  test("finds a code in a file", async () => {
    const path = file("some.json", {
      commands: {
        on: base64Number(9),
        off: base64Number(0),
        cool: { auto: { "24": base64Number(1) }, mid: { "24": base64Number(2) } },
      },
    });
    expect(await said(["encode", "--code-set", path, ...cool24, "--to", "base64"])).toBe(base64Number(1));
    expect(await said(["encode", "--code-set", path, ...cool24, "--fan", "medium", "--to", "broadlink"])).toBe(
      hexNumber(2),
    );
    expect(await said(["encode", "--code-set", path, "--power", "off", "--to", "base64"])).toBe(base64Number(0));
  });

  test("prints each of several codes on a line of its own", async () => {
    const path = file("several.json", { commands: { cool: { auto: { "24": [base64Number(1), base64Number(2)] } } } });
    expect(await said(["encode", "--code-set", path, ...cool24, "--to", "base64"])).toBe(
      `${base64Number(1)}\n${base64Number(2)}`,
    );
  });

  test("knows the frame of a file's code only if it knows its protocol", async () => {
    const state = mitsubishiState({ power: true, mode: "cool", temperatureCelsius: 24 });
    const code = formatBase64(encodeBroadlink({ repeats: 0, waveform: mitsubishiWaveform(state) }));
    const path = file("protocols.json", { commands: { cool: { auto: { "24": code, "25": base64Number(1) } } } });
    const argv = ["encode", "--code-set", path, "--mode", "cool", "--to", "hex", "--temperature"];
    expect(await said([...argv, "24"])).toBe("23cb260100201808364000000000000000cb");
    expect(await ir([...argv, "25"])).toEqual({
      code: 65,
      out: "",
      err: "hex is the bytes of a frame, and this code is of no protocol that we know: ask for broadlink, base64, sendir or us\n",
    });
  });

  test.each([
    [["--temperature", "31"], "cool takes 16 to 30 °C in steps of 1, not 31 °C"],
    [["--temperature", "22.5"], "cool takes 16 to 30 °C in steps of 1, not 22.5 °C"],
    [["--mode", "heat_cool"], "there is no mode heat_cool: there is auto, cool, heat, dry, fan_only"],
    [["--fan", "mid"], "cool has no fan mid: there is auto, quiet, low, medium, high"],
    [["--swing", "vertical"], "cool has no swing vertical: there is off"],
  ])("says of %j that there is no such code", async (wrong, message) => {
    const argv = ["encode", "--code-set", "fujitsu", ...cool24, ...wrong, "--to", "hex"];
    expect(await ir(argv)).toEqual({ code: 65, out: "", err: `${message}\n` });
  });

  test("says what is wrong with a file", async () => {
    const path = file("wrong.json", { commands: { cool: { auto: { "24": "JgA" } } } });
    const { code, out, err } = await ir(["encode", "--code-set", path, ...cool24, "--to", "hex"]);
    expect({ code, out }).toEqual({ code: 65, out: "" });
    expect(err).toMatch(`${path}: commands.cool.auto.24: `);
  });

  test.each([
    [["--power", "on"], "flag --code-set is missing"],
    [["--code-set", "fujitsu", ...cool24], "flag --to is missing"],
    [
      ["--code-set", "fujitsu", ...cool24, "--to", "HEX"],
      '--to is one of hex, sendir, broadlink, base64, us, not "HEX"',
    ],
    [["--code-set", "fujitsu", "--to", "hex"], "flag --mode is missing"],
    [["--code-set", "fujitsu", "--mode", "cool", "--to", "hex"], "flag --temperature is missing"],
    [
      ["--code-set", "fujitsu", "--mode", "fan", "--to", "hex"],
      '--mode is one of auto, heat_cool, cool, heat, dry, fan_only, not "fan"',
    ],
    [["--code-set", "fujitsu", "--power", "ON", "--to", "hex"], '--power is one of on, off, not "ON"'],
    [["--code-set", "fujitsu", "--to", "hex", "--power"], "flag --power needs a value"],
    [["--code-set", "fujitsu", "--turbo", "--to", "hex"], "unknown flag --turbo"],
    [["--code-set", "fujitsu", ...cool24, "--to", "hex", "30"], "unexpected argument 30"],
    [
      ["--code-set", "fujitsu", ...cool24, "--temperature", "23,5", "--to", "hex"],
      '--temperature is a number such as 22 or 22.5, not "23,5"',
    ],
    [
      ["--code-set", "fujitsu", ...cool24, "--temperature", "NaN", "--to", "hex"],
      '--temperature is a number such as 22 or 22.5, not "NaN"',
    ],
    [
      ["--code-set", "fujitsu", ...cool24, "--temperature=", "--to", "hex"],
      '--temperature is a number such as 22 or 22.5, not ""',
    ],
    [
      ["--code-set", "mitsubishi", ...cool24, "--clock", "24:00", "--to", "hex"],
      '--clock is a time of day such as 14:00, not "24:00"',
    ],
    [
      ["--code-set", "mitsubishi", ...cool24, "--profile", "mine", "--to", "hex"],
      '--profile is one of captured, neutral, not "mine"',
    ],
    [
      ["--code-set", "fujitsi", ...cool24, "--to", "hex"],
      'there is no code set "fujitsi": there is fujitsu, new_fujitsu, mitsubishi, or a code file, whose path ends in .json',
    ],
  ])("%j is a usage error", async (argv, message) => {
    const { code, out, err } = await ir(["encode", ...argv]);
    expect({ code, out }).toEqual({ code: 64, out: "" });
    const [first, second, third] = err.split("\n");
    expect([first, second, third?.slice(0, 22)]).toEqual([message, "", "mqtt-things ir encode "]);
  });

  test("has no profile for a file", async () => {
    const { code, err } = await ir([
      "encode",
      "--code-set",
      file("p.json", {}),
      ...cool24,
      "--profile",
      "captured",
      "--to",
      "us",
    ]);
    expect(code).toBe(64);
    expect(err).toMatch(/^--profile is for the code sets that are made here\n/);
  });
});

withCaptures("a file of the SmartIR collection", () => {
  test("gives its own codes", async () => {
    const argv = [
      "encode",
      "--code-set",
      smartIrFile("2180"),
      "--power",
      "on",
      "--mode",
      "heat",
      "--temperature",
      "17",
    ];
    const code = await said([...argv, "--fan", "low", "--to", "base64"]);
    expect(parseBroadlink(code).waveform).toHaveLength(148);
    expect(await said([...argv, "--fan", "low", "--to", "sendir"])).toMatch(/^sendir,1:1,0,37000,1,1,/);
    expect(await said(["convert", code, "--to", "us"])).toBe(await said([...argv, "--fan", "low", "--to", "us"]));
  });
});
