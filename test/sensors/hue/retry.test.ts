import { expect, test } from "vitest";
import { patience } from "../../../devices/sensors/hue/retry.ts";

/** What is waited for the first tries, in seconds, when chance says this. */
function waits(chance: number): number[] {
  const { nextMs } = patience(() => chance);
  return Array.from({ length: 7 }, () => nextMs() / 1_000);
}

test("N3: each try waits twice as long as the one before it, up to a minute, and up to a quarter less by chance", () => {
  expect(waits(1)).toEqual([2, 4, 8, 16, 32, 60, 60]);
  expect(waits(0)).toEqual([1.5, 3, 6, 12, 24, 45, 45]);
});

test("nobody waits as long as another", () => {
  expect(new Set(Array.from({ length: 20 }, () => patience().nextMs())).size).toBeGreaterThan(15);
});

test("what has gone well begins anew", () => {
  const { nextMs, reset } = patience(() => 1);
  expect([nextMs(), nextMs()]).toEqual([2_000, 4_000]);
  reset();
  expect(nextMs()).toBe(2_000);
});
