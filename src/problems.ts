import type { z } from "zod";

/** One thing that is wrong with a configuration. */
export interface Problem {
  /** `zones[0].relay` */
  path: string;
  message: string;
  missing: boolean;
}

/** What a schema has against a configuration, one problem a path; the issues with their input (`reportInput`). */
export function problemsIn(issues: readonly z.core.$ZodIssue[], raw: unknown): Problem[] {
  const all = issues.flatMap((issue): Problem[] => {
    const path = written(issue.path);
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({
        path: written([...issue.path, named(key)]),
        message: "unknown key",
        missing: false,
      }));
    }
    const value = at(raw, issue.path);
    const missing = issue.code === "invalid_type" && value === undefined;
    // What a rule has against several values names them itself.
    const together = issue.code !== "invalid_type" && typeof issue.input === "object";
    const message = together ? issue.message : `${issue.message} (found ${found(value, path)})`;
    return [{ path, message: missing ? "is required" : message, missing }];
  });
  return all.filter((problem, i) => all.findIndex(({ path }) => path === problem.path) === i);
}

const types: Record<string, string> = {
  object: "must hold keys and values",
  array: "must be a list",
  string: "must be text",
  boolean: "must be true or false",
  number: "must be a number",
  int: "must be a whole number",
};

// Made when it is needed: making it takes 10 ms.
const anyOf = (words: readonly string[]) => new Intl.ListFormat("en-GB", { type: "disjunction" }).format(words);

/** What a value must be, for keys whose schema has no words of its own. */
export function expected(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return types[issue.expected] && `${types[issue.expected]}${hint(issue)}`;
    case "invalid_value":
      return `must be ${anyOf(issue.values.map(String))}`;
    case "too_small":
      return issue.origin === "string" ? "must not be empty" : `must be at least ${issue.minimum}`;
    case "too_big":
      return `must be at most ${issue.maximum}`;
    default:
      return undefined;
  }
}

/** How to write it, where one could wonder. */
function hint({ expected, input, inst }: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidType>): string {
  if (expected === "string") return typeof input === "number" || typeof input === "boolean" ? ", in quotes" : "";
  const def = inst?._zod.def ?? {};
  return "shape" in def ? `, such as ${Object.keys(Object(def.shape))[0]}: …` : "";
}

const LONGEST = 60;

/** A value as a person wrote it; of a secret only what kind of thing it is. */
function found(value: unknown, path: string): string {
  if (value === null) return "nothing";
  if (typeof value === "object") return Array.isArray(value) ? "a list" : "keys and values";
  // Whatever has an @ may be a URL with a password, if not a right one.
  const secret = /password|key/.test(path) || /@|-----BEGIN/.test(String(value));
  if (secret) return typeof value === "string" ? "text" : `a ${typeof value}`;
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** An unknown key, without the value of one such as `password:hunter2`, which only lacks a blank. */
function named(key: string): string {
  return key.replace(/((?<=password)\b|:).+/is, "…");
}

function at(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], raw);
}

function written(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    // A dotted key nests nothing, and one with a line end must not make two lines.
    const name = /^[\w-]+$/.test(String(key)) ? String(key) : JSON.stringify(key);
    return `${text}${text && "."}${name}`;
  }, "");
}
