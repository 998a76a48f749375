import { expect, test } from "vitest";
import { largeHouse } from "../../devices/sensors/hue/fake-house.ts";
import { realClock } from "../../src/clock.ts";
import { base, bridgeBase, documentOf, houseWith } from "./lived-in.ts";

const SENSORS = 500;

test("N9: 500 sensors are all discovered and available, and go on one by one", {
  timeout: 60_000,
}, async () => {
  const resources = largeHouse(SENSORS, "001788FFFE123456", "1970084010", realClock);
  await using house = await houseWith({ bridge: { resources } });
  const topics = Array.from({ length: SENSORS }, (_, i) => `sensor-${i + 1}`);
  const all = topics.map((topic) => house.shows(`${topic}/availability`, "online", 30_000));
  const keys = topics.map((_, i) => `00178801${(0x1000 + i).toString(16).padStart(8, "0")}`);
  const documents = ["bridge", ...keys].map((key) => house.person.until(documentOf(key), /./, 30_000));
  await house.start();
  await Promise.all([...all, ...documents, house.person.until(`${bridgeBase}/availability/get`, "online", 30_000)]);

  const count = house.person.messages.length;
  house.bridge.house.set("Sensor 250", { motion: true });
  await house.shows("sensor-250/presence", "1");
  expect(house.person.messages.slice(count).map(({ topic }) => topic)).toEqual([`${base}/sensor-250/presence/get`]);
});
