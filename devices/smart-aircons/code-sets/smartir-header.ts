import { z } from "zod";
import { expected, problemsIn } from "../../../src/problems.ts";

// As a whole, so that a list of a million wrong ones is one problem.
const names = z
  .custom<readonly (string | number)[]>(
    (list) => Array.isArray(list) && list.every((one) => typeof one === "string" || typeof one === "number"),
    "must be a list of names",
  )
  .transform((list) => list.map(String));

/** What a file says about itself. Its own lists give the order; what there is, the commands tell. */
const header = z.object({
  manufacturer: z.string(),
  supportedModels: names,
  supportedController: z.string(),
  commandsEncoding: z.enum(["Base64", "Hex", "Raw", "Pronto"]),
  temperatureUnit: z.enum(["C", "F"]).optional(),
  minTemperature: z.number(),
  maxTemperature: z.number(),
  precision: z.number(),
  operationModes: names,
  fanModes: names.nullish(),
  swingModes: names.nullish(),
  presetModes: names.nullish(),
  commands: z.custom<Record<string, unknown>>(isKeysAndValues, "must hold keys and values, such as off: …"),
});

/** Aircons don't go higher: where the unit is not told, a file that does is in Fahrenheit. */
export const HIGHEST_CELSIUS = 45;

export type Header = z.infer<typeof header> & { temperatureUnit: "C" | "F" };
export type Encoding = Header["commandsEncoding"];

/** The file's own words, checked but for the codes; or what is wrong, one line a key. Unknown keys are nothing. */
export function readHeader(value: unknown): Header | { problems: string[] } {
  if (!isKeysAndValues(value)) return { problems: ["must hold keys and values, not a list or a single value"] };
  const result = header.safeParse(value, { error: expected, reportInput: true });
  if (result.success) {
    const { temperatureUnit, maxTemperature } = result.data;
    return { ...result.data, temperatureUnit: temperatureUnit ?? (maxTemperature > HIGHEST_CELSIUS ? "F" : "C") };
  }
  const problems = problemsIn(result.error.issues, value);
  return {
    problems: problems.map(({ path, message }) => `${path}: ${value[path] === undefined ? "is required" : message}`),
  };
}

export function isKeysAndValues(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
