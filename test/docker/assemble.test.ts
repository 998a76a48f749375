import { globSync, readFileSync } from "node:fs";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { assemble } from "../../docker/assemble.ts";

test.each([
  ["amd64", 62],
  ["arm64", 183],
])(
  "what an image for %s is made of has that one's module for serial ports, and no other",
  async (architecture, machine) => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "image-"));
    await assemble(folder.path, architecture, process.execPath);
    const modules = globSync(join(folder.path, "node_modules/@serialport/bindings-cpp/prebuilds/*/*.node"));
    // e_machine of an ELF file.
    expect(modules.map((path) => readFileSync(path).readUInt16LE(18))).toEqual([machine]);
  },
);

test("there is no image for another architecture", async () => {
  await expect(assemble(tmpdir(), "arm", process.execPath)).rejects.toThrow(
    "there is no image for arm: there is amd64, arm64",
  );
});
