import { type Named, plainName, topicNames } from "./names.ts";

/** What the configuration says of single sensors, by what people call them. */
export type SensorRules = Readonly<Record<string, { temperature_offset: number }>>;

/** Where a sensor's topics begin, and what its temperature is corrected by. */
export interface Place {
  base: string;
  offsetCelsius: number;
}

/** A sensor that needs a place. */
export interface Placeable extends Named {
  /** In °C, where no rule means this sensor. */
  usualOffset: number;
}

/** Gives each sensor its place, by key. `strangers` are the rules that mean nobody. */
export function placesOf(sensors: readonly Placeable[], base: string, rules: SensorRules) {
  const names = topicNames(sensors);
  const strangers = new Set(Object.keys(rules));
  // The first of two that mean the same counts.
  const byName = new Map([...strangers].reverse().map((written) => [plainName(written), written]));
  const places = new Map<string, Place>();
  for (const { key, name, usualOffset } of sensors) {
    const topicName = names.get(key) ?? key;
    const rule = ruleFor(byName, [key, topicName, plainName(name)]);
    if (rule !== undefined) strangers.delete(rule);
    const offsetCelsius = rules[rule ?? ""]?.temperature_offset ?? usualOffset;
    places.set(key, { base: `${base}/${topicName}`, offsetCelsius });
  }
  return { places, strangers };
}

/**
 * The rule that means a sensor, by the first of these that one is written for: its key, the name in its topics (the only way
 * to tell two of one name apart), its name. `Kate's Room` and `kates-room` mean `Kate’s Room`.
 */
function ruleFor(byName: ReadonlyMap<string, string>, called: readonly string[]): string | undefined {
  return called.map((name) => byName.get(name)).find((rule) => rule !== undefined);
}

/** The rules that mean the same sensor as one before, with that one. */
export function sameSensorTwice(rules: SensorRules): [written: string, other: string][] {
  const seen = new Map<string, string>();
  return Object.keys(rules).flatMap((written): [string, string][] => {
    const other = seen.get(plainName(written));
    seen.set(plainName(written), written);
    return other === undefined ? [] : [[written, other]];
  });
}
