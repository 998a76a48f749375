import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { suite } from "../support/need.ts";

const folder = join(import.meta.dirname, "../../devices/sprinklers/firmware");

suite("the firmware", ["avr-gcc", "make"], () => {
  test("compiles, and the committed hex is what it compiles to where the compiler is the same", async () => {
    const { stdout } = await promisify(execFile)("make", ["-s", "-C", folder, "check"]);
    expect(stdout).toMatch(/^sprinklers\.hex is what sprinklers\.ino compiles to|^sprinklers\.ino compiles; /);
  });
});
