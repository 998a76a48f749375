import { UsageError } from "../../../src/flags.ts";
import { answered } from "../../../src/help.ts";
import { written } from "../../../src/written.ts";
import { CodeFileError } from "../code-sets/code-file-error.ts";
import { NoCode } from "../code-sets/code-set.ts";
import { UnknownCodeSet } from "../code-sets.ts";
import { InfraredError } from "../ir/error.ts";
import type { Io } from "./io.ts";
import { check, checkHelp } from "./ir-check.ts";
import { convert, convertHelp } from "./ir-convert.ts";
import { decode, decodeHelp } from "./ir-decode.ts";
import { encode, encodeHelp } from "./ir-encode.ts";
import { learn, learnHelp } from "./learn.ts";

interface Tool {
  help: string;
  run(argv: readonly string[], io: Io): Promise<number>;
}

const tools: Readonly<Record<string, Tool>> = {
  encode: { help: encodeHelp, run: encode },
  decode: { help: decodeHelp, run: decode },
  convert: { help: convertHelp, run: convert },
  check: { help: checkHelp, run: check },
  learn: { help: learnHelp, run: learn },
};

const help = `mqtt-things ir TOOL …

Infrared codes of aircons, without a broker, and without hardware but for learn.

  mqtt-things ir encode    prints the code that sets an aircon
  mqtt-things ir decode    says what a code says
  mqtt-things ir convert   writes a code in another form
  mqtt-things ir check     says what is in code files, and what is wrong with them
  mqtt-things ir learn     learns the codes of a remote control with a blaster

  mqtt-things ir TOOL --help     its flags
  mqtt-things --version
`;

/** Runs one tool. Resolves with the exit code: 0, 64 usage, 65 what was given can't be understood or said, 74 not written. */
export async function main(argv: readonly string[], io: Io = process): Promise<number> {
  const [word = "", ...rest] = argv;
  const tool = Object.hasOwn(tools, word) ? tools[word] : undefined;
  if (answered(argv, () => tool?.help ?? help)) return 0;
  if (tool === undefined) {
    io.stderr.write(`${word ? `unknown tool ${word}` : "which tool?"}\n\n${help}`);
    return 64;
  }
  try {
    return await written(io, () => tool.run(rest, io));
  } catch (error) {
    if (error instanceof UsageError || error instanceof UnknownCodeSet) {
      io.stderr.write(`${error.message}\n\n${tool.help}`);
      return 64;
    }
    if (error instanceof InfraredError || error instanceof NoCode || error instanceof CodeFileError) {
      io.stderr.write(`${error.message}\n`);
      return 65;
    }
    throw error;
  }
}
