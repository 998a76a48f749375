import { type Logger, pino } from "pino";
import { localTime } from "./local-time.ts";

export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

/** A logger: JSON lines, one a fact; readable lines where a person watches. Writes at once, so nothing is lost at exit. */
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
  return stream.isTTY
    ? pino(options, { write: (line: string) => void stream.write(readable(line)) })
    : pino(options, pino.destination({ fd: stream.fd, sync: true }));
}

function readable(line: string): string {
  const { level, time, name, msg, err, ...fields }: Record<string, unknown> = JSON.parse(line);
  const rest = Object.entries(fields).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  const stack = typeof err === "object" && err && "stack" in err ? `\n${err.stack}` : "";
  const clock = localTime(Date.parse(String(time))).slice(11, 19);
  return `${[clock, String(level).toUpperCase().padEnd(5), name, msg, ...rest].join(" ")}${stack}\n`;
}
