import type { ChildProcess } from "node:child_process";

const alive = new Set<ChildProcess>();

function killAll() {
  for (const child of alive) child.kill("SIGKILL");
}

process.on("exit", killAll);
// Vitest ends its workers this way, and then there is no "exit".
process.once("SIGTERM", () => {
  killAll();
  process.kill(process.pid, "SIGTERM");
});

/** Kills a child when this process ends first, as after a test that never came to its end. */
export function endWithUs(child: ChildProcess): void {
  alive.add(child);
  child.once("exit", () => alive.delete(child));
  child.once("error", () => alive.delete(child));
}
