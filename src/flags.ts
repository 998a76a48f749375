import { camelCase, type Key } from "./keys.ts";

/** A flag that is not simply a key: the original's, or one that collects a list. */
export interface Flag {
  name: string;
  /** The key it sets. */
  key: string;
  placeholder: string;
  /** Whether each of its values counts, or only the last. */
  repeats?: true;
  /** The key's value from the flag's values, in the order given. */
  value(texts: string[]): unknown;
  help: string;
}

/** The command line can't be understood; the message names the flag. */
export class UsageError extends Error {
  override name = "UsageError";
}

export interface GivenFlags {
  /** By key: which flag, and what it sets. */
  values: Map<string, { flag: string; value: unknown }>;
  config: string | undefined;
  check: boolean;
}

const own = { config: { boolean: false }, check: { boolean: true } } as const;

/**
 * Go's flags: one dash or two, `-flag value` or `-flag=value`, a boolean flag alone means true (legacy.md). A flag's
 * name may be written in kebab case as well, or as the key is in the file. Throws UsageError.
 */
export function parseFlags(argv: readonly string[], named: readonly Flag[], keys: readonly Key[]): GivenFlags {
  const texts = new Map<string, string[]>();
  const rest = argv.values();
  let alone = "";
  for (const argument of rest) {
    const [, dashed, attached] = /^--?([A-Za-z][^=]*)(?:=(.*))?$/s.exec(argument) ?? [];
    if (dashed === undefined) {
      if (alone && /^(true|false)$/i.test(argument)) {
        throw new UsageError(`unexpected argument ${argument}: write ${alone}=${argument}`);
      }
      const secret = /password|key|@/i.test([...texts.keys(), argument].join(" "));
      const shown = secret ? "that may be part of a password: a value with blanks must be in quotes" : argument;
      throw new UsageError(`unexpected argument ${shown}`);
    }
    const name = camelCase(dashed.split(/[-_.]/));
    const flag = named.find((flag) => flag.name === name);
    const key = keys.find((key) => key.flag === name);
    const boolean = (own as Record<string, { boolean: boolean }>)[name]?.boolean ?? (!flag && key?.boolean);
    if (boolean === undefined && !flag) throw new UsageError(`unknown flag ${shownOf(argument)}`);
    alone = boolean && attached === undefined ? argument : "";
    const value = attached ?? (boolean ? "true" : rest.next().value);
    if (value === undefined) throw new UsageError(`flag ${argument} needs a value`);
    const others = texts.get(name);
    if (others) others.push(value);
    else texts.set(name, [value]);
  }

  const values: GivenFlags["values"] = new Map();
  for (const [name, given] of texts) {
    const flag = named.find((flag) => flag.name === name);
    const key = keys.find((key) => key.flag === name);
    const last = given.at(-1) ?? "";
    if (flag) values.set(flag.key, { flag: name, value: flag.value(flag.repeats ? given : [last]) });
    else if (key) values.set(key.path, { flag: name, value: key.fromText(last) });
  }
  return {
    values,
    config: texts.get("config")?.at(-1),
    check: texts.has("check") && texts.get("check")?.at(-1) !== "false",
  };
}

/** The name of an unknown flag, without the value of one such as `-password:hunter2`, `-passwordhunter2` or `-apiKeyaSd`. */
function shownOf(argument: string): string {
  const [name = ""] = argument.split("=");
  const [shown = ""] = /^[\w.-]*?(password|api-?key|(?![\w.-]))/i.exec(name) ?? [];
  return shown === name ? name : `${shown}…`;
}
