import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { base64Number, codeFile } from "../code-sets/code-files.ts";
import { smartIrFile } from "../code-sets/smartir-file.ts";
import { withCaptures } from "../ir/captures.ts";
import { ir, said } from "./run-ir.ts";

const folder = mkdtempSync(join(tmpdir(), "ir-check-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe("ir check", () => {
  test("tells of each file on a line of its own, and refuses some", async () => {
    const frame = await said(["convert", "1463001010fc08308101000000004e", "--to", "base64"]);
    const good = file(
      "good",
      codeFile({
        commands: { off: base64Number(0), cool: { mid: { "24": frame } }, fan: { auto: { "24": base64Number(2) } } },
      }),
    );
    const odd = file(
      "odd",
      codeFile({ commands: { off: base64Number(0), cool: { auto: { "24": base64Number(1) } }, ice: {} } }),
    );
    const partial = file("partial", codeFile({ commands: { cool: { auto: { "24": base64Number(1), "25": "" } } } }));
    const wrong = file("wrong", codeFile({ commands: { off: "JgA!", cool: { auto: { "24": "x" } } } }));
    const nowhere = join(folder, "nowhere");
    expect(await ir(["check", good, odd, wrong, partial, nowhere])).toEqual({
      code: 65,
      out: [
        `${good}: Broadlink, 3 codes, 1 decoded (fujitsu-15)`,
        `${odd}: Broadlink, 2 codes, 0 decoded; left out: commands.ice`,
        `${wrong}: refused: commands.off: this is no Base64: "JgA!"; commands.cool.auto.24: this is no Base64: "x"`,
        `${partial}: Broadlink, 1 codes, 0 decoded; problems: 1 code is empty: commands.cool.auto.25; commands.off is missing`,
        `${nowhere}: refused: there is no such file`,
        "",
      ].join("\n"),
      err: "",
    });
    expect(await ir(["check", good, partial])).toMatchObject({ code: 0 });
  });

  test("wants files", async () => {
    const { code, out, err } = await ir(["check"]);
    expect({ code, out }).toEqual({ code: 64, out: "" });
    expect(err).toMatch(/^which files\?\n\nmqtt-things ir check FILE…\n/);
  });
});

withCaptures("ir check of the SmartIR collection", () => {
  test.each([
    [
      "1945",
      "Broadlink, 56 codes, 0 decoded; problems: 11 codes are empty: commands.cool.low.swing.24, commands.cool.mid.swing.22, commands.cool.mid.swing.24 and 8 more",
    ],
    ["2180", "Broadlink, 122 codes, 0 decoded"],
    ["2801", "Broadlink, 29 codes, 0 decoded"],
    ["2980", "Broadlink, 94 codes, 0 decoded"],
    ["4381", "Xiaomi, 57 codes, 0 decoded; left out: commands.on_once"],
  ])("%s", async (name, line) => {
    expect(await said(["check", smartIrFile(name)])).toBe(`${smartIrFile(name)}: ${line}`);
  });
});
