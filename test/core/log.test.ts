import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";

/** Runs a few lines that have a `log`; its last line, on stderr, is how many ms that took. */
function logging(script: string) {
  const source = `
    import { createLog } from ${JSON.stringify(join(import.meta.dirname, "../../src/log.ts"))};
    const log = createLog("toy", "info");
    const since = performance.now();
    ${script}
    process.stderr.write(String(performance.now() - since));
  `;
  return spawn(process.execPath, ["--input-type=module", "-e", source], { stdio: ["ignore", "pipe", "pipe"] });
}

test("a reader that stands still costs lines, and a second once", async () => {
  const child = logging(`for (let n = 0; n < 30_000; n++) log.info({ n }, "tick");`);
  const took = Number(await text(child.stderr));
  expect(took).toBeGreaterThan(900);
  // Half a minute would be a second for each thousand lines; a busy machine needs some for itself.
  expect(took).toBeLessThan(20_000);
  child.stdout.resume();
  await once(child, "close");
});

test("a slow reader gets every line", async () => {
  const child = logging(`for (let n = 0; n < 3_000; n++) log.info({ n }, "tick");`);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const lines = (await text(child.stdout)).trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line).n)).toEqual(Array.from({ length: 3_000 }, (_, n) => n));
});

test("a reader that has gone costs lines only", async () => {
  const child = logging(`setTimeout(() => { log.info("tick"); log.fatal("tock"); process.exit(3); }, 300);`);
  child.stdout.destroy();
  const [code] = await once(child, "close");
  expect(code).toBe(3);
});
