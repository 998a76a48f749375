import type { z } from "zod";

/** One thing that is wrong with a configuration. */
export interface Problem {
  /** `zones[0].relay` */
  path: string;
  message: string;
  missing: boolean;
}

/** What a schema has against a configuration, one problem a path. */
export function problemsIn(issues: readonly z.core.$ZodIssue[], raw: unknown): Problem[] {
  const all = issues.flatMap((issue): Problem[] => {
    const path = written(issue.path);
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({ path: written([...issue.path, key]), message: "unknown key", missing: false }));
    }
    const missing = issue.code === "invalid_type" && at(raw, issue.path) === undefined;
    return [{ path, message: missing ? "is required" : issue.message, missing }];
  });
  return all.filter((problem, i) => all.findIndex(({ path }) => path === problem.path) === i);
}

function at(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], raw);
}

function written(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : `${text}${text && "."}${String(key)}`),
    "",
  );
}
