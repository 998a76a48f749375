import { ConfigurationError } from "../../src/config.ts";
import { UsageError } from "../../src/flags.ts";
import { answered } from "../../src/help.ts";
import { HueError } from "./hue/errors.ts";
import { NoKeyFile } from "./key-file.ts";
import { explained, type Person, pairInto } from "./pair-command.ts";
import { parsePairOptions } from "./pair-options.ts";

const help = `mqtt-things hue pair --host HOST[:PORT] --out FILE

Gets an application key from a Hue bridge, once its button is pressed, and keeps
it in a file that only its owner can read. The key itself is never printed.

  --host HOST[:PORT]   address of the bridge
  --out FILE           where the key goes; it must not be there yet
  --force              replace the key that is there
  --instance NAME      how the bridge's app calls this daemon, mqtt-things#NAME [main]
  --bridge-id ID       which bridge it must be, 16 hex digits
  --fingerprint AB:…   trust exactly this certificate (SHA-256)
  --ca-file FILE       who signs bridges' certificates, in place of Signify
  --insecure-http      speak plain HTTP, whatever bridge it is
  --help, --version
`;

/** Resolves with the exit code: 0 paired, 64 usage, 1 no key. */
export async function main(argv: readonly string[], person: Person = process): Promise<number> {
  if (answered(argv, () => help)) return 0;
  const [tool, ...rest] = argv;
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, stop);
  try {
    if (tool !== "pair") throw new UsageError(tool ? `unknown tool ${tool}` : "which tool?");
    await pairInto(parsePairOptions(rest), person, { signal: stopping.signal });
    return 0;
  } catch (error) {
    if (error instanceof UsageError) person.stderr.write(`${error.message}\n\n${help}`);
    else if (error instanceof HueError) person.stderr.write(`${explained(error)}\n`);
    else if (error instanceof NoKeyFile || error instanceof ConfigurationError) {
      person.stderr.write(`${error.message}\n`);
    } else throw error;
    return error instanceof UsageError ? 64 : 1;
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}
