import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { cli } from "./support/process.ts";

const folder = mkdtempSync(join(tmpdir(), "mqtt-things-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the command line to its end. */
function mqttThings(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) =>
    execFile(process.execPath, [cli, ...argv], { env: { PATH: process.env.PATH } }, (error, out, err) =>
      resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err }),
    ),
  );
}

test("without a word it says which there are", async () => {
  const { code, err } = await mqttThings();
  expect(code).toBe(64);
  expect(err).toContain("mqtt-things sprinklers");
});

test("an unknown word is named", async () => {
  const { code, err } = await mqttThings("toaster");
  expect(code).toBe(64);
  expect(err).toContain("unknown word toaster");
});

test.each([
  [["--help"]],
  [["-h"]],
  [["sprinklers", "--help"]],
  [["sprinklers", "-h"]],
  [["demo", "-help"]],
  [["board", "--help"]],
])("%j helps on standard output", async (argv) => {
  const { code, out, err } = await mqttThings(...argv);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toContain("mqtt-things");
});

test.each([[["--version"]], [["sprinklers", "-version"]], [["demo", "--version"]], [["board", "--version"]]])(
  "%j says the version",
  async (argv) => {
    expect((await mqttThings(...argv)).out).toBe(`mqtt-things ${manifest.version}\n`);
  },
);

test("the help of sprinklers names the original's flags and every key as a flag, and how a variable is made of it", async () => {
  const { out } = await mqttThings("sprinklers", "--help");
  for (const text of [
    "-host HOST[:PORT]",
    "-port PATH",
    "-relay NUMBER",
    "-maxRun",
    "-mqttPasswordFile",
    "mqtt.ca_file is\n-mqttCaFile, and the variable MQTT_THINGS_MQTT_CA_FILE",
    "debug (every byte on the wire), info, warn, error [info]",
    "-masterRelay       relay of a pump or main valve",
    "README.md",
  ]) {
    expect(out).toContain(text);
  }
});

test("a wrong command line is a usage error that is named first", async () => {
  const { code, err, out } = await mqttThings("sprinklers", "-host", "b");
  expect({ code, out }).toEqual({ code: 64, out: "" });
  expect(err.split("\n").slice(0, 2)).toEqual(["missing flag -port", "missing flag -relay"]);
  expect(err).toContain("usage: mqtt-things sprinklers");
});

test("--check says that a configuration is valid, and starts nothing", async () => {
  const file = join(folder, "good.yaml");
  writeFileSync(file, "mqtt: { url: mqtt://broker }\nport: /dev/nowhere\nzones: [{ relay: 2 }]\n");
  expect(await mqttThings("sprinklers", "--config", file, "--check")).toEqual({
    code: 0,
    out: "the configuration is valid\n",
    err: "",
  });
});

test.each([[["--check"]], [[]]])(
  "a password file that is not there is a configuration error, with %j",
  async (argv) => {
    const file = join(folder, "secret.yaml");
    writeFileSync(
      file,
      "mqtt: { url: mqtt://b, username: a, password_file: /nowhere }\nport: x\nzones: [{ relay: 2 }]\n",
    );
    const { code, err } = await mqttThings("sprinklers", "--config", file, ...argv);
    expect({ code, err }).toEqual({ code: 78, err: "mqtt.password_file: /nowhere: there is no such file\n" });
  },
);

test("a wrong file is a configuration error", async () => {
  const file = join(folder, "bad.yaml");
  writeFileSync(file, "mqtt: { url: mqtt://b }\nport: x\nzones: [{ relay: 9 }]\n");
  const { code, err } = await mqttThings("sprinklers", "--config", file);
  expect({ code, err }).toEqual({
    code: 78,
    err: `${file}:3:18: zones[0].relay: must be a relay's number, 1 to 8 (found 9)\n`,
  });
});

test.each([
  [["--bogus"], "unknown flag --bogus"],
  [["--port", "many"], "--port needs a number from 0 to 65535"],
  [["--broker", "localhost"], "--broker needs a URL such as mqtt://host:1883"],
])("demo %j is a usage error", async (argv, line) => {
  const { code, err } = await mqttThings("demo", ...argv);
  expect(code).toBe(64);
  expect(err.split("\n")[0]).toBe(line);
});
