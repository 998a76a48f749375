import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { capturedFrame } from "../../../devices/smart-aircons/code-sets/captured.ts";
import { NoCode } from "../../../devices/smart-aircons/code-sets/code-set.ts";
import {
  type GeneratedName,
  generatedCodeSet,
  generatedCodeSets,
  isGenerated,
} from "../../../devices/smart-aircons/code-sets/generated.ts";
import { decodeBroadlink, encodeBroadlink } from "../../../devices/smart-aircons/ir/broadlink-packet.ts";
import { hex } from "../../../devices/smart-aircons/ir/bytes.ts";
import { identify } from "../../../devices/smart-aircons/ir/identify.ts";
import { encodeFrame } from "../../../devices/smart-aircons/ir/known.ts";
import { formatSendir, parseSendir, sendirWaveform, toSendir } from "../../../devices/smart-aircons/ir/sendir.ts";
import { formatMicroseconds, parseMicroseconds, type Waveform } from "../../../devices/smart-aircons/ir/waveform.ts";
import { modes, type Setting } from "../../../devices/smart-aircons/setting.ts";
import { irCodes, withCaptures } from "../ir/captures.ts";
import { cool24, off, reachable } from "./settings.ts";

const frameHex = (name: GeneratedName, setting: Setting, clockMinutes = 0, horizontalSwing = false) =>
  hex(encodeFrame(generatedCodeSet(name, { horizontalSwing }).frame(setting, clockMinutes)));

const throughEveryForm: Record<string, (waveform: Waveform) => Waveform> = {
  nothing: (waveform) => waveform,
  "a packet": (waveform) => decodeBroadlink(encodeBroadlink({ repeats: 0, waveform })).waveform,
  sendir: (waveform) => sendirWaveform(parseSendir(formatSendir(toSendir(waveform)))),
  "plain sendir": (waveform) =>
    sendirWaveform(parseSendir(formatSendir(toSendir(waveform, { frequencyHz: 38_000 }), { compressed: false }))),
  microseconds: (waveform) => parseMicroseconds(formatMicroseconds(waveform)),
};

describe.each(generatedCodeSets)("%s", (name) => {
  const set = generatedCodeSet(name, { horizontalSwing: true });

  test("has all modes but heat_cool, from 16 °C in whole degrees", () => {
    expect([...set.abilities.keys()]).toEqual(["auto", "cool", "heat", "dry", "fan_only"]);
    const most = name === "mitsubishi" ? 31 : 30;
    for (const { temperaturesCelsius } of set.abilities.values()) {
      expect(temperaturesCelsius).toEqual(Array.from({ length: most - 15 }, (_, index) => 16 + index));
    }
  });

  test.each(Object.keys(throughEveryForm))(
    "says every setting, which is understood again after a way through %s",
    (form) => {
      fc.assert(
        fc.property(reachable(set), fc.nat(1439), (to, clockMinutes) => {
          const [code, ...more] = set.codes({ from: off, to, clockMinutes });
          expect(more).toEqual([]);
          expect(code?.repeats).toBe(0);
          const found = identify(throughEveryForm[form]?.(code?.waveform ?? []) ?? []);
          expect(found.doubts).toEqual([]);
          expect(found.known).toEqual(set.frame(to, clockMinutes - (clockMinutes % 10)));
          const { power, ...rest } = to;
          const isShort = !power && name !== "mitsubishi";
          expect(found).toMatchObject({
            frames: name === "mitsubishi" ? 2 : 1,
            state: { power: power ? "on" : "off", ...(isShort ? {} : rest) },
          });
        }),
        { numRuns: 60 },
      );
    },
  );

  test("two settings never share a frame", () => {
    fc.assert(
      fc.property(reachable(set), reachable(set), (one, other) => {
        fc.pre(one.power && other.power && JSON.stringify(one) !== JSON.stringify(other));
        expect(frameHex(name, one, 0, true)).not.toBe(frameHex(name, other, 0, true));
      }),
    );
  });

  test("fan_only is fan only", () => {
    const [code] = set.codes({ from: off, to: { ...cool24, mode: "fan_only" }, clockMinutes: 0 });
    expect(identify(code?.waveform ?? [])).toMatchObject({ state: { mode: "fan_only" } });
  });

  test.each<[Partial<Setting>, string]>([
    [{ mode: "heat_cool" }, "there is no mode heat_cool: there is auto, cool, heat, dry, fan_only"],
    [{ temperatureCelsius: 15 }, `cool takes 16 to ${name === "mitsubishi" ? 31 : 30} °C in steps of 1, not 15 °C`],
    [{ temperatureCelsius: 22.5 }, `cool takes 16 to ${name === "mitsubishi" ? 31 : 30} °C in steps of 1, not 22.5 °C`],
    [{ temperatureCelsius: Number.NaN }, "not NaN °C"],
    [{ fan: "turbo" }, "cool has no fan turbo: there is auto, quiet, low, medium, high"],
    [{ fan: "no such\nfan" }, 'cool has no fan "no such\\nfan": there is'],
    [{ swing: "wild" }, "cool has no swing wild: there is off"],
  ])("%j is refused", (wrong, message) => {
    const change = { from: off, to: { ...cool24, ...wrong }, clockMinutes: 0 };
    expect(() => set.codes(change)).toThrow(NoCode);
    expect(() => set.codes(change)).toThrow(message);
  });

  test("switches off whatever was remembered", () => {
    const to = { ...off, mode: "heat_cool", temperatureCelsius: Number.NaN, fan: "turbo", swing: "wild" } as const;
    const [code] = set.codes({ from: cool24, to, clockMinutes: 0 });
    expect(identify(code?.waveform ?? [])).toMatchObject({ state: { power: "off" }, doubts: [] });
  });

  test("begins neutral, or as the captures were", () => {
    expect(generatedCodeSet(name).initial).toEqual({ fan: "auto", swing: "off" });
    const captured = { fan: "auto", swing: name === "mitsubishi" ? "vertical" : "off" };
    expect(generatedCodeSet(name, { profile: "captured" }).initial).toEqual(captured);
  });
});

describe("the frames of the families", () => {
  test("Fujitsu's older one has no swing, the newer one a vertical one", () => {
    expect(generatedCodeSet("fujitsu").abilities.get("cool")?.swings).toEqual(["off"]);
    expect(generatedCodeSet("new_fujitsu").abilities.get("cool")?.swings).toEqual(["off", "vertical"]);
    expect(generatedCodeSet("fujitsu", { horizontalSwing: true }).abilities.get("cool")?.swings).toEqual(["off"]);
    expect(frameHex("new_fujitsu", { ...cool24, swing: "vertical" })).toBe("1463001010fe0930810110000000201e");
  });

  test("horizontal swing has to be asked for", () => {
    const both = { ...cool24, swing: "both" };
    expect(() => frameHex("new_fujitsu", both)).toThrow("cool has no swing both: there is off, vertical");
    expect(frameHex("new_fujitsu", both, 0, true)).toBe("1463001010fe093081013000000020fe");
  });

  test("Fujitsu is switched off by a short frame", () => {
    expect(frameHex("fujitsu", off)).toBe("146300101002");
    expect(frameHex("new_fujitsu", off)).toBe("146300101002fd");
  });

  test("Mitsubishi is switched off by its state without power", () => {
    expect(frameHex("mitsubishi", { ...off, temperatureCelsius: 20, mode: "heat" })).toBe(
      "23cb260100000804304000000000000000" + "91",
    );
  });

  test("Mitsubishi's vane swings, and its frame has the time of day", () => {
    // Bytes 8, 9 and 10 of ir-protocols.md 3: cool with the wide vane in the centre, the vane, tens of minutes.
    const bytes = (setting: Setting, clockMinutes: number) =>
      frameHex("mitsubishi", setting, clockMinutes).slice(16, 22);
    expect(bytes({ ...cool24, swing: "vertical" }, 14 * 60 + 9)).toBe("367854");
    expect(bytes(cool24, 0)).toBe("364000");
  });

  test("are known by three names", () => {
    expect(["fujitsu", "new_fujitsu", "mitsubishi", "Fujitsu", "toString"].map(isGenerated)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});

withCaptures("the original's captures", () => {
  test("are made again, byte for byte", () => {
    const codes = irCodes();
    expect(codes).toHaveLength(15);
    for (const { codeSet, name, frameHex } of codes) {
      if (!isGenerated(codeSet)) throw new Error(codeSet);
      const [mode = "", celsius = "23"] = name.split("_");
      const wanted = {
        power: name !== "off",
        mode: modes.find((one) => one === (name === "fan_only" ? name : mode)) ?? "heat",
        temperatureCelsius: Number(celsius === "only" ? "23" : celsius),
      };
      expect(hex(encodeFrame(capturedFrame(codeSet, wanted))), `${codeSet} ${name}`).toBe(frameHex);
    }
  });
});

describe("a frame as it was captured", () => {
  test("takes what else is wanted, but not in fan_only and off", () => {
    const wanted = { ...cool24, fan: "high", swing: "off", clockMinutes: 600 };
    expect(capturedFrame("mitsubishi", wanted)).toMatchObject({
      frame: { mode: "cool", fan: "high", vane: "auto", clockMinutes: 600 },
    });
    for (const power of [true, false]) {
      expect(capturedFrame("mitsubishi", { ...wanted, power, mode: "fan_only" })).toMatchObject({
        frame: { power, mode: "dry", temperatureCelsius: 24, fan: "auto", vane: "swing", clockMinutes: 830 },
      });
    }
    expect(capturedFrame("new_fujitsu", { ...wanted, mode: "fan_only" })).toMatchObject({
      frame: { mode: "fan_only", temperatureCelsius: 22, fan: "low", swing: "off" },
    });
    expect(capturedFrame("fujitsu", { ...wanted, mode: "fan_only" })).toMatchObject({
      frame: { mode: "fan_only", temperatureCelsius: 24, fan: "auto", swing: "off" },
    });
  });

  test("is one that the set has", () => {
    expect(() => capturedFrame("fujitsu", { ...cool24, temperatureCelsius: 31 })).toThrow(NoCode);
  });
});
