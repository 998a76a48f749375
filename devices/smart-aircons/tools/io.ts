import type { Readable, Writable } from "node:stream";
import { LONGEST_TEXT } from "../ir/bytes.ts";
import { InfraredError } from "../ir/error.ts";

/** Where a tool reads from and writes to. */
export interface Io {
  stdin: Readable & { isTTY?: boolean };
  stdout: Writable;
  stderr: Writable;
}

/** The words of a command line as one text; without any, or with a single dash, what stdin brings. Throws InfraredError. */
export async function textOf(words: readonly string[], { stdin, stderr }: Io): Promise<string> {
  if (words.length > 0 && !(words.length === 1 && words[0] === "-")) return words.join(" ");
  if (stdin.isTTY) stderr.write("paste a code, then press Ctrl-D on a line of its own\n");
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > 2 * LONGEST_TEXT) throw new InfraredError("the text is too long for infrared");
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}
