import { constants } from "node:fs";
import { access, open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { CodeFileError } from "../code-sets/code-file-error.ts";
import { MOST_FILE_BYTES, tooLarge } from "../code-sets/smartir.ts";

/** A file can't be written; the message is a sentence for a person. */
export class NotWritable extends Error {
  override name = "NotWritable";
}

/** A file that is replaced as a whole, so that whoever reads it finds the old text or the new one. */
export interface Replaceable {
  /** What is in it; undefined when there is no such file. */
  before: Uint8Array | undefined;
  /**
   * Resolves when the text is on the disk. Throws NotWritable, and then the file is what it was: also where somebody else
   * has changed it since we read it, or wrote it last.
   */
  replace(text: string): Promise<void>;
}

const CHANGED = "was changed by somebody else meanwhile, and is left as it is now: the same command goes on from there";

/** Finds out that the file can be written, without a change to it. Throws NotWritable, CodeFileError. */
export async function openReplaceable(path: string): Promise<Replaceable> {
  return await inWords(path, async () => {
    const target = await realPath(path);
    const known = await stat(target).catch(unlessMissing);
    if (known && !known.isFile()) throw new NotWritable(`${path} can't be written: it is no file`);
    if (known && known.size > MOST_FILE_BYTES) throw new CodeFileError(path, [tooLarge]);
    if (known) await access(target, constants.R_OK | constants.W_OK);
    const beside = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
    const mode = (known?.mode ?? 0o644) & 0o777;

    async function write(text: string): Promise<void> {
      await using file = await open(beside, "w", mode);
      await file.writeFile(text);
      await file.sync();
    }

    /** Nothing stays of a text that could not be written. */
    async function tidied(work: () => Promise<void>): Promise<void> {
      try {
        await work();
      } finally {
        await rm(beside, { force: true });
      }
    }

    await tidied(() => write("\n"));
    const before = known ? await readFile(target) : undefined;
    let ours = before;
    return {
      before,
      replace: (text) =>
        inWords(path, () =>
          tidied(async () => {
            await write(text);
            const there = await readFile(target).catch(unlessMissing);
            if (there && !(ours && there.equals(ours))) throw new NotWritable(`${path} ${CHANGED}`);
            await rename(beside, target);
            ours = Buffer.from(text);
          }),
        ),
    };
  });
}

/** Where a path leads: what is replaced is the file, and not a link to it. */
async function realPath(path: string): Promise<string> {
  return (await realpath(path).catch(unlessMissing)) ?? resolve(path);
}

function unlessMissing(error: unknown): undefined {
  if (Object(error).code === "ENOENT") return undefined;
  throw error;
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such folder",
  ENOTDIR: "there is no such folder",
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EROFS: "it is on a disk that can only be read",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk space of this user is used up",
};

async function inWords<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof NotWritable || error instanceof CodeFileError) throw error;
    const code = "code" in error ? String(error.code) : "";
    throw new NotWritable(`${path} can't be written: ${reasons[code] ?? error.message}`, { cause: error });
  }
}
