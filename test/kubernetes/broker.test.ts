import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseManifests } from "./manifests.ts";
import { filesOf, find, podsOf } from "./pods.ts";

const read = (path: string) => readFileSync(join(import.meta.dirname, "../../kubernetes", path), "utf8");
const manifests = parseManifests(read("overlays/mosquitto/mosquitto.yaml"));
const [pod] = podsOf(manifests);
/** Each line of the broker's configuration, by its first word. */
const said = new Map(
  [...(find(manifests, "ConfigMap", "mosquitto")?.data?.["mosquitto.conf"] ?? "").matchAll(/^(\w+) (.*)$/gm)].map(
    ([, word = "", rest = ""]) => [word, rest],
  ),
);
const volumes = pod?.spec.volumes ?? [];
const mountOf = (volume: string | undefined) =>
  pod?.container.volumeMounts?.find(({ name }) => name === volume)?.mountPath;

test("K5: the broker in the cluster lets nobody in without a user, and nobody go beyond the access list", () => {
  expect(said.get("allow_anonymous")).toBe("false");
  expect([...(pod ? filesOf(pod, manifests).keys() : [])]).toContain(said.get("acl_file"));
  const secret = volumes.find((volume) => volume.secret);
  const [, file] =
    new RegExp(`secret generic ${secret?.secret?.secretName} --from-file=(\\S+)`).exec(read("README.md")) ?? [];
  expect(said.get("password_file")).toBe(`${mountOf(secret?.name)}/${file}`);
});

test("the users of its access list are those that the page tells to make", () => {
  const acl = find(manifests, "ConfigMap", "mosquitto")?.data?.acl ?? "";
  const users = [...acl.matchAll(/^user (.*)$/gm)].map(([, name]) => name);
  const made = [...read("README.md").matchAll(/mosquitto_passwd (?:-c )?passwords (\S+)/g)].map(([, name]) => name);
  expect(users).toEqual(made);
});

test("what is retained outlives its pod", () => {
  const kept = volumes.find((volume) => volume.persistentVolumeClaim);
  expect([said.get("persistence"), said.get("persistence_location")]).toEqual(["true", `${mountOf(kept?.name)}/`]);
  expect(Number(said.get("autosave_interval"))).toBeLessThanOrEqual(60);
});

test("it listens where its Services lead", () => {
  expect(pod?.container.ports).toEqual([{ name: "mqtt", containerPort: Number(said.get("listener")) }]);
});
