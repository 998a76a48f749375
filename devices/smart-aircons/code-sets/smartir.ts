import { modes, type Setting } from "../setting.ts";
import { checkAbility, rangeOf } from "./check-ability.ts";
import { CodeFileError, remarks } from "./code-file-error.ts";
import { type Ability, type Code, type CodeSet, NoCode } from "./code-set.ts";
import type { CodeStore } from "./code-store.ts";
import { readJson } from "./json-text.ts";
import { type Commands, readCommands } from "./smartir-commands.ts";
import { type Header, readHeader } from "./smartir-header.ts";
import { type Table, tableOf } from "./smartir-table.ts";
import type { Leaf } from "./smartir-tree.ts";
import { fanTranslation, modeOf, swingTranslation } from "./smartir-words.ts";

/** Five times the largest file of the SmartIR collection. */
export const MOST_FILE_BYTES = 10_000_000;

/** What a person may want to know of a file that can be used. */
export interface CodeFileReport {
  controller: string;
  codes: number;
  /** Keys that are not used, because Home Assistant lacks such modes. */
  leftOut: readonly string[];
  /** What can't be sent, although it seems to be there. */
  problems: readonly string[];
}

/** A code set out of a file. */
export interface CodeFile extends CodeSet {
  report: CodeFileReport;
  /** Every code once. */
  all(): Iterable<Code>;
}

/**
 * Reads a code file of the SmartIR collection, whole or in part; what is there can be asked for. Throws CodeFileError
 * with `name` and the paths of the keys that are wrong.
 */
export function loadCodeFile(source: string | Uint8Array, { name }: { name: string }): CodeFile {
  if (source.length > MOST_FILE_BYTES) throw new CodeFileError(name, [tooLarge]);
  const json = readJson(source);
  if ("problem" in json) throw new CodeFileError(name, [json.problem]);
  const header = readHeader(json.value);
  if ("problems" in header) throw new CodeFileError(name, header.problems);
  const notes = { wrong: remarks(), leftOut: remarks(), problems: remarks() };
  const commands = readCommands(header, notes);
  if (notes.wrong.count > 0) throw new CodeFileError(name, notes.wrong.list());
  if (commands.modes.size === 0) {
    throw new CodeFileError(name, ["commands: there is no code for any mode that Home Assistant has"]);
  }
  const tables = tablesOf(header, commands, (path) => notes.problems.add(`${path} is there twice`));
  if (!Object.keys(header.commands).some((key) => /^off(_\w+)?$/.test(key)))
    notes.problems.add("commands.off is missing");
  const { store, single, count } = commands;
  return {
    ...codeSetOf(header, store, single, tables),
    report: {
      controller: header.supportedController,
      codes: count,
      leftOut: notes.leftOut.list(),
      problems: notes.problems.list(),
    },
    all: function* () {
      for (let index = 0; index < store.size; index++) yield* store.get(index);
    },
  };
}

export const tooLarge = `is larger than ${MOST_FILE_BYTES / 1e6} MB, and the largest code file has 2.2 MB`;

type Tables = ReadonlyMap<Setting["mode"], Table>;

function tablesOf(header: Header, commands: Commands, twice: (path: string) => void): Tables {
  const own = (level: "fan" | "swing") =>
    [...commands.modes.values()].flatMap((leaves) => leaves.map(([leaf]: readonly [Leaf, number]) => leaf[level]));
  const translate = { fan: fanTranslation(own("fan")), swing: swingTranslation(own("swing")) };
  // In Home Assistant's order.
  return new Map(
    modes.flatMap((mode) => {
      const leaves = commands.modes.get(mode);
      return leaves ? [[mode, tableOf(leaves, header, translate, twice)] as const] : [];
    }),
  );
}

function codeSetOf(header: Header, store: CodeStore, single: Commands["single"], tables: Tables): CodeSet {
  const abilities = new Map([...tables].map(([mode, { ability }]) => [mode, ability]));
  const { manufacturer, supportedModels } = header;
  const offByMode = new Map(
    [...single].flatMap(([key, index]) => {
      const mode = modeOf(key.replace(/^off_/, ""));
      return mode === undefined ? [] : [[mode, index] as const];
    }),
  );
  const on = single.get("on");

  function state(wanted: Setting): number {
    const table = tables.get(wanted.mode);
    const to = table?.inWords(wanted) ?? wanted;
    const { temperaturesCelsius } = checkAbility(abilities, to);
    const index = table?.find(to);
    if (index !== undefined) return index;
    const others = temperaturesCelsius.filter(
      (temperatureCelsius) => table?.find({ ...to, temperatureCelsius }) !== undefined,
    );
    const there = others.length > 0 ? `, only for ${rangeOf(others)}` : "";
    const temperature = temperaturesCelsius.length > 0 ? `, ${to.temperatureCelsius} °C` : "";
    throw new NoCode(`the file has no code for ${to.mode}, fan ${to.fan}, swing ${to.swing}${temperature}${there}`);
  }

  return {
    manufacturer,
    model: supportedModels.slice(0, 3).join(", "),
    abilities,
    initial: initialOf([...abilities.values()]),
    codes: ({ from, to }) => {
      if (!to.power) {
        const off = offByMode.get(from.mode) ?? single.get("off");
        if (off === undefined) throw new NoCode("the file has no code that switches off");
        return store.get(off);
      }
      const codes = store.get(state(to));
      return on === undefined || from.power ? codes : [...store.get(on), ...codes];
    },
  };
}

function initialOf(abilities: readonly Ability[]): CodeSet["initial"] {
  const [fans, swings] = [abilities.flatMap(({ fans }) => fans), abilities.flatMap(({ swings }) => swings)];
  const preferred = (words: readonly string[], word: string): string =>
    words.includes(word) ? word : (words[0] ?? word);
  return { fan: preferred(fans, "auto"), swing: preferred(swings, "off") };
}
