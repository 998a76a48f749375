import { setImmediate as turn } from "node:timers/promises";

interface Outputs {
  stdout: NodeJS.EventEmitter;
  stderr: { write(text: string): unknown };
}

/**
 * The exit code of a command whose answer is what it prints: that of `run`, but 74, with a sentence, where standard output
 * could not be written. A reader that is gone is none of it: it may have read enough, as `head` does.
 */
export async function written({ stdout, stderr }: Outputs, run: () => Promise<number>): Promise<number> {
  let failure: NodeJS.ErrnoException | undefined;
  const note = (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") failure = error;
  };
  stdout.on("error", note);
  const exitCode = await run();
  // A failed write says so after the turn it was made in.
  await turn();
  if (failure === undefined) return exitCode;
  stderr.write(`standard output can't be written: ${failure.message}\n`);
  return 74;
}
