import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A pod, as far as it can be told from outside. */
export interface PlannedPod {
  name: string;
  /** Its image's name, or what comes behind `docker/entrypoint.` in it. */
  image: string;
  privileged?: boolean;
  /** A device file that it has as well. */
  device?: string | undefined;
  command: readonly string[];
  environment: Readonly<Record<string, string>>;
  /** Path to content, all below `/srv` or `/run`. */
  files: Readonly<Record<string, string>>;
  /** These become `online`; then each message on the left is answered by the one on the right. */
  online: readonly string[];
  asks: readonly (readonly [topic: string, payload: string, answer: string, answered: string])[];
}

/** The pod's command, behind what lays its image and its volumes over this machine's `/srv` and `/run`. */
export function inItsOwnPlace({ image, command, files }: PlannedPod, app: string, stage: string): string[] {
  putAll(files, stage);
  mkdirSync(join(stage, "run"), { recursive: true });
  mkdirSync(join(stage, "srv"), { recursive: true });
  cpSync(join(import.meta.dirname, `../../docker/entrypoint.${image}`), join(stage, "srv/entrypoint"));
  symlinkSync(app, join(stage, "srv/mqtt-things"));
  const lay = `set -e; for at in srv run; do mount -t tmpfs tmpfs /$at; cp -a "$0/$at/." /$at/; done; cd /srv; exec "$@"`;
  return ["unshare", "--mount", "sh", "-c", lay, stage, ...command];
}

/** How containers are run: a program such as Podman with its own options, and those of each container. */
export interface Containers {
  podman: readonly string[];
  options: readonly string[];
}

/**
 * Creates a container of the pod's image, with its volumes; returns the commands that start and remove it. Throws where it
 * can't.
 */
export function inItsOwnContainer(pod: PlannedPod, { podman, options }: Containers, stage: string) {
  const { image, command, files, environment, privileged = false, device } = pod;
  putAll(files, stage);
  const [program, ...words] = command;
  const mounts = [
    ...[...new Set(Object.keys(files).map(dirname))].map((folder) => `${join(stage, folder)}:${folder}:ro`),
    ...(device ? [`${device}:${device}`] : []),
  ];
  const [engine = "", ...before] = podman;
  const created = execFileSync(engine, [
    ...before,
    ...["create", "--rm", "--network", "host", ...options, "--pidfile", pidFile(stage)],
    ...(privileged ? ["--privileged"] : ["--cap-drop", "all", "--security-opt", "no-new-privileges"]),
    ...Object.entries(environment).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    ...mounts.flatMap((mount) => ["--volume", mount]),
    ...["--entrypoint", JSON.stringify([program]), image, ...words],
  ]);
  const id = created.toString().trim();
  return {
    words: [...podman, "start", "--attach", "--sig-proxy", id],
    // A container outlives whoever started it.
    remove: () => void execFileSync(engine, [...before, "rm", "--force", "--ignore", id]),
  };
}

/** Where a container's process has its number, as this machine counts. */
export const pidFile = (stage: string) => `${stage}.pid`;

/** Puts files below a folder. */
function putAll(files: PlannedPod["files"], folder: string): void {
  for (const [path, text] of Object.entries(files)) {
    if (!/^\/(srv|run)\//.test(path)) throw new Error(`${path} is not to be touched`);
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
