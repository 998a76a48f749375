import { ConfigurationError, load } from "./config.ts";
import type { CoreConfig } from "./core-keys.ts";
import { type Daemon, run } from "./daemon.ts";
import { Fatal } from "./fatal.ts";
import { answered, help, usage } from "./help.ts";
import { createLog } from "./log.ts";
import { version } from "./version.ts";

/**
 * A daemon as a process: reads flags, environment and file, runs until SIGINT, SIGTERM or SIGHUP.
 * Resolves with the exit code: 0 clean, 64 usage, 78 configuration, 1 hardware gone or left unsafe, or an error that nobody expected.
 */
export async function main<C extends CoreConfig>(daemon: Daemon<C>, argv: readonly string[]): Promise<number> {
  if (answered(argv, () => help(daemon))) return 0;
  try {
    const { config, checkOnly, strangers } = await load(daemon, argv, process.env);
    if (checkOnly) {
      const { brokerOptions } = await import("./broker.ts");
      await brokerOptions(config, { daemon: daemon.name, instance: config.instance, version });
      process.stdout.write("the configuration is valid\n");
      return 0;
    }
    const log = createLog(daemon.name, config.log_level);
    if (strangers.length) log.warn({ variables: strangers }, "environment variables that mean nothing to this daemon");
    return await runUntilSignal(daemon, config, log);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`${error.message}\n${error.exitCode === 64 ? `\n${usage(daemon)}` : ""}`);
    return error.exitCode;
  }
}

const CLOSING_MS = 5_000;
/** The last one comes when the terminal is closed. */
const signals = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

async function runUntilSignal<C extends CoreConfig>(daemon: Daemon<C>, config: C, log: ReturnType<typeof createLog>) {
  const stopping = new AbortController();
  // Kept to the end: a second signal must not cut the closing of the valves short, which is bounded anyway.
  const stop = () => stopping.abort();
  let late: NodeJS.Timeout | undefined;
  // Promises that nobody caught come here as well. What is left of us need not work, but it gets its time to close in
  // order: what else goes wrong meanwhile must not cut short the closing of the valves, nor must the log.
  const crash = (err: unknown) => {
    if (late) return;
    late = setTimeout(() => process.exit(1), CLOSING_MS);
    stop();
    log.fatal({ err }, "an error that nobody expected");
  };
  process.on("uncaughtException", crash);
  for (const signal of signals) process.on(signal, stop);
  log.info({ version, node: process.version, instance: config.instance }, "starting");
  try {
    await run(daemon, config, { log, signal: stopping.signal });
    log.info("stopped");
    return late ? 1 : 0;
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    for (const each of apart(error)) {
      if (each instanceof Fatal) log.error(each.message);
      else log.error({ err: each }, "stopped by an error");
    }
    return 1;
  } finally {
    clearTimeout(late);
    process.off("uncaughtException", crash);
    for (const signal of signals) process.off(signal, stop);
  }
}

/** An error, and those that closing down after it brought. */
function apart(error: unknown): unknown[] {
  return error instanceof SuppressedError ? [...apart(error.suppressed), ...apart(error.error)] : [error];
}
