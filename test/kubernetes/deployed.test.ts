import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assemble } from "../../docker/assemble.ts";
import { missing } from "../support/need.ts";
import { addresses } from "./furnish.ts";
import { cannotRender, parseManifests, readBase, render } from "./manifests.ts";
import { onOwnNode, suiteOnOwnNode } from "./node.ts";
import { aircons, allFine, fine, hue, originals, planned, sprinklers } from "./planned.ts";
import { find } from "./pods.ts";
import type { PlannedPod } from "./start.ts";

const unrendered = cannotRender();
/** Each is a whole house. */
const patient = { timeout: 90_000 };

suiteOnOwnNode("started as the manifests start it", missing("mosquitto", "python3"), () => {
  let app = "";
  beforeAll(async () => {
    app = mkdtempSync(join(tmpdir(), "image-"));
    await assemble(app, process.arch === "x64" ? "amd64" : process.arch, process.execPath);
  });
  afterAll(() => rmSync(app, { recursive: true }));
  const onNode = (plan: Pick<Parameters<typeof onOwnNode>[0], "pods" | "port" | "users" | "acl" | "quietMs">) =>
    onOwnNode({ app, signal: "SIGTERM", ...plan }, Object.values(addresses));

  describe("each daemon lives, obeys, and goes", () => {
    test("by the base", patient, async () => {
      const pods = planned(readBase(), hue);
      const outcomes = await onNode({ pods, port: "/dev/sprinklers", quietMs: 0 });
      expect(outcomes).toEqual(allFine);
    });

    test.skipIf(unrendered)("by a StatefulSet with a pod for each aircon", patient, async () => {
      const all = planned(render("overlays/aircon-each"), hue).filter(({ name }) => name === "smart-aircons-cli");
      const pods = all.map((pod, i): PlannedPod => {
        const aircon = `${aircons}/${["bedroom", "living-room"][i]}`;
        const asks = [[`${aircon}/mode/set`, "cool", `${aircon}/power/get`, "ON"]] as const;
        return { ...pod, online: [`${aircon}/availability/get`], asks };
      });
      expect(pods.map(({ command }) => command.at(-1))).toEqual(["/srv/config/0.yaml", "/srv/config/1.yaml"]);
      expect(await onNode({ pods, port: "/dev/sprinklers", quietMs: 0 })).toEqual([
        fine("smart-aircons-cli"),
        fine("smart-aircons-cli"),
      ]);
    });

    test("K8: by the original's start lines, with its environment", patient, async () => {
      expect(await onNode({ pods: originals(), port: "/dev/ttyACM0", quietMs: 0 })).toEqual(allFine);
    });
  });

  describe("K5: with Mosquitto in the cluster and its access list", () => {
    const broker = parseManifests(
      readFileSync(join(import.meta.dirname, "../../kubernetes/overlays/mosquitto/mosquitto.yaml"), "utf8"),
    );
    const acl = find(broker, "ConfigMap", "mosquitto")?.data?.acl ?? "";
    // Nobody's, made for the occasion.
    const users = Object.fromEntries(
      [...acl.matchAll(/^user (.*)$/gm)].map(([, name = ""]) => [name, crypto.randomUUID()]),
    );
    const daemonsUsers = Object.fromEntries(
      ["sprinklers", "smart-aircons", "sensors"].map((username) => [
        `${username}-cli-mqtt`,
        { username, password: users[username] ?? "" },
      ]),
    );
    const pods = planned(readBase(), { ...hue, ...daemonsUsers });
    // Longer than the 5 s in which everything that is sent to one's own topics has to come back.
    const quietMs = 8_000;

    test("each daemon has what it needs, and complains of nothing", patient, async () => {
      expect(await onNode({ pods, users, acl, port: "/dev/sprinklers", quietMs })).toEqual(allFine);
    });

    test("a daemon that is denied a topic says which line is missing, once", patient, async () => {
      const line = "topic read home/inside/environment/+/temperature/get\n";
      const less = acl.replace(line, "").replace("topic readwrite home/outside/sprinklers/bank/+/+/set\n", "");
      expect(less.length).toBeLessThan(acl.length - line.length);
      const topics = [2, 3].flatMap((bank) => ["duration", "run", "state"].map((what) => `bank/${bank}/${what}/set`));
      const lines = topics.map((topic) => `topic readwrite ${sprinklers}/${topic}`);
      const sentence = "the broker's access list keeps topics from us; these lines are missing: ";
      const two = pods.filter(({ name }) => name !== "sensors-cli").map((pod) => ({ ...pod, asks: [] }));
      expect(await onNode({ pods: two, users, acl: less, port: "/dev/sprinklers", quietMs })).toEqual([
        { ...fine("sprinklers-cli"), complaints: [sentence + lines.join(", ")] },
        { ...fine("smart-aircons-cli"), complaints: [] },
      ]);
    });
  });
});
