import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cannotRender, type Manifest, overlays, readBase, render } from "./manifests.ts";
import { filesOf, find, isWorkload, podsOf } from "./pods.ts";
import { referenceProblems, type Secrets } from "./references.ts";
import { amount, ruleProblems } from "./rules.ts";
import { schemaProblems, titleOf } from "./strict.ts";

const root = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

/** The Secrets that the page tells to make. */
const secrets: Secrets = new Map(
  [...read("kubernetes/README.md").matchAll(/create secret generic (\S+)(.*)/g)].map(([, name = "", flags = ""]) => [
    name,
    [...flags.matchAll(/--from-(?:literal|file)=([^\s=]+)/g)].map(([, key = ""]) => key),
  ]),
);

const unrendered = cannotRender();
const rendered = unrendered === undefined ? [".", ...overlays] : [];
const houses = new Map(rendered.map((name) => [`kubernetes/${name}`, render(name)]));
const base = readBase();

test("K3: the base has the original's names: what it is applied over, it takes the place of", () => {
  const daemons = ["sprinklers-cli", "smart-aircons-cli", "sensors-cli"];
  const own = daemons.flatMap((name) => [`ConfigMap ${name}-config-map`, `Deployment ${name}-deployment`]);
  expect(base.map(titleOf)).toEqual([
    ...["Namespace mqtt-things", "Service mqtt-broker", "Endpoints mqtt-broker", ...own],
  ]);
  for (const { kind, metadata } of base) if (kind !== "Namespace") expect(metadata?.namespace).toBe("mqtt-things");
  expect(find(base, "Service", "mqtt-broker")?.spec?.selector).toBeUndefined();
});

test.skipIf(unrendered)(`kubectl renders the base and its overlays${unrendered ? ` (${unrendered})` : ""}`, () => {
  const sorted = (manifests: readonly Manifest[]) =>
    manifests.map((manifest) => JSON.stringify(canonical(manifest))).sort();
  expect(sorted(render("."))).toEqual(sorted(base));
});

describe.each([["the base", base] as const, ...houses])("%s", (_, manifests) => {
  test("has nothing unknown, wrong or missing", async () => {
    expect(await schemaProblems(manifests)).toEqual([]);
    expect(referenceProblems(manifests, secrets)).toEqual([]);
    expect(ruleProblems(manifests)).toEqual([]);
  });

  test("K4: sprinklers-cli is where its board is, and nobody else is privileged", () => {
    const pods = podsOf(manifests);
    const [sprinklers, ...others] = pods.sort(({ labels: { app } }) => (app === "sprinklers-cli" ? -1 : 1));
    expect(sprinklers?.spec).toMatchObject({
      nodeSelector: { "iot-role": "sprinklers" },
      securityContext: { runAsNonRoot: true, supplementalGroups: [20] },
    });
    expect(find(manifests, "Namespace", "mqtt-things")?.metadata?.labels).toEqual({
      "pod-security.kubernetes.io/enforce": "privileged",
    });
    const [device, ...further] = sprinklers?.spec.volumes?.filter(({ hostPath }) => hostPath) ?? [];
    expect(further).toEqual([]);
    expect(device?.hostPath).toEqual({ path: "/dev/ttyACM0", type: "CharDevice" });
    const mount = sprinklers?.container.volumeMounts?.find(({ name }) => name === device?.name);
    expect(sprinklers && filesOf(sprinklers, manifests).get("/srv/config/sprinklers.yaml")).toContain(
      `port: ${mount?.mountPath}\n`,
    );
    expect(sprinklers?.container.securityContext).toEqual({ privileged: true, readOnlyRootFilesystem: true });
    for (const { spec, container } of others) {
      expect(spec.nodeSelector).toBeUndefined();
      expect(spec.volumes?.filter(({ hostPath }) => hostPath)).toEqual([]);
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
    }
  });

  test("no pod talks to the cluster", () => {
    for (const { spec } of podsOf(manifests)) expect(spec.automountServiceAccountToken).toBe(false);
  });

  test("K6: probes, limits, and who leaves a lost node when", () => {
    for (const { labels, spec, container } of podsOf(manifests)) {
      const isBroker = labels.app === "mosquitto";
      // A daemon's is what `npm run test:image` has it live with.
      expect(container.resources?.limits).toEqual({ cpu: "1", memory: isBroker ? "64Mi" : "128Mi" });
      const stays = labels.app === "sprinklers-cli";
      expect(spec.tolerations).toEqual(
        ["not-ready", "unreachable"].map((what) => ({
          key: `node.kubernetes.io/${what}`,
          operator: "Exists",
          effect: "NoExecute",
          ...(!stays && { tolerationSeconds: 30 }),
        })),
      );
      const probes = [container.livenessProbe, container.readinessProbe];
      if (isBroker) {
        for (const probe of probes) expect(probe?.tcpSocket).toEqual({ port: "mqtt" });
      } else {
        expect(probes.map((probe) => probe?.httpGet)).toEqual([
          { path: "/livez", port: "health" },
          { path: "/readyz", port: "health" },
        ]);
        expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(5);
      }
      // A busy Raspberry Pi takes its time; a daemon that hangs is started again within 2 min.
      const { periodSeconds = 10, failureThreshold = 3, timeoutSeconds } = container.livenessProbe ?? {};
      expect(timeoutSeconds).toBe(5);
      expect(periodSeconds * failureThreshold).toBeGreaterThanOrEqual(60);
      expect(periodSeconds * failureThreshold).toBeLessThanOrEqual(120);
    }
    const requests = podsOf(manifests).map(({ container }) => container.resources?.requests ?? {});
    const sum = (name: string) => requests.reduce((total, each) => total + amount(each[name]), 0);
    // All of a house on one Raspberry Pi 3, beside its cluster: 1 GB and four cores.
    expect(sum("memory")).toBeGreaterThan(0);
    expect(sum("memory")).toBeLessThanOrEqual(400 * 2 ** 20);
    expect(sum("cpu")).toBeGreaterThan(0);
    expect(sum("cpu")).toBeLessThanOrEqual(0.2);
    for (const { kind, spec } of manifests.filter(isWorkload)) {
      if (kind === "Deployment") expect(spec).toMatchObject({ replicas: 1, strategy: { type: "Recreate" } });
      // No aircon waits for another one's daemon.
      else expect(spec).toMatchObject({ podManagementPolicy: "Parallel" });
    }
  });
});

describe("what a manifest names of this project is there", () => {
  const pods = podsOf(base);

  test("its images, in the version of package.json", () => {
    const { version } = JSON.parse(read("package.json"));
    const commands = readdirSync(join(root, "docker")).flatMap(
      (name) => /^entrypoint\.(\w+_cli)$/.exec(name)?.[1] ?? [],
    );
    expect(pods.map(({ container }) => container.image).sort()).toEqual(
      commands.map((name) => `initialed85/mqtt-things-${name.replaceAll("_", "-")}:${version}`).sort(),
    );
  });

  test("its port, its entry point and its user", () => {
    const dockerfile = read("docker/Dockerfile");
    const [, port] = /MQTT_THINGS_HEALTH_PORT=(\d+)/.exec(dockerfile) ?? [];
    const [, user] = /^USER (\d+)$/m.exec(dockerfile) ?? [];
    const [, entrypoint] = /^ENTRYPOINT \["(.*)"\]$/m.exec(dockerfile) ?? [];
    for (const { spec, container } of pods) {
      expect(container.ports).toEqual([{ name: "health", containerPort: Number(port) }]);
      expect(container.command?.[0]).toBe(entrypoint);
      expect(spec.securityContext?.runAsUser).toBe(Number(user));
    }
  });
});

/** With its keys in order. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, canonical(inner)]));
}
