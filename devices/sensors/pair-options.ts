import { z } from "zod";
import { readNamedFile } from "../../src/config.ts";
import { parseFlags, UsageError } from "../../src/flags.ts";
import { keysOf } from "../../src/keys.ts";
import { hostKey } from "./hosts.ts";
import type { Address } from "./hue/door.ts";
import { hueKeys } from "./hue-keys.ts";

/** What to pair with, and where its key goes. */
export interface PairOptions {
  address: Address;
  out: string;
  force: boolean;
  /** Tells two daemons apart in the bridge owner's app. */
  instance: string;
  /** What the daemon's configuration has to say of the bridge, as it was given here. */
  given: Readonly<Record<string, string | boolean>>;
}

const { bridge_id, fingerprint, ca_file, insecure_http } = hueKeys(false);
const schema = z.strictObject({
  host: hostKey(),
  out: z.string().min(1, "must be the path of a file"),
  force: z.boolean().default(false),
  instance: z.string().min(1).default("main"),
  ...{ bridge_id, fingerprint, ca_file, insecure_http },
});

/** Reads a command line. Throws UsageError, and ConfigurationError for a CA file that can't be read. */
export function parsePairOptions(argv: readonly string[]): PairOptions {
  const { values, config, check } = parseFlags(argv, [], keysOf(schema));
  if (config !== undefined || check) throw new UsageError(`unknown flag --${check ? "check" : "config"}`);
  const raw = Object.fromEntries([...values].map(([key, { value }]) => [key, value]));
  const parsed = schema.safeParse(raw);
  if (!parsed.success) {
    const [{ path: [key = ""] = [], message } = { message: "" }] = parsed.error.issues;
    const flag = `--${String(key).replaceAll("_", "-")}`;
    throw new UsageError(key in raw ? `${flag} ${message}` : `flag ${flag} is missing`);
  }
  const { host, out, force, instance, ...trust } = parsed.data;
  const { insecure_http: insecure, ca_file: path } = trust;
  return {
    address: {
      ...host,
      bridgeId: trust.bridge_id,
      fingerprint: trust.fingerprint,
      roots: path === undefined ? undefined : readNamedFile("--ca-file", path),
      plainHttp: insecure ? "always" : undefined,
    },
    ...{ out, force, instance },
    given: {
      host: String(raw.host),
      ...(trust.fingerprint !== undefined && { fingerprint: trust.fingerprint }),
      ...(path !== undefined && { ca_file: path }),
      ...(insecure && { insecure_http: true }),
    },
  };
}
