import type { Manifest } from "./manifests.ts";
import { commandOf, environmentOf, filesOf, find, type Pod, podsOf } from "./pods.ts";
import { titleOf } from "./strict.ts";

/** The only file of an image that a command names. */
const ENTRY_POINT = "/srv/entrypoint";

/** The Secrets that a person is told to make: name to keys. */
export type Secrets = ReadonlyMap<string, readonly string[]>;

/** What no schema knows: whatever one manifest names of another has to be there. */
export function referenceProblems(manifests: readonly Manifest[], secrets: Secrets): string[] {
  const titles = manifests.map(titleOf);
  const twice = titles.filter((title, i) => titles.indexOf(title) < i);
  const elsewhere = manifests.filter(
    ({ kind, metadata }) => kind !== "Namespace" && !find(manifests, "Namespace", metadata?.namespace),
  );
  return [
    ...twice.map((title) => `${title}: is there twice`),
    ...elsewhere.map((manifest) => `${titleOf(manifest)}: there is no namespace ${manifest.metadata?.namespace}`),
    ...manifests.flatMap((manifest) =>
      (manifest.kind === "Service" ? serviceProblems(manifest, manifests) : []).map(
        (text) => `${titleOf(manifest)}: ${text}`,
      ),
    ),
    ...podsOf(manifests).flatMap((pod) =>
      podProblems(pod, manifests, secrets).map((text) => `${titleOf(pod.workload)}: ${text}`),
    ),
  ];
}

const isWithin = (selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>) =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);

function serviceProblems(service: Extract<Manifest, { kind: "Service" }>, manifests: readonly Manifest[]): string[] {
  const { selector, ports = [] } = service.spec ?? {};
  const endpoints = find(manifests, "Endpoints", service.metadata?.name);
  if (selector) {
    const pods = podsOf(manifests).filter(({ labels }) => isWithin(selector, labels));
    if (pods.length === 0) return [`its selector ${JSON.stringify(selector)} matches no pod`];
    if (endpoints) return ["it has a selector, so its Endpoints are the cluster's own"];
    const offered = pods.flatMap(({ container }) => container.ports ?? []);
    return ports
      .map(({ port, targetPort = port }) => targetPort)
      .filter((target) => !offered.some(({ name, containerPort }) => target === name || target === containerPort))
      .map((target) => `no pod of it has a port ${target}`);
  }
  const slice = manifests.find(
    (manifest) =>
      manifest.kind === "EndpointSlice" &&
      manifest.metadata?.labels?.["kubernetes.io/service-name"] === service.metadata?.name,
  );
  const reached = [
    ...(endpoints?.subsets ?? []).flatMap(({ ports }) => ports ?? []),
    ...((slice?.kind === "EndpointSlice" && slice.ports) || []),
  ];
  return ports
    .filter(({ name, port }) => !reached.some((end) => end.name === name && end.port === port))
    .map(({ name, port }) => `no Endpoints and no EndpointSlice of it have a port ${port} called ${name}`);
}

/** What a pod may have to do with others, or with its node, and ours have not. */
function strangersOf({ spec, container }: Pod): string[] {
  const { envFrom, volumeDevices, lifecycle } = container;
  const { imagePullSecrets, serviceAccountName, hostNetwork, hostPID, hostIPC, hostUsers, nodeName } = spec;
  const ofPod = { imagePullSecrets, serviceAccountName, hostNetwork, hostPID, hostIPC, hostUsers, nodeName };
  const parts = [
    { envFrom, volumeDevices, lifecycle, ...ofPod },
    ...(container.volumeMounts ?? []).map(({ subPath, subPathExpr }) => ({ subPath, subPathExpr })),
    ...(spec.volumes ?? []).map(({ configMap, secret }) => ({ items: configMap?.items ?? secret?.items })),
  ];
  return parts.flatMap(Object.entries).flatMap(([name, value]) => (value === undefined ? [] : name));
}

function podProblems(pod: Pod, manifests: readonly Manifest[], secrets: Secrets): string[] {
  const { workload, labels, spec, container } = pod;
  const problems: string[] = [];
  const need = (holds: unknown, problem: string) => void (holds || problems.push(problem));
  const { matchLabels = {}, matchExpressions } = workload.spec?.selector ?? {};
  need(Object.keys(matchLabels).length > 0, "its selector is empty");
  need(!matchExpressions, "it selects by expressions, which nobody checks");
  for (const stranger of strangersOf(pod)) need(false, `it has ${stranger}, which nobody checks`);
  need(isWithin(matchLabels, labels), `its selector ${JSON.stringify(matchLabels)} matches no pod`);
  if (workload.kind === "StatefulSet") {
    need(find(manifests, "Service", workload.spec?.serviceName), `there is no Service ${workload.spec?.serviceName}`);
  }
  const hasSecret = (name = "", key?: string) => {
    const keys = secrets.get(name);
    return keys && (key === undefined || keys.includes(key));
  };
  for (const { configMapKeyRef: map, secretKeyRef: secret } of (container.env ?? []).map(
    (env) => env.valueFrom ?? {},
  )) {
    if (map) need(find(manifests, "ConfigMap", map.name)?.data?.[map.key], `there is no key ${map.key} in ${map.name}`);
    if (secret)
      need(hasSecret(secret.name, secret.key), `nobody is told to make ${secret.key} in Secret ${secret.name}`);
  }
  for (const { name, configMap, secret, persistentVolumeClaim: claim } of spec.volumes ?? []) {
    if (configMap) need(find(manifests, "ConfigMap", configMap.name), `there is no ConfigMap ${configMap.name}`);
    if (secret) need(hasSecret(secret.secretName), `nobody is told to make Secret ${secret.secretName}`);
    if (claim) need(find(manifests, "PersistentVolumeClaim", claim.claimName), `there is no claim ${claim.claimName}`);
    need(
      container.volumeMounts?.some((mount) => mount.name === name),
      `nobody mounts the volume ${name}`,
    );
  }
  for (const { name } of container.volumeMounts ?? []) {
    need(
      spec.volumes?.some((volume) => volume.name === name),
      `there is no volume ${name}`,
    );
  }
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) {
    const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port;
    need(!probe || container.ports?.some(({ name }) => name === port), `a probe asks a port ${port} that it has not`);
  }
  const { privileged, allowPrivilegeEscalation } = container.securityContext ?? {};
  need(!privileged || allowPrivilegeEscalation !== false, "a privileged container can't be kept from more privileges");
  for (let number = 0; number < (workload.spec?.replicas ?? 1); number++) {
    const environment = environmentOf(pod, number, () => "");
    const files = filesOf(pod, manifests);
    for (const word of commandOf(pod, environment)) {
      need(!word.includes("$("), `${word} names a variable that it has not`);
      need(!word.startsWith("/") || word === ENTRY_POINT || files.has(word), `there is no file ${word}`);
    }
  }
  return problems;
}
