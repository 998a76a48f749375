import { InfraredError } from "../ir/error.ts";
import type { Mode } from "../setting.ts";
import { below, type Remarks } from "./code-file-error.ts";
import type { Code } from "./code-set.ts";
import { type CodeStore, codeStoreBuilder } from "./code-store.ts";
import { readCode } from "./code-text.ts";
import type { Header } from "./smartir-header.ts";
import { ANY, celsiusOf, codesIn, type Leaf, type Notes, walkMode } from "./smartir-tree.ts";
import { modeOf } from "./smartir-words.ts";

/** More than the codes of the longest file take; only a text made for it unpacks to more. */
const MOST_BYTES = 32_000_000;
/** A file with more wrong codes is not read on: nobody reads more of them. */
const MOST_WRONG = 100;

/** All commands of a file, their codes read once and kept. */
export interface Commands {
  store: CodeStore;
  /** How many codes there are. */
  count: number;
  /** `on`, `off`, and such as `off_cool`: their indices in the store. */
  single: ReadonlyMap<string, number>;
  modes: ReadonlyMap<Mode, readonly (readonly [leaf: Leaf, index: number])[]>;
}

/** `problems` are told what spoils single commands, and not the file. */
export function readCommands(header: Header, notes: Notes & { problems: Remarks }): Commands {
  const { wrong, leftOut, problems } = notes;
  const builder = codeStoreBuilder();
  const single = new Map<string, number>();
  const modes = new Map<Mode, [Leaf, number][]>();
  const empty: string[] = [];
  let count = 0;
  let emptyCount = 0;

  function add(path: string, written: readonly unknown[]): number | undefined {
    if (written.length === 0) {
      if (++emptyCount <= 3) empty.push(path);
      return undefined;
    }
    if (builder.bytes > MOST_BYTES || wrong.count > MOST_WRONG) return undefined;
    try {
      const codes: Code[] = written.map((one) => readCode(header.commandsEncoding, one));
      count += codes.length;
      return builder.add(codes);
    } catch (error) {
      if (!(error instanceof InfraredError)) throw error;
      wrong.add(`${path}: ${error.message}`);
      return undefined;
    }
  }

  function addMode(mode: Mode, path: string, node: unknown): void {
    const leaves: [Leaf, number][] = [];
    for (const leaf of walkMode(header, path, node, notes)) {
      const { temperature } = leaf;
      if (temperature !== ANY && celsiusOf(temperature, header.temperatureUnit) === undefined) {
        problems.add(`${leaf.path} is no temperature`);
        continue;
      }
      const index = add(leaf.path, leaf.written);
      if (index !== undefined) leaves.push([leaf, index]);
    }
    if (leaves.length > 0) modes.set(mode, leaves);
  }

  for (const [key, node] of Object.entries(header.commands)) {
    const path = below("commands", key);
    const mode = modeOf(key);
    if (/^(on|off|off_\w+)$/.test(key)) {
      const index = add(path, codesIn(node, header.commandsEncoding === "Raw"));
      if (index !== undefined) single.set(key, index);
    } else if (mode === undefined || modes.has(mode)) {
      leftOut.add(path);
    } else {
      addMode(mode, path, node);
    }
  }
  if (builder.bytes > MOST_BYTES) wrong.add(`commands: the codes take more than ${MOST_BYTES / 1e6} MB`);
  if (emptyCount > 0) {
    const more = emptyCount - empty.length;
    const which = empty.join(", ") + (more > 0 ? ` and ${more} more` : "");
    problems.add(`${emptyCount} ${emptyCount === 1 ? "code is" : "codes are"} empty: ${which}`);
  }
  return { store: builder.build(), count, single, modes };
}
