import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startFakeBridge } from "../../devices/sensors/hue/fake-bridge.ts";
import { startFakeBroadlink } from "../../src/broadlink/fake.ts";
import { startAedes } from "../support/broker.ts";
import { startMosquitto } from "../support/mosquitto.ts";
import { suite } from "../support/need.ts";
import { connectPerson } from "../support/person.ts";
import { startDaemon } from "../support/process.ts";
import { base, bridgeBase } from "./lived-in.ts";

suite("the daemon as a process, on Mosquitto", ["mosquitto"], () => {
  test("is started as the original was, survives its broker, and says goodbye", { timeout: 60_000 }, async () => {
    await using broker = await startMosquitto();
    await using bridge = await startFakeBridge({ kind: "round" });
    await using rm4 = await startFakeBroadlink({ name: "Kate's Cellar" });
    await using person = await connectPerson(broker.url);
    const units = ["-broadlinkHost", `${rm4.host}:${rm4.port}`];
    const original = ["-host", `127.0.0.1:${broker.port}`, "-apiKey", bridge.key, "-bridgeHost"];
    await using daemon = startDaemon(["sensors", ...original, `${bridge.host}:${bridge.port}`, ...units]);
    await person.until(`${base}/hall/temperature/get`, "23.39");
    await person.until(`${base}/kates-cellar/humidity/get`, "48.65");
    await person.until(`${base}/hall/availability/get`, "online");

    await broker.kill();
    bridge.house.walk("Hallway");
    const back = person.next(`${base}/hall/presence/get`, "1");
    await broker.start();
    await back;
    expect(await person.retained(`${base}/kates-cellar/#`)).toContainEqual([
      `${base}/kates-cellar/temperature/get`,
      "21.37",
    ]);

    daemon.signal("SIGINT");
    const { code, ms } = await daemon.exited;
    expect([code, ms < 5_000]).toEqual([0, true]);
    await person.until(`${base}/hall/availability/get`, "offline");
    await person.until("mqtt-things/sensors/main/availability/get", "offline");
    expect(daemon.log()).not.toContain(bridge.key);
  });

  test("leaves within 5 s while bridge and unit are silent", { timeout: 60_000 }, async () => {
    await using broker = await startMosquitto();
    await using bridge = await startFakeBridge({ kind: "round" });
    await using rm4 = await startFakeBroadlink();
    await using person = await connectPerson(broker.url);
    bridge.faults.silent = true;
    rm4.faults.silent = true;
    const unit = ["-broadlinkHost", `${rm4.host}:${rm4.port}`];
    const argv = [
      "-host",
      `127.0.0.1:${broker.port}`,
      "-apiKey",
      bridge.key,
      "-bridgeHost",
      `127.0.0.1:${bridge.port}`,
    ];
    await using daemon = startDaemon(["sensors", ...argv, ...unit]);
    await person.until(`${bridgeBase}/connectivity/get`, "0", 30_000);
    daemon.signal("SIGTERM");
    const { code, ms } = await daemon.exited;
    expect([code, ms < 5_000]).toEqual([0, true]);
  });
});

/** Says at exit which of these of Node's own modules a process has loaded. */
const spy = `process.on("exit", () => console.error("loaded: " +
  ["dgram", "http", "https", "tls"].filter((name) => process.moduleLoadList.includes("NativeModule " + name)).join()));`;

/** Which of them a daemon has loaded that shows this and has been stopped. */
async function loadedBy(keys: string, shows: string): Promise<string> {
  await using folder = await mkdtempDisposable(join(tmpdir(), "sensors-"));
  await using broker = await startAedes();
  await using person = await connectPerson(broker.url, { protocolVersion: 4 });
  const [file, before] = [join(folder.path, "sensors.yaml"), join(folder.path, "before.cjs")];
  await writeFile(file, `mqtt: { url: "${broker.url}" }\n${keys}\n`);
  await writeFile(before, spy);
  const env = { NODE_OPTIONS: `--require=${before}` };
  await using daemon = startDaemon(["sensors", "--config", file], { env });
  // A busy machine takes its time.
  await person.until(shows, /./, 30_000);
  daemon.signal("SIGTERM");
  await daemon.exited;
  return /loaded: (.*)/.exec(daemon.log())?.[1] ?? "nothing was said";
}

test("a house without a bridge loads neither TLS nor HTTP, and one without units no UDP", {
  timeout: 90_000,
}, async () => {
  await using bridge = await startFakeBridge();
  await using rm4 = await startFakeBroadlink({ name: "Cellar" });
  const units = `broadlink: { hosts: ["${rm4.host}:${rm4.port}"] }`;
  expect(await loadedBy(units, `${base}/cellar/temperature/get`)).toBe("dgram");
  const hue = `hue: { host: "${bridge.host}:${bridge.port}", key: ${bridge.key} }`;
  const loaded = await loadedBy(hue, `${bridgeBase}/problem/get`);
  expect(loaded).toContain("tls");
  expect(loaded).not.toContain("dgram");
});
