import { clearScreenDown, createInterface, cursorTo, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { UsageError } from "../../src/flags.ts";
import { Restarted, type Session } from "./session.ts";

/** What can be typed, for a person. */
export const commands = `  2,on            relay 2 (1 to 8) on; it goes off by itself 30 s later
  2,off           and off
  status          how all relays are; of one that is on, for how many ms more
  version         what the firmware is
  help            this
  quit            everything off, and the end (so do Ctrl-C and Ctrl-D)`;

/** Lines that a person types or a pipe brings, and a place to say something meanwhile. */
export interface Console {
  /** Whether a person types. */
  readonly interactive: boolean;
  /** Writes a line; what is just being typed is moved below it. */
  say(text: string): void;
  /** Asks for lines until the input ends, Ctrl-C is typed, or the signal aborts. */
  lines(signal: AbortSignal): AsyncIterable<string>;
}

/** A stream that may be a terminal. */
export type Tty<S> = S & { isTTY?: boolean };

/** A console, with a prompt where both ends are a terminal. */
export function openConsole(input: Tty<Readable>, output: Tty<Writable>): Console {
  const interactive = input.isTTY === true;
  const prompts = interactive && output.isTTY === true;
  let prompt: Interface | undefined;

  function wipe(): void {
    if (!prompt) return;
    cursorTo(output, 0);
    clearScreenDown(output);
  }

  return {
    interactive,
    say(text) {
      wipe();
      output.write(`${text}\n`);
      prompt?.prompt(true);
    },
    async *lines(signal) {
      const shared = { input, signal, crlfDelay: Number.POSITIVE_INFINITY };
      const reader = createInterface(prompts ? { ...shared, output, prompt: "board> " } : shared);
      if (prompts) prompt = reader;
      // A terminal that is gone can't be left in order: no reason to leave a relay on.
      reader.on("error", () => {});
      reader.once("close", () => {
        wipe();
        prompt = undefined;
      });
      prompt?.prompt();
      try {
        for await (const line of reader) {
          if (signal.aborted) return;
          yield line.trim();
          prompt?.prompt();
        }
      } finally {
        reader.close();
      }
    },
  };
}

/** Makes visible what is not plain text, which could do anything to a terminal. */
export const printable = (text: string): string =>
  text.replace(/[^ -~]/g, (character) => `\\x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);

/**
 * Does what the console's lines ask, one after the other, then switches off whatever was switched on, and waits for the
 * answers. A person is told what went wrong, and goes on; a script ends there: throws UsageError for a line that means
 * nothing, else why the board does not do it. Throws in any case when relays may be left on.
 */
export async function converse(
  { interactive, say, lines }: Console,
  session: Session,
  { original, signal }: { original: boolean; signal: AbortSignal },
): Promise<void> {
  const on = new Set<number>();

  async function set(relay: number, shall: boolean): Promise<void> {
    if (shall) on.add(relay);
    await session.set(relay, shall, () => !(shall && signal.aborted));
    if (!shall) on.delete(relay);
  }

  async function obey(line: string): Promise<void> {
    const [, relay, state] = /^([1-8]),(on|off)$/.exec(line) ?? [];
    if (relay) await set(Number(relay), state === "on");
    else if (line === "help") say(commands);
    else if (line !== "version" && line !== "status") {
      // Not sent: the original firmware takes `zz!3,on` for a command.
      throw new UsageError(`"${printable(line)}" is none of these:\n${commands}`);
    } else if (original) say("the original firmware can't be asked that");
    else if (line === "status") await session.status();
    else if ((await session.version()) === undefined) throw new Error("the board does not say its version");
  }

  async function switchOff(): Promise<void> {
    try {
      for (const relay of on) await set(relay, false);
    } catch (error) {
      // A board that restarts has everything off.
      if (error instanceof Restarted) return;
      const why = error instanceof Error ? error.message : error;
      throw new Error(`${why}\nno answer to "off": relay ${[...on].join(", ")} may be on for up to 35 s more`);
    }
  }

  if (interactive) say(`What can be typed:\n${commands}`);
  try {
    for await (const line of lines(signal)) {
      if (line === "quit") break;
      try {
        if (line !== "") await obey(line);
      } catch (error) {
        if (!interactive || signal.aborted) throw error;
        say(error instanceof Error ? error.message : String(error));
      }
    }
  } finally {
    await switchOff();
  }
}
