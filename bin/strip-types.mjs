// Node's type stripping takes 15 MB of the process that uses it, for as long as that lives. So another process does it
// and hands the sources over as text. What it does not know, Node strips as usual.
import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { registerHooks, stripTypeScriptTypes } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const self = import.meta.filename;

if (process.argv[1] === self) {
  const sources = {};
  const [, , word = ""] = process.argv;
  // A word needs its own folder, the demo the whole house.
  const folder = /^(?!demo$)[a-z-]+$/.test(word) ? word : "*";
  const checkout = dirname(dirname(self));
  for (const path of globSync(`{src,devices/${folder}}/**/*.ts`, { cwd: checkout })) {
    const file = join(checkout, path);
    try {
      sources[pathToFileURL(file)] = stripTypeScriptTypes(readFileSync(file, "utf8"));
    } catch {
      // Whoever loads it will be told what is wrong with it, and where.
    }
  }
  process.stdout.write(JSON.stringify(sources));
} else {
  const sources = stripped();
  registerHooks({
    load(url, context, next) {
      const source = sources[url];
      delete sources[url];
      return source === undefined ? next(url, context) : { format: "module", source, shortCircuit: true };
    },
  });
}

function stripped() {
  // Whatever else is loaded into every Node may write to stdout.
  const { NODE_OPTIONS: _, ...env } = process.env;
  const command = ["--disable-warning=ExperimentalWarning", self, ...process.argv.slice(2, 3)];
  try {
    return JSON.parse(execFileSync(process.execPath, command, { env, maxBuffer: 2 ** 24 }));
  } catch {
    // Node strips everything itself then: that takes more memory, and works.
    return {};
  }
}
