import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Named, plainName, topicNames } from "../../devices/sensors/names.ts";

const named = (key: string, name: string, v1Number?: number): Named => ({ key, name, v1Number });
const namesOf = (...sensors: Named[]) => Object.fromEntries(topicNames(sensors));

describe("a name in topics", () => {
  test.each([
    ["Kate’s Room_2", "kates-room-2"],
    ["Kate's Room", "kates-room"],
    ["Hall", "hall"],
    ["Front  door", "front--door"],
    ["Küche", "küche"],
    ["智能遥控", "智能遥控"],
    ["🏠 Hall", "🏠-hall"],
    ["Stairs\tup\u00a0there", "stairs-up-there"],
    ["ΚΉΠΟΣ", "κήποσ"],
    ["Kitchen/Dining", "kitchen/dining"],
    ["/Kitchen//Dining/", "kitchen/dining"],
    ["Hall + Stairs #1", "hall--stairs-1"],
    ["Hall\u0000\u0007", "hall"],
    ["Ha\ud800ll\uffff", "hall"],
    ["'’", ""],
    ["/", ""],
    ["", ""],
  ])("%j is %j", (name, plain) => expect(plainName(name)).toBe(plain));

  test("has at most 200 letters, because a broker allows 200 levels", () => {
    expect(plainName("a/".repeat(300)).split("/")).toHaveLength(100);
    expect([...plainName("🏠".repeat(300))]).toHaveLength(200);
  });

  test("whatever people write is a valid part of a topic, and is the same when it is read again", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (name) => {
        const plain = plainName(name);
        expect(plain).not.toMatch(/[+#\s_'’\p{Cc}]/u);
        expect(plain.isWellFormed()).toBe(true);
        expect(plain.split("/").every((level) => level !== "" || plain === "")).toBe(true);
        expect(plainName(plain)).toBe(plain);
      }),
    );
  });
});

describe("sensors of one name", () => {
  test("the one with the lower v1 number keeps it, the later ones are counted", () => {
    expect(namesOf(named("cc", "Hall", 20), named("aa", "hall", 12), named("bb", "HALL", 5))).toEqual({
      bb: "hall",
      aa: "hall-1",
      cc: "hall-2",
    });
  });

  test("those without a number come after, by MAC", () => {
    const sensors = [named("0c", "Hall"), named("0b", "Hall"), named("0a", "Hall", 99)];
    expect(namesOf(...sensors)).toEqual({ "0a": "hall", "0b": "hall-1", "0c": "hall-2" });
  });

  test("a counted name that is somebody's own goes on counting", () => {
    expect(namesOf(named("a", "Hall", 1), named("b", "Hall 1", 2), named("c", "Hall", 3))).toEqual({
      a: "hall",
      b: "hall-1",
      c: "hall-2",
    });
    expect(namesOf(named("a", "Hall", 1), named("b", "Hall", 2), named("c", "Hall 1", 3))).toEqual({
      a: "hall",
      b: "hall-1",
      c: "hall-1-1",
    });
  });

  test("are counted in no time, however many there are", { timeout: 1_000 }, () => {
    const sensors = Array.from({ length: 20_000 }, (_, number) => named(`${number}`, "Hall", number));
    expect(topicNames(sensors).get("19999")).toBe("hall-19999");
  });

  test("a name with nothing left is the sensor's key", () => {
    expect(namesOf(named("0017880102030405", "’"), named("00178801020304ff", ""))).toEqual({
      "0017880102030405": "0017880102030405",
      "00178801020304ff": "00178801020304ff",
    });
  });

  const anySensor = fc.record({
    name: fc.oneof(fc.constantFrom("Hall", "hall", "Hall 1", "hall_1", "", "’", "+", "Hall 1 1"), fc.string()),
    v1Number: fc.option(fc.nat(20), { nil: undefined }),
  });
  const anyHouse = fc
    .array(anySensor, { maxLength: 12 })
    .map((house) => house.map((sensor, i) => ({ key: i.toString(16).padStart(16, "0"), ...sensor })));

  test("everybody has a name of their own, whatever the order they are listed in", () => {
    fc.assert(
      fc.property(
        anyHouse.chain((house) =>
          fc.tuple(fc.constant(house), fc.shuffledSubarray(house, { minLength: house.length })),
        ),
        ([house, shuffled]) => {
          const names = topicNames(house);
          expect(new Set(names.values()).size).toBe(house.length);
          expect([...names.values()].every((name) => name !== "" && !/[+#\s]/.test(name))).toBe(true);
          expect(Object.fromEntries(topicNames(shuffled))).toEqual(Object.fromEntries(names));
        },
      ),
    );
  });

  test("whoever comes later takes nobody's name away", () => {
    fc.assert(
      fc.property(anyHouse, fc.string(), (house, name) => {
        const numbered = house.map((sensor, i) => ({ ...sensor, v1Number: i }));
        const before = topicNames(numbered);
        const after = topicNames([...numbered, { key: "ffff", name, v1Number: 100 }]);
        for (const [key, own] of before) expect(after.get(key)).toBe(own);
      }),
    );
  });
});
