import { addresses } from "../kubernetes/furnish.ts";
import type { Outcome, Plan } from "../kubernetes/house.ts";
import { readBase } from "../kubernetes/manifests.ts";
import { onOwnNode } from "../kubernetes/node.ts";
import { hue, planned } from "../kubernetes/planned.ts";
import type { PlannedPod } from "../kubernetes/start.ts";
import { type Daemon, startDaemon } from "../support/process.ts";
import { podman } from "./tools.ts";

/** What lives on a node, but for how. */
export type Lives = Omit<Plan, "app" | "folder">;

/** The image that is built here for a command of the original's. */
export const nameOf = (command: string) => `localhost/mqtt-things-${command.replaceAll("_", "-")}:test`;

/** Nothing can be written anywhere, and memory ends where the manifests say. */
export const readOnly = [
  ...["--read-only", "--read-only-tmpfs=false", "--memory", "128m"],
  ...["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"],
];

/** The same pods with the images that are built here. */
export const imagesOf = (pods: readonly PlannedPod[]) => pods.map((pod) => ({ ...pod, image: nameOf(pod.image) }));

/** The base's pods and a board that is root's and dialout's, as a tty is on Debian. */
export const house = (): Lives => ({
  ...{ pods: imagesOf(planned(readBase(), hue)), port: "/dev/sprinklers", portMode: { group: 20, mode: 0o660 } },
  ...{ signal: "SIGTERM", quietMs: 0 },
});

/** Has each pod live in a container. */
export const inContainers = (plan: Lives, ...options: string[]): Promise<Outcome[]> =>
  onOwnNode({ app: { podman, options: [...readOnly, ...options] }, ...plan }, Object.values(addresses));

/** Runs a container until it ends, or is disposed of. */
export function inContainer(words: readonly string[]): Daemon {
  const [command, ...before] = podman;
  return startDaemon([...before, "run", "--rm", ...words], { command });
}
