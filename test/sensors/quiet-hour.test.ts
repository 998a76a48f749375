import { expect, test } from "vitest";
import { quietHour } from "./quiet-hour.ts";

/** What the original sends in an hour: five values of each of ten sensors, every second. */
const ORIGINALS = 180_000;

test("a quiet hour with 10 sensors sends each value that changes once, and at most 2 % of what the original sends", async () => {
  const { messages, changes, right } = await quietHour();
  expect(right).toBe(true);
  expect(messages).toBe(changes);
  // Temperature, light level and illuminance every five minutes; dark and daylight change at most once.
  expect(messages).toBeGreaterThanOrEqual(10 * 12 * 3);
  expect(messages).toBeLessThanOrEqual(10 * 12 * 3 + 20);
  expect(messages).toBeLessThanOrEqual(0.02 * ORIGINALS);
}, 120_000);

test("N8: an hour in which nothing changes sends nothing at all", async () => {
  expect((await quietHour({ changing: false })).messages).toBe(0);
}, 120_000);
