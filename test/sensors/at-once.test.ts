import { expect, test } from "vitest";
import { base } from "./lived-in.ts";
import { virtualHouse } from "./virtual-house.ts";

test("N4: whoever walks in and out again is shown before any time has passed", async () => {
  await using house = await virtualHouse(1);
  const topic = `${base}/sensor-1/presence/get`;
  const before = house.person.history(topic).length;
  for (const motion of [true, false, true]) {
    const shown = house.person.next(topic, motion ? "1" : "0");
    house.bridge.house.set("Sensor 1", { motion });
    await shown;
  }
  expect(house.person.history(topic).slice(before)).toEqual(["1", "0", "1"]);
});
