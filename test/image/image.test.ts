import { globSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { suiteOnOwnNode } from "../kubernetes/node.ts";
import { allFine, originals } from "../kubernetes/planned.ts";
import { missing } from "../support/need.ts";
import { build, FOREIGN_IMAGE, layerSizes, makeBase, makeForeignBase, NODE_IMAGE, native } from "./base.ts";
import { house, imagesOf, inContainer, inContainers, nameOf, readOnly } from "./containers.ts";
import { figures } from "./figures.ts";
import { leave, run } from "./tools.ts";

const other = native === "amd64" ? "arm64" : "amd64";
/** e_machine of ELF files. */
const ELF_MACHINE = { amd64: 62, arm64: 183 };
const commands = ["sprinklers_cli", "smart_aircons_cli", "sensors_cli", "demo"];
const revision = "0123456789abcdef";
const { version } = manifest;

const needed = missing("buildah", "podman", "runc", "debootstrap", "mosquitto", "python3");
suiteOnOwnNode("the images", process.getuid?.() === 0 ? needed : "only root can make a base image", () => {
  beforeAll(async () => {
    await makeBase();
    for (const command of commands) {
      await build(nameOf(command), native, { CMD_NAME: command, VERSION: "1.2.3", REVISION: revision });
    }
  });

  afterAll(leave);

  const inspect = async (command: string) => JSON.parse(await run("podman", "image", "inspect", nameOf(command)))[0];
  /** What a program in an image prints. */
  const inside = (command: string, program: string, ...words: string[]) =>
    run("podman", "run", "--rm", "--network", "none", ...readOnly, "--entrypoint", program, nameOf(command), ...words);

  test.each(commands)(
    "%s: a user without root, an entry point, a health check, and labels that say what it is",
    async (command) => {
      const { Config: config, Healthcheck: health, Architecture } = await inspect(command);
      expect(Architecture).toBe(native);
      expect(config).toMatchObject({
        ...{ User: "1000", Entrypoint: ["/srv/entrypoint"], WorkingDir: "/srv", StopSignal: "SIGINT" },
        ExposedPorts: { "8080/tcp": {} },
        Env: expect.arrayContaining(["MQTT_THINGS_HEALTH_PORT=8080"]),
        Labels: {
          "org.opencontainers.image.title": `mqtt-things ${command}`,
          "org.opencontainers.image.licenses": "MIT",
          "org.opencontainers.image.version": "1.2.3",
          "org.opencontainers.image.revision": revision,
        },
      });
      expect(config.Cmd ?? []).toEqual([]);
      expect(health.Test).toEqual(["CMD", "/srv/healthcheck"]);
      expect(await inside(command, "id", "-Gn")).toBe("node dialout");
      // The original had a command in place of an entry point: its name may stand before the arguments.
      for (const before of [[], ["/srv/entrypoint"]]) {
        const given = [...readOnly, nameOf(command), ...before, "--version"];
        expect(await run("podman", "run", "--rm", "--network", "none", ...given)).toBe(`mqtt-things ${version}`);
      }
    },
  );

  test("all layers are shared but the last, and each is small enough for a Raspberry Pi", async () => {
    const layers = await Promise.all(
      commands.map(async (command) => (await inspect(command)).RootFS.Layers as string[]),
    );
    const [base = []] = [JSON.parse(await run("podman", "image", "inspect", NODE_IMAGE))[0].RootFS.Layers as string[]];
    const [first = []] = layers;
    for (const each of layers) expect(each.slice(0, -1)).toEqual(first.slice(0, -1));
    expect(new Set(layers.map((each) => each.at(-1))).size).toBe(commands.length);
    const sizes = await layerSizes(nameOf("sprinklers_cli"));
    const sum = (list: number[]) => list.reduce((total, size) => total + size, 0) / 1e6;
    say(`compressed: ${sum(sizes).toFixed(1)} MB, of which ours ${sum(sizes.slice(base.length)).toFixed(2)} MB`);
    expect(sum(sizes)).toBeLessThan(90);
    expect(sum(sizes.slice(base.length))).toBeLessThan(3);
  });

  test(`builds for ${other} on a base without a single program: nothing ran there`, async () => {
    await makeForeignBase(other);
    const image = "localhost/mqtt-things-foreign:test";
    await build(image, other, { CMD_NAME: "sprinklers_cli", NODE_IMAGE: FOREIGN_IMAGE, BUILD_IMAGE: NODE_IMAGE });
    expect(JSON.parse(await run("podman", "image", "inspect", image))[0].Architecture).toBe(other);
    const root = await run("podman", "image", "mount", image);
    const [module, ...more] = globSync(
      `${root}/srv/mqtt-things/node_modules/@serialport/bindings-cpp/prebuilds/*/*.node`,
    );
    const machine = readFileSync(module ?? "").readUInt16LE(18);
    await run("podman", "image", "unmount", image);
    expect(more).toEqual([]);
    expect(machine).toBe(ELF_MACHINE[other]);
  });

  test("each daemon lives, obeys and goes with a read-only root, as the manifests start it, and by SIGTERM", async () => {
    expect(await inContainers(house())).toEqual(allFine);
  });

  test("K8: so do the original's, only the image changed, and by SIGINT", async () => {
    const plan = { ...house(), pods: imagesOf(originals()), port: "/dev/ttyACM0", signal: "SIGINT" } as const;
    expect(await inContainers(plan)).toEqual(allFine);
  });

  test("a serial port that is root's and dialout's is opened because the image's /etc/group says so", async () => {
    const [sprinklers] = house().pods;
    const plan = { ...house(), pods: sprinklers ? [sprinklers] : [] };
    // Naming a group keeps the file from being asked.
    await expect(inContainers(plan, "--user", "1000:1000")).rejects.toThrow(/no permission to open \/dev\/sprinklers/);
  });

  test("the demo runs in its image, and its health check is content with it", async () => {
    const given = [
      "--name",
      "demo",
      "--replace",
      "--network",
      "none",
      ...readOnly,
      "--cap-drop",
      "all",
      nameOf("demo"),
    ];
    await using demo = inContainer(given);
    await demo.untilLog("ready. Try", 60_000);
    await run("podman", "exec", "demo", "/srv/healthcheck");
    await run("podman", "exec", "--env", "MQTT_THINGS_HEALTH_PORT=1", "demo", "/srv/healthcheck").then(
      () => expect.fail("nobody is there"),
      () => {},
    );
    demo.signal("SIGTERM");
    expect(await demo.exited).toMatchObject({ code: 0 });
  });

  test("a container needs little more memory and time than its Node, and than the daemon outside", async () => {
    const { idleMb, bareMb, containerMs, processMs } = await figures();
    const sumMb = idleMb.reduce((sum, mb) => sum + mb, 0);
    const each = idleMb.map((mb) => mb.toFixed(1)).join(" + ");
    say(`memory: ${each} MB, a bare Node ${bareMb.toFixed(1)} MB: 3 × ${(sumMb / 3 / bareMb).toFixed(2)}`);
    const [there, here] = [containerMs.toFixed(0), processMs.toFixed(0)];
    say(`start: ${there} ms, outside ${here} ms: ${(containerMs / processMs).toFixed(2)} ×`);
    expect(sumMb).toBeLessThanOrEqual(3 * 1.7 * bareMb);
    expect(containerMs).toBeLessThanOrEqual(1.2 * processMs);
  });
});

const say = (text: string) => void process.stderr.write(`${text}\n`);
