import { execFile } from "node:child_process";
import { cp, mkdir, mkdtempDisposable, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const checkout = join(import.meta.dirname, "..");
const valid = "the configuration is valid\n";
const amaro = "internal/deps/amaro/dist/index";
/** Says at exit which of these of Node's own modules a process has loaded. */
const spy = `process.on("exit", () => console.error(
  ["net", "tls", "http", "crypto", "${amaro}"]
    .filter((name) => process.moduleLoadList.includes("NativeModule " + name)).join()));`;

/** Has a configuration checked by a process that runs `preload` first; tells what it said, and what it has loaded. */
async function check({ url = "mqtt://broker", preload = "", root = checkout }) {
  await using folder = await mkdtempDisposable(join(tmpdir(), "lean-"));
  const file = join(folder.path, "garden.yaml");
  await writeFile(file, `mqtt: { url: "${url}" }\nport: /dev/null\nzones: [{ relay: 2, name: Lawn }]\n`);
  const before = join(folder.path, "before.cjs");
  await writeFile(before, spy + preload);
  const env = { PATH: process.env.PATH, NODE_OPTIONS: `--require=${before}` };
  const command = join(root, "bin/mqtt-things");
  const { stdout, stderr } = await promisify(execFile)(command, ["sprinklers", "--config", file, "--check"], { env });
  return { said: stdout, loaded: stderr.trim() };
}

test("a daemon strips no types itself, and loads neither TLS nor HTTP for a broker without them", async () => {
  expect(await check({})).toEqual({ said: valid, loaded: "net" });
});

test("TLS is there when the broker wants it", async () => {
  expect(await check({ url: "mqtts://broker" })).toEqual({ said: valid, loaded: "net,tls,crypto" });
});

test("what everyone's Node loads first may speak", async () => {
  expect(await check({ preload: `console.log("hello");` })).toEqual({ said: `hello\n${valid}`, loaded: "net" });
});

test("a daemon strips the types itself when no other process can", async () => {
  const { said, loaded } = await check({ preload: `process.execPath = "/nowhere";` });
  expect(said).toBe(valid);
  expect(loaded).toContain(amaro);
});

test.each(["src/health.ts", "devices/sensors/hue/bridge.ts", "devices/smart-aircons/blasters/zmote-http.ts"])(
  "%s speaks HTTP without all that fetch needs, which is 4 MB",
  async (path) => {
    const script = `const { serveHealth } = await import(${JSON.stringify(join(checkout, path))});
    await serveHealth?.({ port: 0, host: "127.0.0.1" }).then((health) => health[Symbol.asyncDispose]());
    console.log(["http", "internal/deps/undici/undici"].filter((name) => process.moduleLoadList.includes("NativeModule " + name)).join());`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
    expect(stdout).toBe("http\n");
  },
);

// But for a backslash: Node runs no modules below one.
test("the checkout may be in a folder of any name", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "lean-"));
  const root = join(folder.path, "a #1 [x] {y} 50% b?*");
  await mkdir(root);
  for (const part of ["bin", "src", "devices", "package.json"]) {
    await cp(join(checkout, part), join(root, part), { recursive: true });
  }
  await symlink(join(checkout, "node_modules"), join(root, "node_modules"));
  expect(await check({ root })).toEqual({ said: valid, loaded: "net" });
});
