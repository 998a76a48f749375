import type { Code } from "../code-sets/code-set.ts";
import { readCode } from "../code-sets/code-text.ts";
import { isKeysAndValues } from "../code-sets/smartir-header.ts";
import { encodeBroadlink } from "../ir/broadlink-packet.ts";
import { formatBase64 } from "../ir/bytes.ts";
import type { Step, Wanted } from "./learn-plan.ts";

/** A code file that grows: SmartIR's JSON (Broadlink, Base64), with one key more for what SmartIR has no word for. */
export interface LearnedFile {
  readonly wanted: Wanted;
  has(step: Step): boolean;
  /** The code of a step; undefined where there is none, or several to be sent in turn. */
  get(step: Step): Code | undefined;
  /** Throws InfraredError where a Broadlink packet can't hold the code. */
  put(step: Step, code: Code): void;
  /** What to write. */
  text(): string;
}

type Tree = Record<string, unknown>;

/** Steps between temperatures are at least this. */
const FINEST_CELSIUS = 0.1;
const MOST_TEMPERATURES = 200;

/** The temperatures of a range in °C, ends included; undefined where that makes none, or more than a remote has. */
export function temperaturesOf(least: number, most: number, step: number): number[] | undefined {
  const count = Math.floor((most - least) / step + 1e-6) + 1;
  if (!(step >= FINEST_CELSIUS && count >= 1 && count <= MOST_TEMPERATURES)) return undefined;
  return Array.from({ length: count }, (_, index) => Math.round((least + index * step) * 100) / 100);
}

/** A file without any code. The temperatures are those of a range with equal steps. */
export function newFile(wanted: Wanted, { manufacturer, model }: { manufacturer: string; model: string }): LearnedFile {
  const { modes, modesWithoutTemperature, temperaturesCelsius, fans, swings } = wanted;
  const [first = 0, second = first + 1] = temperaturesCelsius;
  return fileOf(wanted, {
    manufacturer,
    supportedModels: [model],
    supportedController: "Broadlink",
    commandsEncoding: "Base64",
    minTemperature: first,
    maxTemperature: temperaturesCelsius.at(-1) ?? first,
    precision: Math.round((second - first) * 100) / 100,
    operationModes: modes,
    fanModes: fans,
    ...(swings ? { swingModes: swings } : {}),
    modesWithoutTemperature,
    commands: {},
  });
}

/** A file with this content, which it changes. */
export function fileOf(wanted: Wanted, content: Tree): LearnedFile {
  const commands: Tree = isKeysAndValues(content.commands) ? content.commands : {};

  /**
   * The keys that lead to a step's code. SmartIR looks below a temperature in every mode, so a code that has none is
   * written below all of them.
   */
  function pathsTo(step: Step): string[][] {
    if (step === "off") return [["off"]];
    const { mode, fan, swing, temperatureCelsius } = step;
    const above = [mode, fan, ...(swing === undefined ? [] : [swing])];
    const temperatures = temperatureCelsius === undefined ? wanted.temperaturesCelsius : [temperatureCelsius];
    return temperatures.map((celsius) => [...above, String(celsius)]);
  }

  function writtenAt(path: readonly string[]): unknown {
    let node: unknown = commands;
    for (const key of path) {
      // What ends above stands for all that could be below.
      if (!isKeysAndValues(node)) break;
      node = Object.hasOwn(node, key) ? node[key] : undefined;
    }
    return node;
  }

  function write(path: readonly string[], code: string): void {
    let node = commands;
    for (const [index, key] of path.entries()) {
      const next = Object.hasOwn(node, key) ? node[key] : undefined;
      if (index === path.length - 1 || isCode(next)) {
        node[key] = code;
        return;
      }
      const child: Tree = isKeysAndValues(next) ? next : {};
      node[key] = child;
      node = child;
    }
  }

  const written = (step: Step): unknown => writtenAt(pathsTo(step)[0] ?? []);

  return {
    wanted,
    has: (step) => isCode(written(step)),
    get: (step) => {
      const code = written(step);
      return typeof code === "string" && code !== "" ? readCode("Base64", code) : undefined;
    },
    put: (step, { waveform, repeats }) => {
      const code = formatBase64(encodeBroadlink({ waveform, repeats }));
      for (const path of pathsTo(step)) write(path, code);
    },
    text: () => `${JSON.stringify({ ...content, commands }, null, 2)}\n`,
  };
}

const isCode = (written: unknown): boolean =>
  (typeof written === "string" || Array.isArray(written)) && written.length > 0;
