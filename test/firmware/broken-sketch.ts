import { execFile } from "node:child_process";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";

const project = join(import.meta.dirname, "../..");
const firmware = join(project, "devices/sprinklers/firmware");

/**
 * Compiles the sketch with `to` in place of `from`, in a folder that is there and empty; returns the path of its hex.
 * Throws when `from` is not in the sketch just once, or when the result does not compile. Needs avr-gcc and make.
 */
export async function breakSketch(folder: string, from: string, to: string): Promise<string> {
  const sketch = await readFile(join(firmware, "sprinklers.ino"), "utf8");
  const [before, after, ...more] = sketch.split(from);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`not just once in sprinklers.ino: ${from}`);
  }
  await writeFile(join(folder, "sprinklers.ino"), before + to + after);
  await copyFile(join(firmware, "Makefile"), join(folder, "Makefile"));
  await promisify(execFile)("make", ["-s", "-C", folder]);
  return join(folder, "sprinklers.hex");
}

const report = z.object({
  testResults: z.array(z.object({ assertionResults: z.array(z.object({ status: z.string(), title: z.string() })) })),
});

/** Runs one file of the firmware's tests on this hex; the tests that fail. Throws when none of them runs. */
export async function failuresOf(file: string, hex: string): Promise<string[]> {
  const output = `${hex}.${file}.json`;
  const vitest = join(project, "node_modules/vitest/vitest.mjs");
  const args = [vitest, "run", "--config", "vitest.long.config.ts", `test/firmware/${file}.test.ts`];
  args.push("--reporter=json", `--outputFile=${output}`);
  const env = { ...process.env, FIRMWARE_HEX: hex };
  // It exits with 1 when a test fails.
  await promisify(execFile)(process.execPath, args, { cwd: project, env }).catch(() => {});
  const { testResults } = report.parse(JSON.parse(await readFile(output, "utf8")));
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  if (!tests.some(({ status }) => status === "passed" || status === "failed"))
    throw new Error(`no test ran of ${file}`);
  return tests.filter(({ status }) => status === "failed").map(({ title }) => title);
}
