import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type Flag, parseFlags, UsageError } from "../../src/flags.ts";
import { camelCase, keysOf } from "../../src/keys.ts";

const schema = z.strictObject({
  mqtt: z.strictObject({
    url: z.string().describe("the broker"),
    password_file: z.string().optional(),
    insecure: z.boolean().default(false),
  }),
  health_port: z.int().optional(),
  share: z.number().default(0.5),
  level: z.enum(["low", "high"]).default("low"),
  zones: z.array(z.strictObject({ relay: z.int() })),
});
const keys = keysOf(schema);
const named: readonly Flag[] = [
  { name: "host", key: "mqtt.url", placeholder: "HOST", value: ([host]) => `mqtt://${host}`, help: "" },
  { name: "relay", key: "zones", placeholder: "N", repeats: true, value: (texts) => texts.map(Number), help: "" },
];
const hidden = "that may be part of a password: a value with blanks must be in quotes";
const parse = (...argv: string[]) => parseFlags(argv, named, keys);
const valuesOf = (...argv: string[]) =>
  Object.fromEntries([...parse(...argv).values].map(([path, { value }]) => [path, value]));

describe("the keys of a configuration", () => {
  it("are its scalars, in order, each also a variable and a flag", () => {
    expect(keys.map(({ path, variable, flag }) => [path, variable, flag])).toEqual([
      ["mqtt.url", "MQTT_THINGS_MQTT_URL", "mqttUrl"],
      ["mqtt.password_file", "MQTT_THINGS_MQTT_PASSWORD_FILE", "mqttPasswordFile"],
      ["mqtt.insecure", "MQTT_THINGS_MQTT_INSECURE", "mqttInsecure"],
      ["health_port", "MQTT_THINGS_HEALTH_PORT", "healthPort"],
      ["share", "MQTT_THINGS_SHARE", "share"],
      ["level", "MQTT_THINGS_LEVEL", "level"],
    ]);
  });

  it("know their help, their default as it would be written, and which of them is true or false", () => {
    expect(keys.map(({ help, initial, boolean }) => [help, initial, boolean])).toEqual([
      ["the broker", undefined, false],
      ["", undefined, false],
      ["", "false", true],
      ["", undefined, false],
      ["", "0.5", false],
      ["", "low", false],
    ]);
  });

  const read = (path: string, text: string) => keys.find((key) => key.path === path)?.fromText(text);

  it.each([
    ["health_port", "8080", 8080],
    ["health_port", " 80 ", 80],
    ["health_port", "-1", -1],
    ["health_port", "eighty", "eighty"],
    ["health_port", "0x50", "0x50"],
    ["health_port", "8e1", "8e1"],
    ["health_port", "Infinity", "Infinity"],
    ["health_port", "80 80", "80 80"],
    ["health_port", "", ""],
    ["health_port", " ", " "],
    ["share", "0.25", 0.25],
    ["share", ".5", ".5"],
    ["share", "a half", "a half"],
    ["mqtt.insecure", "true", true],
    ["mqtt.insecure", "TRUE", true],
    ["mqtt.insecure", "1", true],
    ["mqtt.insecure", "False", false],
    ["mqtt.insecure", "0", false],
    ["mqtt.insecure", "maybe", "maybe"],
    ["mqtt.url", "1883", "1883"],
    ["level", "high", "high"],
  ])("%s understands %j as %j, and leaves to the schema what it can't", (path, text, value) => {
    expect(read(path, text)).toBe(value);
  });

  it("write words in camel case", () => {
    expect(camelCase(["mqtt", "password", "file"])).toBe("mqttPasswordFile");
    expect(camelCase(["host"])).toBe("host");
    expect(camelCase(["a", "", "b"])).toBe("aB");
  });
});

describe("a command line", () => {
  it("is understood with one dash or two, with a blank or an equals sign", () => {
    for (const argv of [["-host", "h"], ["--host", "h"], ["-host=h"], ["--host=h"]]) {
      expect(parse(...argv).values).toEqual(new Map([["mqtt.url", { flag: "host", value: "mqtt://h" }]]));
    }
  });

  it("may name a key in camel case, in kebab case or as in the file", () => {
    expect(valuesOf("-mqtt.password_file", "/p")).toEqual({ "mqtt.password_file": "/p" });
    expect(valuesOf("-mqttPasswordFile", "/p")).toEqual({ "mqtt.password_file": "/p" });
    expect(valuesOf("-mqtt-password-file", "/p")).toEqual({ "mqtt.password_file": "/p" });
    expect(parse("-health-port", "80").values.get("health_port")).toEqual({ flag: "healthPort", value: 80 });
  });

  it("keeps equals signs, line ends and dashes of a value", () => {
    expect(valuesOf("-level=a=b\nc")).toEqual({ level: "a=b\nc" });
    expect(valuesOf("-level", "-x")).toEqual({ level: "-x" });
    expect(valuesOf("-level=")).toEqual({ level: "" });
  });

  it("collects a list where a flag repeats, and takes the last value where it does not", () => {
    expect(valuesOf("-relay", "2", "-relay=3")).toEqual({ zones: [2, 3] });
    expect(valuesOf("-host", "a", "-host", "b")).toEqual({ "mqtt.url": "mqtt://b" });
    expect(valuesOf("-level", "low", "-level", "high")).toEqual({ level: "high" });
  });

  it("collects a long list in no time", { timeout: 2_000 }, () => {
    const numbers = Array.from({ length: 40_000 }, (_, i) => i);
    expect(valuesOf(...numbers.map((i) => `-relay=${i}`))).toEqual({ zones: numbers });
  });

  it("takes a flag that is true or false alone for true, and eats no value after it", () => {
    expect(valuesOf("-mqttInsecure", "-level", "high")).toEqual({ "mqtt.insecure": true, level: "high" });
    expect(valuesOf("-mqttInsecure=false")).toEqual({ "mqtt.insecure": false });
  });

  it("knows `config` and `check`", () => {
    expect(parse()).toEqual({ values: new Map(), config: undefined, check: false });
    expect(parse("-config", "/c.yaml", "--check")).toEqual({ values: new Map(), config: "/c.yaml", check: true });
    expect(parse("-config=a", "-config=b", "-check=false")).toEqual({ values: new Map(), config: "b", check: false });
    expect(parse("-check=false", "-check").check).toBe(true);
  });

  it.each([
    [["-nope", "1"], "unknown flag -nope"],
    [["--nope=1"], "unknown flag --nope"],
    [["-zones", "1"], "unknown flag -zones"],
    [["--password:hunter2"], "unknown flag --password…"],
    [["-passwordhunter2"], "unknown flag -password…"],
    [["--mqtt-passwordhunter2=x"], "unknown flag --mqtt-password…"],
    [["-hostanna:hunter2@broker"], "unknown flag -hostanna…"],
    [["-some_new.flag-2"], "unknown flag -some_new.flag-2"],
    [["host"], "unexpected argument host"],
    [["-check", "host"], "unexpected argument host"],
    [["--mqtt-insecure", "false"], "unexpected argument false: write --mqtt-insecure=false"],
    [["-check", "TRUE"], "unexpected argument TRUE: write -check=TRUE"],
    [["-check=true", "true"], "unexpected argument true"],
    [["-check", "-level", "low", "true"], "unexpected argument true"],
    [["-"], "unexpected argument -"],
    [["--"], "unexpected argument --"],
    [["---host", "h"], "unexpected argument ---host"],
    [["-1"], "unexpected argument -1"],
    [[""], "unexpected argument "],
    [["x-host", "h"], "unexpected argument x-host"],
    [["-mqtt-password-file", "correct", "hunter2"], `unexpected argument ${hidden}`],
    [["-mqttPasswordFile=a", "-level", "low", "hunter2"], `unexpected argument ${hidden}`],
    [["mqtt://anna:hunter2@broker"], `unexpected argument ${hidden}`],
    [["–Password=hunter2"], `unexpected argument ${hidden}`],
    [["-host"], "flag -host needs a value"],
    [["-config"], "flag -config needs a value"],
  ])("%j is an error that names the flag", (argv, message) => {
    expect(() => parse(...argv)).toThrow(new UsageError(message));
    expect(new UsageError(message).name).toBe("UsageError");
  });

  it("whatever is written, is understood or refused as a usage error", () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom("-host", "--relay", "-check", "-mqttInsecure=0", "=", "-level="),
    );
    fc.assert(
      fc.property(fc.array(word), (argv) => {
        try {
          for (const { flag } of parse(...argv).values.values()) expect(argv.join(" ")).toContain(flag.slice(0, 4));
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
  });

  it("any value of any key comes through as it was written", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(valuesOf("-mqttPasswordFile", text)).toEqual({ "mqtt.password_file": text });
        expect(valuesOf(`--mqtt-password-file=${text}`)).toEqual({ "mqtt.password_file": text });
      }),
    );
  });
});
