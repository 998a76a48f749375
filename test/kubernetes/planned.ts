import { expect } from "vitest";
import { HUE_KEY } from "./furnish.ts";
import type { Manifest } from "./manifests.ts";
import { commandOf, environmentOf, filesOf, podsOf } from "./pods.ts";
import type { PlannedPod } from "./start.ts";

export const sprinklers = "home/outside/sprinklers";
export const aircons = "home/inside/smart-aircons";
const environment = "home/inside/environment";

/** What each daemon shows in this house, and obeys. */
const deeds: Readonly<Record<string, Pick<PlannedPod, "online" | "asks">>> = {
  "sprinklers-cli": {
    online: ["mqtt-things/sprinklers/main/availability/get", `${sprinklers}/availability/get`],
    asks: [
      [`${sprinklers}/bank/2/state/set`, "1", `${sprinklers}/bank/2/state/get`, "1"],
      [`${sprinklers}/bank/2/state/set`, "0", `${sprinklers}/bank/2/state/get`, "0"],
    ],
  },
  "smart-aircons-cli": {
    online: ["bedroom", "living-room"].map((name) => `${aircons}/${name}/availability/get`),
    asks: [[`${aircons}/bedroom/mode/set`, "cool", `${aircons}/bedroom/power/get`, "ON"]],
  },
  "sensors-cli": { online: [`${environment}/hall/availability/get`], asks: [] },
};

/** The pods of a workload each as the kubelet would start it, with these Secrets. */
export function planned(
  manifests: readonly Manifest[],
  secrets: Readonly<Record<string, Readonly<Record<string, string>>>>,
): PlannedPod[] {
  const daemons = podsOf(manifests).filter(({ container }) => container.image?.includes("mqtt-things"));
  return daemons.flatMap((pod) =>
    Array.from({ length: pod.workload.spec?.replicas ?? 1 }, (_, number) => {
      const { labels, spec, container } = pod;
      const environment = environmentOf(pod, number, (name, key) => secrets[name]?.[key]);
      const files = Object.fromEntries(filesOf(pod, manifests));
      for (const { name, secret } of spec.volumes ?? []) {
        const { mountPath } = container.volumeMounts?.find((mount) => mount.name === name) ?? {};
        for (const [key, text] of Object.entries(secrets[secret?.secretName ?? ""] ?? {}))
          files[`${mountPath}/${key}`] = text;
      }
      const name = labels.app ?? "";
      const { online = [], asks = [] } = deeds[name] ?? {};
      const image = name.replaceAll("-", "_");
      const host = spec.volumes?.find(({ hostPath }) => hostPath);
      const device = container.volumeMounts?.find((mount) => mount.name === host?.name)?.mountPath;
      const { privileged = false } = container.securityContext ?? {};
      const command = commandOf(pod, environment);
      return { name, image, privileged, device, command, environment, files, online, asks };
    }),
  );
}

export const fine = (name: string) => ({
  name,
  startMs: expect.any(Number),
  residentMb: expect.any(Number),
  health: [200, 200],
  code: 0,
  ms: expect.toSatisfy((ms) => ms < 5_000),
  complaints: [],
});
/** The bridge is a round one, and every daemon says so that has to speak with it in the open. */
export const allFine = [
  fine("sprinklers-cli"),
  fine("smart-aircons-cli"),
  { ...fine("sensors-cli"), complaints: [expect.stringMatching(/the bridge speaks no TLS/)] },
];
export const hue = { "sensors-cli-hue": { key: HUE_KEY } };

const aircon = (host: string, name: string, codes: string) =>
  `-airconHost ${host} -airconName ${name} -airconCodesName ${codes}`;
/** legacy.md, "Flags" */
const startLines = {
  "sprinklers-cli": "-port /dev/ttyACM0 -relay 2 -relay 3",
  "smart-aircons-cli": `${aircon("192.168.137.19", "bedroom", "mitsubishi")} ${aircon("192.168.137.20", "living-room", "fujitsu")}`,
  "sensors-cli": `-apiKey ${HUE_KEY} -bridgeHost 192.168.137.252`,
};

/** The original's own pods: only the image is another one. */
export function originals(): PlannedPod[] {
  return Object.entries(startLines).map(([name, line]) => ({
    ...{ name, image: name.replaceAll("-", "_"), environment: { MQTT_CLIENT_PROVIDER: "gmq" }, files: {} },
    ...{ online: [], asks: [], ...deeds[name] },
    ...(name === "sprinklers-cli" && { privileged: true, device: "/dev/ttyACM0" }),
    command: ["/srv/entrypoint", "-host", "mqtt-broker", ...line.split(" ")],
  }));
}
