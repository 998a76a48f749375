import { open } from "node:fs/promises";
import { CodeFileError } from "./code-sets/code-file-error.ts";
import type { CodeSet } from "./code-sets/code-set.ts";
import { type GeneratedOptions, generatedCodeSet, generatedCodeSets, isGenerated } from "./code-sets/generated.ts";
import { type CodeFile, loadCodeFile, MOST_FILE_BYTES, tooLarge } from "./code-sets/smartir.ts";

/** There is no code set of this name; the message says which there are. */
export class UnknownCodeSet extends Error {
  override name = "UnknownCodeSet";
}

/**
 * A code set by its name, or out of the JSON file at a path that ends in `.json`; the options are for the former.
 * Throws UnknownCodeSet or CodeFileError.
 */
export async function openCodeSet(nameOrPath: string, options: GeneratedOptions = {}): Promise<CodeSet> {
  if (isGenerated(nameOrPath)) return generatedCodeSet(nameOrPath, options);
  if (/\.json$/i.test(nameOrPath)) return await openCodeFile(nameOrPath);
  throw new UnknownCodeSet(
    `there is no code set ${JSON.stringify(nameOrPath)}: there is ${generatedCodeSets.join(", ")}, ` +
      "or a code file, whose path ends in .json",
  );
}

/** The code file at a path, whatever it is called. Throws CodeFileError. */
export async function openCodeFile(path: string): Promise<CodeFile> {
  return loadCodeFile(await readBounded(path), { name: path });
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EACCES: "it may not be read by this user",
  EPERM: "it may not be read by this user",
  EISDIR: "is a folder, not a file",
};

/** The bytes of a file, of which no more is read than a code file can have. */
async function readBounded(path: string): Promise<Uint8Array> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    if (size > MOST_FILE_BYTES) throw new CodeFileError(path, [tooLarge]);
    const chunks: Uint8Array[] = [];
    let length = 0;
    // A device or a pipe has a size of 0 and may never end.
    for await (const chunk of file.createReadStream({ end: MOST_FILE_BYTES, autoClose: false })) {
      chunks.push(chunk);
      length += chunk.length;
    }
    if (length > MOST_FILE_BYTES) throw new CodeFileError(path, [tooLarge]);
    return Buffer.concat(chunks, length);
  } catch (error) {
    if (error instanceof CodeFileError || !(error instanceof Error)) throw error;
    const code = "code" in error ? String(error.code) : "";
    throw new CodeFileError(path, [reasons[code] ?? error.message]);
  }
}
