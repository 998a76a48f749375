import type { State } from "../../src/device.ts";
import { abilityOf, allTemperatures, initialCondition, inMode } from "./abilities.ts";
import type { CodeSet } from "./code-sets/code-set.ts";
import type { Condition, Mode } from "./setting.ts";

/** What has to survive a restart and has no topic of its own: the mode behind an `off` of `mode/get`, and likes. */
export const remember = ({ mode, likes }: Condition): string => JSON.stringify({ mode, ...likes });

/** What our retained topics say of an earlier run. Whatever is not understood, or not in the code set, is left out. */
export function recollect(set: CodeSet, saved: State): Condition {
  const first = initialCondition(set);
  const before = parsed(saved.memory);
  const mode = modeIn(set, saved.mode) ?? modeIn(set, before.mode) ?? first.mode;
  const offByMode = saved.mode === "off";
  const all = allTemperatures(set);
  const celsius = Number(saved.temperature || Number.NaN);
  const known = celsius >= (all[0] ?? celsius) && celsius <= (all.at(-1) ?? celsius);
  const { fan_mode: fan = first.likes.fan, swing_mode: swing = first.likes.swing } = saved;
  const likes = { fan: textOf(before.fan) ?? fan, swing: textOf(before.swing) ?? swing };
  const temperatureCelsius = known ? celsius : first.temperatureCelsius;
  const power = saved.power === "ON" && !offByMode;
  const fitting = inMode(set, { power, offByMode, mode, temperatureCelsius, fan, swing, likes }, mode);
  const { fans, swings } = abilityOf(set, mode);
  return {
    ...fitting,
    fan: fans.includes(fan) ? fan : fitting.fan,
    swing: swings.includes(swing) ? swing : fitting.swing,
  };
}

const textOf = (value: unknown) => (typeof value === "string" ? value : undefined);

function modeIn(set: CodeSet, word: unknown): Mode | undefined {
  return [...set.abilities.keys()].find((mode) => mode === word);
}

function parsed(memory = "{}"): { mode?: unknown; fan?: unknown; swing?: unknown } {
  try {
    return Object(JSON.parse(memory));
  } catch {
    return {};
  }
}
