import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { IDeployment, IStatefulSet } from "kubernetes-models/apps/v1";
import type { IEndpointSlice } from "kubernetes-models/discovery.k8s.io/v1";
import type { IConfigMap, IEndpoints, INamespace, IPersistentVolumeClaim, IService } from "kubernetes-models/v1";
import { parse, parseAllDocuments } from "yaml";

/** What runs pods. */
export type Workload = IDeployment | IStatefulSet;

/** Every kind of object that `kubernetes/` has. */
export type Manifest =
  | Workload
  | IConfigMap
  | IEndpoints
  | IEndpointSlice
  | INamespace
  | IPersistentVolumeClaim
  | IService;

const root = join(import.meta.dirname, "../../kubernetes");

/** What can be applied, by its name below `kubernetes/`: "." and the overlays. */
export const overlays: readonly string[] = readdirSync(join(root, "overlays")).map((name) => `overlays/${name}`);

/** The objects of a stream of YAML. Throws where it is none, or a key is there twice. */
export function parseManifests(text: string): Manifest[] {
  return parseAllDocuments(text, { version: "1.1" }).map((document) => {
    const [error] = document.errors;
    if (error) throw error;
    return document.toJS();
  });
}

/** The base as it stands in its files: it has no patches, so nobody is needed to render it. */
export function readBase(folder = root): Manifest[] {
  const {
    apiVersion: _,
    kind: __,
    resources,
    ...more
  } = parse(readFileSync(join(folder, "kustomization.yaml"), "utf8"));
  if (Object.keys(more).length) throw new Error(`${folder} has to be rendered: ${Object.keys(more)}`);
  return (resources as string[]).flatMap((name) =>
    name.endsWith(".yaml") ? parseManifests(readFileSync(join(folder, name), "utf8")) : readBase(join(folder, name)),
  );
}

/** Renders what has this name below `kubernetes/`, or this path, as `kubectl apply -k` would. Throws what kustomize says. */
export function render(name: string): Manifest[] {
  const { status, stdout, stderr } = spawnSync("kubectl", ["kustomize", resolve(root, name)], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return parseManifests(stdout);
}

/** Why kubectl can't render the overlays here, if it can't: before kustomize 4.5 nothing was tried. */
export function cannotRender(): string | undefined {
  const { stdout, error } = spawnSync("kubectl", ["version", "--client", "-o", "json"], { encoding: "utf8" });
  if (error) return "kubectl is not installed";
  const version: string = JSON.parse(stdout).kustomizeVersion ?? "of 2019";
  const [, major = 0, minor = 0] = /^v(\d+)\.(\d+)/.exec(version)?.map(Number) ?? [];
  return major > 4 || (major === 4 && minor >= 5)
    ? undefined
    : `the kustomize of this kubectl is ${version}, older than 4.5`;
}
