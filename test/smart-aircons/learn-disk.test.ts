import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openReplaceable } from "../../devices/smart-aircons/tools/learn-disk.ts";
import { folder } from "./learn-person.ts";

describe("a file that is replaced", () => {
  test("need not be there, and is not there before it is", async () => {
    const here = folder();
    const path = join(here, "codes.json");
    const file = await openReplaceable(path);
    expect([file.before, readdirSync(here)]).toEqual([undefined, []]);
    await file.replace("one");
    await file.replace("two");
    expect([readFileSync(path, "utf8"), readdirSync(here)]).toEqual(["two", ["codes.json"]]);
  });

  test("is never seen half: who has opened the old one has all of it", async () => {
    const here = folder();
    const [path, kept] = [join(here, "codes.json"), join(here, "kept.json")];
    writeFileSync(path, "old");
    linkSync(path, kept);
    const file = await openReplaceable(path);
    expect(String(file.before)).toBe("old");
    await file.replace("new");
    expect([readFileSync(path, "utf8"), readFileSync(kept, "utf8")]).toEqual(["new", "old"]);
  });

  test("stays where it is and who may read it, also behind a link", async () => {
    const here = folder();
    mkdirSync(join(here, "real"));
    const [target, path] = [join(here, "real", "codes.json"), join(here, "codes.json")];
    writeFileSync(target, "old");
    chmodSync(target, 0o600);
    symlinkSync(target, path);
    const file = await openReplaceable(path);
    await file.replace("new");
    expect(readFileSync(target, "utf8")).toBe("new");
    expect(statSync(target).mode & 0o777).toBe(0o600);
    expect([readdirSync(here).sort(), readdirSync(join(here, "real"))]).toEqual([
      ["codes.json", "real"],
      ["codes.json"],
    ]);
  });

  test("is left alone when somebody else has changed it meanwhile", async () => {
    const path = join(folder(), "codes.json");
    writeFileSync(path, "old");
    const [mine, theirs] = [await openReplaceable(path), await openReplaceable(path)];
    await mine.replace("one");
    await expect(theirs.replace("two")).rejects.toThrow("codes.json was changed by somebody else meanwhile");
    await mine.replace("three");
    expect([readFileSync(path, "utf8"), readdirSync(join(path, ".."))]).toEqual(["three", ["codes.json"]]);
  });

  test("is written anew when somebody has removed it meanwhile", async () => {
    const path = join(folder(), "codes.json");
    const file = await openReplaceable(path);
    await file.replace("one");
    rmSync(path);
    await file.replace("two");
    expect(readFileSync(path, "utf8")).toBe("two");
  });

  test("may be called as if it was a folder", async () => {
    const here = folder();
    const file = await openReplaceable(`${here}/codes/`);
    await file.replace("one");
    expect(readdirSync(here)).toEqual(["codes"]);
  });

  test("is what it was when the new text can't be put in its place", async () => {
    const here = folder();
    const path = join(here, "codes.json");
    const file = await openReplaceable(path);
    mkdirSync(path);
    await expect(file.replace("new")).rejects.toMatchObject({
      name: "NotWritable",
      message: expect.stringContaining(`${path} can't be written: `),
    });
    expect(readdirSync(here)).toEqual(["codes.json"]);
    rmSync(here, { recursive: true });
    await expect(file.replace("new")).rejects.toThrow("there is no such folder");
  });

  test("is not read when it is larger than any code file", async () => {
    const path = join(folder(), "codes.json");
    writeFileSync(path, "x".repeat(10_000_001));
    await expect(openReplaceable(path)).rejects.toMatchObject({ name: "CodeFileError" });
  });
});
