import { describe, expect, test } from "vitest";
import { initialCondition } from "../../devices/smart-aircons/abilities.ts";
import { recollect, remember } from "../../devices/smart-aircons/memory.ts";
import type { State } from "../../src/device.ts";
import { livedIn } from "./aircon-lived-in.ts";
import { abilities, readableSet, told } from "./aircon-set.ts";

const set = readableSet();
const shown = (saved: State) => {
  const condition = recollect(set, saved);
  return `${condition.power ? "on" : condition.offByMode ? "off by mode" : "off"}: ${told({ ...condition, power: true })}`;
};
const nothing = "off: fan_only 24 low off";

/** What is retained of an aircon that heats. */
const heating: State = {
  power: "ON",
  mode: "heat",
  hvac_mode: "heat",
  temperature: "20.5",
  fan_mode: "low",
  swing_mode: "vertical",
  memory: '{"mode":"heat","fan":"low","swing":"vertical"}',
};

describe("what our own topics say of an earlier run", () => {
  test.each<[string, State, string]>([
    ["comes back", heating, "on: heat 20.5 low vertical"],
    ["comes back when it was off", { ...heating, power: "OFF", hvac_mode: "off" }, "off: heat 20.5 low vertical"],
    [
      "comes back when it was off by its mode",
      { ...heating, power: "OFF", mode: "off" },
      "off by mode: heat 20.5 low vertical",
    ],
    ["is what the original left", { power: "ON", mode: "cool", temperature: "22" }, "on: cool 22 auto off"],
    ["may be nothing", {}, nothing],
    ["may be half of it", { temperature: "19", memory: '{"mode":"cool"}' }, "off: cool 19 auto off"],
    [
      "is what was sent, not what is liked",
      { ...heating, fan_mode: "high", swing_mode: "off" },
      "on: heat 20.5 high off",
    ],
    [
      "is off where power and mode say different things",
      { ...heating, mode: "off" },
      "off by mode: heat 20.5 low vertical",
    ],
  ])("%s", (_, saved, then) => {
    expect(shown(saved)).toBe(then);
  });

  test.each<[string, State, string]>([
    ["an unknown mode", { ...heating, mode: "auto", memory: "" }, "on: fan_only 20.5 low off"],
    ["a mode that memory knows better", { ...heating, mode: "auto" }, "on: heat 20.5 low vertical"],
    ["a temperature that is none", { ...heating, temperature: "warm" }, "on: heat 24 low vertical"],
    ["no temperature", { ...heating, temperature: "" }, "on: heat 24 low vertical"],
    ["a temperature of another code set", { ...heating, temperature: "90" }, "on: heat 24 low vertical"],
    ["a temperature of a cellar", { ...heating, temperature: "9" }, "on: heat 24 low vertical"],
    ["a temperature of another mode", { ...heating, temperature: "29" }, "on: heat 26 low vertical"],
    ["an unknown fan and swing", { ...heating, fan_mode: "x", swing_mode: "y", memory: "" }, "on: heat 20.5 auto off"],
    ["a fan of another mode", { ...heating, fan_mode: "medium", memory: "" }, "on: heat 20.5 high vertical"],
    ["a power that is none", { ...heating, power: "yes" }, "off: heat 20.5 low vertical"],
    ["a memory that is no JSON", { ...heating, memory: "{" }, "on: heat 20.5 low vertical"],
    ["a memory of something else", { ...heating, memory: "7" }, "on: heat 20.5 low vertical"],
    ["a memory of nothing", { ...heating, memory: "null" }, "on: heat 20.5 low vertical"],
    ["a memory of other types", { ...heating, memory: '{"mode":7,"fan":{},"swing":[]}' }, "on: heat 20.5 low vertical"],
  ])("does not believe %s", (_, saved, then) => {
    expect(shown(saved)).toBe(then);
  });

  test("is taken over before anything is asked", () => {
    const aircon = livedIn();
    aircon.tell({ kind: "restore", condition: recollect(aircon.rules.set, heating) });
    expect(aircon.shows()).toBe("heat 20.5 low vertical");
    expect(aircon.ask({ kind: "power", on: true })).toEqual({ is: "done" });
    aircon.pass(60_000);
    expect(aircon.sent).toEqual([]);
  });

  test("does not believe likes that are no words", () => {
    const odd = { ...heating, memory: '{"mode":"heat","fan":{},"swing":7}' };
    expect(recollect(set, odd).likes).toEqual({ fan: "low", swing: "vertical" });
  });

  test("remembers what a person likes through a mode that lacks it", () => {
    const dry = {
      ...heating,
      mode: "dry",
      fan_mode: "auto",
      swing_mode: "off",
      memory: '{"mode":"dry","fan":"high","swing":"vertical"}',
    };
    const condition = recollect(set, dry);
    expect(told(condition)).toBe("dry 20.5 auto off".replace("20.5", "21"));
    expect(condition.likes).toEqual({ fan: "high", swing: "vertical" });
  });

  test("is what is remembered, whatever that is", () => {
    const condition = { ...initialCondition(set), likes: { fan: "high", swing: "vertical" } };
    expect(JSON.parse(remember(condition))).toEqual({ mode: "fan_only", fan: "high", swing: "vertical" });
  });

  test("survives a code set without any temperature", () => {
    const bare = readableSet(abilities.filter(([mode]) => mode === "fan_only"));
    expect(told(recollect(bare, heating))).toBe("fan_only 20.5 low off");
  });
});
