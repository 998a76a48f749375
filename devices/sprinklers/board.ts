import { realClock } from "../../src/clock.ts";
import { UsageError } from "../../src/flags.ts";
import { answered } from "../../src/help.ts";
import { commands } from "./board-console.ts";
import { look, type Options } from "./board-look.ts";
import { serialLink } from "./serial.ts";

const help = `mqtt-things board --port PATH [--json]

Shows a relay board's firmware and relays, then sends it what you type, for when
you have a screwdriver in your hand. Opening the port resets the board; the daemon
must not have it open. Lines may come through a pipe: printf '2,on\\nstatus\\n' | …

  --port PATH     its serial port, such as /dev/ttyACM0
  --json          one line that says what it is and how its relays are, nothing else
  --help, --version

What can be typed:
${commands}
`;

/** Runs until its input ends, SIGINT or SIGTERM. Resolves with the exit code: 0 clean, 64 usage, 1 port or board. */
export async function main(argv: readonly string[]): Promise<number> {
  if (answered(argv, () => help)) return 0;
  const options = parse(argv);
  if (typeof options === "string") {
    process.stderr.write(`${options}\n\n${help}`);
    return 64;
  }
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.on("SIGINT", stop).on("SIGTERM", stop).on("SIGHUP", stop);
  // The terminal is gone, or nobody reads any more: the relays go off before we do.
  for (const stream of [process.stdin, process.stdout, process.stderr]) stream.on("error", stop);
  try {
    const around = { input: process.stdin, output: process.stdout, signal: stopping.signal, clock: realClock };
    await look(serialLink(options.port), options, around);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    return error instanceof UsageError ? 64 : 1;
  }
}

function parse(argv: readonly string[]): Options | string {
  const options = { port: "", json: false };
  const rest = argv.flatMap((argument) =>
    argument.startsWith("-") ? argument.split(/=(.*)/s).slice(0, 2) : [argument],
  );
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    if (/^--?json$/.test(name)) options.json = true;
    else if (/^--?port$/.test(name)) options.port = rest.shift() ?? "";
    else return `unknown flag ${name}`;
  }
  return options.port === "" ? "--port needs the path of a serial port" : options;
}
