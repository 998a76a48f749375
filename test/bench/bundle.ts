import { join } from "node:path";
import { assemble } from "../../docker/assemble.ts";

/** Assembles the command line in a folder as it is in an image; returns the command that runs it. */
export async function bundled(folder: string): Promise<[string, ...string[]]> {
  await assemble(folder, process.arch === "x64" ? "amd64" : process.arch, process.execPath);
  return [join(folder, "bin/mqtt-things")];
}
