import { type FileHandle, open, rm } from "node:fs/promises";

/** A file that is there for a key, before there is one. */
export interface KeyFile {
  /** Writes the key, in place of whatever was there. Throws NoKeyFile. */
  keep(key: string): Promise<void>;
  /** Closes the file; one that was made for a key that did not come is removed. Never throws. */
  close(): Promise<void>;
}

/** There can be no such file; the message is for a person. */
export class NoKeyFile extends Error {
  override name = "NoKeyFile";
}

const OWNER_ALONE = 0o600;

const sentences: Record<string, string> = {
  EEXIST: "is there already, perhaps with the key of another bridge: name another file, or add --force to replace it",
  ENOENT: "there is no such folder",
  ENOTDIR: "there is no such folder",
  EACCES: "no permission to write it",
  EPERM: "no permission to write it",
  EROFS: "nothing can be written there: it is on a read-only disk",
  EISDIR: "is a folder, not a file",
};

function refusal(path: string, error: unknown): NoKeyFile {
  const code = String(Object(error).code ?? error);
  return new NoKeyFile(`${path}: ${sentences[code] ?? code}`);
}

/**
 * Opens a file that only its owner can read, and makes it where there is none. One that is there is left as it is until
 * there is a key to replace it, and then only if `force` says so. Throws NoKeyFile.
 */
export async function openKeyFile(path: string, { force }: { force: boolean }): Promise<KeyFile> {
  let file: FileHandle;
  let isNew = true;
  try {
    file = await open(path, "wx", OWNER_ALONE).catch((error) => {
      if (!force || Object(error).code !== "EEXIST") throw error;
      isNew = false;
      return open(path, "r+");
    });
  } catch (error) {
    throw refusal(path, error);
  }
  let kept = false;
  return {
    async keep(key) {
      try {
        // First: whoever could read the old key must not read this one.
        await file.chmod(OWNER_ALONE);
        await file.truncate();
        await file.write(`${key}\n`, 0);
        await file.sync();
        kept = true;
      } catch (error) {
        throw refusal(path, error);
      }
    },
    async close() {
      await file.close().catch(() => {});
      if (isNew && !kept) await rm(path, { force: true }).catch(() => {});
    },
  };
}
