import { mkdirSync, writeFileSync } from "node:fs";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { schema as sensors, flags as sensorsFlags } from "../../devices/sensors/config.ts";
import { schema as aircons, flags as airconsFlags } from "../../devices/smart-aircons/config.ts";
import { schema as sprinklers, flags as sprinklersFlags } from "../../devices/sprinklers/config.ts";
import { type Configurable, load } from "../../src/config.ts";
import type { CoreConfig } from "../../src/core-keys.ts";
import { cannotRender, type Manifest, overlays, readBase, render } from "./manifests.ts";
import { hue, planned } from "./planned.ts";
import { find, podsOf } from "./pods.ts";
import type { PlannedPod } from "./start.ts";

const daemons: Readonly<Record<string, Configurable<CoreConfig>>> = {
  "sprinklers-cli": { name: "sprinklers", schema: sprinklers, flags: sprinklersFlags },
  "smart-aircons-cli": { name: "smart-aircons", schema: aircons, flags: airconsFlags },
  "sensors-cli": { name: "sensors", schema: sensors, flags: sensorsFlags },
};

const rendered = cannotRender() === undefined ? overlays : [];
const houses = [["the base", readBase()] as const, ...rendered.map((name) => [name, render(name)] as const)];

/** Reads a pod's configuration as its daemon would, from its files in a folder; rejects with what the daemon would say. */
async function understood({ name, command, environment, files }: PlannedPod, folder: string) {
  const daemon = daemons[name];
  if (!daemon) throw new Error(`there is no daemon ${name}`);
  const here = (text: string) => text.replace(/\/(srv\/config|run\/secrets)\//g, (path) => join(folder, path));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), here(text));
  }
  return load(daemon, command.slice(1).map(here), environment);
}

describe.each(houses)("%s", (_, manifests) => {
  const users = Object.fromEntries(
    Object.keys(daemons).map((name) => [`${name}-mqtt`, { username: "somebody", password: "something" }]),
  );

  test("each daemon understands its configuration, and is the only one of its name", async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "pods-"));
    const pods = planned(manifests, { ...hue, ...users });
    const clients: string[] = [];
    for (const [i, pod] of pods.entries()) {
      const { config, strangers } = await understood(pod, join(folder.path, String(i)));
      expect(strangers).toEqual([]);
      const { hostname, port } = new URL(config.mqtt.url);
      const ports = find(manifests, "Service", hostname)?.spec?.ports ?? [];
      expect(
        ports.map((each) => String(each.port)),
        config.mqtt.url,
      ).toContain(port);
      expect(config.mqtt).toMatchObject({ username: "somebody", password: "something" });
      if ("port" in config) expect(config.port).toBe(pod.device);
      clients.push(`${pod.name} ${config.instance}`);
    }
    expect(new Set(clients).size).toBe(pods.length);
    expect(pods.length).toBeGreaterThanOrEqual(3);
  });

  test("K3: what is secret is in no ConfigMap, and in no variable", () => {
    expect(secretsIn(manifests)).toEqual([]);
  });
});

/** Where a secret stands in the open. */
function secretsIn(manifests: readonly Manifest[]): string[] {
  const inFiles = manifests.flatMap((manifest) =>
    manifest.kind === "ConfigMap"
      ? Object.entries(manifest.data ?? {}).flatMap(([file, text]) =>
          file.endsWith(".yaml") ? secretKeys(parse(text)).map((key) => `${file}: ${key}`) : [],
        )
      : [],
  );
  const inVariables = podsOf(manifests).flatMap(({ container }) =>
    (container.env ?? []).flatMap(({ name, value }) => (value !== undefined && isSecret(name) ? name : [])),
  );
  return [...inFiles, ...inVariables];
}

const isSecret = (name: string) => /(^|_)(password|username|key)$/i.test(name);

function secretKeys(value: unknown): string[] {
  if (typeof value === "string") return /:\/\/[^/\s]*@/.test(value) ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [...(isSecret(key) ? [key] : []), ...secretKeys(inner)]);
}

describe("a mistake in a configuration is caught", () => {
  /** The base's house with something else in its files or variables. */
  const mistaken = (right: string, wrong: string): Manifest[] => {
    const text = JSON.stringify(readBase());
    expect(text).toContain(right);
    return JSON.parse(text.replace(right, () => wrong));
  };

  test.each([
    ["a key that nobody knows", "relay: 2", "relai: 2", /relai/],
    ["a file that is not mounted", "/run/secrets/hue/key }", "/run/secrets/hue/kee }", /kee: there is no such file/],
    ["a flag that nobody knows", '"-config","/srv/config/sensors', '"-confg","/srv/config/sensors', /-confg/],
  ])("%s", async (_, right, wrong, sentence) => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "pods-"));
    const pods = planned(mistaken(right, wrong), hue);
    await expect(Promise.all(pods.map((pod) => understood(pod, folder.path)))).rejects.toThrow(sentence);
  });

  test("a variable that nobody knows", async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "pods-"));
    const [pod] = planned(mistaken("MQTT_THINGS_MQTT_USERNAME", "MQTT_THINGS_USERNAME"), {
      ...{ "sprinklers-cli-mqtt": { username: "somebody" } },
      ...hue,
    });
    expect(pod && (await understood(pod, folder.path)).strangers).toEqual(["MQTT_THINGS_USERNAME"]);
  });

  test.each([
    ["in a file", "key_file: /run/secrets/hue/key", "key: aSdF", ["sensors.yaml: key"]],
    ["in a URL", "mqtt://mqtt", "mqtt://a:b@mqtt", ["sprinklers.yaml: mqtt://a:b@mqtt-broker:1883"]],
    [
      "in a variable",
      '"valueFrom":{"secretKeyRef":{"name":"sensors-cli-mqtt","key":"password","optional":true}}',
      '"value":"hunter2"',
      ["MQTT_THINGS_MQTT_PASSWORD"],
    ],
  ])("a secret %s", (_, right, wrong, found) => {
    expect(secretsIn(mistaken(right, wrong))).toEqual(found);
  });
});
