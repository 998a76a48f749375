import { UsageError } from "../../../src/flags.ts";
import { HIGHEST_CELSIUS } from "../code-sets/smartir-header.ts";
import { modes as knownModes } from "../setting.ts";
import { temperaturesOf } from "./learn-file.ts";
import type { Wanted } from "./learn-plan.ts";
import type { Options } from "./options.ts";

/** All flags of `ir learn`. */
export const flagNames = [
  "blaster",
  "out",
  "modes",
  "temperatures",
  "no-temperature",
  "fans",
  "swings",
  "manufacturer",
  "model",
];

/** What the flags ask for. Throws UsageError. */
export function wantedIn(options: Options): Wanted {
  const modes = listIn(options, "modes", "cool,heat,dry,fan_only");
  const unknown = modes.find((mode) => !knownModes.some((known) => known === mode));
  if (unknown !== undefined) {
    throw new UsageError(`--modes are of ${knownModes.join(", ")}; there is no ${JSON.stringify(unknown)}`);
  }
  const without = listIn(options, "no-temperature", "fan_only");
  const stranger = without.find((mode) => !modes.includes(mode));
  if (stranger !== undefined && options.get("no-temperature") !== undefined) {
    throw new UsageError(
      `--no-temperature are of the modes ${modes.join(", ")}; there is no ${JSON.stringify(stranger)}`,
    );
  }
  return {
    modes,
    modesWithoutTemperature: without.filter((mode) => modes.includes(mode)),
    temperaturesCelsius: temperaturesIn(options.get("temperatures") ?? "18-30"),
    fans: listIn(options, "fans", "auto,low,medium,high"),
    swings: options.get("swings") === undefined ? undefined : listIn(options, "swings", ""),
  };
}

/** Whose remote it is. */
export const identityIn = (options: Options): { manufacturer: string; model: string } => ({
  manufacturer: options.get("manufacturer") ?? "unknown",
  model: options.get("model") ?? "unknown",
});

/** A sentence, to go behind the file's name, for each flag that says something else than the file. Throws UsageError. */
export function settingsKept(options: Options, kept: Wanted): string[] {
  const given = wantedIn(options);
  const [first = 0, second = first + 1] = kept.temperaturesCelsius;
  const step = Math.round((second - first) * 100) / 100;
  const range = `${first}-${kept.temperaturesCelsius.at(-1)}${step === 1 ? "" : `/${step}`}`;
  const rows = [
    ["modes", given.modes, kept.modes, kept.modes.join(",")],
    ["temperatures", given.temperaturesCelsius, kept.temperaturesCelsius, range],
    [
      "no-temperature",
      given.modesWithoutTemperature,
      kept.modesWithoutTemperature,
      kept.modesWithoutTemperature.join(","),
    ],
    ["fans", given.fans, kept.fans, kept.fans.join(",")],
    ["swings", given.swings ?? [], kept.swings ?? [], kept.swings?.join(",")],
  ] as const;
  return rows.flatMap(([flag, wish, own, shown]) =>
    options.get(flag) === undefined || String(wish) === String(own)
      ? []
      : [`keeps its own settings: its ${flag} are ${shown || "none"}, and not ${options.get(flag)}.`],
  );
}

/** Words as a person may use them for a fan or a swing. */
const WORD = /^[\p{L}\p{N}][\p{L}\p{N} _.+-]{0,39}$/u;

function listIn(options: Options, flag: string, usual: string): string[] {
  const words = (options.get(flag) ?? usual).split(",").map((word) => word.trim());
  const wrong = words.find((word) => !WORD.test(word));
  if (wrong !== undefined)
    throw new UsageError(`--${flag} are words with commas between them, not ${JSON.stringify(wrong)}`);
  const plain = words.map((word) => word.toLowerCase());
  const twice = words.find((word, index) => plain.indexOf(word.toLowerCase()) !== index);
  if (twice !== undefined) throw new UsageError(`--${flag}: ${twice} is there twice`);
  return words;
}

function temperaturesIn(text: string): number[] {
  const [, least, most = least, step = "1"] =
    /^\s*(-?\d{1,3}(?:\.\d{1,2})?)(?:\s*-\s*(\d{1,3}(?:\.\d{1,2})?))?(?:\/(\d{1,2}(?:\.\d{1,2})?))?\s*$/.exec(text) ??
    [];
  const temperatures = least === undefined ? undefined : temperaturesOf(Number(least), Number(most), Number(step));
  if (temperatures?.some((celsius) => celsius > HIGHEST_CELSIUS)) {
    throw new UsageError(`--temperatures is in °C, and ${text} is not: can the remote be set to °C?`);
  }
  if (temperatures) return temperatures;
  throw new UsageError(`--temperatures is a range in °C such as 18-30 or 16-30/0.5, not ${JSON.stringify(text)}`);
}
