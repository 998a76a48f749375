import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { type Config, flags, schema } from "../../devices/sprinklers/config.ts";
import { ConfigurationError, load } from "../../src/config.ts";
import { milliseconds } from "../../src/duration.ts";

const daemon = { name: "sprinklers", schema, flags };
const folder = mkdtempSync(join(tmpdir(), "mqtt-things-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

const minutes = (count: number) => count * 60_000;
const legacy = ["-host", "mqtt-broker", "-port", "/dev/ttyACM0", "-relay", "2", "-relay", "3"];

function file(text: string): string {
  const path = join(folder, "garden.yaml");
  writeFileSync(path, text);
  return path;
}

async function loaded(argv: string[], env: Record<string, string> = {}): Promise<Config> {
  return (await load(daemon, argv, env)).config;
}

async function refused(argv: string[], env: Record<string, string> = {}): Promise<{ code: number; lines: string[] }> {
  const error = await load(daemon, argv, env).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(error instanceof ConfigurationError)) throw new Error(`was not refused: ${error}`);
  return { code: error.exitCode, lines: error.message.replaceAll(folder, "").split("\n") };
}

const yaml = `
mqtt: { url: mqtt://mqtt-broker:1883, username: sprinklers }
port: /dev/serial/by-id/usb-Arduino_Uno-if00
zones:
  - { relay: 2, name: Front lawn, duration: 10min, max_run: 30min, day_cap: 2h }
  - { relay: 3, name: Veggie beds, duration: 5min }
max_concurrent: 1
master: { relay: 8, lead: 2s, linger: 5s }
on_broker_loss: stop
timezone: Australia/Perth
`;

test("the original's start line gives the original's house", async () => {
  const config = await loaded(legacy);
  expect(config.mqtt.url).toBe("mqtt://mqtt-broker");
  expect(config.port).toBe("/dev/ttyACM0");
  expect(config.rules).toMatchObject({ maxConcurrent: 8, whenBusy: "queue", master: undefined, onBrokerLoss: "stop" });
  expect(config.rules.zones).toEqual(
    [2, 3].map((relay) => ({
      relay,
      durationMs: minutes(60),
      maxRunMs: minutes(60),
      dayCapMs: Number.POSITIVE_INFINITY,
    })),
  );
});

test("-maxRun changes how long a run is and how long it may be", async () => {
  const { rules } = await loaded([...legacy, "-maxRun", "90min"]);
  expect(rules.zones[0]).toMatchObject({ durationMs: minutes(90), maxRunMs: minutes(90) });
});

test("the file of the README is understood", async () => {
  const { rules } = await loaded(["-config", file(yaml)]);
  expect(rules.zones).toEqual([
    { relay: 2, durationMs: minutes(10), maxRunMs: minutes(30), dayCapMs: minutes(120) },
    { relay: 3, durationMs: minutes(5), maxRunMs: minutes(30), dayCapMs: minutes(120) },
  ]);
  expect(rules).toMatchObject({ maxConcurrent: 1, master: { relay: 8, leadMs: 2_000, lingerMs: 5_000 } });
});

test("a file has the safer defaults: one zone at a time, 10 minutes, at most 30, 2 hours a day", async () => {
  const { rules } = await loaded(["-config", file("{ mqtt: { url: mqtt://a }, port: /dev/x, zones: [{ relay: 1 }] }")]);
  expect(rules).toMatchObject({
    maxConcurrent: 1,
    zones: [{ durationMs: minutes(10), maxRunMs: minutes(30), dayCapMs: minutes(120) }],
  });
});

test("a zone that may run for less than the usual duration runs for as long as it may", async () => {
  const { rules } = await loaded([
    "-config",
    file("{ mqtt: { url: mqtt://a }, port: /dev/x, zones: [{ relay: 1, max_run: 150s }] }"),
  ]);
  expect(rules.zones[0]).toMatchObject({ durationMs: minutes(2), maxRunMs: 150_000 });
});

test("a zone's own day_cap counts before the garden's, and the garden's before the default", async () => {
  const zones = "[{ relay: 1, day_cap: 20min }, { relay: 2, day_cap: none }, { relay: 3 }]";
  const { rules } = await loaded([
    "-config",
    file(`{ mqtt: { url: mqtt://a }, port: /dev/x, day_cap: 1h, zones: ${zones} }`),
  ]);
  expect(rules.zones.map(({ dayCapMs }) => dayCapMs)).toEqual([minutes(20), Number.POSITIVE_INFINITY, minutes(60)]);
});

test("what a further zone does, and what happens without a broker, is as the file says", async () => {
  const text =
    "{ mqtt: { url: mqtt://a }, port: /dev/x, zones: [{ relay: 1 }], when_busy: replace, on_broker_loss: finish }";
  const { rules } = await loaded(["-config", file(text)]);
  expect(rules).toMatchObject({ whenBusy: "replace", onBrokerLoss: "finish" });
});

test("flags win over the environment, the environment over the file", async () => {
  const env = {
    MQTT_THINGS_MQTT_URL: "mqtt://from-env",
    MQTT_THINGS_PORT: "/dev/env",
    MQTT_THINGS_MAX_CONCURRENT: "2",
  };
  const config = await loaded(["-config", file(yaml), "-port", "/dev/flag"], env);
  expect(config).toMatchObject({
    mqtt: { url: "mqtt://from-env", username: "sprinklers" },
    port: "/dev/flag",
    max_concurrent: 2,
  });
});

test("the environment alone is enough where it names everything but the relays", async () => {
  const config = await loaded(["-relay", "5"], { MQTT_THINGS_MQTT_URL: "mqtt://b", MQTT_THINGS_PORT: "/dev/b" });
  expect(config.rules.zones.map(({ relay }) => relay)).toEqual([5]);
});

test("a variable that is empty is not set", async () => {
  expect((await loaded(legacy, { MQTT_THINGS_CONFIG: "", MQTT_THINGS_MAX_RUN: "" })).max_run).toBe(minutes(60));
});

test.each([
  ["one dash", ["-host", "b"]],
  ["two dashes", ["--host", "b"]],
  ["an equals sign", ["-host=b"]],
])("a flag with %s", async (_, host) => {
  expect((await loaded([...host, "-port=/dev/x", "-relay=1"])).mqtt.url).toBe("mqtt://b");
});

test.each([
  ["127.0.0.1:8080", "mqtt://127.0.0.1:8080"],
  ["mqtts://broker", "mqtts://broker"],
])("a host may carry a port, and may be the whole URL: %s", async (host, url) => {
  expect((await loaded(["-host", host, "-port", "x", "-relay", "1"])).mqtt.url).toBe(url);
});

test("a boolean flag alone is true, and false where it says so", async () => {
  expect((await loaded([...legacy, "-switches"])).switches).toBe(true);
  expect((await loaded([...legacy, "-discovery=false"])).discovery).toBe(false);
  expect((await loaded(legacy)).discovery).toBe(true);
});

test("a flag may be written in kebab case", async () => {
  expect((await loaded([...legacy, "--health-port", "8080"])).health_port).toBe(8080);
});

test("the original's MQTT_CLIENT_PROVIDER is ignored, and unknown variables of ours are told", async () => {
  const { strangers } = await load(daemon, legacy, { MQTT_CLIENT_PROVIDER: "paho", MQTT_THINGS_MAX_RUM: "1min" });
  expect(strangers).toEqual(["MQTT_THINGS_MAX_RUM"]);
});

test("the variable that names the file is no stranger", async () => {
  const { config, strangers } = await load(daemon, [], { MQTT_THINGS_CONFIG: file(yaml) });
  expect({ name: config.zones[0]?.name, strangers }).toEqual({ name: "Front lawn", strangers: [] });
});

test.each([
  [["-bogus", "1", ...legacy], "unknown flag -bogus"],
  [["-host"], "flag -host needs a value"],
  [["extra", ...legacy], "unexpected argument extra"],
  [["-port", "x", "-relay", "1"], "missing flag -host"],
  [["-host", "b", "-relay", "1"], "missing flag -port"],
  [["-host", "b", "-port", "x"], "missing flag -relay"],
  [["-host", "b", "-port", "x", "-relay", "9"], "-relay: must be a relay's number, 1 to 8 (found 9)"],
  [["-host", "b", "-port", "x", "-relay", "2", "-relay", "2"], "-relay: relay 2 is used twice"],
  [
    ["-host", "b", "-port", "x", "-relay", "1", "-maxRun", "4h"],
    '-maxRun: must be a duration from 1min to 3h with its unit (found "4h")',
  ],
  [
    [...legacy, "-instance", "Back_Garden", "-baseTopic", "b"],
    '-instance: must be lower-case letters, digits and dashes (found "Back_Garden")',
  ],
  [
    [...legacy, "-instance", "b"],
    "-baseTopic: a second instance needs its own: two boards on home/outside/sprinklers would open two valves",
  ],
])("the command line %j is refused as usage", async (argv, line) => {
  const { code, lines } = await refused(argv);
  expect(lines).toEqual([line]);
  expect(code).toBe(64);
});

test.each(["two", "0x3", "1e0", "1,2", ""])("the relay %j is no plain number", async (relay) => {
  const line = `-relay: must be a relay's number, 1 to 8 (found "${relay}")`;
  expect(await refused(["-host", "b", "-port", "x", "-relay", relay])).toEqual({ code: 64, lines: [line] });
});

const minimal = "mqtt: { url: mqtt://a }\nport: /dev/x\n";

test.each([
  ["an unknown key", `${minimal}zones: [{ relay: 1, nmae: x }]`, ["/garden.yaml:3:27: zones[0].nmae: unknown key"]],
  [
    "an unknown key at the top",
    `${minimal}zones: [{ relay: 1 }]\ncolour: red`,
    ["/garden.yaml:4:9: colour: unknown key"],
  ],
  [
    "a wrong type",
    `${minimal}zones: [{ relay: "1" }]`,
    ['/garden.yaml:3:18: zones[0].relay: must be a relay\'s number, 1 to 8 (found "1")'],
  ],
  ["a missing key", "mqtt: {}\nport: /dev/x\nzones: [{ relay: 1 }]", ["/garden.yaml:1:7: mqtt.url: is required"]],
  ["no zones", `${minimal}zones: []`, ["/garden.yaml:3:8: zones: needs at least one zone"]],
  [
    "a duration without a unit",
    `${minimal}zones: [{ relay: 1, duration: 10 }]`,
    [
      "/garden.yaml:3:31: zones[0].duration: must be a duration from 1min to 3h with its unit, such as 10min (found 10)",
    ],
  ],
  [
    "a duration beyond max_run",
    `${minimal}zones: [{ relay: 1, duration: 1h }]`,
    ["/garden.yaml:3:31: zones[0].duration: must not be longer than max_run"],
  ],
  [
    "a duration of half minutes",
    `${minimal}zones: [{ relay: 1, duration: 90s }]`,
    ['/garden.yaml:3:31: zones[0].duration: must be a whole number of minutes (found "90s")'],
  ],
  [
    "max_run switched off",
    `${minimal}zones: [{ relay: 1 }]\nmax_run: 0s`,
    ['/garden.yaml:4:10: max_run: must be a duration from 1min to 3h with its unit (found "0s")'],
  ],
  [
    "a zone whose max_run is switched off",
    `${minimal}zones: [{ relay: 1, max_run: 0s }]`,
    ['/garden.yaml:3:30: zones[0].max_run: must be a duration from 1min to 3h with its unit (found "0s")'],
  ],
  [
    "a zone whose max_run is beyond 3 h",
    `${minimal}zones: [{ relay: 1, max_run: 4h }]`,
    ['/garden.yaml:3:30: zones[0].max_run: must be a duration from 1min to 3h with its unit (found "4h")'],
  ],
  [
    "a master that is a zone",
    `${minimal}zones: [{ relay: 1 }]\nmaster: { relay: 1 }`,
    ["/garden.yaml:3:18: zones[0].relay: relay 1 is used twice"],
  ],
  [
    "a time zone nobody knows",
    `${minimal}zones: [{ relay: 1 }]\ntimezone: Mars/Olympus`,
    ['/garden.yaml:4:11: timezone: must be a time zone such as Australia/Perth (found "Mars/Olympus")'],
  ],
  [
    "a certificate instead of its path",
    `mqtt: { url: mqtts://a, ca_file: "-----BEGIN CERTIFICATE-----" }\nport: x\nzones: [{ relay: 1 }]`,
    [
      "/garden.yaml:1:34: mqtt.ca_file: must be the path of a file with the CA certificate, not its content (found text)",
    ],
  ],
  [
    "a URL of something else",
    `mqtt: { url: "http://a" }\nport: x\nzones: [{ relay: 1 }]`,
    ['/garden.yaml:1:14: mqtt.url: must look like mqtt://host:1883 or mqtts://host:8883 (found "http://a")'],
  ],
  ["a list", "- 1", ['/garden.yaml: must hold keys and values, such as "mqtt: { url: mqtt://host }"']],
])("a file with %s is refused with its place", async (_, text, lines) => {
  expect(await refused(["-config", file(text)])).toEqual({ code: 78, lines });
});

test("each problem of a file gets a line", async () => {
  const { lines } = await refused(["-config", file("mqtt: { url: x }\nzones: [{ relay: 0 }]")]);
  expect(lines).toHaveLength(3);
});

test("broken YAML is refused with its line", async () => {
  const { code, lines } = await refused(["-config", file("mqtt: { url: mqtt://a\nport: [")]);
  expect(code).toBe(78);
  expect(lines[0]).toMatch(/^\/garden\.yaml:\d+:\d+: /);
});

test("an alias without its anchor is refused", async () => {
  const line = "/garden.yaml:2:7: an alias without its anchor: text that begins with * must be in quotes";
  const text = "mqtt: { url: mqtt://a }\nport: *nowhere";
  expect(await refused(["-config", file(text)])).toEqual({ code: 78, lines: [line] });
});

test("aliases that multiply are refused", async () => {
  const tens = [..."bcdef"].map((name, i) => `${name}: &${name} [${Array(10).fill(`*${"abcde"[i]}`)}]\n`);
  const { lines } = await refused(["-config", file(`a: &a [x]\n${tens.join("")}`)]);
  expect(lines).toEqual(["/garden.yaml: Excessive alias count indicates a resource exhaustion attack"]);
});

test.each([
  [
    "a second document",
    "a: 1\n---\nb: 2",
    "/garden.yaml:2:1: a second document begins here: one file holds one configuration",
  ],
  ["Home Assistant's !secret", "port: !secret x", "/garden.yaml:1:7: tags such as !secret mean nothing here"],
])("a file with %s is refused in a sentence", async (_, text, line) => {
  expect(await refused(["-config", file(text)])).toEqual({ code: 78, lines: [line] });
});

test.each([
  ["is not there", "nowhere.yaml", "/nowhere.yaml: there is no such file"],
  ["is below a file", "garden.yaml/x", "/garden.yaml/x: there is no such file"],
  ["is a folder", ".", ": is a folder, not a file"],
  ["is not UTF-8", "latin.yaml", "/latin.yaml: is not UTF-8 text"],
])("a file that %s is refused by its name", async (_, name, problem) => {
  file("a: 1");
  writeFileSync(join(folder, "latin.yaml"), Buffer.from("name: Jard\xefn", "latin1"));
  for (const [argv, env] of [
    [["-config", join(folder, name)], {}],
    [[], { MQTT_THINGS_CONFIG: join(folder, name) }],
  ] as const) {
    expect(await refused([...argv], env)).toEqual({ code: 78, lines: [`config: ${problem}`] });
  }
});

test("a byte order mark is no part of a file", async () => {
  expect((await loaded(["-config", file(`\ufeff${yaml}`)])).port).toBe("/dev/serial/by-id/usb-Arduino_Uno-if00");
});

test("a wrong environment variable is named", async () => {
  expect(await refused(["-config", file(yaml)], { MQTT_THINGS_MAX_CONCURRENT: "many" })).toMatchObject({
    code: 78,
    lines: [expect.stringMatching(/^MQTT_THINGS_MAX_CONCURRENT: /)],
  });
});

test.each([
  [["-password", "hunter2", "-maxRun", "soon"]],
  [["-password", "correct", "hunter2"]],
  [["--password:hunter2"]],
  [["-passwordhunter2"]],
])("the password of %j is in no message", async (argv) => {
  expect((await refused([...legacy, ...argv])).lines.join()).not.toContain("hunter2");
});

test.each([
  ...["*hunter2", "|hunter2", ">hunter2", "]hunter2", "!hunter2", '"\\Uhunter2"', '"x" hunter2', "\n... hunter2"],
  ...["\n%hunter2", "[*hunter2]", "{{ hunter2 }}", "\n--- hunter2", "hunter2: *hunter2", "{ hunter2: }"],
])("password: %s, which is no right YAML, is refused without the password", async (password) => {
  const warn = vi.spyOn(process, "emitWarning").mockReturnValue();
  const text = `mqtt: \n  url: mqtt://a\n  username: anna\n  password: ${password}\nport: x\nzones: [{ relay: 1 }]\n`;
  const { lines } = await refused(["-config", file(text)]);
  expect([...lines, ...warn.mock.calls].join()).not.toContain("hunter2");
  warn.mockRestore();
});

test.each([
  "%hunter2\n---\na: 1",
  "a: 1\n} hunter2",
  "mqtt: { url: mqtt://a, password:hunter2 }",
  "{ password hunter2 }",
])("%j is refused without the password", async (text) => {
  expect((await refused(["-config", file(text)])).lines.join()).not.toContain("hunter2");
});

test.each(["anna:hunter2@broker:1883", "mqtt:/anna:hunter2@broker", "http://anna:hunter2@broker"])(
  "the broker's URL %s is refused without the password, wherever it comes from",
  async (url) => {
    const text = `mqtt: { url: "${url}" }\nport: x\nzones: [{ relay: 1 }]`;
    const told = [
      await refused([...legacy, "-mqttUrl", url]),
      await refused(["-port", "x", "-relay", "1"], { MQTT_THINGS_MQTT_URL: url }),
      await refused(["-config", file(text)]),
    ];
    for (const { lines } of told) expect(lines).toEqual([expect.stringMatching(/: must look like .* \(found text\)$/)]);
  },
);

test.each([
  ["10min", 600_000],
  ["2h", 7_200_000],
  ["1h30min", 5_400_000],
  ["2s", 2_000],
  ["0.5h", 1_800_000],
  ["250ms", 250],
  ["10", undefined],
  ["", undefined],
  ["ten minutes", undefined],
  ["10min!", undefined],
  ["-10min", undefined],
])("the duration %j is %j ms", (text, ms) => expect(milliseconds(text)).toBe(ms));
