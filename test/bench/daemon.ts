import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { endWithUs } from "../support/children.ts";
import type { Person, Wanted } from "../support/person.ts";

/** What a daemon is started with, and how a person sees that it is all there. */
export interface House {
  person: Person;
  argv: readonly string[];
  ready: readonly (readonly [topic: string, payload: Wanted])[];
}

/** A daemon that serves its house. */
export interface Serving extends AsyncDisposable {
  pid: number;
  child: ChildProcess;
  /** From its start to its document and everything available, in ms. */
  startMs: number;
}

/** Starts a daemon and waits until its house is ready. Throws with its log when it ends before. */
export async function serve(
  { argv, person, ready }: House,
  [command, ...words]: readonly [string, ...string[]],
  stdio: "ipc" | "ignore" = "ignore",
): Promise<Serving> {
  const online = Promise.all(ready.map(([topic, payload]) => person.next(topic, payload, 30_000)));
  const begunMs = performance.now();
  const child = spawn(command, [...words, ...argv], { stdio: ["ignore", "ignore", "inherit", stdio] });
  endWithUs(child);
  const ended = once(child, "exit").then(([code]) => Promise.reject(new Error(`the daemon ended with ${code}`)));
  ended.catch(() => {});
  await Promise.race([online, ended]);
  return {
    pid: child.pid ?? -1,
    child,
    startMs: performance.now() - begunMs,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended.catch(() => {});
    },
  };
}
