import { test } from "vitest";
import { liveTogether } from "./lives.ts";

// 300 of them are in test/slow.
test("driver and firmware together: whatever people ask and whatever breaks, the water stops in time and the house says what is so", async () => {
  await liveTogether(40);
}, 120_000);
