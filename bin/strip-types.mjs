// Prints the sources that a word of the command line needs, without their types, as JSON: URL to text.
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";

const [, , word = ""] = process.argv;
const cli = new URL("../src/cli.ts", import.meta.url);
const sources = {};

/** A source, and whatever it imports, now or later. */
function add(url) {
  if (url.href in sources) return;
  let source;
  try {
    source = stripTypeScriptTypes(readFileSync(url, "utf8"));
  } catch {
    // Whoever loads it will be told what is wrong with it, and where.
    return;
  }
  sources[url.href] = source;
  const imports = url.href === cli.href ? withoutOtherWords(source) : source;
  for (const [, path] of imports.matchAll(/\b(?:from|import)[ (]*"(\.[^"]+\.ts)"/g)) add(new URL(path, url));
}

const withoutOtherWords = (table) =>
  table
    .split("\n")
    .filter((line) => !line.includes("import(") || line.trimStart().replaceAll('"', "").startsWith(`${word}:`))
    .join("\n");

add(cli);
process.stdout.write(JSON.stringify(sources));
