import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { describe, it } from "vitest";
import { endWithUs } from "./children.ts";

/** A cable between two machines: their addresses, each with the length of its network (`10.7.1.1/24`). */
export interface Cable {
  here: string;
  there: readonly string[];
}

/** The networks of two machines, which have nothing to do with this one's. */
export interface Lan extends AsyncDisposable {
  /** What goes before a program's name so that it runs on the one machine, or the other. */
  readonly here: readonly string[];
  readonly there: readonly string[];
}

/** As root, or as whom a user namespace makes root. */
const ways = [
  { make: ["unshare", "--net"], enter: ["--net"] },
  { make: ["unshare", "--map-root-user", "--net"], enter: ["--user", "--preserve-credentials", "--net"] },
] as const;
type Way = (typeof ways)[number];

function run(command: readonly string[]): string | undefined {
  const [program = "", ...words] = command;
  const { status, error, stderr } = spawnSync(program, words, { encoding: "utf8", timeout: 10_000 });
  return status === 0 ? undefined : `${program}: ${error?.message ?? stderr.trim()}`;
}

/** How such networks are had here, or why they can't be. */
function wayIn(): Way | string {
  if (process.platform !== "linux") return "only Linux has networks of their own";
  for (const program of ["unshare", "nsenter", "ip"]) {
    if (run([program, "-V"]) !== undefined) return `${program} is not installed`;
  }
  const reasons = ways.map(({ make }) =>
    run([...make, "ip", "link", "add", "one", "type", "veth", "peer", "name", "two"]),
  );
  return ways[reasons.indexOf(undefined)] ?? `a network of its own can't be had (${reasons.join("; ")})`;
}

/** A process that holds a network until we are gone. */
async function hold(command: readonly string[]): Promise<ChildProcess> {
  const [program = "", ...words] = command;
  const child = spawn(program, [...words, "sh", "-c", "ip link set lo up && echo up && exec cat"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  endWithUs(child);
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${command.join(" ")} ended with ${code}`)));
    child.stdout.once("data", () => resolve());
  });
  return child;
}

async function lay(way: Way, cables: readonly Cable[]): Promise<Lan> {
  const holders: ChildProcess[] = [];
  const into = ({ pid = 0 }: ChildProcess) => ["nsenter", "--target", String(pid), ...way.enter];
  const close = async () => {
    for (const holder of holders.reverse()) {
      const gone = new Promise((resolve) => holder.once("exit", resolve));
      holder.stdin?.end();
      await gone;
    }
  };
  try {
    const near = await hold(way.make);
    holders.push(near);
    const far = await hold([...into(near), "unshare", "--net"]);
    holders.push(far);
    for (const [index, { here, there }] of cables.entries()) {
      const [mine, theirs] = [`here${index}`, `there${index}`];
      for (const words of [
        [...into(near), "ip", "link", "add", mine, "type", "veth", "peer", "name", theirs, "netns", String(far.pid)],
        [...into(near), "ip", "address", "add", here, "broadcast", "+", "dev", mine],
        [...into(near), "ip", "link", "set", mine, "up"],
        ...there.map((one) => [...into(far), "ip", "address", "add", one, "broadcast", "+", "dev", theirs]),
        [...into(far), "ip", "link", "set", theirs, "up"],
      ]) {
        const failed = run(words);
        if (failed !== undefined) throw new Error(failed);
      }
    }
    return { here: into(near), there: into(far), [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * A `describe` for what uses broadcasts or ports that are somebody's: `openLan` gives it networks of its own. Where those
 * can't be had it is skipped, with the reason in its name; with `CI=true` it fails instead.
 */
export function withLan(name: string, body: (openLan: (cables: readonly Cable[]) => Promise<Lan>) => void): void {
  const way = wayIn();
  if (typeof way !== "string") {
    describe(name, () => body((cables) => lay(way, cables)));
  } else if (process.env.CI === "true") {
    describe(name, () => {
      it("has networks of its own", () => {
        throw new Error(way);
      });
    });
  } else {
    describe.skip(`${name} (${way})`, () => body(() => Promise.reject(new Error(way))));
  }
}
