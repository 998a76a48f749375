import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "vitest";
import { endWithUs } from "../support/children.ts";
import type { Outcome, Plan } from "./house.ts";

/** What is started ends with its first process. */
const ownProcesses = ["--pid", "--mount-proc"];
const own = ["--net", "--mount", "--fork", "--kill-child", ...ownProcesses];
/** As root, or as whom a user namespace makes root. */
const ways = [
  ["unshare", ...own],
  ["unshare", "--map-root-user", ...own],
] as const;
const wayIn = ways.find(
  ([program, ...words]) => spawnSync(program, [...words, "ip", "link", "set", "lo", "up"]).status === 0,
);

/**
 * A machine to itself: its addresses are the house's, its `/dev` has the usual files and what is put there, and the
 * broker's name leads to it. Nothing of that is seen outside.
 */
const setUp = `set -e
ip link set lo up
for address in $ADDRESSES; do ip address add "$address/32" dev lo; done
printf '127.0.0.1 localhost mqtt-broker\\n' > "$FOLDER/hosts"
mount --bind "$FOLDER/hosts" /etc/hosts
mount -t tmpfs tmpfs "$FOLDER/dev"
cd "$FOLDER/dev"
for file in null zero full random urandom tty; do touch $file && mount --bind /dev/$file $file; done
mkdir pts shm && mount --rbind /dev/pts pts && ln -s pts/ptmx ptmx
mount --rbind . /dev
cd /
exec "$@"`;

/** Does what is planned on such a machine, with whatever has these addresses in the house. */
export async function onOwnNode(plan: Omit<Plan, "folder">, addresses: readonly string[]): Promise<Outcome[]> {
  await using folder = await mkdtempDisposable(join(tmpdir(), "node-"));
  mkdirSync(join(folder.path, "dev"));
  const file = join(folder.path, "plan.json");
  writeFileSync(file, JSON.stringify({ ...plan, folder: folder.path } satisfies Plan));
  const [program, ...options] = wayIn ?? ["false"];
  // Whoever runs containers has to see the machine's own processes.
  const words = typeof plan.app === "string" ? options : options.filter((option) => !ownProcesses.includes(option));
  const house = [process.execPath, join(import.meta.dirname, "house.ts"), file];
  const child = spawn(program, [...words, "sh", "-c", setUp, "sh", ...house], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin`, FOLDER: folder.path, ADDRESSES: addresses.join(" ") },
  });
  endWithUs(child);
  let [said, complained] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    complained += text;
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`the house ended with ${code}:\n${said}\n${complained}`);
  return JSON.parse(said);
}

/** A `describe` for what needs such a machine and these programs; skipped with its reason, a failure with `CI=true`. */
export function suiteOnOwnNode(name: string, missing: string | undefined, body: () => void): void {
  const reason = missing ?? (wayIn ? undefined : "a network and mounts of its own can't be had");
  if (reason === undefined) describe(name, body);
  else if (process.env.CI === "true") {
    describe(name, () => {
      it("has what it needs", () => {
        throw new Error(reason);
      });
    });
  } else describe.skip(`${name} (${reason})`, body);
}
