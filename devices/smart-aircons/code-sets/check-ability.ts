import type { Mode, Setting } from "../setting.ts";
import { type Ability, type CodeSet, NoCode } from "./code-set.ts";

/** What the mode of a setting can be asked for. Throws NoCode when the setting asks for something that is not there. */
export function checkAbility(abilities: CodeSet["abilities"], setting: Setting): Ability {
  const { mode, temperatureCelsius, fan, swing } = setting;
  const ability = abilities.get(mode);
  if (ability === undefined) throw new NoCode(`there is no mode ${mode}: there is ${listed([...abilities.keys()])}`);
  const { temperaturesCelsius, fans, swings } = ability;
  if (temperaturesCelsius.length > 0 && !temperaturesCelsius.includes(temperatureCelsius)) {
    throw new NoCode(`${mode} takes ${rangeOf(temperaturesCelsius)}, not ${temperatureCelsius} °C`);
  }
  if (!fans.includes(fan)) throw new NoCode(`${mode} has no fan ${shown(fan)}: there is ${listed(fans)}`);
  if (!swings.includes(swing)) throw new NoCode(`${mode} has no swing ${shown(swing)}: there is ${listed(swings)}`);
  return ability;
}

/** `16 to 30 °C in steps of 0.5`, or the temperatures themselves where the steps differ. */
export function rangeOf(temperaturesCelsius: readonly number[]): string {
  const [first = 0, second = first] = temperaturesCelsius;
  const last = temperaturesCelsius.at(-1) ?? first;
  const step = second - first;
  const isEven = temperaturesCelsius.every((celsius, index) => celsius === first + index * step);
  if (isEven && temperaturesCelsius.length > 2) return `${first} to ${last} °C in steps of ${step}`;
  return `${temperaturesCelsius.join(", ")} °C`;
}

export const abilitiesOf = (modes: readonly Mode[], ability: Ability): CodeSet["abilities"] =>
  new Map(modes.map((mode) => [mode, ability]));

const listed = (words: readonly string[]): string => words.map(shown).join(", ");

/** A word as it is; what is no plain word, or too long, in quotes. */
const shown = (word: string): string =>
  /^[\w-]{1,40}$/.test(word) ? word : JSON.stringify(word.length > 40 ? `${word.slice(0, 40)}…` : word);
