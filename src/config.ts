import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { z } from "zod";
import { type Flag, type GivenFlags, parseFlags, UsageError } from "./flags.ts";
import { type Key, keysOf } from "./keys.ts";
import { expected, problemsIn } from "./problems.ts";

/** Where a configuration comes from decides some defaults: flags alone mean the original's house (legacy.md). */
export type Source = "flags" | "file";

/** How a daemon is configured. */
export interface Configurable<C> {
  name: string;
  /**
   * One strict schema; the source is for its defaults. It may wait for files that the configuration names: relative paths
   * begin in `folder`, the configuration file's own, or where the daemon was started.
   */
  schema(source: Source, folder?: string): z.ZodType<C>;
  /** The original's flags; every scalar key of the schema is a flag besides. */
  flags: readonly Flag[];
}

const coreFlags: readonly Flag[] = [
  {
    name: "host",
    key: "mqtt.url",
    placeholder: "HOST[:PORT]",
    value: ([host = ""]) => (host.includes("://") ? host : `mqtt://${host}`),
    help: "MQTT broker",
  },
  { name: "username", key: "mqtt.username", placeholder: "NAME", value: ([name]) => name, help: "MQTT user name" },
  { name: "password", key: "mqtt.password", placeholder: "WORD", value: ([word]) => word, help: "MQTT password" },
];

/** The configuration can't be used: one line a problem. Exit code 64 when a flag is to blame, else 78. */
export class ConfigurationError extends Error {
  override name = "ConfigurationError";
  readonly exitCode: 64 | 78;
  constructor(problems: readonly string[], exitCode: 64 | 78) {
    super(problems.join("\n"));
    this.exitCode = exitCode;
  }
}

export interface Loaded<C> {
  config: C;
  /** `--check`: only tell whether it is valid. */
  checkOnly: boolean;
  /** Environment variables that look like ours and are no key of this daemon. */
  strangers: string[];
}

/** All flags of a daemon, the original's first. */
export function flagsOf(daemon: Configurable<unknown>): { named: readonly Flag[]; keys: Key[] } {
  return { named: [...coreFlags, ...daemon.flags], keys: keysOf(daemon.schema("file")) };
}

/**
 * One object from flags, environment (`MQTT_THINGS_MQTT_URL`) and file, the first that has a key wins (C17).
 * Throws ConfigurationError.
 */
export async function load<C>(
  daemon: Configurable<C>,
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Loaded<C>> {
  const { named, keys } = flagsOf(daemon);
  let given: GivenFlags;
  try {
    given = parseFlags(argv, named, keys);
  } catch (error) {
    if (error instanceof UsageError) throw new ConfigurationError([error.message], 64);
    throw error;
  }
  const file = given.config ?? (env.MQTT_THINGS_CONFIG || undefined);
  const source = file === undefined ? "flags" : "file";
  const problems: { text: string; usage: boolean }[] = [];
  const fromFile =
    file === undefined ? undefined : (await import("./yaml-file.ts")).readYaml(file, readNamedFile("config", file));
  if (fromFile && "problems" in fromFile) throw new ConfigurationError(fromFile.problems, 78);

  const raw: Record<string, unknown> = { mqtt: {}, ...structuredClone(fromFile?.value) };
  const origin = new Map<string, { label: string; usage: boolean }>();
  for (const key of keys) {
    const text = env[key.variable];
    if (!text) continue;
    put(raw, key.path, key.fromText(text));
    origin.set(key.path, { label: key.variable, usage: false });
  }
  for (const [path, { flag, value }] of given.values) {
    put(raw, path, value);
    origin.set(path, { label: `-${flag}`, usage: true });
  }

  const schema = daemon.schema(source, file === undefined ? "." : dirname(file));
  const result = await schema.safeParseAsync(raw, { error: expected, reportInput: true });
  if (!result.success) {
    for (const { path, message, missing } of problemsIn(result.error.issues, raw)) {
      const [from] = [...origin].filter(([key]) => path === key || path.startsWith(`${key}[`));
      const flag = named.find(({ key }) => key === path)?.name ?? keys.find((key) => key.path === path)?.flag;
      if (from) problems.push({ text: `${from[1].label}: ${message}`, usage: from[1].usage });
      else if (source === "flags") {
        problems.push({
          text: missing ? `missing flag -${flag ?? path}` : `-${flag ?? path}: ${message}`,
          usage: true,
        });
      } else problems.push({ text: `${fromFile?.locate(path) ?? file}: ${path}: ${message}`, usage: false });
    }
    throw new ConfigurationError(
      problems.map(({ text }) => text),
      problems.some(({ usage }) => usage) ? 64 : 78,
    );
  }
  const variables = new Set(["MQTT_THINGS_CONFIG", "MQTT_THINGS_CAPTURES", ...keys.map(({ variable }) => variable)]);
  const strangers = Object.keys(env).filter((name) => name.startsWith("MQTT_THINGS_") && !variables.has(name));
  return { config: result.data, checkOnly: given.check, strangers };
}

/** Sets `a.b.c` in an object of objects. */
function put(object: Record<string, unknown>, path: string, value: unknown): void {
  const [head = "", ...rest] = path.split(".");
  if (rest.length === 0) {
    object[head] = value;
    return;
  }
  const inner = object[head];
  const next: Record<string, unknown> =
    typeof inner === "object" && inner !== null && !Array.isArray(inner) ? { ...inner } : {};
  object[head] = next;
  put(next, rest.join("."), value);
}

const unreadable: Record<string, string> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EACCES: "no permission to read it",
  EISDIR: "is a folder, not a file",
  ERR_ENCODING_INVALID_ENCODED_DATA: "is not UTF-8 text",
};

/** The text of a file that a key names. Throws ConfigurationError with the key. */
export function readNamedFile(key: string, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    throw new ConfigurationError([`${key}: ${path}: ${unreadable[code] ?? error}`], 78);
  }
}
