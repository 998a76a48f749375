import { execFile } from "node:child_process";
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const command = join(import.meta.dirname, "../bin/mqtt-things");
/** Says at exit which of these of Node's own modules a process has loaded. */
const spy = `process.on("exit", () => console.error(
  ["net", "tls", "http", "crypto", "internal/deps/amaro/dist/index"]
    .filter((name) => process.moduleLoadList.includes("NativeModule " + name)).join()))`;

async function loadedBy(mqttUrl: string): Promise<string> {
  await using folder = await mkdtempDisposable(join(tmpdir(), "lean-"));
  const file = join(folder.path, "garden.yaml");
  await writeFile(file, `mqtt: { url: "${mqttUrl}" }\nport: /dev/null\nzones: [{ relay: 2, name: Lawn }]\n`);
  const env = { PATH: process.env.PATH, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(spy)}` };
  const { stdout, stderr } = await promisify(execFile)(command, ["sprinklers", "--config", file, "--check"], { env });
  expect(stdout).toBe("the configuration is valid\n");
  // The process that strips the types has spoken first.
  return stderr.trim().split("\n").at(-1) ?? "";
}

test("a daemon strips no types itself, and loads neither TLS nor HTTP for a broker without them", async () => {
  expect(await loadedBy("mqtt://broker")).toBe("net");
});

test("TLS is there when the broker wants it", async () => {
  expect(await loadedBy("mqtts://broker")).toBe("net,tls,crypto");
});
