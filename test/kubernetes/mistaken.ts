import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { parseManifests, readBase } from "./manifests.ts";

const base = join(import.meta.dirname, "../../kubernetes/base");
const file = (name: string) => readFileSync(join(base, name), "utf8");

/** The base with one mistake in one of its files; fails where it would be none. */
export function mistaken(name: string, right: string, wrong: string) {
  expect(file(name)).toContain(right);
  const changed = parseManifests(file(name).replace(right, wrong));
  const same = parseManifests(file(name)).map(({ kind, metadata }) => `${kind} ${metadata?.name}`);
  return [...readBase().filter(({ kind, metadata }) => !same.includes(`${kind} ${metadata?.name}`)), ...changed];
}
