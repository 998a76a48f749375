import { below, type Remarks } from "./code-file-error.ts";
import { type Header, isKeysAndValues } from "./smartir-header.ts";

/** In a file, and here: a level that a mode lacks, or a key for whatever is asked for on that level. */
export const ANY = "-";

const levels = ["fan", "swing", "temperature"] as const;
type Place = Record<(typeof levels)[number], string>;

/** One command of a mode: its codes as they are written, and the keys that lead to it. */
export interface Leaf extends Place {
  path: string;
  /** Empty where the file has the key, but no code. */
  written: readonly unknown[];
}

/** Where to say what can't be used at all, and what is not used here. */
export interface Notes {
  wrong: Remarks;
  leftOut: Remarks;
}

/** Every command of one mode, whichever of the levels fan, swing and temperature it has. Of presets one is taken. */
export function* walkMode(header: Header, path: string, node: unknown, { wrong, leftOut }: Notes): Generator<Leaf> {
  const isRaw = header.commandsEncoding === "Raw";
  const names = [header.fanModes, header.swingModes].map((list) => new Set([ANY, ...(list ?? [])]));

  function* walk(node: unknown, path: string, place: Place, level: number): Generator<Leaf> {
    if (isCommand(node)) {
      yield { ...place, path, written: codesIn(node, isRaw) };
      return;
    }
    if (!isKeysAndValues(node)) {
      wrong.add(`${path}: must be a code, or keys and values`);
      return;
    }
    const at = isTemperatures(node, names[level]) ? levels.indexOf("temperature") : level;
    const name = levels[at];
    if (name === undefined) {
      wrong.add(`${path}: must be a code: mode, fan, swing and temperature are above it already`);
      return;
    }
    for (const [key, child] of Object.entries(node)) {
      yield* walk(child, below(path, key), { ...place, [name]: key }, at + 1);
    }
  }

  const preset = presetIn(node, header.presetModes ?? []);
  const start = preset === undefined ? { node, path } : { node: preset.node, path: below(path, preset.name) };
  for (const other of preset?.others ?? []) leftOut.add(below(path, other));
  yield* walk(start.node, start.path, { fan: ANY, swing: ANY, temperature: ANY }, 0);
}

const isCommand = (node: unknown): boolean => typeof node === "string" || node === null || Array.isArray(node);

/** The codes of a command. A list is one raw code where it holds numbers, else several codes to be sent in turn. */
export function codesIn(node: unknown, isRaw: boolean): readonly unknown[] {
  if (!Array.isArray(node)) return node === null || node === "" ? [] : [node];
  return isRaw && node.some((one) => typeof one === "number") ? [node] : node;
}

/** Whether the level of temperatures comes at once: commands below numbers, which are no names of the next level. */
function isTemperatures(node: Record<string, unknown>, names: ReadonlySet<string> | undefined): boolean {
  const keys = Object.keys(node);
  if (names === undefined || keys.every((key) => names.has(key))) return false;
  return Object.values(node).every(isCommand) && keys.some((key) => celsiusOf(key, "C") !== undefined);
}

/** The temperature that a key means, in °C, from Fahrenheit in tenths; undefined where it means none. */
export function celsiusOf(key: string, unit: Header["temperatureUnit"]): number | undefined {
  if (!/^\s*-?\d{1,4}(\.\d{1,4})?\s*$/.test(key)) return undefined;
  return unit === "C" ? Number(key) : Math.round(((Number(key) - 32) * 50) / 9) / 10;
}

/** The preset that stands for none, else the first that there is; undefined where the mode has none. */
function presetIn(
  node: unknown,
  presets: readonly string[],
): { name: string; node: unknown; others: string[] } | undefined {
  if (presets.length === 0 || !isKeysAndValues(node)) return undefined;
  const name = [ANY, "none", ...presets].find((name) => Object.hasOwn(node, name));
  if (name === undefined) return undefined;
  return { name, node: node[name], others: Object.keys(node).filter((key) => key !== name) };
}
