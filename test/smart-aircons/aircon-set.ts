import type { Ability, Code, CodeSet } from "../../devices/smart-aircons/code-sets/code-set.ts";
import { NoCode } from "../../devices/smart-aircons/code-sets/code-set.ts";
import type { Mode, Setting } from "../../devices/smart-aircons/setting.ts";

const from = (lowest: number, highest: number, step = 1) =>
  Array.from({ length: (highest - lowest) / step + 1 }, (_, i) => lowest + i * step);

/** Cool with everything, heat in half degrees and warmer, dry with one fan, fan only without temperatures. */
export const abilities: [Mode, Ability][] = [
  ["cool", { temperaturesCelsius: from(18, 30), fans: ["auto", "low", "medium", "high"], swings: ["off", "vertical"] }],
  ["heat", { temperaturesCelsius: from(16, 26, 0.5), fans: ["auto", "low", "high"], swings: ["off", "vertical"] }],
  ["dry", { temperaturesCelsius: from(20, 28), fans: ["auto"], swings: ["off"] }],
  ["fan_only", { temperaturesCelsius: [], fans: ["low", "medium", "high"], swings: ["off"] }],
];

/** A setting as these codes say it: `off`, or `cool 24 auto off`. */
export const told = ({ power, mode, temperatureCelsius, fan, swing }: Setting): string =>
  power ? `${mode} ${temperatureCelsius} ${fan} ${swing}` : "off";

const codeOf = (text: string): Code => ({ waveform: [...text].map((letter) => letter.charCodeAt(0)), repeats: 0 });

/** What a code of this set says. */
export const said = ({ waveform }: Code): string => String.fromCharCode(...waveform);

/** A set whose codes can be read: one a change; `holes` are settings that it has no code for. */
export function readableSet(own: [Mode, Ability][] = abilities, holes: readonly string[] = []): CodeSet {
  return {
    manufacturer: "Acme",
    model: "Cooler",
    abilities: new Map(own),
    initial: { fan: "auto", swing: "off" },
    codes({ to }) {
      if (holes.includes(told(to))) throw new NoCode(`there is no code for ${told(to)}`);
      return [codeOf(told(to))];
    },
  };
}

/** One that needs a code of its own to switch on, and that says the time of day. */
export function fussySet(): CodeSet {
  return {
    ...readableSet(),
    codes: ({ from, to, clockMinutes }) => [
      ...(to.power && !from.power ? [codeOf("on")] : []),
      codeOf(`${told(to)} at ${clockMinutes}`),
    ],
  };
}

/** One that has another code for off in each mode. */
export function setWithManyOffs(): CodeSet {
  return { ...readableSet(), codes: ({ from, to }) => [codeOf(to.power ? told(to) : `off from ${from.mode}`)] };
}
