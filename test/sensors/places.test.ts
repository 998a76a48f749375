import { describe, expect, test } from "vitest";
import { catalogue } from "../../devices/sensors/catalogue.ts";
import { placesOf, sameSensorTwice } from "../../devices/sensors/places.ts";
import type { Showable } from "../../devices/sensors/showable.ts";

const sensor = (key: string, name: string, v1Number?: number) => ({ key, name, v1Number, usualOffset: 2 });
const rule = (temperature_offset: number) => ({ temperature_offset });

describe("where a sensor is shown, and what its temperature is corrected by", () => {
  test.each(["Kate’s Room", "Kate's room", "kates-room", "0017880102030405"])("%s means Kate’s Room", (written) => {
    const { places, strangers } = placesOf(
      [sensor("0017880102030405", "Kate’s Room", 5), sensor("0017880102030406", "Hall", 8)],
      "home",
      { [written]: rule(0.5) },
    );
    expect(Object.fromEntries(places)).toEqual({
      "0017880102030405": { base: "home/kates-room", offsetCelsius: 0.5 },
      "0017880102030406": { base: "home/hall", offsetCelsius: 2 },
    });
    expect([...strangers]).toEqual([]);
  });

  test("a rule of 0 °C is a rule", () => {
    expect(placesOf([sensor("a", "Hall")], "home", { Hall: rule(0) }).places.get("a")?.offsetCelsius).toBe(0);
  });

  test("two sensors of one name share its rule, and the name in the topics tells them apart", () => {
    const twins = [sensor("a", "Hall", 1), sensor("b", "Hall", 2)];
    const offsets = (rules: Record<string, { temperature_offset: number }>) =>
      [...placesOf(twins, "home", rules).places.values()].map(({ offsetCelsius }) => offsetCelsius);
    expect(offsets({ Hall: rule(1) })).toEqual([1, 1]);
    expect(offsets({ Hall: rule(1), "hall-1": rule(3) })).toEqual([1, 3]);
  });

  test("of hundreds each finds its rule in no time", { timeout: 1_000 }, () => {
    const sensors = Array.from({ length: 1_000 }, (_, i) => sensor(`${i}`, `Room ${i}`));
    const rules = Object.fromEntries(sensors.map(({ name }, i) => [name, rule(i)]));
    const { places, strangers } = placesOf(sensors, "home", rules);
    expect([places.get("999")?.offsetCelsius, strangers.size]).toEqual([999, 0]);
  });

  test("a rule for nobody is a stranger", () => {
    expect([...placesOf([sensor("a", "Hall")], "home", { Hal: rule(1) }).strangers]).toEqual(["Hal"]);
  });

  test("two rules for one name can't be told apart", () => {
    expect(sameSensorTwice({ "Kate’s Room": rule(1), Hall: rule(1), "kates-room": rule(2) })).toEqual([
      ["kates-room", "Kate’s Room"],
    ]);
  });
});

describe("devices stay the same objects", () => {
  function showable(key: string, name: string, room = "Hall"): Showable {
    return {
      ...sensor(key, name),
      introduction: JSON.stringify([name, room]),
      abilities: { measures: ["temperature"], buttons: [] },
      show: ({ base, entities }) => ({
        info: { key, name, manufacturer: "", model: "" },
        base,
        entities,
        async *states() {},
      }),
    };
  }

  test("while they introduce themselves the same at the same place", () => {
    const { devicesOf } = catalogue("home", {});
    const [a, b] = devicesOf([showable("a", "Hall"), showable("b", "Stairs")]);
    expect(devicesOf([showable("a", "Hall"), showable("b", "Stairs")])).toEqual([a, b]);
    const [a2, b2] = devicesOf([showable("a", "Hall"), showable("b", "Stairs", "Cellar")]);
    expect(a2).toBe(a);
    expect(b2).not.toBe(b);
    expect(b2?.base).toBe(b?.base);
  });

  test("but for those whose topics move because somebody with their name has come before them", () => {
    const { devicesOf } = catalogue("home", {});
    const [b] = devicesOf([showable("b", "Hall")]);
    const [a, moved] = devicesOf([showable("a", "Hall"), showable("b", "Hall")]);
    expect([b?.base, a?.base, moved?.base]).toEqual(["home/hall", "home/hall", "home/hall-1"]);
  });

  test("and sensors that can do the same share their entities", () => {
    const [a, b] = catalogue("home", {}).devicesOf([showable("a", "Hall"), showable("b", "Stairs")]);
    expect(a?.entities).toBe(b?.entities);
  });
});
