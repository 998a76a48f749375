import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";

const checkout = join(import.meta.dirname, "..");

/**
 * Bundles the command line into a folder, as `mqtt-things.mjs` and a file for each word of it. Returns the licences of
 * what is in it, as text.
 */
export async function bundle(folder: string): Promise<string> {
  await using build = await rolldown({
    input: { "mqtt-things": join(checkout, "src/cli.ts") },
    platform: "node",
    // A compiled module, which it finds beside its own sources.
    external: ["@serialport/bindings-cpp"],
  });
  const { output } = await build.write({
    dir: folder,
    format: "esm",
    minify: true,
    entryFileNames: "[name].mjs",
    chunkFileNames: "[name]-[hash].mjs",
  });
  const sources = output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
  const packages = sources.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []);
  return [...new Set(packages)].sort().map(licence).join("\n");
}

function licence(folder: string): string {
  const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const files = readdirSync(folder).filter((file) => /^licen[cs]e/i.test(file));
  return [`${name} ${version}`, ...files.map((file) => readFileSync(join(folder, file), "utf8"))].join("\n\n");
}
