import { z } from "zod";

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
  const fits = (text: string) => inRange(milliseconds(text), from, to);
  const error = expectedDuration(`a duration from ${from} to ${to} with its unit`, fits);
  return z
    .string({ error })
    .refine(fits, { error })
    .transform((text) => milliseconds(text) ?? 0);
}

/** The message for what is no such duration; to a bare number it suggests the units that would fit. */
export function expectedDuration(what: string, fits: (text: string) => boolean) {
  return ({ input }: { input?: unknown }) => {
    const fitting = /\d$/.test(String(input)) ? ["s", "min", "h"].map((unit) => `${input}${unit}`).filter(fits) : [];
    return `must be ${what}${fitting.length ? `, such as ${fitting.join(" or ")}` : ""}`;
  };
}

function inRange(ms: number | undefined, from: string, to: string): boolean {
  return ms !== undefined && ms >= (milliseconds(from) ?? 0) && ms <= (milliseconds(to) ?? 0);
}

/** `1h30min` in ms; undefined when it is no duration. */
export function milliseconds(text: string): number | undefined {
  const plain = text.trimStart();
  // Sticky: after the first thing that is none, nothing is looked for.
  const parts = [...plain.matchAll(/(\d+(?:\.\d+)?)\s*(ms|sec|s|min|m|h|d)\s*/gy)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== plain) return undefined;
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitsMs[unit ?? ""] ?? 0), 0);
}
