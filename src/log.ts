import { writeSync } from "node:fs";
import { type Logger, pino } from "pino";
import { localTime } from "./local-time.ts";

export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * A logger: JSON lines, one a fact; readable lines where a person watches. Writes at once, so nothing is lost at exit.
 * Never throws.
 */
export function createLog(
  name: string,
  level: LogLevel,
  stream: NodeJS.WriteStream & { fd: number } = process.stdout,
): Logger {
  const options = {
    name,
    level,
    base: { name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const write = writer(stream.fd);
  return pino(options, { write: (line: string) => write(stream.isTTY ? readable(line) : line) });
}

const NAP_MS = 10;
const NAPS = 100;

/**
 * Writes lines to a file, pipe or terminal. A line that cannot be written (full disk, closed terminal, a reader that
 * stands still) is lost: a daemon with a valve open has to go on. pino's own writer would throw, or try for ever.
 */
function writer(fd: number): (line: string) => void {
  const nap = new Int32Array(new SharedArrayBuffer(4));
  let naps = NAPS;
  let torn = false;
  return (line) => {
    let rest = Buffer.from(torn ? `\n${line}` : line);
    while (rest.length > 0) {
      try {
        const written = writeSync(fd, rest);
        rest = rest.subarray(written);
        torn = rest.length > 0;
        naps = NAPS;
      } catch (error) {
        // A pipe is full until its reader has read: it gets a second, once.
        if (Object(error).code !== "EAGAIN" || naps === 0) return;
        naps -= 1;
        Atomics.wait(nap, 0, 0, NAP_MS);
      }
    }
  };
}

function readable(line: string): string {
  const { level, time, name, msg, err, ...fields }: Record<string, unknown> = JSON.parse(line);
  const rest = Object.entries(fields).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  const stack = typeof err === "object" && err && "stack" in err ? `\n${err.stack}` : "";
  const clock = localTime(Date.parse(String(time))).slice(11, 19);
  return `${[clock, String(level).toUpperCase().padEnd(5), name, msg, ...rest].join(" ")}${stack}\n`;
}
