import { z } from "zod";

/**
 * A number as people and Home Assistant write it (`23`, `23.0`, ` 5 `), between two bounds, which the error names.
 * Without an upper bound (Infinity) it may come out as Infinity. With a `step`, what is nearest to a bound may be beyond it.
 */
export function numberPayload(
  what: string,
  min: number,
  max: number,
  options: { whole?: boolean; step?: number } = {},
) {
  const half = (options.step ?? 0) / 2;
  const bounds = max === Number.POSITIVE_INFINITY ? `of at least ${min}` : `from ${min} to ${max}`;
  const error = `${what} must be a ${options.whole ? "whole " : ""}number ${bounds}`;
  return text(error, (payload) => {
    const value = /^\s*[+-]?(\d+(\.\d*)?|\.\d+)\s*$/.test(payload) ? Number(payload) : Number.NaN;
    const isWithin = value >= min - half && (value <= max || value < max + half);
    return isWithin && (!options.whole || Number.isInteger(value)) ? { value } : undefined;
  });
}

/** One of a few words in any case, blanks trimmed, as what it stands for: `{ "1": true, ON: true }`. */
export function wordPayload<T>(words: Readonly<Record<string, T>>) {
  const error = `must be one of ${Object.keys(words).join(", ")}`;
  const known = new Map(Object.entries(words).map(([word, value]) => [word.toUpperCase(), { value }]));
  return text(error, (payload) => known.get(payload.trim().toUpperCase()));
}

const anyText = z.string();

/** Text that means something. Two schemas more and not seven: a house of a hundred aircons has a thousand of these. */
const text = <T>(error: string, read: (payload: string) => { value: T } | undefined) =>
  z.pipe(
    anyText,
    z.transform((payload: string, context): T => {
      const understood = read(payload);
      if (understood) return understood.value;
      context.issues.push({ code: "custom", message: error, input: payload });
      return z.NEVER;
    }),
  );
