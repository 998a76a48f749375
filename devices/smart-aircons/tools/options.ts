import { UsageError } from "../../../src/flags.ts";
import { camelCase } from "../../../src/keys.ts";

/** The flags of a command line, and what stands between them. */
export interface Options {
  /** The last value of a flag; undefined where it was not given. */
  get(name: string): string | undefined;
  /** The same for a flag that must be there, and not be empty. Throws UsageError. */
  need(name: string): string;
  /** One of some words. Throws UsageError for another, and where there is neither a value nor an `otherwise`. */
  oneOf<Word extends string>(name: string, words: readonly Word[], otherwise?: Word): Word;
  rest: readonly string[];
}

/**
 * Go's flags, as the daemons take them: one dash or two, `-flag value` or `-flag=value`, names in kebab or camel case.
 * A dash alone and negative numbers are no flags, nor is anything behind `--`. Throws UsageError.
 */
export function parseOptions(argv: readonly string[], names: readonly string[]): Options {
  const byName = new Map(names.map((name) => [camelCase(name.split("-")), name]));
  const values = new Map<string, string>();
  const rest: string[] = [];
  const left = [...argv];
  for (let argument = left.shift(); argument !== undefined; argument = left.shift()) {
    if (argument === "--") {
      rest.push(...left.splice(0));
      continue;
    }
    const [, dashed, attached] = /^--?([A-Za-z][^=]*)(?:=(.*))?$/s.exec(argument) ?? [];
    if (dashed === undefined) {
      if (/^--/.test(argument)) throw new UsageError(`unknown flag ${argument}`);
      rest.push(argument);
      continue;
    }
    const name = byName.get(camelCase(dashed.split(/[-_]/)));
    if (name === undefined) throw new UsageError(`unknown flag ${argument.replace(/=.*/s, "")}`);
    const value = attached ?? left.shift();
    if (value === undefined) throw new UsageError(`flag --${name} needs a value`);
    values.set(name, value);
  }

  const need = (name: string): string => {
    const value = values.get(name);
    if (!value) throw new UsageError(`flag --${name} is missing`);
    return value;
  };
  return {
    get: (name) => values.get(name),
    need,
    oneOf: (name, words, otherwise) => {
      if (otherwise !== undefined && !values.has(name)) return otherwise;
      const given = need(name);
      const word = words.find((one) => one === given);
      if (word === undefined)
        throw new UsageError(`--${name} is one of ${words.join(", ")}, not ${JSON.stringify(given)}`);
      return word;
    },
    rest,
  };
}
