// `node docker/assemble.ts FOLDER ARCHITECTURE`: what a daemon needs at run time but Node, as it is in the image. It is made
// on the machine that builds; ARCHITECTURE is the image's, as Docker says it.
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bundle } from "./bundle.ts";

const checkout = join(import.meta.dirname, "..");
/** serialport's compiled module, for Debian's C library. */
const serialPorts: Readonly<Record<string, string>> = {
  amd64: "linux-x64/@serialport+bindings-cpp.glibc.node",
  arm64: "linux-arm64/@serialport+bindings-cpp.armv8.glibc.node",
};

/** Assembles it in a folder; its Node is a link to this path. Throws for an architecture that has no image. */
export async function assemble(folder: string, architecture: string, node: string): Promise<void> {
  const serialPort = serialPorts[architecture];
  if (!serialPort)
    throw new Error(`there is no image for ${architecture}: there is ${Object.keys(serialPorts).join(", ")}`);
  const copy = (from: string, to = from) => {
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    cpSync(join(checkout, from), join(folder, to), { recursive: true });
  };
  // The launcher is the checkout's own, with its options for Node; it finds the bundle where it finds the sources.
  copy("bin/mqtt-things");
  symlinkSync(node, join(folder, "bin/node"));
  writeFileSync(join(folder, "LICENSES"), await bundle(join(folder, "bin")));
  copy("LICENSE");
  const bindings = "node_modules/@serialport/bindings-cpp";
  for (const part of ["package.json", "LICENSE", "dist", "node_modules", `prebuilds/${serialPort}`])
    copy(`${bindings}/${part}`);
  for (const name of ["@serialport/bindings-interface", "node-gyp-build", "ms"]) copy(`node_modules/${name}`);
  // The demo's board executes it; it looks for it as from its own folder in the sources.
  const firmware = "sprinklers/firmware";
  for (const part of ["sprinklers.hex", "licenses"]) copy(`devices/${firmware}/${part}`, `${firmware}/${part}`);
}

const [, , folder, architecture] = process.argv;
if (import.meta.main && folder && architecture) await assemble(folder, architecture, "/usr/local/bin/node");
