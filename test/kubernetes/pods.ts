import type { IContainer, IPodSpec } from "kubernetes-models/v1";
import type { Manifest, Workload } from "./manifests.ts";

/** A pod as the manifests describe it, with its only container. */
export interface Pod {
  workload: Workload;
  labels: Readonly<Record<string, string>>;
  spec: IPodSpec;
  container: IContainer;
}

export const isWorkload = (manifest: Manifest): manifest is Workload =>
  manifest.kind === "Deployment" || manifest.kind === "StatefulSet";

/** The pods of all workloads. Throws where a pod has not exactly one container, of whatever kind. */
export function podsOf(manifests: readonly Manifest[]): Pod[] {
  return manifests.filter(isWorkload).map((workload) => {
    const { spec, metadata } = workload.spec?.template ?? {};
    const [container, ...others] = [spec?.containers, spec?.initContainers, spec?.ephemeralContainers].flatMap(
      (list) => list ?? [],
    );
    if (!spec || !container || others.length) throw new Error(`${workload.metadata?.name} has not one container`);
    return { workload, labels: metadata?.labels ?? {}, spec, container };
  });
}

/** An object by kind and name. */
export function find<K extends Manifest["kind"]>(manifests: readonly Manifest[], kind: K, name: string | undefined) {
  return manifests.find(
    (manifest): manifest is Extract<Manifest, { kind: K }> =>
      manifest.kind === kind && manifest.metadata?.name === name,
  );
}

/** The files that a pod sees of ConfigMaps: path to content. */
export function filesOf({ spec, container }: Pod, manifests: readonly Manifest[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const { name, mountPath } of container.volumeMounts ?? []) {
    const volume = spec.volumes?.find((volume) => volume.name === name);
    const { data = {} } = find(manifests, "ConfigMap", volume?.configMap?.name) ?? {};
    for (const [key, text] of Object.entries(data)) files.set(`${mountPath}/${key}`, text);
  }
  return files;
}

/**
 * The variables of a pod's container as the kubelet sets them for one of a workload's pods. A secret's value is asked for;
 * undefined where the Secret or its key is not there.
 */
export function environmentOf(
  { container }: Pod,
  number: number,
  secret: (name: string, key: string) => string | undefined,
) {
  const environment: Record<string, string> = {};
  for (const { name, value, valueFrom } of container.env ?? []) {
    const { secretKeyRef, fieldRef } = valueFrom ?? {};
    const ordinal =
      fieldRef?.fieldPath === "metadata.labels['apps.kubernetes.io/pod-index']" ? String(number) : undefined;
    const text = value ?? ordinal ?? (secretKeyRef && secret(secretKeyRef.name ?? "", secretKeyRef.key));
    if (text !== undefined) environment[name] = text;
    else if (!secretKeyRef?.optional) throw new Error(`${name} has no value`);
  }
  return environment;
}

/** A container's command as the kubelet expands it; a reference that means nothing stays as it is. */
export function commandOf({ container }: Pod, environment: Readonly<Record<string, string>>): string[] {
  const words = [...(container.command ?? []), ...(container.args ?? [])];
  return words.map((word) => word.replace(/\$\((\w+)\)/g, (reference, name) => environment[name] ?? reference));
}
