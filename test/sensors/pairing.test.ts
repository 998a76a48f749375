import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { schema } from "../../devices/sensors/config.ts";
import { type FakeBridge, startFakeBridge } from "../../devices/sensors/hue/fake-bridge.ts";
import { makeCertificates } from "../../devices/sensors/hue/fake-certificate.ts";
import { main } from "../../devices/sensors/hue.ts";
import { type Person, pairInto } from "../../devices/sensors/pair-command.ts";
import { parsePairOptions } from "../../devices/sensors/pair-options.ts";
import { type Clock, realClock } from "../../src/clock.ts";
import { readYaml } from "../../src/yaml-file.ts";

let folder: string;
let bridge: FakeBridge;
let out: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pairing-"));
  out = join(folder, "hue-key");
  bridge = await startFakeBridge();
  await trust(bridge);
});
afterEach(async () => {
  await bridge[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const trust = ({ certificates }: FakeBridge) => writeFile(join(folder, "roots.pem"), certificates?.root ?? "");

/** Someone who reads everything; on a terminal or not. */
function reader(isTTY = false): Person & { text(): string; pasted(): string } {
  const said = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof said) =>
    new Writable({
      write(chunk, _, done) {
        said[name] += chunk;
        done();
      },
    });
  return {
    stdout: stream("stdout"),
    stderr: Object.assign(stream("stderr"), { isTTY }),
    text: () => said.stdout + said.stderr,
    pasted: () => said.stdout,
  };
}

const where = () => ["--host", `${bridge.host}:${bridge.port}`, "--out", out];
const argv = (...more: string[]) => [...where(), "--ca-file", join(folder, "roots.pem"), ...more];
const pair = (person: Person, ...more: string[]) => main(["pair", ...argv(...more)], person);

/** A minute takes 3 s. */
const fastClock: Clock = {
  monotonicMs: () => realClock.monotonicMs() * 20,
  epochMs: realClock.epochMs,
  sleep: (ms, signal) => realClock.sleep(ms / 20, signal),
};

describe("N6: pairing with a Hue bridge", () => {
  test("asks for the button, keeps the key for its owner alone, and prints what to paste, but never the key", async () => {
    const person = reader();
    const pairing = pair(person);
    await vi.waitFor(() => expect(person.text()).toMatch(/press the button on Hue Bridge \(BSB002\) now: \d+ s left/));
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    bridge.pressLinkButton();
    expect(await pairing).toBe(0);
    const key = (await readFile(out, "utf8")).trim();
    expect(key.length).toBeGreaterThan(10);
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    expect(person.text()).not.toContain(key);
    expect(person.pasted()).toBe(
      [
        ...["hue:", `  host: ${bridge.host}:${bridge.port}`, `  key_file: ${out}`, "  bridge_id: 001788fffe123456"],
        `  ca_file: ${join(folder, "roots.pem")}\n`,
      ].join("\n"),
    );
    const yaml = readYaml("sensors.yaml", `mqtt: { url: mqtt://b }\n${person.pasted()}`);
    const config = await schema("file").parseAsync("value" in yaml ? yaml.value : yaml.problems);
    expect(config.hue).toMatchObject({ key, bridgeId: "001788fffe123456", port: bridge.port });
  });

  test("a terminal counts down in one line", async () => {
    const person = reader(true);
    const pairing = pair(person);
    await vi.waitFor(() => expect(person.text()).toMatch(/\rpress the button .*\rpress the button/s), 5_000);
    bridge.pressLinkButton();
    expect(await pairing).toBe(0);
    expect(
      person
        .text()
        .split("\n")
        .filter((line) => line.includes("press the button")),
    ).toHaveLength(1);
  });

  test("somewhere else it says so every 10 s, for a minute, and leaves no file behind", async () => {
    const person = reader();
    const signal = new AbortController().signal;
    const pairing = pairInto(parsePairOptions(argv()), person, { signal, clock: fastClock });
    await expect(pairing).rejects.toThrow("nobody pressed the button of the bridge in time");
    const lines = person
      .text()
      .split("\n")
      .filter((line) => line.startsWith("press the button"));
    expect(lines.length).toBeGreaterThan(4);
    expect(lines.length).toBeLessThan(9);
    await expect(stat(out)).rejects.toThrow("ENOENT");
  });

  test("whoever gives up leaves no file behind", async () => {
    const giving = new AbortController();
    const person = reader();
    const pairing = pairInto(parsePairOptions(argv()), person, { signal: giving.signal });
    await vi.waitFor(() => expect(person.text()).toMatch(/press the button/));
    giving.abort();
    await expect(pairing).rejects.toThrow("pairing was given up");
    await expect(stat(out)).rejects.toThrow("ENOENT");
  });

  test("a round bridge is paired with in the open, and that is said", async () => {
    await bridge[Symbol.asyncDispose]();
    bridge = await startFakeBridge({ kind: "round" });
    const person = reader();
    const pairing = main(["pair", ...where()], person);
    await vi.waitFor(() =>
      expect(person.text()).toMatch(/speaks no TLS: whoever listens on this network learns the key/),
    );
    bridge.pressLinkButton();
    expect(await pairing).toBe(0);
  });
});

describe("before the bridge is asked anything", () => {
  afterEach(() => expect(bridge.received).toEqual([]));

  test("a key that is there is not overwritten", async () => {
    await writeFile(out, "the old key\n");
    const person = reader();
    expect(await pair(person)).toBe(1);
    expect(person.text()).toMatch(/hue-key: is there already, .* or add --force to replace it\n$/);
    expect(await readFile(out, "utf8")).toBe("the old key\n");
  });

  test("a path where nothing can be written is told of", async () => {
    for (const [path, sentence] of [
      [join(folder, "no/such/folder"), /there is no such folder/],
      [join(folder, "roots.pem", "key"), /there is no such folder/],
    ] as const) {
      const person = reader();
      expect(await main(["pair", "--host", "127.0.0.1", "--out", path], person)).toBe(1);
      expect(person.text()).toMatch(sentence);
    }
  });

  test.each<[string[], RegExp]>([
    [[], /^which tool\?/],
    [["pare"], /^unknown tool pare/],
    [["pair"], /^flag --host is missing/],
    [["pair", "--host", "hue"], /^flag --out is missing/],
    [["pair", "--host", "http://hue", "--out", "x"], /^--host must be a host such as/],
    [["pair", "--host", "hue", "--out", "x", "--bridge-id", "12"], /^--bridge-id must be the 16 hex digits/],
    [["pair", "--host", "hue", "--out", "x", "--config", "y"], /^unknown flag --config/],
    [["pair", "--host", "hue", "--out", "x", "y"], /^unexpected argument y/],
  ])("%j is a usage error", async (words, sentence) => {
    const person = reader();
    expect(await main(words, person)).toBe(64);
    expect(person.text()).toMatch(sentence);
    expect(person.text()).toContain("mqtt-things hue pair --host HOST[:PORT] --out FILE");
  });

  test("a CA file that is not there is told of", async () => {
    const person = reader();
    expect(await main(["pair", ...where(), "--ca-file", join(folder, "nowhere")], person)).toBe(1);
    expect(person.text()).toMatch(/--ca-file: .*nowhere: there is no such file/);
  });
});

describe("--force", () => {
  test("replaces the old key once there is a new one, and hides the file from others", async () => {
    await writeFile(out, "an old key that is longer than any application key can be: ".repeat(4));
    await chmod(out, 0o644);
    bridge.pressLinkButton();
    expect(await pair(reader(), "--force")).toBe(0);
    expect(await readFile(out, "utf8")).toMatch(/^[\w-]{20,60}\n$/);
    expect((await stat(out)).mode & 0o777).toBe(0o600);
  });

  test("leaves the old key where it is when there is no new one", async () => {
    await writeFile(out, "the old key\n");
    await bridge.powerOff();
    const person = reader();
    expect(await pair(person, "--force")).toBe(1);
    expect(person.text()).toMatch(/nothing listens at /);
    expect(await readFile(out, "utf8")).toBe("the old key\n");
  });
});

describe("N1: who the bridge is", () => {
  test("one that has signed its certificate itself is refused with the flag that trusts it, which then works", async () => {
    await bridge[Symbol.asyncDispose]();
    const certificates = makeCertificates({ commonName: "001788fffe123456", selfSigned: true });
    bridge = await startFakeBridge({ certificates });
    const [refused, trusting] = [reader(), reader()];
    expect(await main(["pair", ...where()], refused)).toBe(1);
    expect(refused.text()).toContain(`trust exactly this certificate: --fingerprint ${certificates.fingerprint}\n`);
    await expect(stat(out)).rejects.toThrow("ENOENT");
    bridge.pressLinkButton();
    expect(await main(["pair", ...where(), "--fingerprint", certificates.fingerprint], trusting)).toBe(0);
    expect(trusting.pasted()).toContain(`\n  fingerprint: ${certificates.fingerprint}\n`);
  });

  test("another bridge than the one that is meant is refused, and told nothing", async () => {
    const person = reader();
    expect(await pair(person, "--bridge-id", "001788fffe999999")).toBe(1);
    expect(person.text()).toMatch(/another Hue bridge is at the address: 001788fffe123456 instead of 001788fffe999999/);
    expect(bridge.received.filter(({ method }) => method === "POST")).toEqual([]);
  });
});
