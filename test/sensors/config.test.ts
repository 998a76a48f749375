import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Config } from "../../devices/sensors/config.ts";
import { makeCertificates } from "../../devices/sensors/hue/fake-certificate.ts";
import { sensorsDaemon } from "../../devices/sensors/main.ts";
import { ConfigurationError, load } from "../../src/config.ts";

const SECRET = "aSd-tHe-KeY-0123456789-0123456789-01234";
const FINGERPRINT = Array(32).fill("AB").join(":");

/** What becomes of a command line: the configuration, or what is said against it. */
async function given(argv: readonly string[], env: Record<string, string> = {}): Promise<Config | string[]> {
  try {
    return (await load(sensorsDaemon(), argv, env)).config;
  } catch (error) {
    if (error instanceof ConfigurationError) return [String(error.exitCode), ...error.message.split("\n")];
    throw error;
  }
}

const flags = (...more: string[]) => given(["-host", "mqtt-broker", "-bridgeHost", "192.168.137.252", ...more]);

/** The same of a file with these lines below `mqtt`, beside the files that it names. */
async function file(text: string, files: Record<string, string> = { "hue-key": `${SECRET}\n` }) {
  await using folder = await mkdtempDisposable(join(tmpdir(), "sensors-"));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder.path, name), content);
  const path = join(folder.path, "sensors.yaml");
  await writeFile(path, `mqtt: { url: mqtt://mqtt-broker:1883 }\n${text}\n`);
  const found = await given(["--config", path]);
  return Array.isArray(found) ? found.map((line) => line.replaceAll(`${folder.path}/`, "")) : found;
}

describe("the original's start line", () => {
  test("means the original's house: 2 °C more, whoever answers to a broadcast, HTTP where there is no TLS", async () => {
    expect(await flags("-apiKey", SECRET)).toMatchObject({
      base_topic: "home/inside/environment",
      hue: {
        ...{ host: "192.168.137.252", port: undefined, key: SECRET, plainHttp: "without-tls", temperatureOffset: 2 },
        ...{ reconcileMs: 60_000, pollMs: 2_000, thresholds: { darkBelow: 16_000, daylightAbove: 23_000 } },
      },
      broadlink: { places: undefined, pollMs: 30_000 },
    });
  });

  test("a host may carry a port", async () => {
    expect(await given(["-host", "b:1884", "-bridgeHost=127.0.0.1:8080", `--apiKey=${SECRET}`])).toMatchObject({
      mqtt: { url: "mqtt://b:1884" },
      hue: { host: "127.0.0.1", port: 8080 },
    });
  });

  test("units that are named are not searched for, and a fingerprint pins the bridge", async () => {
    const more = ["-broadlinkHost", "192.168.137.21", "-broadlinkHost", "rm4:81", "-fingerprint", FINGERPRINT];
    expect(await flags("-apiKey", SECRET, ...more)).toMatchObject({
      hue: { fingerprint: FINGERPRINT },
      broadlink: {
        places: [
          { host: "192.168.137.21", port: undefined },
          { host: "rm4", port: 81 },
        ],
      },
    });
  });

  test("what is missing is named, all at once", async () => {
    expect(await given([])).toEqual(["64", "missing flag -host", "missing flag -bridgeHost", "missing flag -apiKey"]);
    expect(await flags()).toEqual(["64", "missing flag -apiKey"]);
  });

  test("a key in a file will do", async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "sensors-"));
    await writeFile(join(folder.path, "key"), SECRET);
    expect(await flags("--hue-key-file", join(folder.path, "key"))).toMatchObject({ hue: { key: SECRET } });
    const env = { MQTT_THINGS_HUE_KEY_FILE: join(folder.path, "key") };
    expect(await given(["-host", "b", "-bridgeHost", "h"], env)).toMatchObject({ hue: { key: SECRET } });
  });

  test.each([
    [["-bridgeHost", "https://192.168.137.252"], /^-bridgeHost: must be a host such as .* without http:\/\//],
    [["-bridgeHost", "192.168.137.252:70000"], /^-bridgeHost: must be a host/],
    [["-fingerprint", "AB:CD"], /^-fingerprint: must be a SHA-256 fingerprint/],
    [["-broadlinkHost", "a", "-broadlinkHost", "a:80"], /^-broadlinkHost: a is there twice$/],
    [["-apikey", SECRET], /^unknown flag -apikey$/],
    [[`-apikey=${SECRET}`], /^unknown flag -apikey$/],
  ])("%j is refused", async (more, sentence) => {
    const [code, problem, ...rest] = [await flags("-apiKey", SECRET, ...more)].flat();
    expect([code, rest]).toEqual(["64", []]);
    expect(problem).toMatch(sentence);
  });
});

describe("a configuration file", () => {
  test("as the README has it", async () => {
    const { root } = makeCertificates({ commonName: "001788fffe123456" });
    const text = `
hue:
  { host: 192.168.137.252, port: 443, key_file: hue-key, bridge_id: 001788fffe123456, ca_file: roots.pem, reconcile: 60s, temperature_offset: 0 }
broadlink: { hosts: [192.168.137.21], poll: 30s }
sensors: { "Kate’s Room": { temperature_offset: 0.5 } }`;
    expect(await file(text, { "hue-key": `${SECRET}\n`, "roots.pem": root })).toMatchObject({
      hue: {
        ...{ host: "192.168.137.252", port: 443, key: SECRET, bridgeId: "001788fffe123456", roots: root },
        ...{ reconcileMs: 60_000, temperatureOffset: 0, plainHttp: "round-bridge" },
      },
      broadlink: { places: [{ host: "192.168.137.21", port: undefined }], pollMs: 30_000 },
      sensors: { "Kate’s Room": { temperature_offset: 0.5 } },
    });
  });

  test("needs no more than a bridge and its key, or some units", async () => {
    expect(await file(`hue: { host: hue, key: ${SECRET} }`)).toMatchObject({
      hue: { temperatureOffset: 0 },
      broadlink: undefined,
    });
    expect(await file("broadlink: { hosts: [rm4] }")).toMatchObject({ hue: undefined, broadlink: { pollMs: 30_000 } });
  });

  test("says itself when it is dark, and when there is daylight", async () => {
    const text = "hue: { host: hue, key_file: hue-key, dark_below: 12000, daylight_above: 20000 }";
    expect(await file(text)).toMatchObject({ hue: { thresholds: { darkBelow: 12_000, daylightAbove: 20_000 } } });
  });

  test("insecure_http speaks plain HTTP", async () => {
    const text = "hue: { host: hue, key_file: hue-key, insecure_http: true, reconcile: 1s, poll: 5s }";
    expect(await file(text)).toMatchObject({ hue: { plainHttp: "always", reconcileMs: 1_000, pollMs: 5_000 } });
  });

  test.each<[string, RegExp]>([
    ["", /hue: is not there, nor is broadlink: there is nothing to show$/],
    ["hue: { host: hue }", /^sensors.yaml:2:6: hue: needs key_file, or key: mqtt-things hue pair/],
    ["hue: { key_file: hue-key }", /^sensors.yaml:2:6: hue.host: is required$/],
    [`hue: { host: hue, key: ${SECRET}, key_file: hue-key }`, /hue.key: is there beside key_file: one is enough$/],
    ["hue: { host: hue, key_file: nowhere }", /2:29: hue.key_file: nowhere: there is no such file$/],
    ["hue: { host: hue, key_file: empty }", /hue.key_file: the file is empty$/],
    ["hue: { host: hue, key_file: sensors.yaml }", /hue.key_file: what the file holds is no key$/],
    ['hue: { host: hue, key_file: "-----BEGIN PRIVATE KEY-----" }', /hue.key_file: must be the path of a file/],
    [`hue: { host: hue, key: "${SECRET} ${SECRET}" }`, /hue.key: must be an application key: one word/],
    ["hue: { host: hue, key: 4711 }", /hue.key: must be text, in quotes \(found a number\)$/],
    ["hue: { host: hue, key_file: hue-key, ca_file: hue-key }", /hue.ca_file: the file holds no certificates/],
    ["hue: { host: hue, key_file: hue-key, ca_file: broken.pem }", /hue.ca_file: the file holds no certificates/],
    ["hue: { host: hue:443, port: 443, key_file: hue-key }", /hue.port: is written behind the host already$/],
    ["hue: { host: hue, key_file: hue-key, bridge_id: 123 }", /hue.bridge_id: must be text, in quotes/],
    ["hue: { host: hue, key_file: hue-key, bridge_id: 0017fe }", /hue.bridge_id: must be the 16 hex digits/],
    [
      `hue: { host: hue, key_file: hue-key, insecure_http: true, fingerprint: "${FINGERPRINT}" }`,
      /hue.insecure_http: proves nothing: leave out fingerprint, or this$/,
    ],
    ["hue: { host: hue, key_file: hue-key, reconcile: 500ms }", /hue.reconcile: must be a duration from 1s to 1h/],
    ["hue: { host: hue, key_file: hue-key, poll: 6s }", /hue.poll: must be a duration from 1s to 5s/],
    ["hue: { host: hue, key_file: hue-key, dark_below: 24000 }", /hue.dark_below: must not be above daylight_above/],
    ["hue: { host: hue, key_file: hue-key, temperature_offset: 25 }", /temperature_offset: must be at most 20/],
    ["hue: { host: hue, key_file: hue-key, tls: no }", /hue.tls: unknown key$/],
    ["broadlink: {}", /broadlink.hosts: is required$/],
    ["broadlink: { hosts: [] }", /broadlink.hosts: needs at least one host$/],
    ["broadlink: { hosts: [rm4, rm4] }", /broadlink.hosts\[1\]: rm4 is there twice$/],
    [
      "broadlink: { hosts: [rm4], poll: 30 }",
      /broadlink.poll: must be a duration from 1s to 1h with its unit, such as 30s/,
    ],
    ["broadlink: { hosts: [rm4] }\nsensors: { Hall: {} }", /sensors.Hall.temperature_offset: is required$/],
    ["broadlink: { hosts: [rm4] }\nsensors: { Hall: { offset: 1 } }", /sensors.Hall.(offset: unknown key|temp)/],
    ["broadlink: { hosts: [rm4] }\ninstance: two", /base_topic: a second instance needs its own/],
    ["broadlink: { hosts: [rm4] }\nbase_topic: home/+", /base_topic: must be a topic such as/],
  ])("%j is refused", async (text, sentence) => {
    const files = {
      "hue-key": SECRET,
      empty: "\n",
      "broken.pem": "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----",
    };
    const [code, problem] = [await file(text, files)].flat();
    expect(code).toBe("78");
    expect(problem).toMatch(sentence);
  });

  test("names that mean one sensor are refused, whoever wrote them differently", async () => {
    const rules = `sensors: { "Kate’s Room": { temperature_offset: 1 }, kates-room: { temperature_offset: 2 }, "’": { temperature_offset: 1 } }`;
    expect(await file(`broadlink: { hosts: [rm4] }\n${rules}`)).toEqual([
      "78",
      `sensors.yaml:3:10: sensors."’": is the name of no sensor`,
      "sensors.yaml:3:66: sensors.kates-room: can't be told apart from Kate’s Room",
    ]);
  });

  test("a second instance has topics of its own", async () => {
    expect(await file("broadlink: { hosts: [rm4] }\ninstance: two\nbase_topic: home/annex")).toMatchObject({
      base_topic: "home/annex",
    });
  });
});

test("the key is in no sentence, whatever is wrong beside it or with it", async () => {
  const texts = [
    `hue: { host: "http://x", key: ${SECRET}, port: 0, bridge_id: x, fingerprint: x, reconcile: x, dark_below: x }`,
    `hue: { host: hue, key: "${SECRET} x", key_file: nowhere }`,
    `hue: { host: hue, key: [${SECRET}] }`,
    `hue: { host: hue, key: { x: ${SECRET} } }`,
    "hue: { host: hue, key_file: twice }",
  ];
  for (const text of texts) {
    const found = await file(text, { twice: `${SECRET}\n${SECRET}` });
    expect(Array.isArray(found) && found.join("\n")).not.toContain("KeY");
    expect(found).toContain("78");
  }
  const wrong = [[SECRET], [`-apiKey=${SECRET} x`], ["-apiKey=", SECRET], [`-apikey=${SECRET}`], [`-apiKey${SECRET}`]];
  for (const more of wrong) {
    const found = await flags("-apiKey", SECRET, ...more);
    expect(Array.isArray(found) && found.join("\n")).not.toContain("KeY");
    expect(found).toContain("64");
  }
});
