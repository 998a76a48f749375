import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadCodeFile } from "../../../devices/smart-aircons/code-sets/smartir.ts";
import { parseBroadlink } from "../../../devices/smart-aircons/ir/broadlink-packet.ts";
import { parseXiaomi } from "../../../devices/smart-aircons/ir/xiaomi.ts";
import type { Setting } from "../../../devices/smart-aircons/setting.ts";
import { smartIrCodes, withCaptures } from "../ir/captures.ts";
import { cool24, off } from "./settings.ts";
import { smartIrFile } from "./smartir-file.ts";

const load = (file: string) => loadCodeFile(readFileSync(smartIrFile(file)), { name: file });
const degrees = (from: number, to: number, step = 1) =>
  Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);

/** What the file itself has, found by its own keys. */
function own(file: string, ...keys: string[]): string {
  const found = keys.reduce<unknown>(
    (node, key) => Object.entries(Object(node)).find(([name]) => name === key)?.[1],
    JSON.parse(readFileSync(smartIrFile(file), "utf8")).commands,
  );
  return String(found);
}

withCaptures("files of the SmartIR collection", () => {
  test.each([
    [
      "1945",
      "Broadlink",
      56,
      [],
      [
        "11 codes are empty: commands.cool.low.swing.24, commands.cool.mid.swing.22, commands.cool.mid.swing.24 and 8 more",
      ],
    ],
    ["2180", "Broadlink", 122, [], []],
    ["2801", "Broadlink", 29, [], []],
    ["2980", "Broadlink", 94, [], []],
    ["4381", "Xiaomi", 57, ["commands.on_once"], []],
  ])("%s loads", (file, controller, codes, leftOut, problems) => {
    expect(load(file).report).toEqual({ controller, codes, leftOut, problems });
  });

  test("have what their lists say, in our words", () => {
    const fans = ["auto", "low", "medium", "high"];
    expect(Object.fromEntries(load("1945").abilities)).toEqual({
      cool: { temperaturesCelsius: degrees(22, 27), fans, swings: ["off", "on"] },
      heat: { temperaturesCelsius: degrees(22, 27), fans: ["auto"], swings: ["off", "on"] },
      fan_only: { temperaturesCelsius: degrees(22, 27), fans: ["auto"], swings: ["off"] },
    });
    const whole = { temperaturesCelsius: degrees(16, 30), fans, swings: ["off"] };
    expect(Object.fromEntries(load("2180").abilities)).toEqual({ cool: whole, heat: whole });
    const half = { temperaturesCelsius: degrees(16, 31, 0.5), fans: ["auto"], swings: ["off"] };
    expect(Object.fromEntries(load("2980").abilities)).toEqual({ auto: half, cool: half, heat: half });
    expect([...load("4381").abilities.keys()]).toEqual(["cool"]);
  });

  test.each<[string, Partial<Setting>, string[]]>([
    ["1945", { fan: "low", swing: "on", temperatureCelsius: 23 }, ["cool", "low", "swing", "23"]],
    ["1945", { mode: "fan_only", temperatureCelsius: 27 }, ["fan", "auto", "static", "27"]],
    ["2180", { mode: "heat", fan: "medium", temperatureCelsius: 16 }, ["heat", "mid", "16"]],
    ["2980", { temperatureCelsius: 30.5 }, ["cool", "auto", "30.5"]],
    ["2801", { power: false }, ["off"]],
  ])("%s sends for %j what is under %j", (file, given, keys) => {
    const codes = load(file).codes({ from: cool24, to: { ...cool24, ...given }, clockMinutes: 0 });
    expect(codes).toEqual([parseBroadlink(own(file, ...keys))]);
  });

  test("2180 switches on with its on code before", () => {
    const codes = load("2180").codes({ from: off, to: cool24, clockMinutes: 0 });
    expect(codes).toEqual([parseBroadlink(own("2180", "on")), parseBroadlink(own("2180", "cool", "auto", "24"))]);
  });

  test("4381 is for Xiaomi's remotes, and sent by any blaster", () => {
    const codes = load("4381").codes({ from: off, to: { ...cool24, fan: "high" }, clockMinutes: 0 });
    expect(codes).toEqual([{ waveform: parseXiaomi(own("4381", "cool", "high", "24")), repeats: 0 }]);
  });

  test("1945 has no code where it is empty", () => {
    const to = { ...cool24, fan: "medium", swing: "on" };
    expect(() => load("1945").codes({ from: off, to, clockMinutes: 0 })).toThrow(
      "the file has no code for cool, fan medium, swing on, 24 °C, only for 23 °C",
    );
  });

  test("keep every code as it is", () => {
    for (const file of ["1945", "2180", "2801", "2980"]) {
      const given = smartIrCodes(file).filter((code) => code !== "");
      const kept = new Set([...load(file).all()].map(({ waveform }) => waveform.join()));
      for (const code of given) expect(kept).toContain(parseBroadlink(code).waveform.join());
    }
  });
});
