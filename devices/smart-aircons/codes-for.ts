import { inMode } from "./abilities.ts";
import type { Rules } from "./aircon-model.ts";
import type { Code } from "./code-sets/code-set.ts";
import type { Condition, Setting } from "./setting.ts";

/** All codes of one change, the prelude first, each as often as it is to be sent. Throws what the code set throws. */
export function codesFor(
  { set, prelude, repeats }: Pick<Rules, "set" | "prelude" | "repeats">,
  from: Condition,
  to: Condition,
  clockMinutes: number,
): readonly Code[] {
  const first = inMode(set, to, "fan_only");
  const steps = prelude && wantsPrelude(from, to) ? [first, to] : [to];
  let at = from;
  const codes: Code[] = [];
  for (const step of steps) {
    codes.push(...set.codes({ from: at, to: step, clockMinutes }));
    at = step;
  }
  return codes.flatMap((code) => Array<Code>(repeats).fill(code));
}

/** The original's habit: fan only before every power on, and every change to cool or heat (legacy.md). */
function wantsPrelude(from: Setting, to: Setting): boolean {
  if (!to.power || to.mode === "fan_only") return false;
  return !from.power || (from.mode !== to.mode && (to.mode === "cool" || to.mode === "heat"));
}
