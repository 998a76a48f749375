import fc from "fast-check";
import { expect, test } from "vitest";
import { largeHouse } from "../../../devices/sensors/hue/fake-house.ts";
import { type FakeResource, measurement } from "../../../devices/sensors/hue/fake-resources.ts";
import { virtualClock } from "../../support/clock.ts";
import { changes, houseOf, told } from "./houses.ts";

test("changes of things that have nothing to do with each other lead to one house, in any order", () => {
  const items = largeHouse(5, "001788FFFE123456", "1970084010", virtualClock());
  const measuring = items.filter(({ type }) => ["motion", "light_level", "temperature", "device_power"].includes(type));
  const change = fc.constantFrom(...measuring).chain((one): fc.Arbitrary<FakeResource> => {
    const { id, type, owner } = one;
    const with_ = (feature: string, value: unknown) => ({ id, type, owner, [feature]: value });
    if (type === "motion") {
      return fc.boolean().map((value) => with_("motion", measurement("both", "motion", value, "")));
    }
    if (type === "light_level") {
      return fc.nat(65_534).map((value) => with_("light", measurement("new", "light_level", value, "")));
    }
    if (type === "temperature") {
      return fc
        .double({ min: -30, max: 50 })
        .map((value) => with_("temperature", measurement("old", "temperature", value, "")));
    }
    return fc.nat(100).map((value) => with_("power_state", { battery_level: value }));
  });
  const unrelated = fc.uniqueArray(change, { selector: ({ id }) => id, maxLength: 15 });
  const twice = unrelated.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
  );
  fc.assert(
    fc.property(twice, ([one, other]) => {
      const [a, b] = [houseOf(items), houseOf(items)];
      told(a, ...changes("update", ...one));
      for (const item of other) told(b, ...changes("update", item));
      expect(a.sensors()).toEqual(b.sensors());
    }),
  );
});

test("a change that is merged is what a full read would have said", () => {
  const clock = virtualClock();
  const items = largeHouse(3, "001788FFFE123456", "1970084010", clock);
  const motions = items.filter(({ type }) => type === "motion");
  const field = fc.record(
    {
      motion: fc.constantFrom(true, false, null),
      motion_valid: fc.boolean(),
      motion_report: fc.record({ motion: fc.boolean() }),
    },
    { requiredKeys: ["motion", "motion_valid", "motion_report"] },
  );
  fc.assert(
    fc.property(fc.constantFrom(...motions), field, fc.option(fc.boolean()), (one, motion, enabled) => {
      const now = { ...one, motion, enabled };
      const house = houseOf(items);
      told(house, ...changes("update", { id: one.id, type: one.type, motion, enabled }));
      expect(house.sensors()).toEqual(houseOf(items.map((old) => (old.id === one.id ? now : old))).sensors());
    }),
  );
});
