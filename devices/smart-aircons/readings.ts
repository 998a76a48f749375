/** Where in a payload a value is: `ENERGY.Power` of a JSON object, or the payload itself. */
export type Path = string | undefined;

/** The text, number or truth value there, as text without outer blanks; undefined when there is none. Never throws. */
export function valueAt(payload: string, path: Path): string | undefined {
  if (path === undefined) return payload.trim();
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch {
    return undefined;
  }
  for (const key of path.replace(/^\$\./, "").split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return ["string", "number", "boolean"].includes(typeof value) ? String(value).trim() : undefined;
}

/** A number as other programs write it; undefined when it is none. */
export function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

/** How somebody says whether an aircon is on: by words, or by the power that it takes. */
export type Feedback = { topic: string; path: Path; waitMs: number } & (
  | { onAbove: number; offBelow: number }
  | { on: readonly string[]; off: readonly string[] }
);

/** Whether the payload says on or off; `between`: watts that say neither; undefined when it can't be understood. */
export function saysOn(feedback: Feedback, payload: string): boolean | "between" | undefined {
  const value = valueAt(payload, feedback.path);
  if ("on" in feedback) {
    const word = value?.toUpperCase() ?? "";
    if (feedback.on.includes(word)) return true;
    return feedback.off.includes(word) ? false : undefined;
  }
  const watts = numberIn(value);
  if (watts === undefined) return undefined;
  if (watts > feedback.onAbove) return true;
  return watts < feedback.offBelow ? false : "between";
}
