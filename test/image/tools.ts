import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const checkout = join(import.meta.dirname, "../..");
/** Kept from run to run, because the base image takes two minutes; but in CI, which begins with nothing. */
export const cache = process.env.CI ? mkdtempSync(join(tmpdir(), "images-")) : join(tmpdir(), "mqtt-things-images");
const storage = ["--root", join(cache, "store"), "--runroot", join(cache, "run")];

/** Podman on images of our own, which the machine's others don't see; without systemd, so runc and cgroups by hand. */
export const podman: readonly [string, ...string[]] = [
  "podman",
  ...storage,
  "--cgroup-manager",
  "cgroupfs",
  "--runtime",
  "runc",
];

/** Leaves nothing mounted, and nothing at all in CI. */
export async function leave(): Promise<void> {
  // Podman's storage may mount itself, and stay.
  const mounted = readFileSync("/proc/self/mounts", "utf8").split("\n");
  const ours = mounted.flatMap((line) => line.split(" ")[1] ?? []).filter((path) => path.startsWith(`${cache}/`));
  for (const path of ours.reverse()) await run("umount", path);
  if (process.env.CI) rmSync(cache, { recursive: true });
}

/** Runs a program of Buildah's, Podman's or Debian's; resolves with what it prints. Throws with what it complains of. */
export async function run(program: string, ...words: string[]): Promise<string> {
  const before = program === "buildah" ? storage : program === "podman" ? podman.slice(1) : [];
  const { stdout } = await promisify(execFile)(program, [...before, ...words], { cwd: checkout, maxBuffer: 2 ** 26 });
  return stdout.trim();
}
