import { forms, readAnyForm, writeForm } from "./forms.ts";
import { type Io, textOf } from "./io.ts";
import { parseOptions } from "./options.ts";

export const convertHelp = `mqtt-things ir convert [TEXT|-] --to FORM

Writes an infrared code in another form. TEXT is guessed, and read from standard
input where there is none, as ir decode does it.

  --to FORM   hex        the bytes of its frame, once; of a known protocol only
              sendir     the text of a Zmote or Global Caché, compressed
              broadlink  the packet of a Broadlink in hexadecimal
              base64     the same in Base64, as SmartIR's files have it
              us         durations in microseconds: mark, space, mark, …

Exit code 65 when TEXT is no code, or can't be said in that form.
`;

/** `ir convert`. Resolves with the exit code. Throws UsageError, InfraredError. */
export async function convert(argv: readonly string[], io: Io): Promise<number> {
  const options = parseOptions(argv, ["to"]);
  const form = options.oneOf("to", forms);
  io.stdout.write(`${writeForm(readAnyForm(await textOf(options.rest, io)), form)}\n`);
  return 0;
}
