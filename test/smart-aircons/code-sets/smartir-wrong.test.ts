import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CodeFileError } from "../../../devices/smart-aircons/code-sets/code-file-error.ts";
import { loadCodeFile } from "../../../devices/smart-aircons/code-sets/smartir.ts";
import { base64Number, codeFile } from "./code-files.ts";

/** The problems of a file that is refused. */
function problems(source: string | Uint8Array): readonly string[] {
  try {
    loadCodeFile(source, { name: "test.json" });
  } catch (error) {
    expect(error).toBeInstanceOf(CodeFileError);
    if (error instanceof CodeFileError) {
      expect(error.message).toBe(error.problems.map((problem) => `test.json: ${problem}`).join("\n"));
      return error.problems;
    }
  }
  return [];
}
const given = (wrong: Record<string, unknown>) => problems(codeFile(wrong));
const cool = (wrong: unknown) => given({ commands: { off: base64Number(0), cool: wrong } });

describe("a wrong code file is refused", () => {
  test.each([
    ["manufacturer", "must be text, in quotes (found 5)", 5],
    ["supportedModels", "must be a list of names", [["a"]]],
    ["supportedController", "must be text (found nothing)", null],
    ["commandsEncoding", 'must be Base64, Hex, Raw or Pronto (found "base65")', "base65"],
    ["minTemperature", 'must be a number (found "16")', "16"],
    ["maxTemperature", "must be a number (found a list)", [30]],
    ["precision", "must be a number (found true)", true],
    ["operationModes", 'must be a list of names (found "cool")', "cool"],
    ["commands", 'must hold keys and values, such as off: … (found "JgA")', "JgA"],
  ])("with a wrong %s, or none", (key, message, wrong) => {
    expect(given({ [key]: wrong })).toEqual([`${key}: ${message}`]);
    expect(given({ [key]: undefined })).toEqual([`${key}: is required`]);
  });

  test.each([
    ["fanModes", 3, "must be a list of names (found 3)"],
    ["swingModes", {}, "must be a list of names"],
    ["temperatureUnit", "K", 'must be C or F (found "K")'],
  ])("with a wrong %s", (key, wrong, message) => {
    expect(given({ [key]: wrong })).toEqual([`${key}: ${message}`]);
  });

  test("with all wrong keys at once", () => {
    expect(problems("{}")).toHaveLength(9);
    expect(given({ precision: "1", fanModes: "low" })).toHaveLength(2);
  });

  test("with each wrong code by its path", () => {
    const wrong = { auto: { "23": "JgA!", "24": base64Number(1), "17.5": "JgAEAAABJ" }, "very odd\n": { "20": 5 } };
    expect(given({ commands: { off: "sendir,1:1,0,38000,1,1,1", on: false, cool: wrong } })).toEqual([
      "commands.off: the number of durations is odd: they come in pairs",
      "commands.on: a Base64 code is a text",
      'commands.cool.auto.23: this is no Base64: "JgA!"',
      'commands.cool.auto.17.5: this is no Base64: "JgAEAAABJ"',
      'commands.cool."very odd\\n".20: must be a code, or keys and values',
    ]);
  });

  test.each([
    ["a packet that ends too early", "JgAEAAABJQ==", "the Broadlink packet says 4 bytes of durations and has 3"],
    ["a packet for radio", "sgAEAAABJZI=", "the Broadlink packet is 433 MHz radio, not infrared"],
    [
      "something else in Base64",
      "aGVsbG8=",
      'a Broadlink packet of infrared begins with 26 and a length, not with "68656c6c"',
    ],
    ["odd sendir", "sendir,1:1,0,38000,1,1,122,62,15", "the number of durations is odd: they come in pairs"],
    ["a sendir letter too many", "sendir,1:1,0,38000,1,1,122,62B", "the letter B stands for no pair before it"],
    [
      "sendir that repeats too much",
      `sendir,1:1,0,38000,50,3,100,200,15,46${"B".repeat(599)}`,
      "601 pairs, a part of them sent 50 times, are too many",
    ],
    ["half a sendir", "sendir,1:1", 'sendir wants address, id, frequency, repeat, offset and durations: "sendir,1:1"'],
    ["an empty text among several", [base64Number(1), ""], "there is no code, only an empty text"],
    ["a list within a list", [[base64Number(1)]], "a Base64 code is a text"],
  ])("with %s", (_, code, message) => {
    expect(cool({ auto: { "24": code } })).toEqual([`commands.cool.auto.24: ${message}`]);
  });

  test.each([
    ["Hex", "260004zz"],
    ["Pronto", "0000 006D 0003"],
    ["Raw", "3000, 1500, x"],
    ["Raw", '{"ir_code_to_send": "C08R"}'],
    ["Raw", [3000, "1500"]],
  ])("with a code that is no %s", (commandsEncoding, code) => {
    const [problem, ...more] = given({ commandsEncoding, commands: { cool: { auto: { "24": code } } } });
    expect(problem).toMatch(/^commands\.cool\.auto\.24: /);
    expect(more).toEqual([]);
  });

  test("with a level too many", () => {
    expect(cool({ low: { up: { "24": { x: base64Number(1) } } } })).toEqual([
      "commands.cool.low.up.24: must be a code: mode, fan, swing and temperature are above it already",
    ]);
  });

  test("without a code for any mode", () => {
    const message = "commands: there is no code for any mode that Home Assistant has";
    expect(given({ commands: { off: base64Number(0) } })).toEqual([message]);
    expect(cool({ auto: { "24": "" } })).toEqual([message]);
    expect(given({ commands: { turbo: { auto: { "24": base64Number(1) } } } })).toEqual([message]);
  });

  test("with a few of its problems, however many it has", () => {
    const wrong = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`fan ${index}`, "!"]));
    const told = cool(wrong);
    expect(told).toHaveLength(11);
    expect(told[9]).toMatch(/^commands\.cool\."fan 9": /);
    expect(told[10]).toBe("and more");
  });

  test("by names that are short, however long they are", () => {
    const [problem = ""] = cool({ ["x".repeat(100_000)]: "!" });
    expect(problem).toBe(`commands.cool."${"x".repeat(40)}…": this is no Base64: "!"`);
  });

  test("that takes more than 10 MB, or unpacks to more than 32 MB", () => {
    expect(problems(`"${"x".repeat(10_000_000)}"`)).toEqual([
      "is larger than 10 MB, and the largest code file has 2.2 MB",
    ]);
    // Each is 600 pairs, of which all but the first are sent 50 times.
    const code = `sendir,1:1,0,38000,50,3,100,20000,15,46${"B".repeat(598)}`;
    const many = Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`fan ${index}`, code]));
    // What comes after is not read any more.
    expect(cool({ ...many, last: "!" })).toEqual(["commands: the codes take more than 32 MB"]);
  });
});

describe("what is no JSON is refused", () => {
  test.each([
    ["", "is empty"],
    [" \n\t", "is empty"],
    ["tru", "is no whole JSON: it ends too early"],
    ['{"a":', "is no whole JSON: it ends too early"],
    ['{\n  "a": 1,\n}', "is no JSON: line 3, column 1: Expected double-quoted property name"],
    ['{"a":1\n"b":2}', "is no JSON: line 2, column 1: Expected ',' or '}' after property value"],
    ['{"a":1,\r\n "b": nope}', "is no JSON: line 2, column 8: Unexpected token 'o'"],
    ["hello", "is no JSON: line 1, column 1: Unexpected token 'h'"],
    ['{"a":"b', "is no JSON: line 1, column 8: Unterminated string"],
    ["[]", "must hold keys and values, not a list or a single value"],
    ["5", "must hold keys and values, not a list or a single value"],
    ["null", "must hold keys and values, not a list or a single value"],
  ])("%j", (text, problem) => {
    expect(problems(text)).toEqual([problem]);
    expect(problems(Buffer.from(text))).toEqual([problem]);
  });

  test("nor are bytes that are no text", () => {
    expect(problems(Uint8Array.of(0x7b, 0xff))).toEqual(["is no text in UTF-8"]);
  });

  test("but for the mark that some editors put before it", () => {
    expect(problems(Buffer.from(`\uFEFF${codeFile({})}`))).toEqual([]);
    expect(problems(`\uFEFF${codeFile({})}`)).toEqual([]);
  });

  test("as deep as it may be", () => {
    expect(problems("[".repeat(100_000))).toEqual(["is no whole JSON: it ends too early"]);
    const deep = `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`;
    expect(problems(codeFile({ commands: { cool: "DEEP" } }).replace('"DEEP"', deep))).toEqual([
      "commands.cool.a.a.a: must be a code: mode, fan, swing and temperature are above it already",
    ]);
  });
});

describe("whatever is in a file", () => {
  test("names of what every object has are names like others", () => {
    const text = codeFile({ commands: { off: base64Number(0), cool: { PROTO: { "24": base64Number(1) } } } });
    const file = loadCodeFile(text.replace("PROTO", "__proto__"), { name: "test.json" });
    expect(file.abilities.get("cool")?.fans).toEqual(["__proto__"]);
    expect(problems(codeFile({}).replace('"commands"', '"__proto__"'))).toEqual(["commands: is required"]);
    const odd = loadCodeFile(codeFile({}).replace('"off"', '"__proto__":{"auto":1},"constructor":2,"off"'), {
      name: "x",
    });
    expect(odd.report.leftOut).toEqual(["commands.__proto__", "commands.constructor"]);
  });

  // A code, right or wrong; and any tree of such codes.
  const code = fc.oneof(
    { arbitrary: fc.constant(base64Number(1)), weight: 20 },
    fc.constantFrom<unknown>(
      "",
      null,
      base64Number(1),
      "sendir,1:1,0,38000,1,1,1,1",
      [base64Number(1)],
      [],
      5,
      [3000, 1500],
    ),
    fc.string({ maxLength: 20 }),
    fc.base64String({ maxLength: 20 }),
  );
  const key = fc.constantFrom(
    "off",
    "on",
    "off_cool",
    "cool",
    "fan",
    "heat",
    "auto",
    "low",
    "24",
    "24.0",
    "-",
    "__proto__",
    "x",
  );
  const tree = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { depthSize: "small" },
      code,
      fc.array(fc.tuple(key, tie("node")), { maxLength: 4 }).map(Object.fromEntries),
    ),
  }));

  test("it loads or is refused, with few and short problems", () => {
    const encoding = fc.constantFrom("Base64", "Base64", "Hex", "Raw", "Pronto");
    const lists = fc.constantFrom(undefined, null, [], ["low", "24"], ["x"]);
    const file = fc.record({
      commandsEncoding: encoding,
      fanModes: lists,
      swingModes: lists,
      presetModes: lists,
      commands: fc.oneof(tree.node, fc.dictionary(key, tree.node)),
    });
    let loaded = 0;
    fc.assert(
      fc.property(file, (given) => {
        const text = codeFile(given);
        const told = problems(text);
        if (told.length === 0) loaded++;
        expect(told.length).toBeLessThanOrEqual(11);
        for (const problem of told) expect(problem.length).toBeLessThan(400);
        if (told.length > 0) return;
        const set = loadCodeFile(text, { name: "test.json" });
        for (const [mode, ability] of set.abilities) {
          expect(ability.fans.length * ability.swings.length).toBeGreaterThan(0);
          expect(ability.temperaturesCelsius).toEqual([...ability.temperaturesCelsius].sort((a, b) => a - b));
          expect(new Set(ability.fans).size).toBe(ability.fans.length);
          expect(mode).toMatch(/^(auto|cool|heat|fan_only)$/);
        }
      }),
      { numRuns: 2000 },
    );
    expect(loaded).toBeGreaterThan(50);
  });

  test("any text and any bytes are refused", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.uint8Array()), (source) => {
        expect(problems(source)).not.toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
