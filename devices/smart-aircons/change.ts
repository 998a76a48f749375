import { abilityOf, allTemperatures, inMode, nearest, stepIn } from "./abilities.ts";
import type { CodeSet } from "./code-sets/code-set.ts";
import type { Change, Condition, Setting } from "./setting.ts";

/** What the change makes of the condition; a sentence where the code set can't do it (A6). */
export function changed(set: CodeSet, from: Condition, change: Change): Condition | string {
  const ability = abilityOf(set, from.mode);
  switch (change.kind) {
    case "power":
      return powered(from, change.on);
    case "off-by-mode":
      return { ...from, power: false, offByMode: true };
    case "mode":
      if (!set.abilities.has(change.mode)) {
        return `there is no mode ${change.mode}: there is ${["off", ...set.abilities.keys()].join(", ")}`;
      }
      return powered(inMode(set, from, change.mode), true);
    case "temperature":
      return withTemperature(set, from, change.celsius);
    case "fan":
      return ability.fans.includes(change.fan)
        ? { ...from, fan: change.fan, likes: { ...from.likes, fan: change.fan } }
        : `${from.mode} has no fan mode ${change.fan}: it has ${ability.fans.join(", ")}`;
    case "swing":
      return ability.swings.includes(change.swing)
        ? { ...from, swing: change.swing, likes: { ...from.likes, swing: change.swing } }
        : `${from.mode} has no swing mode ${change.swing}: it has ${ability.swings.join(", ")}`;
    case "resend":
      return from;
  }
}

/** The same with the power on or off; what it is set to stays. */
export const powered = (from: Condition, on: boolean): Condition => ({
  ...from,
  power: on,
  offByMode: from.offByMode && !on,
});

/** In a mode without temperatures it is remembered for the next mode that has them. */
function withTemperature(set: CodeSet, from: Condition, celsius: number): Condition | string {
  const own = abilityOf(set, from.mode).temperaturesCelsius;
  const list = own.length ? own : allTemperatures(set);
  const [lowest, highest] = [list[0], list.at(-1)];
  if (lowest === undefined || highest === undefined) return "it has no temperature to set";
  const temperatureCelsius = snapped(list, lowest, highest, celsius);
  if (temperatureCelsius === undefined) return `${own.length ? from.mode : "it"} goes from ${lowest} to ${highest} °C`;
  return { ...from, temperatureCelsius };
}

/** The nearest of the list; undefined where a step below the lowest, or above the highest, would be nearer. */
function snapped(list: readonly number[], lowest: number, highest: number, celsius: number): number | undefined {
  const step = stepIn([list]);
  const found = nearest([lowest - step, ...list, highest + step], celsius);
  return found !== undefined && found >= lowest && found <= highest ? found : undefined;
}

/** Whether an aircon has to be told to get from one to the other. */
export function differs(set: CodeSet, from: Setting, to: Setting): boolean {
  if (!to.power) return from.power;
  const warm = abilityOf(set, to.mode).temperaturesCelsius.length > 0;
  return (
    !from.power ||
    from.mode !== to.mode ||
    from.fan !== to.fan ||
    from.swing !== to.swing ||
    (warm && from.temperatureCelsius !== to.temperatureCelsius)
  );
}
