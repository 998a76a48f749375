import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { cli } from "../../support/process.ts";
import { codeFile } from "../code-sets/code-files.ts";
import { ir } from "./run-ir.ts";

const folder = mkdtempSync(join(tmpdir(), "ir-process-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a line of shell, in which `$ir` is the command line's tool. */
function shell(line: string): Promise<{ code: number; out: string; err: string }> {
  const env = { PATH: process.env.PATH, ir: `${process.execPath} ${cli} ir`, folder };
  return new Promise((resolve) =>
    execFile("/bin/sh", ["-c", line], { env }, (error, out, err) =>
      resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err }),
    ),
  );
}

describe("ir as a process", () => {
  test("codes go from one to the other through pipes", async () => {
    const { code, out, err } = await shell("$ir encode --code-set fujitsu --power off --to base64 | $ir decode");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(JSON.parse(out)).toMatchObject({ state: { power: "off" } });
  });

  test("whoever has read enough may close the pipe", async () => {
    writeFileSync(join(folder, "a.json"), codeFile({}));
    const many = Array(2000).fill("$folder/a.json").join(" ");
    const { out, err } = await shell(`$ir check ${many} | head -n 1`);
    expect(out).toMatch(/^\S+a\.json: Broadlink, 2 codes, 0 decoded\n$/);
    expect(err).toBe("");
  });

  test("a code that can't be written is told", async () => {
    const { code, err } = await shell("$ir encode --code-set fujitsu --power off --to hex > /dev/full");
    expect(code).toBe(74);
    expect(err).toContain("standard output can't be written");
  });

  test.each(["", "encode", "decode", "convert", "check"])("%s --help helps on standard output", async (tool) => {
    const { code, out, err } = await shell(`$ir ${tool} --help`);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(new RegExp(`^mqtt-things ir ${tool || "TOOL"} `));
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(90);
  });
});

describe("ir without a tool", () => {
  test.each([
    [[], "which tool?"],
    [["learn-not"], "unknown tool learn-not"],
    [["toString"], "unknown tool toString"],
  ])("%j says which there are", async (argv, message) => {
    const { code, out, err } = await ir(argv);
    expect({ code, out }).toEqual({ code: 64, out: "" });
    expect(err.split("\n").slice(0, 3)).toEqual([message, "", "mqtt-things ir TOOL …"]);
  });
});
