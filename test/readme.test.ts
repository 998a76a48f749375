import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { schema as sensors } from "../devices/sensors/config.ts";
import { schema as aircons } from "../devices/smart-aircons/config.ts";
import { schema as sprinklers } from "../devices/sprinklers/config.ts";
import { keysOf } from "../src/keys.ts";

const root = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const readme = read("README.md");
const pages = [
  "README.md",
  "devices/sprinklers/README.md",
  "devices/smart-aircons/README.md",
  "devices/sensors/README.md",
  "docker/README.md",
  "kubernetes/README.md",
];

const daemons = [
  { page: "devices/sprinklers/README.md", keys: keysOf(sprinklers("file")) },
  { page: "devices/smart-aircons/README.md", keys: keysOf(aircons("file")) },
  { page: "devices/sensors/README.md", keys: keysOf(sensors("file")) },
];

describe.each(daemons)("$page", ({ page, keys }) => {
  const rows = `${readme}\n${read(page)}`.split("\n").filter((line) => line.startsWith("|"));

  test.each(keys)("explains $path with its default, or the README above does", ({ path, initial }) => {
    const row = rows.find((row) => row.split("|")[1]?.includes(`\`${path}\``));
    expect(row, `a row for ${path}`).toBeDefined();
    if (initial !== undefined) expect(row).toContain(`\`${initial}\``);
  });
});

test("the README has exactly two set-up commands", () => {
  expect(readme.match(/^npm ci.*$/gm)).toEqual(["npm ci && npm run demo", "npm ci && npm test"]);
});

test("every file that a README links to is there", () => {
  for (const file of pages) {
    const text = read(file);
    for (const [, link = ""] of text.matchAll(/\]\((?!http)([^)#]+)\)/g)) {
      expect(() => readFileSync(join(root, file, "..", link)), `${file}: ${link}`).not.toThrow();
    }
  }
});
