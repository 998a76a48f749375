// Loads the largest code file as the daemon does, from a file, and prints what that took, and what of it stays.
import { mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { openCodeFile } from "../../devices/smart-aircons/code-sets.ts";
import { largeCodeFile } from "../smart-aircons/code-sets/large-file.ts";

using folder = mkdtempDisposableSync(join(tmpdir(), "bench-"));
const path = join(folder.path, "large.json");
const text = largeCodeFile();
writeFileSync(path, text);

async function usedMb(): Promise<number> {
  // What lies outside the heap is given back a turn after the collection.
  for (let n = 0; n < 3; n++) {
    globalThis.gc?.();
    await turn();
  }
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}

const beforeMb = await usedMb();
const beganMs = performance.now();
const file = await openCodeFile(path);
const tookMs = performance.now() - beganMs;
const keptMb = (await usedMb()) - beforeMb;
const codes = text.split('"Jg').length - 1;
process.stdout.write(
  JSON.stringify({ codes, megabytes: text.length / 1e6, tookMs, keptMb, modes: file.abilities.size }),
);
