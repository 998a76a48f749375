import type { Clock } from "../../../src/clock.ts";
import { durationMs, type FakeSendir, readSendir } from "./fake-zmote-sendir.ts";

/** The part of an answer that is still to come. */
export interface OpenAnswer {
  write(text: string): void;
  end(): void;
}

/** What a Zmote does with its commands (zmote.md 2.2). */
export interface ZmoteFirmware {
  /** What it did send into the room, in order. */
  readonly infrared: FakeSendir[];
  /** Whether its learner is on. Only what it hears, or `stop_IRL`, ends that, as nobody knows more. */
  readonly listening: boolean;
  /** Does what a command says. Its answer; undefined when that comes bit by bit through `open`. */
  obey(command: string, open: () => OpenAnswer): string | undefined;
  /** Its learner says this, as it is. */
  say(text: string): void;
  /** Its learner ends. */
  tire(): void;
}

/** `fast`: needs no time to send. */
export function zmoteFirmware({ clock, fast }: { clock: Clock; fast: boolean }): ZmoteFirmware {
  const infrared: FakeSendir[] = [];
  let busyUntilMs = 0;
  let learner: OpenAnswer | undefined;

  function send(raw: string): string {
    const command = readSendir(raw);
    if (typeof command === "number") return `unknowncommand,ERR_${String(command).padStart(2, "0")}`;
    const { address, id } = command;
    if (clock.monotonicMs() < busyUntilMs) return `busyIR,${address},${id}`;
    infrared.push(command);
    if (!fast) busyUntilMs = clock.monotonicMs() + durationMs(command);
    return `completeir,${address},${id}`;
  }

  function tire(): void {
    learner?.end();
    learner = undefined;
  }

  return {
    infrared,
    get listening() {
      return learner !== undefined;
    },
    obey(command, open) {
      if (command.startsWith("sendir,")) return send(command);
      if (command === "stopir,1:1") return command;
      if (command === "stop_IRL") {
        tire();
        return "IR Learner Disabled";
      }
      if (command !== "get_IRL") return "unknowncommand,ERR_01";
      if (learner) return "busyIR,1:1,0";
      learner = open();
      learner.write("IR Learner Enabled\r\n");
      return undefined;
    },
    say: (text) => learner?.write(text),
    tire,
  };
}
