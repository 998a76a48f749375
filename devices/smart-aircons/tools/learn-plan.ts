/** What a person wants to have learned. */
export interface Wanted {
  modes: readonly string[];
  /** Those of the modes in which the remote control has no temperature to set. */
  modesWithoutTemperature: readonly string[];
  /** Ascending, at least one. */
  temperaturesCelsius: readonly number[];
  /** At least one. */
  fans: readonly string[];
  /** Undefined where nothing swings. */
  swings: readonly string[] | undefined;
}

/** What one code sets the aircon to. */
export interface State {
  mode: string;
  fan: string;
  swing: string | undefined;
  temperatureCelsius: number | undefined;
}

/** One code to be learned. */
export type Step = "off" | State;

/** All codes, `off` first, then so that from one to the next there is one key to press where that can be. */
export function planOf(wanted: Wanted): Step[] {
  const { modes, modesWithoutTemperature, temperaturesCelsius, fans, swings } = wanted;
  const steps: Step[] = ["off"];
  for (const mode of modes) {
    const temperatures = modesWithoutTemperature.includes(mode) ? [undefined] : temperaturesCelsius;
    for (const fan of fans) {
      for (const swing of swings ?? [undefined]) {
        for (const temperatureCelsius of temperatures) steps.push({ mode, fan, swing, temperatureCelsius });
      }
    }
  }
  return steps;
}

/**
 * Where to begin with a plan of which some is there (`has`, by index): behind the last that is, because what is missing
 * before was skipped; once nothing is missing behind it, with what was skipped. Undefined when nothing is missing.
 */
export function startOf(has: readonly boolean[]): number | undefined {
  return nextOf(has, has.lastIndexOf(true)) ?? nextOf(has, -1);
}

/** The next that is missing behind `at`; undefined when none is. */
export function nextOf(has: readonly boolean[], at: number): number | undefined {
  const next = has.indexOf(false, at + 1);
  return next < 0 ? undefined : next;
}

/** `cool, 22 °C, fan low, swing off`, as the remote control shows it. */
export function nameOf(step: Step): string {
  if (step === "off") return step;
  const { mode, temperatureCelsius, fan, swing } = step;
  return [
    mode,
    ...(temperatureCelsius === undefined ? [] : [`${temperatureCelsius} °C`]),
    `fan ${fan}`,
    ...(swing === undefined ? [] : [`swing ${swing}`]),
  ].join(", ");
}

/** What to do with the remote control for one code. */
export interface Instruction {
  /** How to set it before: "Set the remote to …". One press is left. */
  before: string;
  /** That press: "press …". */
  press: string;
}

/** A remote sends its whole state with each key, so the state wanted is reached with a last press that we listen to. */
export function instructionFor(step: Step, { temperaturesCelsius, fans, swings }: Wanted): Instruction {
  if (step === "off") return { before: "Switch the remote on", press: "the power key, so that it shows off" };
  const shows = `so that it shows ${nameOf(step)}`;
  const { temperatureCelsius: celsius, fan, swing } = step;
  const [lower, higher] =
    celsius === undefined
      ? []
      : [
          temperaturesCelsius[temperaturesCelsius.indexOf(celsius) - 1],
          temperaturesCelsius.find((one) => one > celsius),
        ];
  if (lower !== undefined) {
    return {
      before: `Set the remote to ${nameOf({ ...step, temperatureCelsius: lower })}`,
      press: `temperature up once, ${shows}`,
    };
  }
  if (higher !== undefined) {
    return {
      before: `Set the remote to ${nameOf({ ...step, temperatureCelsius: higher })}`,
      press: `temperature down once, ${shows}`,
    };
  }
  if (fans.length > 1) {
    return {
      before: `Set the remote to ${nameOf(step)}, but the fan one press before ${fan}`,
      press: `the fan key once, ${shows}`,
    };
  }
  if (swings && swings.length > 1) {
    return {
      before: `Set the remote to ${nameOf(step)}, but the swing one press before ${swing}`,
      press: `the swing key once, ${shows}`,
    };
  }
  return { before: `Set the remote to ${nameOf(step)}, then switch it off`, press: `the power key, ${shows}` };
}
