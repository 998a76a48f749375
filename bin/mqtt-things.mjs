// Node's type stripping takes 15 MB of the process that uses it, for as long as that lives. So another process does it
// and hands the sources over as text, while this one loads the libraries. What it does not hand over, Node strips.
import { execFile } from "node:child_process";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const [, , word = ""] = process.argv;

async function stripped() {
  // Whatever else is loaded into every Node may write to stdout.
  const { NODE_OPTIONS: _, ...env } = process.env;
  const script = fileURLToPath(new URL("strip-types.mjs", import.meta.url));
  const options = { env, maxBuffer: 2 ** 24 };
  try {
    const command = ["--disable-warning=ExperimentalWarning", "--liftoff-only", script, word];
    return JSON.parse((await promisify(execFile)(process.execPath, command, options)).stdout);
  } catch {
    return {};
  }
}

const stripping = stripped();
const libraries = ["zod", "mqtt", "pino", ...(process.argv.some((flag) => /^--?config\b/.test(flag)) ? ["yaml"] : [])];
if (/^[a-z]/.test(word)) await Promise.all(libraries.map((name) => import(name)));
const sources = await stripping;
registerHooks({
  load(url, context, next) {
    const source = sources[url];
    delete sources[url];
    return source === undefined ? next(url, context) : { format: "module", source, shortCircuit: true };
  },
});
await import("../src/cli.ts");
