import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { cannotRender, type Manifest, overlays, readBase, render } from "./manifests.ts";
import { find, podsOf } from "./pods.ts";
import { ruleProblems } from "./rules.ts";
import { titleOf } from "./strict.ts";

const read = (path: string) => readFileSync(join(import.meta.dirname, "../..", path), "utf8");
const unrendered = cannotRender();
const rendered = unrendered === undefined ? [".", ...overlays] : [];
const houses = new Map(rendered.map((name) => [name, render(name)]));
const base = readBase();
const inBase = base.map(titleOf);

test.skipIf(unrendered)(
  "K3, K5: the broker is outside by Endpoints, by an EndpointSlice, or inside, always by one name",
  () => {
    const broker = (overlay: string) => {
      const manifests = houses.get(overlay) ?? [];
      return {
        selector: find(manifests, "Service", "mqtt-broker")?.spec?.selector,
        endpoints: find(manifests, "Endpoints", "mqtt-broker")?.subsets?.[0]?.addresses?.[0]?.ip,
        slice: find(manifests, "EndpointSlice", "mqtt-broker-outside")?.endpoints?.[0]?.addresses[0],
      };
    };
    expect(broker(".")).toEqual({ endpoints: "192.168.137.253" });
    expect(broker("overlays/endpoint-slice")).toEqual({ slice: "192.168.137.253" });
    expect(broker("overlays/mosquitto")).toEqual({ selector: { app: "mosquitto" } });
  },
);

test.skipIf(unrendered)(
  "K5: the slice of the broker outside is ours, not one that the cluster's controller removes",
  () => {
    const slice = find(houses.get("overlays/endpoint-slice") ?? [], "EndpointSlice", "mqtt-broker-outside");
    expect(slice?.metadata?.labels).toEqual({
      "kubernetes.io/service-name": "mqtt-broker",
      "endpointslice.kubernetes.io/managed-by": "mqtt-things",
    });
  },
);

test.skipIf(unrendered)("K5: an overlay changes what it is for, and nothing else of the base", () => {
  const changedIn = (overlay: string) => {
    const manifests = houses.get(overlay) ?? [];
    return base
      .filter(
        (one) =>
          !isDeepStrictEqual(
            manifests.find((other) => titleOf(other) === titleOf(one)),
            one,
          ),
      )
      .map(titleOf);
  };
  const daemons = ["sprinklers", "smart-aircons", "sensors"].map((name) => `Deployment ${name}-cli-deployment`);
  expect(Object.fromEntries([".", ...overlays].map((name) => [name, changedIn(name)]))).toEqual({
    ".": [],
    "overlays/endpoint-slice": ["Endpoints mqtt-broker"],
    "overlays/mosquitto": ["Service mqtt-broker", "Endpoints mqtt-broker"],
    "overlays/private-registry": daemons,
    "overlays/aircon-each": ["ConfigMap smart-aircons-cli-config-map", daemons[1]],
  });
});

test.skipIf(unrendered)("K5: a registry of one's own has all of our images, by the same names and tags", () => {
  const imagesOf = (manifests: readonly Manifest[]) =>
    podsOf(manifests)
      .map(({ container }) => container.image)
      .sort();
  const own = imagesOf(base).map((image) => image?.replace("initialed85/", "kube-registry:5000/"));
  expect(imagesOf(houses.get("overlays/private-registry") ?? [])).toEqual(own);
});

test.skipIf(unrendered)(
  "what the base has and an overlay has not, the page tells to delete, and the other way round",
  () => {
    const names = (manifests: readonly Manifest[]) =>
      manifests.map(({ kind, metadata }) => `${kind?.toLowerCase()}/${metadata?.name}`);
    // The cluster's own by then; and what the house has said, which is nobody's to throw away.
    const kept = ["overlays/mosquitto endpoints/mqtt-broker", "overlays/mosquitto persistentvolumeclaim/mosquitto"];
    const told = [...read("kubernetes/README.md").matchAll(/kubectl -n mqtt-things delete ([^`\n]+)/g)];
    const deleted = told.flatMap(([, objects = ""]) => objects.split(" "));
    const before = names(base);
    for (const overlay of overlays) {
      const own = names(houses.get(overlay) ?? []);
      const only = [...before.filter((name) => !own.includes(name)), ...own.filter((name) => !before.includes(name))];
      for (const name of only.filter((name) => !kept.includes(`${overlay} ${name}`))) expect(deleted).toContain(name);
    }
  },
);

// The broker can't be outside and inside.
const pairs = overlays.flatMap((one) => overlays.flatMap((other) => (one === other ? [] : [[one, other] as const])));
const together = pairs.filter(
  (pair) => !["mosquitto", "endpoint-slice"].every((name) => pair.includes(`overlays/${name}`)),
);

test.skipIf(unrendered).each(together)("%s goes with %s, as the page says", async (one, other) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "overlays-"));
  cpSync(join(import.meta.dirname, "../../kubernetes"), folder.path, { recursive: true });
  const file = join(folder.path, one, "kustomization.yaml");
  const text = readFileSync(file, "utf8").replace("../../base", other.replace("overlays", ".."));
  writeFileSync(file, text);
  const manifests = render(join(folder.path, one));
  expect(ruleProblems(manifests)).toEqual([]);
  const names = manifests.map(titleOf).sort();
  const only = (overlay: string) => (houses.get(overlay) ?? []).map(titleOf).filter((title) => !inBase.includes(title));
  expect(names).toEqual(expect.arrayContaining([...only(one), ...only(other)]));
});

test.skipIf(unrendered)("the page's example of a house of one's own renders, and changes what it says", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "overlays-"));
  cpSync(join(import.meta.dirname, "../../kubernetes"), join(folder.path, "kubernetes"), { recursive: true });
  const [, example = ""] = /```yaml\n(# my-house.*?)```/s.exec(read("kubernetes/README.md")) ?? [];
  mkdirSync(join(folder.path, "my-house"));
  writeFileSync(join(folder.path, "my-house/kustomization.yaml"), example);
  const pods = podsOf(render(join(folder.path, "my-house")));
  const sprinklers = pods.find(({ labels }) => labels.app === "sprinklers-cli");
  expect(sprinklers?.container.image).toMatch(/^kube-registry:5000\/mqtt-things-sprinklers-cli:/);
  expect(sprinklers?.spec.volumes?.find(({ hostPath }) => hostPath)?.hostPath?.path).toMatch(/^\/dev\/serial\/by-id\//);
});

test("every overlay says in its first line when to use it", () => {
  for (const overlay of overlays)
    expect(read(`kubernetes/${overlay}/kustomization.yaml`)).toMatch(/^# When .*\.\n[^#]/);
});
