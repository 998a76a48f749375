import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { nodeOptions } from "./launcher.ts";

const checkout = join(import.meta.dirname, "../..");

/** Bundles the command line into a folder; returns the command that runs it as `bin/mqtt-things` runs the sources. */
export async function bundled(folder: string): Promise<[string, ...string[]]> {
  await using bundle = await rolldown({
    input: join(checkout, "src/cli.ts"),
    platform: "node",
    // A compiled module, which it finds beside its own sources.
    external: ["@serialport/bindings-cpp"],
  });
  await bundle.write({
    dir: folder,
    format: "esm",
    minify: true,
    entryFileNames: "[name].mjs",
    chunkFileNames: "[name].mjs",
  });
  await symlink(join(checkout, "node_modules"), join(folder, "node_modules"));
  return ["env", "MALLOC_ARENA_MAX=1", process.execPath, ...nodeOptions(), join(folder, "cli.mjs")];
}
