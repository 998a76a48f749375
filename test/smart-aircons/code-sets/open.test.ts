import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CodeFileError } from "../../../devices/smart-aircons/code-sets/code-file-error.ts";
import { openCodeFile, openCodeSet, UnknownCodeSet } from "../../../devices/smart-aircons/code-sets.ts";
import { identify } from "../../../devices/smart-aircons/ir/identify.ts";
import { codeFile, numberOf } from "./code-files.ts";
import { largeCodeFile } from "./large-file.ts";
import { cool24, off } from "./settings.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "code-sets-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("a code set", () => {
  test("is opened by its name, as it is asked for", async () => {
    const set = await openCodeSet("mitsubishi", { profile: "captured" });
    expect(set).toMatchObject({ manufacturer: "Mitsubishi Electric", initial: { swing: "vertical" } });
    const swings = (await openCodeSet("new_fujitsu", { horizontalSwing: true })).abilities.get("cool")?.swings;
    expect(swings).toEqual(["off", "vertical", "horizontal", "both"]);
  });

  test("is opened out of a file", async () => {
    const path = join(folder, "acme.JSON");
    await writeFile(path, codeFile({}));
    const set = await openCodeSet(path);
    expect(set.manufacturer).toBe("Acme");
    const [code] = set.codes({ from: off, to: cool24, clockMinutes: 0 });
    expect(numberOf(code?.waveform)).toBe(1);
  });

  test.each(["", "Fujitsu", "toString", "codes/1945"])("of the name %j is none", async (name) => {
    await expect(openCodeSet(name)).rejects.toThrow(
      new UnknownCodeSet(
        `there is no code set "${name}": there is fujitsu, new_fujitsu, mitsubishi, or a code file, whose path ends in .json`,
      ),
    );
  });
});

describe("a code file that can't be read", () => {
  const problems = (path: string) =>
    openCodeFile(path).then(
      () => [],
      (error) => (error instanceof CodeFileError ? error.problems : [error]),
    );

  test("says why", async () => {
    expect(await problems(join(folder, "nowhere.json"))).toEqual(["there is no such file"]);
    expect(await problems(folder)).toEqual(["is a folder, not a file"]);
    const path = join(folder, "broken.json");
    await writeFile(path, "{\n");
    expect(await problems(path)).toEqual(["is no JSON: line 2, column 1: Expected property name or '}'"]);
    await expect(openCodeFile(path)).rejects.toThrow(`${path}: is no JSON: line 2, column 1`);
  });

  test("because of its size is not read to its end", async () => {
    const path = join(folder, "large.json");
    await writeFile(path, "");
    await truncate(path, 100_000_000);
    expect(await problems(path)).toEqual(["is larger than 10 MB, and the largest code file has 2.2 MB"]);
    // Has no size, and no end.
    expect(await problems("/dev/zero")).toEqual(["is larger than 10 MB, and the largest code file has 2.2 MB"]);
  });
});

test("a file as large as the collection's largest gives all of its codes", async () => {
  const path = join(folder, "whole.json");
  await writeFile(path, largeCodeFile());
  const file = await openCodeFile(path);
  expect(file.report).toEqual({ controller: "Broadlink", codes: 2701, leftOut: [], problems: [] });
  for (const [mode, { temperaturesCelsius, fans, swings }] of file.abilities) {
    expect([fans.length, swings.length]).toEqual([6, 6]);
    for (const temperatureCelsius of temperaturesCelsius) {
      const [code] = file.codes({
        from: off,
        to: { ...cool24, mode, temperatureCelsius, fan: "low", swing: "top" },
        clockMinutes: 0,
      });
      expect(identify(code?.waveform ?? [])).toMatchObject({
        state: { power: "on", mode, temperatureCelsius, fan: "low", vane: "top" },
        doubts: [],
      });
    }
  }
});
