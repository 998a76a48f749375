import type { Ability, CodeSet } from "./code-sets/code-set.ts";
import type { Condition, Mode } from "./setting.ts";

const nothing: Ability = { temperaturesCelsius: [], fans: [], swings: [] };

/** What can be set in a mode; nothing where the set lacks the mode. */
export const abilityOf = (set: CodeSet, mode: Mode): Ability => set.abilities.get(mode) ?? nothing;

/** The nearest of some ascending numbers, the higher of two that are as near; undefined where there are none. */
export function nearest(ascending: readonly number[], wanted: number): number | undefined {
  return ascending.reduce<number | undefined>(
    (best, next) => (best === undefined || Math.abs(next - wanted) <= Math.abs(best - wanted) ? next : best),
    undefined,
  );
}

/**
 * The condition in another mode of the set: each value that the mode lacks becomes the nearest it has to what a person
 * likes. A temperature that the mode does not have at all is kept for the next one.
 */
export function inMode(set: CodeSet, from: Condition, mode: Mode): Condition {
  const ability = abilityOf(set, mode);
  const { temperatureCelsius, likes } = from;
  return {
    ...from,
    mode,
    temperatureCelsius: nearest(ability.temperaturesCelsius, temperatureCelsius) ?? temperatureCelsius,
    fan: nearestFan(set, ability.fans, likes.fan),
    swing: nearestSwing(ability.swings, likes.swing),
  };
}

const AUTO = "auto";
const speedsOf = (fans: readonly string[]) => fans.filter((fan) => fan !== AUTO);

/** A speed as far between the slowest and the fastest as the wanted one is in its own mode; of `auto` the first. */
function nearestFan(set: CodeSet, fans: readonly string[], wanted: string): string {
  if (fans.includes(wanted)) return wanted;
  const home = [...set.abilities.values()].find((ability) => ability.fans.includes(wanted));
  const [speeds, known] = [speedsOf(fans), speedsOf(home?.fans ?? [])];
  const share = known.length > 1 ? known.indexOf(wanted) / (known.length - 1) : 0;
  const place = known.includes(wanted) ? Math.round(share * (speeds.length - 1)) : -1;
  return speeds[place] ?? fans[0] ?? AUTO;
}

function nearestSwing(swings: readonly string[], wanted: string): string {
  if (swings.includes(wanted)) return wanted;
  return swings.includes("off") ? "off" : (swings[0] ?? "off");
}

/** Every temperature that some mode has, ascending. */
export function allTemperatures(set: CodeSet): number[] {
  const all = new Set([...set.abilities.values()].flatMap(({ temperaturesCelsius }) => temperaturesCelsius));
  return [...all].sort((a, b) => a - b);
}

/** Every fan mode (or swing) that some mode has, in the order of the first that has it. */
export function allWords(set: CodeSet, which: "fans" | "swings"): string[] {
  return [...new Set([...set.abilities.values()].flatMap((ability) => ability[which]))];
}

/** From the lowest to the highest temperature that can be set, and the smallest step in between, in °C. */
export interface Range {
  min: number;
  max: number;
  step: number;
}

/** The temperatures of a set as Home Assistant's card wants them; undefined where there are none. */
export function temperatureRange(set: CodeSet): Range | undefined {
  const all = allTemperatures(set);
  const [min, max] = [all[0], all.at(-1)];
  if (min === undefined || max === undefined) return undefined;
  return { min, max, step: stepIn([...set.abilities.values()].map(({ temperaturesCelsius }) => temperaturesCelsius)) };
}

/** The smallest step between two neighbours in ascending lists; 1 where there are none. */
export function stepIn(lists: readonly (readonly number[])[]): number {
  const steps = lists.flatMap((list) =>
    list.slice(1).map((next, i) => Math.round((next - (list[i] ?? next)) * 100) / 100),
  );
  return Math.min(...(steps.length ? steps : [1]));
}

/** From the mildest: what a first run shows, and what is taken where a mode is gone. */
const mildest = ["fan_only", "auto", "heat_cool", "cool", "dry", "heat"] as const;
const FIRST_CELSIUS = 24;

/** What an aircon without any history is set to: off, fan only, 24 °C, or the nearest that the set has (legacy.md). */
export function initialCondition(set: CodeSet): Condition {
  const mode = mildest.find((mode) => set.abilities.has(mode)) ?? "fan_only";
  const temperatureCelsius = nearest(allTemperatures(set), FIRST_CELSIUS) ?? FIRST_CELSIUS;
  const { fan, swing } = set.initial;
  const likes = { fan, swing };
  return inMode(set, { power: false, offByMode: false, mode, temperatureCelsius, fan, swing, likes }, mode);
}

/** The same set with the temperatures from `min` to `max` alone. */
export function temperaturesWithin(set: CodeSet, { min, max }: Omit<Range, "step">): CodeSet {
  const within = (celsius: number) => celsius >= min && celsius <= max;
  const abilities = [...set.abilities].map(([mode, ability]): [Mode, Ability] => [
    mode,
    { ...ability, temperaturesCelsius: ability.temperaturesCelsius.filter(within) },
  ]);
  return { ...set, abilities: new Map(abilities) };
}
