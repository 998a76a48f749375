import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { schema as sensors, flags as sensorsFlags } from "../../devices/sensors/config.ts";
import { schema as aircons, flags as airconsFlags } from "../../devices/smart-aircons/config.ts";
import { schema as sprinklers, flags as sprinklersFlags } from "../../devices/sprinklers/config.ts";
import { type Configurable, load } from "../../src/config.ts";

interface Service {
  image: string;
  build?: { context: string; dockerfile: string; args: { CMD_NAME: string } };
  command?: string[];
  volumes?: string[];
  ports?: string[];
  devices?: string[];
  secrets?: string[];
  profiles?: string[];
  read_only?: boolean;
  cap_drop?: string[];
}

const docker = join(import.meta.dirname, "../../docker");
const { version } = JSON.parse(readFileSync(join(docker, "../package.json"), "utf8"));
const compose: { services: Record<string, Service>; secrets: object; volumes: object } = parse(
  readFileSync(join(docker, "compose.yaml"), "utf8"),
  { merge: true },
);
const ours = Object.entries(compose.services).filter(([, { build }]) => build);

test("a house on one machine has a broker, Home Assistant and the daemons, and the demo only when it is asked for", () => {
  expect(Object.keys(compose.services)).toEqual([
    "mqtt-broker",
    "home-assistant",
    "sprinklers",
    "smart-aircons",
    "sensors",
    "demo",
  ]);
  const asked = Object.entries(compose.services).filter(([, { profiles }]) => profiles);
  expect(asked.map(([name, { profiles }]) => [name, profiles])).toEqual([["demo", ["demo"]]]);
});

describe.each(ours)("%s", (_, { image, build, read_only, cap_drop }) => {
  test("is an image of this project, read-only and without capabilities", () => {
    const command = build?.args.CMD_NAME ?? "";
    expect(existsSync(join(docker, `entrypoint.${command}`))).toBe(true);
    expect(existsSync(join(docker, build?.context ?? "", build?.dockerfile ?? ""))).toBe(true);
    expect(image).toBe(`\${REGISTRY:-initialed85}/mqtt-things-${command.replaceAll("_", "-")}:\${TAG:-${version}}`);
    expect([read_only, cap_drop]).toEqual([true, ["ALL"]]);
  });
});

test("the broker is this machine's alone, and keeps on its volume what is retained", () => {
  const { ports, volumes } = compose.services["mqtt-broker"] ?? {};
  const conf = readFileSync(join(docker, "config/mosquitto.conf"), "utf8").split("\n");
  expect(ports).toEqual(["127.0.0.1:1883:1883"]);
  expect(conf).toEqual(expect.arrayContaining(["listener 1883", "persistence true"]));
  const [, place = ""] = conf.map((line) => /^persistence_location (.*)\/$/.exec(line)).find(Boolean) ?? [];
  expect(volumes).toContain(`mosquitto:${place}`);
});

test("everything that is mounted is here", () => {
  for (const { volumes = [], secrets = [] } of Object.values(compose.services)) {
    for (const volume of volumes) {
      const [from = ""] = volume.split(":");
      expect(from.startsWith("./") ? existsSync(join(docker, from)) : from in compose.volumes, volume).toBe(true);
    }
    for (const secret of secrets) expect(compose.secrets).toHaveProperty(secret);
  }
});

const daemons: Configurable<unknown>[] = [
  { name: "sprinklers", schema: sprinklers, flags: sprinklersFlags },
  { name: "smart-aircons", schema: aircons, flags: airconsFlags },
  { name: "sensors", schema: sensors, flags: sensorsFlags },
];

test.each(daemons)(
  "$name has a configuration that its daemon understands, with what is mounted for it",
  async (daemon) => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "compose-"));
    const service = compose.services[daemon.name];
    const [, inside = ""] = service?.command ?? [];
    const mounted = service?.volumes?.find((volume) => volume.split(":")[1] === inside);
    expect(mounted, inside).toBeDefined();
    const text = readFileSync(join(docker, mounted?.split(":")[0] ?? ""), "utf8");
    // Secrets are where Compose puts them, which is nowhere here.
    const key = join(folder.path, "hue-key");
    writeFileSync(key, "aSdFgHjKlQwErTy\n");
    const file = join(folder.path, "config.yaml");
    writeFileSync(
      file,
      text.replace("/run/secrets/hue-key", () => (service?.secrets?.includes("hue-key") ? key : "")),
    );
    const { config } = await load(daemon, ["-config", file], {});
    expect(config).toMatchObject({ mqtt: { url: "mqtt://mqtt-broker:1883" } });
    if (daemon.name === "sprinklers") expect(service?.devices?.[0]).toMatch(/:\/dev\/sprinklers$/);
  },
);
