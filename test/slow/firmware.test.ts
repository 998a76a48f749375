import { test } from "vitest";
import { liveTogether } from "../firmware/lives.ts";

test("300 random lives of a garden on the compiled firmware: the water stops in time and the house says what is so", async () => {
  await liveTogether(300);
}, 600_000);
