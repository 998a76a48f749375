import { z } from "zod";

/** A scalar key of a configuration: also an environment variable and a flag. */
export interface Key {
  /** `mqtt.password_file` */
  path: string;
  /** `MQTT_THINGS_MQTT_PASSWORD_FILE` */
  variable: string;
  /** `mqttPasswordFile`; `mqtt-password-file` is understood as well. */
  flag: string;
  boolean: boolean;
  help: string;
  /** What it is when nobody sets it, as it would be written. */
  initial: string | undefined;
  /** The text of a flag or variable as the type the schema wants; the text itself where it is none. */
  fromText(text: string): unknown;
}

interface JsonSchema {
  type?: string;
  properties?: Record<string, JsonSchema>;
  anyOf?: JsonSchema[];
  description?: string;
  default?: unknown;
}

/** All scalar keys of a schema, in its order. */
export function keysOf(schema: z.ZodType): Key[] {
  return walk(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema, []);
}

function walk({ properties = {} }: JsonSchema, above: string[]): Key[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const path = [...above, name];
    if (schema.type === "object") return walk(schema, path);
    return schema.type === "array" ? [] : [key(path, schema)];
  });
}

function key(path: string[], schema: JsonSchema): Key {
  const words = path.join("_").split("_");
  return {
    path: path.join("."),
    variable: `MQTT_THINGS_${words.join("_").toUpperCase()}`,
    flag: camelCase(words),
    boolean: schema.type === "boolean",
    help: schema.description ?? "",
    initial: schema.default === undefined ? undefined : String(schema.default),
    fromText: (text) => fromText(text, schema.type),
  };
}

export function camelCase(words: readonly string[]): string {
  return words.map((word, i) => (i === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1))).join("");
}

/** The number that a text is in plain digits; the text itself where it is none, such as `0x3` or `1e0`. */
export function plainNumber(text: string): number | string {
  return /^\s*-?\d+(\.\d+)?\s*$/.test(text) ? Number(text) : text;
}

function fromText(text: string, type: string | undefined): unknown {
  if (type === "integer" || type === "number") return plainNumber(text);
  if (type === "boolean") return { true: true, "1": true, false: false, "0": false }[text.toLowerCase()] ?? text;
  return text;
}
