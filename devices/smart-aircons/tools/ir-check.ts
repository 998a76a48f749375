import { UsageError } from "../../../src/flags.ts";
import { CodeFileError } from "../code-sets/code-file-error.ts";
import type { CodeFile } from "../code-sets/smartir.ts";
import { openCodeFile } from "../code-sets.ts";
import { identify } from "../ir/identify.ts";
import type { Io } from "./io.ts";
import { parseOptions } from "./options.ts";

export const checkHelp = `mqtt-things ir check FILE…

Loads code files (SmartIR's JSON, or what ir learn writes) as the daemon would, and
prints one line for each: the controller it is for, how many codes it has, and how many
of them are decoded, which means that their protocol is known. Then, only where there
is something to say:

  left out    keys that can't be used, such as modes that Home Assistant lacks
  problems    what can't be sent though it seems to be there, such as empty codes
  refused     the file can't be used, and why: the keys that are wrong

Exit code 65 if any was refused.
`;

/** `ir check`. Resolves with the exit code. Throws UsageError. */
export async function check(argv: readonly string[], { stdout }: Io): Promise<number> {
  const { rest } = parseOptions(argv, []);
  if (rest.length === 0) throw new UsageError("which files?");
  let isRefused = false;
  for (const file of rest) {
    try {
      stdout.write(`${file}: ${told(await openCodeFile(file))}\n`);
    } catch (error) {
      if (!(error instanceof CodeFileError)) throw error;
      isRefused = true;
      stdout.write(`${file}: refused: ${error.problems.join("; ")}\n`);
    }
  }
  return isRefused ? 65 : 0;
}

function told({ report, all }: CodeFile): string {
  const { controller, codes, leftOut, problems } = report;
  const protocols = new Map<string, number>();
  for (const { waveform } of all()) {
    const { known } = identify(waveform);
    if (known) protocols.set(known.protocol, (protocols.get(known.protocol) ?? 0) + 1);
  }
  const decoded = [...protocols.values()].reduce((sum, count) => sum + count, 0);
  const names = protocols.size > 0 ? ` (${[...protocols.keys()].join(", ")})` : "";
  return [
    `${controller}, ${codes} codes, ${decoded} decoded${names}`,
    ...(leftOut.length > 0 ? [`left out: ${leftOut.join(", ")}`] : []),
    ...(problems.length > 0 ? [`problems: ${problems.join("; ")}`] : []),
  ].join("; ");
}
