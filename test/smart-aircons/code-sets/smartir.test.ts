import { describe, expect, test } from "vitest";
import type { CodeSet } from "../../../devices/smart-aircons/code-sets/code-set.ts";
import { NoCode } from "../../../devices/smart-aircons/code-sets/code-set.ts";
import { loadCodeFile } from "../../../devices/smart-aircons/code-sets/smartir.ts";
import type { Setting } from "../../../devices/smart-aircons/setting.ts";
import { base64Number, codeFile, hexNumber, numberOf, waveformNumber } from "./code-files.ts";
import { cool24, off } from "./settings.ts";

const load = (given: Record<string, unknown>) => loadCodeFile(codeFile(given), { name: "test.json" });
const numbers = (set: CodeSet, to: Partial<Setting>, from: Setting = cool24) =>
  set.codes({ from, to: { ...cool24, ...to }, clockMinutes: 0 }).map(({ waveform }) => numberOf(waveform));
const abilities = (set: CodeSet) => Object.fromEntries(set.abilities);

describe("a code file", () => {
  test("has what its commands have: mode, fan, temperature", () => {
    const set = load({
      commands: {
        off: base64Number(0),
        heat: { low: { "24": base64Number(1), "22": base64Number(2) }, auto: { "24": base64Number(3) } },
        cool: { auto: { "24": base64Number(4) } },
      },
    });
    expect(set).toMatchObject({ manufacturer: "Acme", model: "Breeze 1, Breeze 2" });
    // In the order of the modes here, not of the file.
    expect([...set.abilities.keys()]).toEqual(["cool", "heat"]);
    expect(abilities(set)).toEqual({
      cool: { temperaturesCelsius: [24], fans: ["auto"], swings: ["off"] },
      heat: { temperaturesCelsius: [22, 24], fans: ["auto", "low"], swings: ["off"] },
    });
    expect(set.initial).toEqual({ fan: "auto", swing: "off" });
    expect(set.report).toEqual({ controller: "Broadlink", codes: 5, leftOut: [], problems: [] });
    expect(numbers(set, { mode: "heat", fan: "low", temperatureCelsius: 22 })).toEqual([2]);
    expect(numbers(set, { mode: "heat" })).toEqual([3]);
    expect(numbers(set, {})).toEqual([4]);
    expect(numbers(set, { power: false })).toEqual([0]);
    expect([...set.all()].map(({ waveform }) => numberOf(waveform)).sort()).toEqual([0, 1, 2, 3, 4]);
  });

  test("may have a level of swings below the fans, in some modes only", () => {
    const set = load({
      swingModes: ["swing", "static", "wild"],
      commands: {
        off: base64Number(0),
        cool: {
          auto: {
            wild: { "24": base64Number(3) },
            static: { "24": base64Number(1) },
            swing: { "24": base64Number(2) },
          },
        },
        heat: { auto: { "24": base64Number(4) } },
      },
    });
    expect(set.abilities.get("cool")?.swings).toEqual(["off", "on", "wild"]);
    expect(set.abilities.get("heat")?.swings).toEqual(["off"]);
    expect(numbers(set, {})).toEqual([1]);
    expect(numbers(set, { swing: "on" })).toEqual([2]);
    expect(numbers(set, { swing: "wild" })).toEqual([3]);
    expect(numbers(set, { mode: "heat" })).toEqual([4]);
    expect(() => numbers(set, { mode: "heat", swing: "on" })).toThrow(new NoCode("heat has no swing on: there is off"));
  });

  test("may have swings without temperatures", () => {
    const set = load({
      swingModes: ["up", "down"],
      commands: { off: base64Number(0), fan: { low: { up: base64Number(1), down: base64Number(2) } } },
    });
    expect(abilities(set)).toEqual({ fan_only: { temperaturesCelsius: [], fans: ["low"], swings: ["up", "down"] } });
    expect(set.initial).toEqual({ fan: "low", swing: "up" });
    expect(numbers(set, { mode: "fan_only", fan: "low", swing: "down", temperatureCelsius: 99 })).toEqual([2]);
  });

  test("may have modes without temperatures, without fans, and without both", () => {
    const set = load({
      commands: {
        off: base64Number(0),
        fan_only: { low: base64Number(1), auto: base64Number(2) },
        heat: { "20": base64Number(3), "21.0": base64Number(4) },
        dry: base64Number(5),
        cool: { auto: { "-": base64Number(6) } },
        auto: { "-": { "24": base64Number(7) } },
      },
    });
    expect(abilities(set)).toEqual({
      auto: { temperaturesCelsius: [24], fans: ["auto"], swings: ["off"] },
      cool: { temperaturesCelsius: [], fans: ["auto"], swings: ["off"] },
      heat: { temperaturesCelsius: [20, 21], fans: ["auto"], swings: ["off"] },
      dry: { temperaturesCelsius: [], fans: ["auto"], swings: ["off"] },
      fan_only: { temperaturesCelsius: [], fans: ["auto", "low"], swings: ["off"] },
    });
    expect(numbers(set, { mode: "fan_only", fan: "low" })).toEqual([1]);
    expect(numbers(set, { mode: "heat", temperatureCelsius: 21 })).toEqual([4]);
    expect(numbers(set, { mode: "dry", temperatureCelsius: 3 })).toEqual([5]);
    expect(numbers(set, { temperatureCelsius: 17 })).toEqual([6]);
    expect(numbers(set, { mode: "auto" })).toEqual([7]);
    expect(() => numbers(set, { mode: "dry", fan: "low" })).toThrow(new NoCode("dry has no fan low: there is auto"));
    expect(() => numbers(set, { mode: "auto", temperatureCelsius: 23 })).toThrow(NoCode);
  });

  test("may have codes for any fan beside others", () => {
    const any = { "-": { "24": base64Number(1), "25": base64Number(2) } };
    const cool = { ...any, low: { "24": base64Number(3) } };
    const heat = { auto: { "24": base64Number(4) }, ...any };
    const set = load({ commands: { off: base64Number(0), cool, heat } });
    expect(set.abilities.get("heat")?.fans).toEqual(["auto"]);
    expect(numbers(set, { mode: "heat" })).toEqual([4]);
    expect(numbers(set, { mode: "heat", temperatureCelsius: 25 })).toEqual([2]);
    expect(set.abilities.get("cool")?.fans).toEqual(["auto", "low"]);
    expect(numbers(set, {})).toEqual([1]);
    expect(numbers(set, { fan: "low" })).toEqual([3]);
    expect(numbers(set, { fan: "low", temperatureCelsius: 25 })).toEqual([2]);
  });

  test("may call its fans by numbers", () => {
    const set = load({
      fanModes: ["1", "2", "auto"],
      commands: { off: base64Number(0), cool: { "1": base64Number(1), "2": base64Number(2), auto: base64Number(3) } },
    });
    expect(set.abilities.get("cool")).toEqual({ temperaturesCelsius: [], fans: ["auto", "1", "2"], swings: ["off"] });
    expect(numbers(set, { fan: "2" })).toEqual([2]);
  });

  test("may have temperatures in any writing, half degrees and Fahrenheit", () => {
    const cool = { auto: { "17": base64Number(1), "17.5": base64Number(2), "18.0": base64Number(3) } };
    const set = load({ commands: { off: base64Number(0), cool } });
    expect(set.abilities.get("cool")?.temperaturesCelsius).toEqual([17, 17.5, 18]);
    expect(numbers(set, { temperatureCelsius: 17.5 })).toEqual([2]);
    expect(numbers(set, { temperatureCelsius: 18 })).toEqual([3]);

    const inFahrenheit = { off: base64Number(0), cool: { auto: { "68": base64Number(1), "69": base64Number(2) } } };
    for (const given of [{ temperatureUnit: "F" }, { maxTemperature: 88 }]) {
      const set = load({ commands: inFahrenheit, ...given });
      expect(set.abilities.get("cool")?.temperaturesCelsius).toEqual([20, 20.6]);
      expect(numbers(set, { temperatureCelsius: 20.6 })).toEqual([2]);
    }
    expect(load({ commands: inFahrenheit }).abilities.get("cool")?.temperaturesCelsius).toEqual([68, 69]);
  });

  test("may have presets, of which none or the first is taken", () => {
    const none = { eco: { auto: { "24": base64Number(1) } }, none: { auto: { "24": base64Number(2) } } };
    const set = load({
      presetModes: ["eco", "none"],
      commands: { off: base64Number(0), cool: none, heat: { eco: none.eco } },
    });
    expect(numbers(set, {})).toEqual([2]);
    expect(numbers(set, { mode: "heat" })).toEqual([1]);
    expect(set.report.leftOut).toEqual(["commands.cool.eco"]);
  });

  test("sends its on code first, but only to an aircon that was off", () => {
    const set = load({
      commands: { on: base64Number(9), off: base64Number(0), cool: { auto: { "24": base64Number(1) } } },
    });
    expect(numbers(set, {}, off)).toEqual([9, 1]);
    expect(numbers(set, {}, cool24)).toEqual([1]);
    expect(numbers(set, { power: false })).toEqual([0]);
  });

  test("may have an off code for a mode", () => {
    const commands = {
      off: base64Number(0),
      off_heat: base64Number(1),
      off_fan: base64Number(2),
      cool: { auto: { "24": base64Number(3) } },
    };
    const set = load({ commands });
    expect(numbers(set, { power: false }, { ...cool24, mode: "heat" })).toEqual([1]);
    expect(numbers(set, { power: false }, { ...cool24, mode: "fan_only" })).toEqual([2]);
    expect(numbers(set, { power: false }, { ...cool24, mode: "dry" })).toEqual([0]);
    const { off: _, ...without } = commands;
    const other = load({ commands: without });
    expect(other.report.problems).toEqual([]);
    expect(() => numbers(other, { power: false })).toThrow(new NoCode("the file has no code that switches off"));
  });

  test("may send several codes for one command", () => {
    const cool = { auto: { "24": [base64Number(1), base64Number(2)] } };
    const set = load({ commands: { off: base64Number(0), cool } });
    expect(numbers(set, {})).toEqual([1, 2]);
    expect(set.report.codes).toBe(3);
  });

  test("that is still being learned has what is there", () => {
    const cool = { auto: { "23": base64Number(1), "24": "" }, low: { "23": null, "24": [] }, high: {} };
    const set = load({ commands: { cool, heat: { auto: { "24": "" } }, dry: {} } });
    expect(abilities(set)).toEqual({ cool: { temperaturesCelsius: [23], fans: ["auto"], swings: ["off"] } });
    expect(set.report).toEqual({
      controller: "Broadlink",
      codes: 1,
      leftOut: [],
      problems: [
        "4 codes are empty: commands.cool.auto.24, commands.cool.low.23, commands.cool.low.24 and 1 more",
        "commands.off is missing",
      ],
    });
    expect(() => numbers(set, { power: false })).toThrow(NoCode);
  });

  test("with holes says what is missing, and what there is", () => {
    const set = load({
      fanModes: ["auto", "mid"],
      commands: {
        off: "",
        cool: { auto: { "24": base64Number(1) }, mid: { "22": base64Number(2), "23": base64Number(3), "24": "" } },
      },
    });
    expect(set.report.problems).toEqual(["2 codes are empty: commands.off, commands.cool.mid.24"]);
    const refusal = (to: Partial<Setting>) => {
      expect(() => numbers(set, to)).toThrow(NoCode);
      try {
        numbers(set, to);
      } catch (error) {
        return error instanceof Error ? error.message : "";
      }
      return "";
    };
    expect(refusal({ fan: "medium" })).toBe(
      "the file has no code for cool, fan medium, swing off, 24 °C, only for 22, 23 °C",
    );
    expect(refusal({ fan: "mid" })).toBe(refusal({ fan: "medium" }));
    expect(refusal({ fan: "turbo" })).toBe("cool has no fan turbo: there is auto, medium");
    expect(refusal({ temperatureCelsius: 25 })).toBe("cool takes 22 to 24 °C in steps of 1, not 25 °C");
    expect(refusal({ mode: "heat" })).toBe("there is no mode heat: there is cool");
    expect(refusal({ swing: "on" })).toBe("cool has no swing on: there is off");
  });

  test("with a temperature twice takes the first, and says so", () => {
    const set = load({
      commands: { off: base64Number(0), cool: { auto: { "24": base64Number(1), "24.0": base64Number(2) } } },
    });
    expect(numbers(set, {})).toEqual([1]);
    expect(set.report.problems).toEqual(["commands.cool.auto.24.0 is there twice"]);
  });

  test("with what is no temperature among them goes without, and says so", () => {
    const cool = { auto: { "24": base64Number(1), warm: base64Number(2) } };
    const set = load({
      swingModes: ["a"],
      commands: { off: base64Number(0), cool, heat: { auto: { a: { b: "x" } } } },
    });
    expect(abilities(set)).toEqual({ cool: { temperaturesCelsius: [24], fans: ["auto"], swings: ["off"] } });
    expect(set.report.problems).toEqual([
      "commands.cool.auto.warm is no temperature",
      "commands.heat.auto.a.b is no temperature",
    ]);
  });
});

describe("words of a code file", () => {
  const fansOf = (...fans: string[]) => {
    const cool = Object.fromEntries(fans.map((fan, index) => [fan, { "24": base64Number(index) }]));
    const set = load({ fanModes: fans, commands: { off: base64Number(0), cool } });
    // Each is found under both of its words.
    const shown = set.abilities.get("cool")?.fans ?? [];
    expect(shown.map((fan) => numbers(set, { fan })[0]).sort()).toEqual(fans.map((_, index) => index));
    expect(fans.map((fan) => numbers(set, { fan })[0])).toEqual(fans.map((_, index) => index));
    return shown;
  };

  test.each<[string[], string[]]>([
    [
      ["High", "mid", "LOW", "Auto"],
      ["auto", "low", "medium", "high"],
    ],
    [
      ["med", "turbo", "silent", "quiet"],
      ["quiet", "medium", "turbo", "silent"],
    ],
    // Neither of them is more medium than the other.
    [
      ["mid", "medium", "high"],
      ["medium", "high", "mid"],
    ],
    [
      ["low", "Low", "automatic"],
      ["auto", "low", "Low"],
    ],
    [
      ["level 1", "constructor", "5"],
      ["level 1", "constructor", "5"],
    ],
  ])("fans %j are %j", (fans, shown) => {
    expect(fansOf(...fans)).toEqual(shown);
  });

  test("modes are Home Assistant's, with fan for fan_only, and the others are left out", () => {
    const level = (number: number) => ({ auto: { "24": base64Number(number) } });
    const set = load({
      commands: {
        off: base64Number(0),
        fan: level(1),
        fan_only: level(2),
        Cool: level(3),
        heat_cool: level(4),
        turbo: level(5),
        "Strange mode\n": { auto: { "24": "!" } },
        on_once: base64Number(6),
      },
    });
    expect([...set.abilities.keys()]).toEqual(["heat_cool", "cool", "fan_only"]);
    expect(numbers(set, { mode: "fan_only" })).toEqual([1]);
    expect(set.report).toEqual({
      controller: "Broadlink",
      codes: 4,
      leftOut: ["commands.fan_only", "commands.turbo", 'commands."Strange mode\\n"', "commands.on_once"],
      problems: [],
    });
  });
});

describe("codes of a file", () => {
  const us = waveformNumber(7);
  const sendir = "sendir,1:1,0,38000,3,1,114,57,141,57,15,3857";
  const only = (given: Record<string, unknown>, code: unknown) => {
    const set = load({ ...given, commands: { off: code, cool: { auto: { "24": code } } } });
    const [one] = set.codes({ from: cool24, to: cool24, clockMinutes: 0 });
    return one;
  };

  test.each<[string, string, unknown]>([
    ["Base64", "Broadlink", base64Number(7)],
    ["Hex", "Broadlink", hexNumber(7)],
    ["Hex", "Broadlink", hexNumber(7).toUpperCase()],
    ["Raw", "ESPHome", us],
    ["Raw", "ESPHome", JSON.stringify(us)],
    ["Raw", "LOOKin", us.map((one, index) => (index % 2 ? -one : one)).join(" ")],
    ["Raw", "Zmote", "sendir,1:1,0,37000,1,1,111,56,137,56,15,3756"],
    ["Base64", "Zmote", "sendir,1:1,0,37000,1,1,111,56,137,56,15,3756"],
  ])("in %s for %s are read", (commandsEncoding, supportedController, code) => {
    const set = load({
      commandsEncoding,
      supportedController,
      commands: { off: code, cool: { auto: { "24": code } } },
    });
    expect(numbers(set, {})).toEqual([7]);
    expect(set.report).toMatchObject({ controller: supportedController, codes: 2, problems: [] });
  });

  test("in Pronto are read, with their frequency", () => {
    const pronto = "0000 006D 0003 0000 0072 0039 008D 0039 000F 0F11";
    expect(only({ commandsEncoding: "Pronto" }, pronto)).toEqual({
      waveform: [2998, 1499, 3708, 1499, 394, 101_423],
      repeats: 0,
      frequencyHz: 38_029,
    });
  });

  test("keep their repetitions and their frequency", () => {
    expect(only({}, sendir)).toEqual({
      waveform: [3000, 1500, 3711, 1500, 395, 101_500],
      repeats: 2,
      frequencyHz: 38_000,
    });
    expect(only({ commandsEncoding: "Hex" }, hexNumber(7).replace(/^2600/, "2603"))).toMatchObject({ repeats: 3 });
  });

  test("of which only a part repeats are written out", () => {
    const code = only({}, "sendir,1:1,0,40000,2,3,40,40,80,80");
    expect(code).toEqual({ waveform: [1000, 1000, 2000, 2000, 2000, 2000], repeats: 0, frequencyHz: 40_000 });
  });

  test("are given out as they came, however long their durations are", () => {
    const code = [1, 127, 128, 16_383, 16_384, 999_999_999, 0];
    expect(only({ commandsEncoding: "Raw" }, code)).toEqual({ waveform: code, repeats: 0 });
  });
});
