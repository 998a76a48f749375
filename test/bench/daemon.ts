import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { endWithUs } from "../support/children.ts";
import { base, type Garden } from "./garden.ts";

const DOCUMENT = "homeassistant/device/mqtt-things_sprinklers_main_board/config";

/** A daemon that serves its garden. */
export interface Serving extends AsyncDisposable {
  pid: number;
  child: ChildProcess;
  /** From its start to its document and everything available, in ms. */
  startMs: number;
}

/** Starts a daemon and waits until its garden is available. Throws with its log when it ends before. */
export async function serve(
  { argv, person }: Garden,
  [command, ...words]: readonly [string, ...string[]],
  stdio: "ipc" | "ignore" = "ignore",
): Promise<Serving> {
  const online = Promise.all([
    person.next(DOCUMENT, /"components"/, 30_000),
    person.next(`${base}/availability/get`, "online", 30_000),
  ]);
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
