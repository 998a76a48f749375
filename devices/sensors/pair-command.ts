import { resolve } from "node:path";
import type { Writable } from "node:stream";
import { type Clock, realClock } from "../../src/clock.ts";
import type { HueError } from "./hue/errors.ts";
import { type PairingProgress, pair } from "./hue/pair.ts";
import { openKeyFile } from "./key-file.ts";
import type { PairOptions } from "./pair-options.ts";

/** Where a person is spoken to. */
export interface Person {
  /** What is to be pasted. */
  stdout: Writable;
  /** Everything else. */
  stderr: Writable & { isTTY?: boolean };
}

const EVERY_S = 10;

/**
 * Gets an application key from a bridge and keeps it in a file that is made first, so that nobody presses a button in vain.
 * Prints the lines to paste, never the key. Throws HueError, and NoKeyFile.
 */
export async function pairInto(
  { address, out, force, instance, given }: PairOptions,
  { stdout, stderr }: Person,
  { signal, clock = realClock }: { signal: AbortSignal; clock?: Clock },
): Promise<void> {
  const file = await openKeyFile(out, { force });
  try {
    stderr.write(`looking for the bridge at ${given.host}\n`);
    const talk = progressTo(stderr);
    const { key, identity } = await pair(address, { instance, signal, clock, progress: talk.say }).finally(talk.end);
    await file.keep(key);
    stderr.write(
      `paired with ${identity.name} (${identity.model}). The key is in ${out}, for its owner alone to read.\n`,
    );
    stderr.write("Put this into the configuration file of the sensors:\n\n");
    stdout.write(`${pasted({ ...given, key_file: resolve(out), bridge_id: identity.id })}\n`);
  } finally {
    await file.close();
  }
}

/** One line that counts down on a terminal, and a line every 10 s where somebody reads later. */
function progressTo(stderr: Person["stderr"]) {
  let saidS = Number.POSITIVE_INFINITY;
  let open = false;
  return {
    say({ identity, secure, leftMs }: PairingProgress) {
      const leftS = Math.ceil(leftMs / 1_000);
      const first = saidS === Number.POSITIVE_INFINITY;
      if (first && !secure) stderr.write("it speaks no TLS: whoever listens on this network learns the key\n");
      if (!first && !stderr.isTTY && saidS - leftS < EVERY_S) return;
      saidS = leftS;
      const line = `press the button on ${identity.name} (${identity.model}) now: ${leftS} s left`;
      stderr.write(stderr.isTTY ? `\r${line} ` : `${line}\n`);
      open = stderr.isTTY === true;
    },
    end() {
      if (open) stderr.write("\n");
      open = false;
    },
  };
}

/** `hue` as a configuration file has it. */
function pasted(hue: Readonly<Record<string, string | boolean>>): string {
  const order = ["host", "key_file", "bridge_id", "fingerprint", "ca_file", "insecure_http"];
  const lines = order.filter((key) => hue[key] !== undefined).map((key) => `  ${key}: ${scalar(hue[key])}`);
  return ["hue:", ...lines].join("\n");
}

const scalar = (value: unknown) => (/^[\w./:-]+$/.test(String(value)) ? String(value) : JSON.stringify(value));

/** What went wrong, with what to do about it. */
export function explained(error: HueError): string {
  const { message, fingerprint } = error;
  if (fingerprint === undefined) return message;
  return `${message}\nif that is your bridge, trust exactly this certificate: --fingerprint ${fingerprint}`;
}
