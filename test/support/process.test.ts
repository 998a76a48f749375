import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startDaemon } from "./process.ts";

async function script(text: string) {
  const folder = await mkdtemp(join(tmpdir(), "daemon-"));
  const path = join(folder, "main.ts");
  await writeFile(path, text);
  return { path, folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

const obedient = `
process.on("SIGTERM", () => { console.error("bye"); process.exit(7); });
setInterval(() => {}, 1000);
console.log(JSON.stringify({ msg: "ready", args: process.argv.slice(2), house: process.env.HOUSE, at: process.cwd() }));
console.log("plain words");
`;

it("a daemon's lines, arguments, environment and exit are seen", async () => {
  await using main = await script(obedient);
  const env = { HOUSE: "mine" };
  await using daemon = startDaemon(["demo", "-x"], { script: main.path, env, cwd: main.folder });
  expect(await daemon.untilLog("plain")).toBe("plain words");
  expect(daemon.lines).toEqual([{ msg: "ready", args: ["demo", "-x"], house: "mine", at: main.folder }]);
  expect(process.kill(daemon.pid, 0)).toBe(true);
  daemon.signal("SIGTERM");
  expect(await daemon.exited).toMatchObject({ code: 7, signal: null, ms: expect.any(Number) });
  expect(await daemon.untilLog(/^bye$/)).toBe("bye");
});

it("waiting for words of a daemon that ends says what it did say", async () => {
  await using main = await script(`process.stderr.write("no config"); process.exitCode = 78;`);
  await using daemon = startDaemon([], { script: main.path });
  await expect(daemon.untilLog("ready")).rejects.toThrow("it ended with 78 before it said ready; it said:\nno config");
  await expect(daemon.untilLog("ready", 10_000)).rejects.toThrow("it ended with 78");
});

it("waiting for words that do not come ends in time", async () => {
  await using main = await script(obedient);
  await using daemon = startDaemon([], { script: main.path });
  await daemon.untilLog("plain");
  await expect(daemon.untilLog(/never/, 50)).rejects.toThrow("50 ms went by before it said /never/");
});

it("a daemon that ignores signals is gone after its test", async () => {
  await using main = await script(`process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("up");`);
  const daemon = startDaemon([], { script: main.path });
  await daemon.untilLog("up");
  await daemon[Symbol.asyncDispose]();
  expect(await daemon.exited).toMatchObject({ code: null, signal: "SIGKILL" });
});
