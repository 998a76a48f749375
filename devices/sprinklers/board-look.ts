import type { Readable, Writable } from "node:stream";
import { pino } from "pino";
import type { Clock } from "../../src/clock.ts";
import { converse, openConsole, printable, type Tty } from "./board-console.ts";
import type { Link } from "./link.ts";
import { type Line, ORIGINAL_REFUSAL, parseLine } from "./protocol.ts";
import { openSession, Restarted, type Session } from "./session.ts";

/** What is to be looked at, and how. */
export interface Options {
  /** The port's path, as it was given. */
  port: string;
  /** Say what is found in one line of JSON, and nothing else. */
  json: boolean;
}

/** What a look needs of the world. */
export interface Surroundings {
  input: Tty<Readable>;
  output: Tty<Writable>;
  /** Ends it; what was switched on goes off first. */
  signal: AbortSignal;
  clock: Clock;
}

/** What a board said of itself. */
interface Found {
  /** That it started: opening the port resets it. */
  started: boolean;
  /** That it does not know what a version is. */
  original: boolean;
  firmware?: string;
  /** The relays that are on. */
  on?: ReadonlySet<number>;
}

const BANNER_MS = 3_000;
const RELAYS = [1, 2, 3, 4, 5, 6, 7, 8];

/**
 * Opens the port, says what board is there, then does what the input asks. Throws UsageError for a script's line that
 * means nothing, else what is wrong with the port or the board, for a person.
 */
export async function look(link: Link, { port, json }: Options, around: Surroundings): Promise<void> {
  const { input, output, signal, clock } = around;
  const terminal = openConsole(input, output);
  const say = json ? () => {} : terminal.say;
  const found: Found = { started: false, original: false };
  let talking = false;

  function heard(line: Line): void {
    if (line.kind === "banner") found.started = true;
    if (line.kind === "version") found.firmware = printable(line.text);
    if (line.kind === "status") found.on = line.on;
    if (line.kind === "error" && line.text === ORIGINAL_REFUSAL) found.original = true;
  }

  /** A session logs all that is on the wire. Before the talk only what no board would say is worth showing. */
  function show(entry: string): void {
    const { sent, received = "" }: { sent?: string; received?: string } = JSON.parse(entry);
    if (!talking && (sent !== undefined || parseLine(received).kind !== "noise")) return;
    const time = new Date(clock.epochMs()).toLocaleTimeString("en-GB");
    say(`${time} ${sent === undefined ? `< ${printable(received)}` : `> ${sent}`}`);
  }

  const opened = await link.open();
  const drop = () => void opened.close();
  signal.addEventListener("abort", drop);
  try {
    if (signal.aborted) return;
    const gone = new AbortController();
    const log = pino({ level: json ? "silent" : "debug" }, { write: show });
    const session = openSession(opened.stream, { heard, writing() {}, closed: () => gone.abort() }, { log, clock });
    say(`${port}: waiting for the board to start, up to 3 s`);
    await session.banner(BANNER_MS);
    await identify(session, found).catch((error) => {
      if (error instanceof Restarted) return identify(session, found);
      throw error;
    });
    if (json) {
      output.write(`${asJson(port, found)}\n`);
      return;
    }
    for (const line of inWords(found)) say(line);
    signal.removeEventListener("abort", drop);
    talking = true;
    await converse(terminal, session, { ...found, signal: AbortSignal.any([signal, gone.signal]) });
    if (gone.signal.aborted) session.check();
  } catch (error) {
    // Ctrl-C before the talk closes the port under the questions.
    if (talking || !signal.aborted) throw error;
  } finally {
    await opened.close();
  }
}

/** Has the board say what it is and how its relays are. Throws when nobody answers, or as a session does. */
async function identify(session: Session, found: Found): Promise<void> {
  let version = await session.version();
  if (version === undefined && !found.original) {
    // No answer at all. To this there is one, or the reason why not.
    await session.set(1, false);
    version = await session.version();
  }
  if (version !== undefined) await session.status();
}

function asJson(port: string, { started, firmware = "original", on }: Found): string {
  const relays = on ? Object.fromEntries(RELAYS.map((relay) => [relay, on.has(relay) ? "on" : "off"])) : null;
  return JSON.stringify({ port, firmware, started, relays });
}

function inWords({ started, firmware, on }: Found): string[] {
  return [
    ...(started ? [] : ["the board said no banner: it was running already, and opening the port did not reset it"]),
    `firmware  ${firmware ?? "the original firmware, it knows no version"}`,
    `relays    ${on ? RELAYS.map((relay) => `${relay} ${on.has(relay) ? "on" : "off"}`).join(", ") : "unknown: it can't be asked"}`,
    "A relay that is switched on goes off by itself after 30 s: nothing here refreshes a relay.",
  ];
}
