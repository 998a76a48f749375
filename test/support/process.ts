import { spawn } from "node:child_process";
import { join } from "node:path";
import { endWithUs } from "./children.ts";

/** Where and how a daemon runs. */
export interface DaemonOptions {
  /** On top of PATH and HOME, which are all it gets otherwise. */
  env?: Record<string, string>;
  cwd?: string;
  /** Default: `src/cli.ts` of this checkout. */
  script?: string;
  /** Instead of Node and a script. */
  command?: string;
}

/** How a process ended, and how many ms that took since the last `signal()`, or since the start when there was none. */
export interface Exit {
  code: number | null;
  signal: string | null;
  ms: number;
}

/** A daemon in a process of its own. */
export interface Daemon extends AsyncDisposable {
  pid: number;
  /** What it has said on stdout and stderr, by line, as it came. */
  log(): string;
  /** The lines of stdout that are JSON, parsed. */
  lines: unknown[];
  /** The first line with this text or pattern, already said or still to come. Throws at the time-out or its exit. */
  untilLog(wanted: string | RegExp, timeoutMs?: number): Promise<string>;
  exited: Promise<Exit>;
  signal(name: NodeJS.Signals): void;
}

/** The command line, as it is in the sources. */
export const cli = join(import.meta.dirname, "../../src/cli.ts");

function byLine(onLine: (line: string) => void) {
  let rest = "";
  return {
    add(text: string) {
      const parts = (rest + text).split("\n");
      rest = parts.pop() ?? "";
      for (const line of parts) onLine(line);
    },
    end() {
      if (rest !== "") onLine(rest);
    },
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Starts `mqtt-things …args` from the sources. Disposing kills it if it still lives, and waits until it is gone. */
export function startDaemon(args: string[], options: DaemonOptions = {}): Daemon {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...options.env };
  const words = options.command === undefined ? [options.script ?? cli, ...args] : args;
  const child = spawn(options.command ?? process.execPath, words, {
    stdio: ["ignore", "pipe", "pipe"],
    env,
    ...(options.cwd !== undefined && { cwd: options.cwd }),
  });
  endWithUs(child);
  const said: string[] = [];
  const lines: unknown[] = [];
  const watchers = new Set<(line: string) => void>();
  let since = performance.now();

  const heard = (line: string) => {
    said.push(line);
    for (const watch of watchers) watch(line);
  };
  const stdout = byLine((line) => {
    const value = parsed(line);
    if (value !== undefined) lines.push(value);
    heard(line);
  });
  const stderr = byLine(heard);
  child.stdout.setEncoding("utf8").on("data", stdout.add);
  child.stderr.setEncoding("utf8").on("data", stderr.add);

  const exited = new Promise<Exit>((resolve) => {
    let ms = 0;
    child.once("error", (error) => heard(error.message));
    child.once("exit", () => {
      ms = performance.now() - since;
    });
    // Later than "exit": its last words have been read.
    child.once("close", (code, signal) => {
      stdout.end();
      stderr.end();
      resolve({ code, signal, ms });
    });
  });

  const log = () => said.join("\n");
  async function untilLog(wanted: string | RegExp, timeoutMs = 10_000): Promise<string> {
    const fits = (line: string) => (typeof wanted === "string" ? line.includes(wanted) : line.search(wanted) >= 0);
    const before = said.find(fits);
    if (before !== undefined) return before;
    const { promise, resolve } = Promise.withResolvers<string | Error>();
    const watch = (line: string) => {
      if (fits(line)) resolve(line);
    };
    const failed = (why: string) => resolve(new Error(`${why} before it said ${wanted}; it said:\n${log()}`));
    watchers.add(watch);
    const timer = setTimeout(() => failed(`${timeoutMs} ms went by`), timeoutMs);
    void exited.then(({ code, signal }) => failed(`it ended with ${signal ?? code}`));
    try {
      const result = await promise;
      if (typeof result === "string") return result;
      throw new Error(result.message);
    } finally {
      clearTimeout(timer);
      watchers.delete(watch);
    }
  }

  return {
    pid: child.pid ?? -1,
    log,
    lines,
    untilLog,
    exited,
    signal(name) {
      since = performance.now();
      child.kill(name);
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
