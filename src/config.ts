import { readFileSync } from "node:fs";
import { z } from "zod";
import { type Flag, type GivenFlags, parseFlags, UsageError } from "./flags.ts";
import { type Key, keysOf } from "./keys.ts";
import { logLevels } from "./log.ts";

/** Where a configuration comes from decides some defaults: flags alone mean the original's house (legacy.md). */
export type Source = "flags" | "file";

/** How a daemon is configured. */
export interface Configurable<C> {
  name: string;
  /** One strict schema; the source is for its defaults. */
  schema(source: Source): z.ZodType<C>;
  /** The original's flags; every scalar key of the schema is a flag besides. */
  flags: readonly Flag[];
}

/** Keys that every daemon has. */
export const coreKeys = {
  mqtt: z.strictObject({
    url: z
      .string()
      .regex(/^mqtts?:\/\/[^\s/]+\/?$/, "must look like mqtt://host:1883 or mqtts://host:8883")
      .refine((url) => URL.canParse(url), "must look like mqtt://host:1883 or mqtts://host:8883")
      .describe("the broker; 1883 and 8883 (mqtts) are the default ports"),
    username: z.string().optional().describe("user name at the broker"),
    password: z.string().optional().describe("password at the broker; better in a file"),
    password_file: path("password").optional().describe("file that holds the password"),
    ca_file: path("CA certificate").optional().describe("CA that signed the broker's certificate, PEM file"),
    cert_file: path("certificate").optional().describe("client certificate, PEM file"),
    key_file: path("key").optional().describe("client certificate's key, PEM file"),
    insecure: z.boolean().default(false).describe("don't verify the broker's certificate"),
  }),
  instance: z
    .string()
    .regex(/^[a-z0-9-]+$/, "may have lower-case letters, digits and dashes")
    .default("main")
    .describe("tells two daemons of one kind apart"),
  discovery: z.boolean().default(true).describe("announce devices to Home Assistant"),
  health_port: z.int().min(0).max(65535).optional().describe("port of /livez, /readyz and /metrics; none by default"),
  health_host: z.string().optional().describe("address to listen on for them; all by default"),
  log_level: z.enum(logLevels).default("info").describe("debug shows every byte on the wire"),
};

/** What every daemon's configuration has in common, after its schema. */
export type CoreConfig = z.output<z.ZodObject<typeof coreKeys>>;

const coreFlags: readonly Flag[] = [
  {
    name: "host",
    key: "mqtt.url",
    placeholder: "HOST[:PORT]",
    value: ([host]) => `mqtt://${host}`,
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
  const file = given.config ?? env.MQTT_THINGS_CONFIG;
  const source = file === undefined ? "flags" : "file";
  const problems: { text: string; usage: boolean }[] = [];
  const fromFile = file === undefined ? undefined : await (await import("./yaml-file.ts")).readYaml(file);
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

  const result = daemon.schema(source).safeParse(raw);
  if (!result.success) {
    for (const { path, message, missing } of flatten(result.error.issues, raw)) {
      const [from] = [...origin].filter(([key]) => path === key || path.startsWith(`${key}[`));
      const flag = named.find(({ key }) => key === path)?.name ?? keys.find((key) => key.path === path)?.flag;
      if (from) problems.push({ text: `${from[1].label}: ${message}`, usage: from[1].usage });
      else if (missing && source === "flags") problems.push({ text: `missing flag -${flag ?? path}`, usage: true });
      else problems.push({ text: `${fromFile?.locate(path) ?? daemon.name}: ${path}: ${message}`, usage: false });
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

interface Problem {
  /** `zones[0].relay` */
  path: string;
  message: string;
  missing: boolean;
}

function flatten(issues: readonly z.core.$ZodIssue[], raw: unknown): Problem[] {
  return issues.flatMap((issue): Problem[] => {
    const path = written(issue.path);
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({ path: written([...issue.path, key]), message: "unknown key", missing: false }));
    }
    const missing = issue.path.reduce<unknown>(
      (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
      raw,
    );
    return [{ path, message: missing === undefined ? "is required" : issue.message, missing: missing === undefined }];
  });
}

function written(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : `${text}${text && "."}${String(key)}`),
    "",
  );
}

function path(of: string) {
  return z
    .string()
    .min(1)
    .refine((text) => !text.includes("-----BEGIN"), `must be the path of a file with the ${of}, not its content`);
}

/** The content of a file that a key names. Throws ConfigurationError with the key. */
export function readNamedFile(key: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const reason =
      code === "ENOENT" ? "there is no such file" : code === "EACCES" ? "no permission to read it" : String(error);
    throw new ConfigurationError([`${key}: ${path}: ${reason}`], 78);
  }
}

const unitsMs: Record<string, number> = {
  ms: 1,
  s: 1_000,
  sec: 1_000,
  min: 60_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A duration as people write it (`10min`, `1h30min`, `2s`), in milliseconds, between two bounds written the same way. */
export function duration(from: string, to: string) {
  const error = `must be a duration from ${from} to ${to} with its unit, such as ${from}`;
  return z
    .string({ error })
    .refine((text) => inRange(milliseconds(text), from, to), error)
    .transform((text) => milliseconds(text) ?? 0);
}

function inRange(ms: number | undefined, from: string, to: string): boolean {
  return ms !== undefined && ms >= (milliseconds(from) ?? 0) && ms <= (milliseconds(to) ?? 0);
}

/** `1h30min` in ms; undefined when it is no duration. */
export function milliseconds(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*(ms|sec|s|min|m|h|d)\s*/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text.trimStart()) return undefined;
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitsMs[unit ?? ""] ?? 0), 0);
}
