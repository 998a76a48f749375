import { describe, expect, test } from "vitest";
import { loadCodeFile } from "../../devices/smart-aircons/code-sets/smartir.ts";
import { newFile, temperaturesOf } from "../../devices/smart-aircons/tools/learn-file.ts";
import { planOf, type State, type Wanted } from "../../devices/smart-aircons/tools/learn-plan.ts";
import { resumeFile } from "../../devices/smart-aircons/tools/learn-resume.ts";
import { unknown } from "./learn-person.ts";

const wanted: Wanted = {
  modes: ["cool", "fan_only"],
  modesWithoutTemperature: ["fan_only"],
  temperaturesCelsius: [18, 18.5, 19],
  fans: ["auto", "1"],
  swings: ["off", "vertical"],
};
const whose = { manufacturer: "Kelon", model: "KFR-26" };
const fan: State = { mode: "fan_only", fan: "1", swing: "off", temperatureCelsius: undefined };
const cool: State = { mode: "cool", fan: "1", swing: "vertical", temperatureCelsius: 18.5 };
const again = (text: string) => resumeFile(Buffer.from(text), "x.json");

describe("a file of learned codes", () => {
  test("is SmartIR's, with one key more", () => {
    const file = newFile(wanted, whose);
    file.put("off", unknown([0]));
    file.put(cool, unknown([1]));
    expect(JSON.parse(file.text())).toEqual({
      manufacturer: "Kelon",
      supportedModels: ["KFR-26"],
      supportedController: "Broadlink",
      commandsEncoding: "Base64",
      minTemperature: 18,
      maxTemperature: 19,
      precision: 0.5,
      operationModes: ["cool", "fan_only"],
      fanModes: ["auto", "1"],
      swingModes: ["off", "vertical"],
      modesWithoutTemperature: ["fan_only"],
      commands: {
        off: expect.stringMatching(/^JgA[\w+/]+=*$/),
        cool: { 1: { vertical: { 18.5: expect.stringMatching(/^JgA/) } } },
      },
    });
  });

  test("has what was put, and is the same when it is read again", () => {
    const file = newFile(wanted, whose);
    for (const [at, step] of planOf(wanted).entries()) {
      expect(file.has(step)).toBe(false);
      file.put(step, unknown([at]));
      expect(file.has(step)).toBe(true);
    }
    const second = again(file.text());
    expect(second.wanted).toEqual(wanted);
    expect(second.text()).toBe(file.text());
    for (const step of planOf(wanted)) expect(second.get(step)).toEqual(file.get(step));
    const { report, abilities } = loadCodeFile(file.text(), { name: "x" });
    expect(report).toMatchObject({ problems: [], leftOut: [] });
    expect(abilities.get("cool")).toEqual({
      temperaturesCelsius: [18, 18.5, 19],
      fans: ["auto", "1"],
      swings: ["off", "vertical"],
    });
  });

  test("has a code without a temperature below all of them, as SmartIR wants it", () => {
    const file = newFile(wanted, whose);
    file.put(fan, unknown([7]));
    const { fan_only: written } = JSON.parse(file.text()).commands;
    expect(Object.keys(written["1"].off)).toEqual(["18", "19", "18.5"]);
    expect(new Set(Object.values(written["1"].off)).size).toBe(1);
  });

  test("may have been begun by somebody else, with codes above the last level, or none", () => {
    const { commands: _, ...header } = JSON.parse(newFile(wanted, whose).text());
    const code = Buffer.from("26000c0000010f871111113311000c21", "hex").toString("base64");
    const commands = {
      off: "",
      cool: { 1: code, auto: { off: { 18: null } } },
      fan_only: { 1: { off: [code, code] } },
    };
    const file = again(JSON.stringify({ ...header, commands }));
    expect(file.has("off")).toBe(false);
    expect([file.has(cool), file.get(cool)?.repeats]).toEqual([true, 0]);
    expect([file.has(fan), file.get(fan)]).toEqual([true, undefined]);
    const missing: State = { mode: "cool", fan: "auto", swing: "off", temperatureCelsius: 18 };
    expect(file.has(missing)).toBe(false);
    file.put(missing, unknown([1]));
    file.put(cool, unknown([2]));
    const { cool: written } = JSON.parse(file.text()).commands;
    // What stood for all that could be below it still does.
    expect(written).toEqual({ 1: expect.stringMatching(/^JgA/), auto: { off: { 18: expect.stringMatching(/^JgA/) } } });
    expect(written["1"]).not.toBe(code);
  });

  test("of a remote whose words are those of JavaScript", () => {
    const words = ["constructor", "toString"];
    const file = newFile({ ...wanted, modes: ["cool"], fans: words, swings: undefined }, whose);
    for (const fan of words) {
      const step: State = { mode: "cool", fan, swing: undefined, temperatureCelsius: 18 };
      expect(file.has(step)).toBe(false);
      file.put(step, unknown([1]));
      expect(again(file.text()).has(step)).toBe(true);
    }
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["another controller", { supportedController: "Xiaomi" }, "supportedController: must be Broadlink"],
    ["another encoding", { commandsEncoding: "Hex" }, "commandsEncoding: must be Base64"],
    ["Fahrenheit", { temperatureUnit: "F" }, "temperatureUnit: must be C"],
    ["presets", { presetModes: ["eco"] }, "presetModes: a file with presets"],
    ["no fans", { fanModes: [] }, "fanModes: must have one"],
    ["a range that is none", { precision: 0 }, "minTemperature, maxTemperature, precision"],
    ["a range without end", { maxTemperature: 1e9 }, "minTemperature, maxTemperature, precision"],
    ["no commands", { commands: undefined }, "commands"],
    ["a strange key of ours", { modesWithoutTemperature: 3 }, "modesWithoutTemperature: must be a list"],
    ["a code that is none", { commands: { off: "?" } }, "the code for off: this is no Base64"],
  ])("is not added to when it has %s", (_, change, why) => {
    const content = JSON.parse(newFile(wanted, whose).text());
    expect(() => again(JSON.stringify({ ...content, ...change }))).toThrow(`x.json: ${why}`);
  });

  test("is not added to when it is a list", () => {
    expect(() => again("[]")).toThrow("must hold keys and values");
  });
});

test.each<[[number, number, number], number[] | undefined]>([
  [
    [18, 20, 1],
    [18, 19, 20],
  ],
  [
    [16, 17, 0.5],
    [16, 16.5, 17],
  ],
  [[18, 18, 1], [18]],
  [
    [18, 21, 2],
    [18, 20],
  ],
  [
    [20, 20.3, 0.1],
    [20, 20.1, 20.2, 20.3],
  ],
  [[20, 18, 1], undefined],
  [[18, 20, 0.01], undefined],
  [[0, 100, 0.1], undefined],
  [[18, Number.NaN, 1], undefined],
])("a range of %j is %j", (range, temperatures) => {
  expect(temperaturesOf(...range)).toEqual(temperatures);
});
