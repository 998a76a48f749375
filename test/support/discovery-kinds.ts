/** A JSON object whose keys are not known yet. */
export type Json = Record<string, unknown>;

/** Says what a value must be when it is not ("must be a string"), or nothing. */
export type Kind = (value: unknown) => string | undefined;

/** A closed list of keys, and what each must be. */
export type Keys = Record<string, Kind>;

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isText = (value: unknown): value is string => typeof value === "string";
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.length > 0 && value.every(isText);
const isNumber = (value: unknown): value is number => typeof value === "number";
const isWhole = (value: unknown) => isNumber(value) && Number.isInteger(value) && value >= 0;

const kind =
  (must: string, holds: (value: unknown) => boolean): Kind =>
  (value) =>
    holds(value) ? undefined : `must be ${must}`;

function isTopic(value: unknown): value is string {
  if (!isText(value) || value === "" || Buffer.byteLength(value) > 65_535) return false;
  return !/\p{Cc}/u.test(value);
}

function isFilter(value: unknown): boolean {
  if (!isTopic(value)) return false;
  const levels = value.split("/");
  return levels.every((level, i) => !/[+#]/.test(level) || level === "+" || (level === "#" && i === levels.length - 1));
}

// A full Jinja parser is out of reach; a lost brace is the mistake one makes.
function isTemplate(value: unknown): boolean {
  const count = (brace: string) => String(value).split(brace).length;
  return isText(value) && count("{{") === count("}}") && count("{%") === count("%}");
}

function isDuration(value: unknown): boolean {
  if (!isObject(value) || Object.keys(value).length === 0) return false;
  return Object.entries(value).every(([key, n]) => /^(days|hours|minutes|seconds)$/.test(key) && isWhole(n));
}

// Home Assistant would turn `true` into "True", so scalars of another type are not let through.
export const text = kind("a string", isText);
export const words = kind("a string that is not empty", (value) => isText(value) && value.trim() !== "");
export const texts = kind("a list of strings that is not empty", isTexts);
export const flag = kind("true or false", (value) => typeof value === "boolean");
export const number = kind("a number", isNumber);
export const integer = kind("an integer", Number.isInteger);
export const whole = kind("an integer of at least 0", isWhole);
export const qos = kind("0, 1 or 2", (value) => value === 0 || value === 1 || value === 2);
export const subscribed = kind("a well-formed topic", isFilter);
export const published = kind("a topic without wildcards", (value) => isTopic(value) && !/[+#]/.test(value));
export const template = kind("a template with matching braces", isTemplate);
export const duration = kind("an object of days, hours, minutes and seconds", isDuration);
export const objects = kind("a list of objects", (value) => Array.isArray(value) && value.every(isObject));
export const object = kind("an object", isObject);
export const icon = kind("a name with a colon, as in mdi:water", (value) => isText(value) && /^\S+:\S+$/.test(value));
export const url = kind("an http or https URL", (value) => isText(value) && /^https?:\/\/\S+$/.test(value));
export const link = kind(
  "an http, https or homeassistant URL",
  (value) => isText(value) && /^(https?|homeassistant):\/\/\S+$/.test(value),
);
export const identifiers = kind("a string or a list of strings", (value) => isText(value) || isTexts(value));
export const connections = kind(
  "a list of [mac | bluetooth | zigbee | upnp, value]",
  (value) =>
    Array.isArray(value) &&
    value.every((pair) => isTexts(pair) && pair.length === 2 && /^(mac|bluetooth|zigbee|upnp)$/.test(pair[0] ?? "")),
);

/** One of these values. */
export const oneOf = (...values: (string | number)[]): Kind =>
  kind(`one of ${values.join(", ")}`, (value) => values.some((allowed) => allowed === value));

/** A list of some of these strings. */
export const someOf = (...values: string[]): Kind =>
  kind(`a list of some of ${values.join(", ")}`, (value) => isTexts(value) && value.every((v) => values.includes(v)));

/** The few keys where null means something. */
export const orNull =
  (inner: Kind): Kind =>
  (value) => {
    const wrong = value === null ? undefined : inner(value);
    return wrong && `${wrong}, or null`;
  };

/** One sentence per key that is unknown, has the wrong kind of value, or is required and missing. */
export function keyProblems(where: string, what: string, value: Json, keys: Keys, required: string[] = []): string[] {
  const problems = Object.entries(value).flatMap(([key, given]) => {
    const check = Object.hasOwn(keys, key) ? keys[key] : undefined;
    if (!check) return [`${where}: ${what} has no key "${key}"`];
    const wrong = check(given);
    return wrong === undefined ? [] : [`${where}: ${key} ${wrong}, and is ${JSON.stringify(given)}`];
  });
  const lacking = required.filter((key) => !Object.hasOwn(value, key));
  return [...problems, ...lacking.map((key) => `${where}: ${what} needs ${key}`)];
}
