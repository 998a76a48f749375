import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { temperatureRange } from "../../devices/smart-aircons/abilities.ts";
import { type Config, flags, schema } from "../../devices/smart-aircons/config.ts";
import { ConfigurationError, load } from "../../src/config.ts";
import { keysOf } from "../../src/keys.ts";
import { codeFile } from "./config-code-file.ts";

const daemon = { name: "smart-aircons", schema, flags };
const folder = mkdtempSync(join(tmpdir(), "aircons-config-"));
mkdirSync(join(folder, "codes"));
writeFileSync(join(folder, "codes/mine.json"), JSON.stringify(codeFile()));
afterAll(() => rmSync(folder, { recursive: true }));

const original =
  "-host mqtt-broker -airconHost 192.168.137.19 -airconName bedroom -airconCodesName mitsubishi " +
  "-airconHost 192.168.137.20 -airconName living-room -airconCodesName fujitsu";

function file(text: string): string {
  const path = join(folder, "house.yaml");
  writeFileSync(path, text);
  return path;
}

const loaded = async (argv: string[]): Promise<Config> => (await load(daemon, argv, {})).config;

async function refused(argv: string[]): Promise<{ code: number; lines: string[] }> {
  const error = await load(daemon, argv, {}).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(error instanceof ConfigurationError)) throw new Error(`was not refused: ${error}`);
  return { code: error.exitCode, lines: error.message.replaceAll(folder, "").split("\n") };
}

const head = "mqtt: { url: mqtt://mqtt-broker:1883 }\n";
const blasters = `blasters:
  - { name: Bedroom blaster, url: broadlink://192.168.137.19 }
  - { name: Lounge blaster, url: "zmote://192.168.137.20:8080" }
`;
const yaml = `${head}${blasters}aircons:
  - { name: bedroom, blaster: Bedroom blaster, codes: mitsubishi, current_temperature: { topic: home/inside/environment/bedroom/temperature/get } }
  - { name: living-room, blaster: Lounge blaster, codes: ./codes/mine.json, feedback: { topic: tele/plug/SENSOR, path: ENERGY.Power, on_above: 30, off_below: 8 } }
`;

/** A file with these two blasters and one aircon of these keys. */
const withAircon = (keys: string) => file(`${head}${blasters}aircons:\n  - { ${keys} }\n`);
const some = "name: a, blaster: Lounge blaster, codes: fujitsu";

describe("a file", () => {
  test("of issue 4 is understood, and its code file is beside it", async () => {
    const { house, base_topic } = await loaded(["-config", file(yaml)]);
    expect(base_topic).toBe("home/inside/smart-aircons");
    expect(house.blasters).toEqual([
      {
        key: "bedroom-blaster",
        name: "Bedroom blaster",
        url: "broadlink://192.168.137.19",
        manufacturer: "Broadlink",
        base: "mqtt-things/smart-aircons/main/bedroom-blaster",
      },
      {
        key: "lounge-blaster",
        name: "Lounge blaster",
        url: "zmote://192.168.137.20:8080",
        manufacturer: "Zmote",
        base: "mqtt-things/smart-aircons/main/lounge-blaster",
      },
    ]);
    expect(house.aircons).toMatchObject([
      {
        key: "bedroom",
        title: "Bedroom aircon",
        base: "home/inside/smart-aircons/bedroom",
        blaster: "Bedroom blaster",
        rules: { quietMs: 400, prelude: false, repeats: 1, feedback: undefined },
        temperature: { topic: "home/inside/environment/bedroom/temperature/get", path: undefined },
        humidity: undefined,
      },
      {
        key: "living-room",
        title: "Living room aircon",
        rules: { feedback: { waitMs: 30_000, lasting: false } },
        feedback: { topic: "tele/plug/SENSOR", path: "ENERGY.Power", onAbove: 30, offBelow: 8 },
        temperature: undefined,
      },
    ]);
    const [mitsubishi, mine] = house.aircons.map(({ rules }) => rules.set);
    expect(mitsubishi?.initial).toEqual({ fan: "auto", swing: "off" });
    expect(mine && temperatureRange(mine)).toEqual({ min: 20, max: 22, step: 1 });
  });

  test("may say things for the house, and otherwise for one aircon", async () => {
    const text = `${head}${blasters}quiet_time: 0s\nprelude: fan_only\nrepeats: 2\nbase_topic: house/cool\ninstance: two
aircons:
  - { ${some} }
  - { name: b_2, title: Kate’s, blaster: Lounge blaster, codes: fujitsu, quiet_time: 1s, prelude: none, repeats: 1 }
`;
    const { house } = await loaded(["-config", file(text)]);
    expect(house.aircons).toMatchObject([
      { base: "house/cool/a", title: "A aircon", rules: { quietMs: 0, prelude: true, repeats: 2 } },
      { base: "house/cool/b_2", title: "Kate’s", rules: { quietMs: 1_000, prelude: false, repeats: 1 } },
    ]);
    expect(house.blasters[0]?.base).toBe("mqtt-things/smart-aircons/two/bedroom-blaster");
  });

  test("opens a code file once for all who use it", async () => {
    const mine = "blaster: Lounge blaster, codes: codes/mine.json";
    const text = `${head}${blasters}aircons: [{ name: a, ${mine} }, { name: b, ${mine} }]\n`;
    const [a, b] = (await loaded(["-config", file(text)])).house.aircons;
    expect(a?.rules.set).toBe(b?.rules.set);
  });

  test("offers horizontal swing to those who know that their unit has it", async () => {
    const codes = "name: a, blaster: Bedroom blaster, codes: new_fujitsu";
    const swings = async (keys: string) =>
      (await loaded(["-config", withAircon(keys)])).house.aircons[0]?.rules.set.abilities.get("cool")?.swings;
    expect(await swings(codes)).not.toContain("horizontal");
    expect(await swings(`${codes}, horizontal_swing: true`)).toContain("horizontal");
  });

  test.each([
    ["feedback: { topic: t }", { on: ["ON", "1", "TRUE"], off: ["OFF", "0", "FALSE"] }, true],
    [
      "feedback: { topic: t, on: running, off: Idle, wait: 2min }",
      { on: ["RUNNING"], off: ["IDLE"], waitMs: 120_000 },
      true,
    ],
    ["feedback: { topic: t, on_above: 30, off_below: 30 }", { onAbove: 30, offBelow: 30 }, false],
  ])("%s is words or watts", async (keys, feedback, lasting) => {
    const [aircon] = (await loaded(["-config", withAircon(`${some}, ${keys}`)])).house.aircons;
    expect(aircon?.feedback).toMatchObject(feedback);
    expect(aircon?.rules.feedback).toMatchObject({ lasting });
  });

  test.each([
    [`${some}, colour: red`, "6:65: aircons[0].colour: unknown key"],
    ["blaster: Lounge blaster, codes: fujitsu", "6:5: aircons[0].name: is required"],
    ["name: Living room, blaster: Lounge blaster, codes: fujitsu", "aircons[0].name: must be one level of a topic"],
    ["name: a/b, blaster: Lounge blaster, codes: fujitsu", "aircons[0].name: must be one level of a topic"],
    ["name: '+', blaster: Lounge blaster, codes: fujitsu", "aircons[0].name: must be one level of a topic"],
    [
      "name: 寝室, blaster: Lounge blaster, codes: fujitsu",
      "such as living-room: with a letter from a to z or a digit",
    ],
    [
      "name: a, blaster: Attic, codes: fujitsu",
      "aircons[0].blaster: there is no blaster Attic: there is Bedroom blaster, Lounge blaster",
    ],
    [
      "name: a, blaster: Lounge blaster, codes: fuji",
      'aircons[0].codes: there is no code set "fuji": there is fujitsu, new_fujitsu, mitsubishi',
    ],
    ["name: a, blaster: Lounge blaster, codes: ./no.json", "aircons[0].codes: ./no.json: there is no such file"],
    [`${some}, horizontal_swing: true`, "aircons[0].horizontal_swing: is for new_fujitsu"],
    [
      "name: a, blaster: Lounge blaster, codes: codes/mine.json, prelude: fan_only",
      "aircons[0].prelude: codes/mine.json has no fan_only",
    ],
    [`${some}, repeats: 6`, "aircons[0].repeats: must be at most 5"],
    [`${some}, quiet_time: 400`, "aircons[0].quiet_time: must be a duration from 0s to 10s with its unit"],
    [
      `${some}, current_temperature: { topic: a/+/b }`,
      "aircons[0].current_temperature.topic: must be one topic, without wildcards",
    ],
    [
      `${some}, current_temperature: { topic: a, path: a..b }`,
      "aircons[0].current_temperature.path: must be keys with dots between them",
    ],
    [
      `${some}, feedback: { topic: a, on_above: 30 }`,
      "aircons[0].feedback.off_below: is required: on_above and off_below come together",
    ],
    [
      `${some}, feedback: { topic: a, off_below: 30 }`,
      "aircons[0].feedback.on_above: is required: on_above and off_below come together",
    ],
    [
      `${some}, feedback: { topic: a, on_above: 8, off_below: 30 }`,
      "aircons[0].feedback.off_below: must not be more than on_above",
    ],
    [`${some}, feedback: { topic: a, on_above: 30, off_below: 8, on: X }`, "aircons[0].feedback.on: is a word"],
    [`${some}, feedback: { topic: a, on: X, off: x }`, "aircons[0].feedback.off: must not be the same as on"],
  ])("with an aircon { %s } is refused", async (keys, line) => {
    const { code, lines } = await refused(["-config", withAircon(keys)]);
    expect(code).toBe(78);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\/house\.yaml:\d+:\d+: /);
    expect(lines[0]).toContain(line);
  });

  test.each([
    [`${head}${blasters}aircons: []\n`, ["aircons: needs at least one aircon"]],
    [head, ["blasters: is required, a list", "aircons: is required, a list"]],
    [
      `${head}blasters: [{ name: A b, url: zmote://x }, { name: a_B, url: zmote://y }]\naircons: [{ name: a, blaster: A b, codes: fujitsu }]\n`,
      ["blasters[1].name: can't be told apart from blaster A b"],
    ],
    [
      `${head}blasters: [{ name: A, url: zmote://x }, { name: B, url: "broadlink://X:80/" }]\naircons: [{ name: x, blaster: A, codes: fujitsu }]\n`,
      ["blasters[1].url: is that of blaster A: one blaster, many aircons"],
    ],
    [
      `${head}blasters: [{ name: A, url: http://x }]\naircons: [{ name: x, blaster: A, codes: fujitsu }]\n`,
      ["blasters[0].url: must look like broadlink://"],
    ],
    [
      `${head}blasters: [{ name: "!", url: zmote://x }]\naircons: [{ name: x, blaster: "!", codes: fujitsu }]\n`,
      ["blasters[0].name: needs a letter from a to z, or a digit"],
    ],
    [
      `${head}${blasters}aircons: [{ ${some} }, { ${some} }, { name: bedroom-blaster, blaster: Lounge blaster, codes: fujitsu }]\n`,
      [
        "aircons[1].name: can't be told apart from aircon a",
        "aircons[2].name: can't be told apart from blaster Bedroom blaster",
      ],
    ],
    [
      `${head}base_topic: a b\n${blasters}aircons: [{ ${some} }]\n`,
      ["base_topic: must be a topic such as home/inside/smart-aircons"],
    ],
    [
      `${head}timezone: Perth\n${blasters}aircons: [{ ${some} }]\n`,
      ["timezone: must be a time zone such as Australia/Perth"],
    ],
  ])("%j is refused", async (text, problems) => {
    const { code, lines } = await refused(["-config", file(text)]);
    expect(code).toBe(78);
    expect(lines).toHaveLength(problems.length);
    for (const [i, problem] of problems.entries()) expect(lines[i]).toContain(problem);
  });

  test.each<[string, (file: Record<string, unknown>) => unknown, string]>([
    ["is no JSON", () => "{", "aircons[0].codes: "],
    ["lacks a key", ({ commands, ...rest }) => rest, "aircons[0].codes: codes/wrong.json: commands"],
    ["has a code that is none", (file) => ({ ...file, commands: { off: "JgAB", cool: "?" } }), "commands.cool"],
  ])("with a code file that %s is refused with the key", async (_, change, line) => {
    const changed = change(codeFile());
    const text = typeof changed === "string" ? changed : JSON.stringify(changed);
    writeFileSync(join(folder, "codes/wrong.json"), text);
    const keys = "name: a, blaster: Lounge blaster, codes: codes/wrong.json";
    const { code, lines } = await refused(["-config", withAircon(keys)]);
    expect(code).toBe(78);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(line);
    expect(lines[0]).toContain("codes/wrong.json: ");
  });

  test("and the original's flags do not mix", async () => {
    const { lines } = await refused(["-config", file(yaml), "-airconHost", "x"]);
    expect(lines).toEqual(["-airconHost: a file lists its blasters and aircons itself"]);
  });
});

describe("the original's flags", () => {
  test("give the original's house: its blasters, its range, its frames", async () => {
    const { house } = await loaded(original.split(" "));
    expect(house.blasters).toMatchObject([
      { key: "bedroom-blaster", name: "Bedroom blaster", url: "zmote://192.168.137.19" },
      { key: "living-room-blaster", name: "Living room blaster", url: "zmote://192.168.137.20" },
    ]);
    expect(house.aircons).toMatchObject([
      {
        key: "bedroom",
        base: "home/inside/smart-aircons/bedroom",
        blaster: "Bedroom blaster",
        rules: { prelude: false },
      },
      { key: "living-room", base: "home/inside/smart-aircons/living-room", blaster: "Living room blaster" },
    ]);
    for (const { rules } of house.aircons) {
      expect(temperatureRange(rules.set)).toEqual({ min: 18, max: 30, step: 1 });
      expect([...rules.set.abilities.keys()]).toEqual(expect.arrayContaining(["cool", "heat", "fan_only"]));
    }
    expect(house.aircons[0]?.rules.set.initial).toEqual({ fan: "auto", swing: "vertical" });
  });

  test("say by the codes which kind of blaster a host is, may carry a port, and share one", async () => {
    const one = (host: string, name: string, codes: string) =>
      `-airconHost ${host} -airconName ${name} -airconCodesName ${codes}`;
    const line = [
      one("u:81", "a", "new_fujitsu"),
      one("z:8080", "b", "fujitsu"),
      one("z:8080", "c", "mitsubishi"),
      one("y", "d", "fujitsu"),
      one("y:80", "e", "fujitsu"),
    ];
    const { house } = await loaded(["-host", "b", ...line.join(" ").split(" ")]);
    expect(house.blasters.map(({ url }) => url)).toEqual(["broadlink://u:81", "zmote://z:8080", "zmote://y"]);
    const through = house.aircons.map(({ blaster }) => blaster);
    expect(through).toEqual(["A blaster", "B blaster", "B blaster", "D blaster", "D blaster"]);
  });

  test.each([
    ["-host b", ["missing flag -airconHost", "missing flag -airconName", "missing flag -airconCodesName"]],
    [
      "-host b -airconHost x -airconHost y -airconName a -airconCodesName fujitsu",
      [
        "-airconHost: needs as many values as the other two: -airconHost 2 (x, y), -airconName 1 (a), -airconCodesName 1 (fujitsu)",
      ],
    ],
    [
      "-host b -airconHost x -airconName a -airconName c -airconCodesName fujitsu",
      [
        "-airconHost: needs as many values as the other two: -airconHost 1 (x), -airconName 2 (a, c), -airconCodesName 1 (fujitsu)",
      ],
    ],
    [
      "-host b -airconHost x -airconHost y -airconName a -airconName c -airconCodesName fujitsu",
      [
        "-airconHost: needs as many values as the other two: -airconHost 2 (x, y), -airconName 2 (a, c), -airconCodesName 1 (fujitsu)",
      ],
    ],
    [
      "-host b -airconHost x -airconName a -airconCodesName daikin",
      ["-airconCodesName: there is no daikin: there is fujitsu, mitsubishi, new_fujitsu"],
    ],
    [
      "-host b -airconHost x!y -airconName a -airconCodesName fujitsu",
      ["-airconHost: x!y is no host, with or without a port"],
    ],
    [
      "-host b -airconHost x -airconName a -airconCodesName fujitsu -airconHost x -airconName b -airconCodesName new_fujitsu",
      ["-airconCodesName: x can't be both a Zmote and a Broadlink"],
    ],
    [
      "-host b -airconHost x -airconName a -airconCodesName fujitsu -airconHost x:80 -airconName b -airconCodesName new_fujitsu",
      ["-airconCodesName: x:80 can't be both a Zmote and a Broadlink"],
    ],
    [
      "-host b -airconHost x -airconName a -airconCodesName fujitsu -airconHost y -airconName a -airconCodesName fujitsu",
      ["-airconName: a is there twice"],
    ],
    ["-host b -airconHost x -airconName a/b -airconCodesName fujitsu", ["-airconName: must be one level of a topic"]],
    ["-host b -airconHost", ["flag -airconHost needs a value"]],
  ])("%s is a usage error", async (line, problems) => {
    const { code, lines } = await refused(line.split(" "));
    expect(code).toBe(64);
    expect(lines).toHaveLength(problems.length);
    for (const [i, problem] of problems.entries()) expect(lines[i]).toContain(problem);
  });
});

describe("the README", () => {
  const readme = readFileSync(join(import.meta.dirname, "../../devices/smart-aircons/README.md"), "utf8");
  const rows = readme.split("\n").filter((line) => line.startsWith("|"));

  test.each(keysOf(schema("file")).slice(-5))("explains $path with its default", ({ path, initial }) => {
    const row = rows.find((row) => row.split("|")[1]?.includes(`\`${path}\``));
    expect(row, `a row for ${path}`).toBeDefined();
    if (initial !== undefined) expect(row).toContain(`\`${initial}\``);
  });

  test("has an example that is a valid file", async () => {
    const [, example = ""] = /```yaml\n(.*?)```/s.exec(readme) ?? [];
    const { house } = await loaded(["-config", file(example.replaceAll("./codes/1945.json", "./codes/mine.json"))]);
    expect(house.aircons).toHaveLength(2);
  });
});
