import { isIP } from "node:net";
import type { IContainer } from "kubernetes-models/v1";
import type { Manifest } from "./manifests.ts";
import { type Pod, podsOf } from "./pods.ts";
import { titleOf } from "./strict.ts";

/** What an API server refuses or warns about though every field is known and every type is right. */
export function ruleProblems(manifests: readonly Manifest[]): string[] {
  const of = (manifest: Manifest, problems: readonly string[]) =>
    problems.map((problem) => `${titleOf(manifest)}: ${problem}`);
  return [
    ...manifests.flatMap((manifest) => of(manifest, [...nameProblems(manifest), ...addressProblems(manifest)])),
    ...podsOf(manifests).flatMap((pod) => of(pod.workload, podProblems(pod))),
  ];
}

const isName = (text = "") => /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(text) && text.length <= 253;
const isLabel = (text: string) => /^([A-Za-z0-9]([\w.-]*[A-Za-z0-9])?)?$/.test(text) && text.length <= 63;
const isPort = (port: number) => port >= 1 && port <= 65_535;
const isPortName = (text: string) => /^(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/.test(text) && text.length <= 15;

function nameProblems({ metadata }: Manifest): string[] {
  const labels = Object.entries(metadata?.labels ?? {});
  return [
    ...(isName(metadata?.name) ? [] : ["that is no name for an object"]),
    ...labels.filter(([, value]) => !isLabel(value)).map(([key, value]) => `label ${key} can't be "${value}"`),
  ];
}

/** An address outside is a number, and not the node's own. */
function addressProblems(manifest: Manifest): string[] {
  const addresses =
    manifest.kind === "Endpoints"
      ? (manifest.subsets ?? []).flatMap(({ addresses = [] }) => addresses.map(({ ip }) => ip))
      : manifest.kind === "EndpointSlice"
        ? (manifest.endpoints ?? []).flatMap(({ addresses }) => addresses)
        : [];
  return addresses
    .filter((address) => !isIP(address) || /^(127|169\.254)\.|^(::1|fe80:)/i.test(address))
    .map((address) => `${address} is no address that can be reached from everywhere`);
}

function podProblems({ labels, spec, container }: Pod): string[] {
  const { env = [], ports = [], volumeMounts = [], resources = {} } = container;
  const names = ports.flatMap(({ name }) => name ?? []);
  const { requests = {}, limits = {} } = resources;
  return [
    ...Object.entries(labels)
      .filter(([, value]) => !isLabel(value))
      .map(([key, value]) => `label ${key} can't be "${value}"`),
    ...twice(
      "variable",
      env.map(({ name }) => name),
    ),
    ...twice("port", [...names, ...ports.map(({ containerPort }) => String(containerPort))]),
    ...twice(
      "mount",
      volumeMounts.map(({ mountPath }) => mountPath),
    ),
    ...twice(
      "volume",
      (spec.volumes ?? []).map(({ name }) => name),
    ),
    ...ports
      .filter(({ containerPort }) => !isPort(containerPort))
      .map(({ containerPort }) => `no port ${containerPort}`),
    ...names.filter((name) => !isPortName(name)).map((name) => `no port can be called ${name}`),
    ...volumeMounts
      .filter(({ mountPath }) => !/^\/[^:]+$/.test(mountPath))
      .map(({ mountPath }) => `nothing can be mounted at ${mountPath}`),
    ...(/^[^\s:@]+(:\d+\/[^\s:@]+)?(:[\w.-]+)?$/.test(container.image ?? "") ? [] : [`no image ${container.image}`]),
    ...Object.keys({ ...requests, ...limits })
      .filter((name) => !["cpu", "memory"].includes(name))
      .map((name) => `${name} is neither cpu nor memory`),
    ...Object.keys(requests)
      .filter((name) => amount(requests[name]) > amount(limits[name] ?? "Infinity"))
      .map((name) => `more ${name} is requested than the limit`),
    ...[...Object.values(requests), ...Object.values(limits)]
      .filter((quantity) => typeof quantity !== "string")
      .map((quantity) => `${quantity} is an amount without a unit`),
    ...(spec.restartPolicy === undefined || spec.restartPolicy === "Always"
      ? []
      : ["its pods are always started again"]),
    ...probeProblems(container),
  ];
}

const twice = (what: string, list: readonly string[]) =>
  list.filter((name, i) => list.indexOf(name) < i).map((name) => `${what} ${name} is there twice`);

const units: Readonly<Record<string, number>> = {
  "": 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
};

/** A quantity such as `20m` or `128Mi` as a number; NaN where it is none. */
export function amount(quantity: string | number = 0): number {
  const [, number, unit = ""] = /^([\d.]+|Infinity)([A-Za-z]*)$/.exec(String(quantity)) ?? [];
  return Number(number) * (units[unit] ?? Number.NaN);
}

function probeProblems({ livenessProbe, readinessProbe, startupProbe }: IContainer): string[] {
  const probes = Object.entries({ livenessProbe, readinessProbe, startupProbe });
  return probes.flatMap(([name, probe]) => {
    if (!probe) return [];
    const { httpGet, tcpSocket, exec, grpc, initialDelaySeconds = 0, ...times } = probe;
    const ways = [httpGet, tcpSocket, exec, grpc].filter((way) => way !== undefined);
    const numbers = Object.values(times).filter((value) => typeof value === "number");
    return [
      ...(ways.length === 1 ? [] : [`${name} asks in ${ways.length} ways`]),
      ...(initialDelaySeconds >= 0 && numbers.every((value) => value >= 1) ? [] : [`${name} has a time that can't be`]),
      ...(name === "readinessProbe" || (times.successThreshold ?? 1) === 1
        ? []
        : [`${name} succeeds at once or never`]),
    ];
  });
}
