import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { schema } from "../devices/sprinklers/config.ts";
import { keysOf } from "../src/keys.ts";

const root = join(import.meta.dirname, "..");
const readme = readFileSync(join(root, "README.md"), "utf8");
const rows = readme.split("\n").filter((line) => line.startsWith("|"));

test.each(keysOf(schema("file")))("the README explains $path with its default", ({ path, initial }) => {
  const row = rows.find((row) => row.split("|")[1]?.includes(`\`${path}\``));
  expect(row, `a row for ${path}`).toBeDefined();
  if (initial !== undefined) expect(row).toContain(`\`${initial}\``);
});

test("the README has exactly two set-up commands", () => {
  expect(readme.match(/^npm ci.*$/gm)).toEqual(["npm ci && npm run demo", "npm ci && npm test"]);
});

test("every file that a README links to is there", () => {
  for (const file of ["README.md", "devices/sprinklers/README.md"]) {
    const text = readFileSync(join(root, file), "utf8");
    for (const [, link = ""] of text.matchAll(/\]\((?!http)([^)#]+)\)/g)) {
      expect(() => readFileSync(join(root, file, "..", link)), `${file}: ${link}`).not.toThrow();
    }
  }
});
