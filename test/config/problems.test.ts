import { expect, test } from "vitest";
import type { z } from "zod";
import { schema } from "../../devices/sprinklers/config.ts";
import { expected, problemsIn } from "../../src/problems.ts";

/** What is wrong with a garden that is right but for these keys, a line a problem. */
function problems(keys: Record<string, unknown>, of: z.ZodType = schema("file")): string[] {
  const raw = { mqtt: { url: "mqtt://a" }, port: "/dev/x", zones: [{ relay: 1 }], ...keys };
  const { error } = of.safeParse(raw, { error: expected, reportInput: true });
  return problemsIn(error?.issues ?? [], raw).map(({ path, message }) => `${path}: ${message}`);
}

test.each([
  [{ mqtt: null }, "mqtt: must hold keys and values, such as url: … (found nothing)"],
  [{ mqtt: "broker" }, 'mqtt: must hold keys and values, such as url: … (found "broker")'],
  [{ mqtt: [] }, "mqtt: must hold keys and values, such as url: … (found a list)"],
  [{ port: 5 }, "port: must be text, in quotes (found 5)"],
  [{ port: true }, "port: must be text, in quotes (found true)"],
  [{ port: null }, "port: must be text (found nothing)"],
  [{ port: {} }, "port: must be text (found keys and values)"],
  [{ port: "" }, 'port: must not be empty (found "")'],
  [{ zones: 2 }, "zones: must be a list (found 2)"],
  [{ zones: [5] }, "zones[0]: must hold keys and values, such as relay: … (found 5)"],
  [{ zones: [] }, "zones: needs at least one zone"],
  [{ zones: [{ relay: 1.5 }] }, "zones[0].relay: must be a relay's number, 1 to 8 (found 1.5)"],
  [{ discovery: "maybe" }, 'discovery: must be true or false (found "maybe")'],
  [{ max_concurrent: 0 }, "max_concurrent: must be at least 1 (found 0)"],
  [{ max_concurrent: 9 }, "max_concurrent: must be at most 8 (found 9)"],
  [{ max_concurrent: 1.5 }, "max_concurrent: must be a whole number (found 1.5)"],
  [{ max_concurrent: "two" }, 'max_concurrent: must be a number (found "two")'],
  [{ when_busy: "wait" }, 'when_busy: must be queue or replace (found "wait")'],
  [{ log_level: 5 }, "log_level: must be debug, info, warn or error (found 5)"],
  [{ timezone: "x".repeat(100) }, `timezone: must be a time zone such as Australia/Perth (found "${"x".repeat(59)}…)`],
  [
    { instance: "A\nb", base_topic: "garden" },
    'instance: must be lower-case letters, digits and dashes (found "A\\nb")',
  ],
])("%j is one line that says what is expected and what was found", (keys, line) => {
  expect(problems(keys)).toEqual([line]);
});

test("a key with a dot or a line end in it is quoted, and nests nothing", () => {
  expect(problems({ mqtt: {}, "mqtt.url": "mqtt://a", "a\nb": 1 })).toEqual([
    "mqtt.url: is required",
    '"mqtt.url": unknown key',
    '"a\\nb": unknown key',
  ]);
});

test.each([
  ["password:hunter2", '"password…"'],
  ["Password hunter2", '"Password…"'],
  ["url:mqtt://anna:hunter2@a", '"url…"'],
  ["password_fiel", "password_fiel"],
])("of the unknown key %j no more than %s is shown", (key, name) => {
  expect(problems({ mqtt: { url: "mqtt://a", [key]: null } })).toEqual([`mqtt.${name}: unknown key`]);
});

test.each([
  [{ ca_file: "/ca" }, ["mqtt.ca_file: is for TLS: mqtt.url must begin with mqtts://"]],
  [
    { cert_file: "/c", key_file: "/k" },
    ["cert", "key"].map((what) => `mqtt.${what}_file: is for TLS: mqtt.url must begin with mqtts://`),
  ],
  [{ insecure: true }, ["mqtt.insecure: is for TLS: mqtt.url must begin with mqtts://"]],
  [{ insecure: false }, []],
  [{ url: "mqtts://a", ca_file: "/ca", insecure: true }, []],
  [{ password: "815" }, ["mqtt.password: needs a user name: mqtt.username"]],
  [{ password_file: "/p" }, ["mqtt.password_file: needs a user name: mqtt.username"]],
  [{ password: "815", username: "anna" }, []],
  [{ password: "815", url: "mqtt://anna@a" }, []],
])("mqtt: %j says nothing that would be ignored", (mqtt, lines) => {
  expect(problems({ mqtt: { url: "mqtt://a", ...mqtt } })).toEqual(lines);
});

test.each([
  ...[
    "mqtt://",
    "mqtt://?",
    "mqtt:///",
    "mqtt://:1883",
    "mqtt://h:0",
    "mqtt://h:00",
    "mqtts://[::1]:0",
    "mqtt://h:65536",
  ],
  ...["mqtt://h?x=1", "mqtt://h/?x=1", "mqtt://h#y", "mqtt://h/x", "mqtt://h//", "mqtt:h", "h:1883", "ws://h"],
])("%s is no broker's URL", (url) => {
  expect(problems({ mqtt: { url } })).toEqual([
    `mqtt.url: must look like mqtt://host:1883 or mqtts://host:8883 (found "${url}")`,
  ]);
});

test.each(["mqtt://h", "mqtt://h/", "mqtts://h:8883/", "mqtt://[::1]:1", "mqtt://10.0.0.1:65535", "mqtt://a:b@h:1"])(
  "%s is a broker's URL",
  (url) => {
    expect(problems({ mqtt: { url } })).toEqual([]);
  },
);

test.each([
  [{ mqtt: { url: "mqtt://a", password: 815 } }, "mqtt.password: must be text, in quotes (found a number)"],
  [
    { mqtt: { url: "http://anna:815@a" } },
    "mqtt.url: must look like mqtt://host:1883 or mqtts://host:8883 (found text)",
  ],
  [{ mqtt: "mqtt://anna:815@a" }, "mqtt: must hold keys and values, such as url: … (found text)"],
  [
    { mqtt: { url: "mqtts://a", ca_file: "-----BEGIN 815" } },
    "mqtt.ca_file: must be the path of a file with the CA certificate, not its content (found text)",
  ],
])("%j: a secret is not shown", (keys, line) => {
  expect(problems(keys)).toEqual([line]);
});

test.each([
  ...["/garden", "garden/", "garden//front", "garden/#", "+/garden", "my garden", "$SYS/garden"],
  ...["gar\0den", "gar\u0007den", "garden\n", "\u200bgarden", ""],
])("%j is no topic to begin with", (topic) => {
  const line =
    "base_topic: must be a topic such as home/outside/sprinklers, without blanks, wildcards and outer slashes";
  expect(problems({ base_topic: topic })).toEqual([`${line} (found ${JSON.stringify(topic)})`]);
});

test.each(["garden", "g", "home/garden", "Zuhause/Gärten/0"])("%j is a topic to begin with", (topic) => {
  expect(problems({ base_topic: topic })).toEqual([]);
});

test("instance and base_topic are no longer than a topic can bear", () => {
  const long = (instance: number, base: number) =>
    problems({ instance: "i".repeat(instance), base_topic: "b".repeat(base) });
  const lines = [
    `instance: must be at most 64 characters (found "${"i".repeat(59)}…)`,
    `base_topic: must be at most 200 characters (found "${"b".repeat(59)}…)`,
  ];
  expect(long(64, 200)).toEqual([]);
  expect(long(65, 201)).toEqual(lines);
  expect(long(70_000, 70_000)).toEqual(lines);
});

test("two zones of one name are refused: nobody could tell them apart in Home Assistant", () => {
  const line = (name: string) => [`zones[1].name: ${name} is the name of another zone`];
  const named = (...names: (string | undefined)[]) =>
    problems({ zones: names.map((name, i) => ({ relay: i + 1, name })) });
  expect(named("Lawn", "Lawn")).toEqual(line("Lawn"));
  expect(named("Lawn", " Lawn ")).toEqual(line("Lawn"));
  expect(named(undefined, "Bank 1")).toEqual(line("Bank 1"));
  expect(named("Lawn", "lawn", undefined)).toEqual([]);
  expect(named(" ")).toEqual(['zones[0].name: must not be empty (found " ")']);
});

test("whatever a key holds, zod's own words are not seen", () => {
  const shape = schema("file").in.shape;
  const values = [null, 5, 1.5, -1, 1e300, Number.NaN, "", "x", true, [], [null], {}, { a: 1 }];
  const said = Object.keys(shape).flatMap((key) => values.flatMap((value) => problems({ [key]: value })));
  expect(said.length).toBeGreaterThan(100);
  expect(said.filter((line) => /Invalid|expected|received|Too |NaN,/.test(line))).toEqual([]);
});
