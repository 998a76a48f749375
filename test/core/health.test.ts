import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { Fatal } from "../../src/fatal.ts";
import { metrics } from "../../src/metrics.ts";
import { virtualClock } from "../support/clock.ts";
import { freePort } from "../support/ports.ts";
import { startTinyBroker } from "../support/tiny-broker.ts";
import { type RunningToy, runToy, topics, toyDaemon } from "../support/toy.ts";

const config = { health_port: 0, health_host: "127.0.0.1" };

async function get(toy: RunningToy, page: string): Promise<[status: number, body: string]> {
  const response = await fetch(`http://127.0.0.1:${await toy.healthPort}${page}`);
  return [response.status, await response.text()];
}

describe("the health endpoint", () => {
  it("says alive but not ready while there is no broker", async () => {
    await using toy = runToy(`mqtt://127.0.0.1:${await freePort()}`, { config });
    await toy.logged.until("can't be reached");
    expect(await get(toy, "/livez")).toEqual([200, "ok\n"]);
    expect(await get(toy, "/readyz")).toEqual([503, "not connected to the broker\n"]);
    expect(await get(toy, "/else")).toEqual([404, "try /livez /readyz /metrics\n"]);
  });

  it("says ready while connected, and no more once the connection is lost", async () => {
    await using broker = await startTinyBroker();
    await using toy = runToy(broker.url, { config });
    await toy.logged.until("connected to the broker");
    expect(await get(toy, "/readyz?verbose")).toEqual([200, "ok\n"]);
    await broker[Symbol.asyncDispose]();
    await toy.logged.until("connection to the broker is lost");
    expect((await get(toy, "/readyz"))[0]).toBe(503);
    expect((await get(toy, "/livez"))[0]).toBe(200);
  });

  it("is not ready while the broker accepts us and answers no subscription", async () => {
    await using broker = await startTinyBroker((packet) => packet.cmd === "subscribe");
    await using toy = runToy(broker.url, { config });
    await broker.until(() => broker.sessions[0]?.packets.some(({ cmd }) => cmd === "subscribe") ?? false);
    expect((await get(toy, "/readyz"))[0]).toBe(503);
  });

  it("says dead when a loop of the daemon has not turned for 30 s, and names it", async () => {
    const clock = virtualClock();
    const daemon: typeof toyDaemon = (devices) => ({
      ...toyDaemon(devices),
      open: ({ signal, pulse }) => {
        pulse.loop("pump");
        return devices.values(signal);
      },
    });
    await using toy = runToy(`mqtt://127.0.0.1:${await freePort()}`, { config, clock, daemon });
    await toy.healthPort;
    await clock.advance(29_000);
    expect((await get(toy, "/livez"))[0]).toBe(200);
    await clock.advance(2_000);
    expect(await get(toy, "/livez")).toEqual([503, "stuck: pump\n"]);
  });

  it("counts messages, commands by outcome, connects, devices and how long commands took", async () => {
    await using broker = await startTinyBroker();
    await using toy = runToy(broker.url, { config });
    const session = () => broker.sessions[0];
    await broker.until(
      () => session()?.packets.some((p) => p.cmd === "publish" && p.topic === topics.availability) ?? false,
    );
    for (const [payload, retain] of [
      ["ON", false],
      ["EXPLODE", false],
      ["ON", true],
    ] as const) {
      session()?.send({ cmd: "publish", topic: topics.setOn, payload, qos: 0, retain, dup: false });
    }
    await toy.logged.until("a retained command");
    const [status, text] = await get(toy, "/metrics");
    expect(status).toBe(200);
    for (const line of [
      'mqtt_things_commands_total{outcome="done"} 1',
      'mqtt_things_commands_total{outcome="refused"} 1',
      'mqtt_things_commands_total{outcome="replayed"} 1',
      "mqtt_things_connects_total 1",
      "mqtt_things_broker_connected 1",
      'mqtt_things_device_up{device="lamp"} 1',
      "mqtt_things_command_seconds_count 1",
      'mqtt_things_command_seconds_bucket{le="10"} 1',
      'mqtt_things_command_seconds_bucket{le="+Inf"} 1',
    ]) {
      expect(text.split("\n")).toContain(line);
    }
    expect(text).toMatch(/^mqtt_things_messages_total\{direction="in"\} \d+$/m);
    expect(text).toMatch(/^mqtt_things_messages_total\{direction="out"\} \d+$/m);
    toy.devices.set([]);
    await broker.until(() => session()?.packets.at(-1)?.cmd === "publish");
    while ((await get(toy, "/metrics"))[1].includes("device_up{")) await broker.until(() => true);
  });

  it("is off unless asked for", async () => {
    await using broker = await startTinyBroker();
    await using toy = runToy(broker.url);
    await toy.logged.until("connected to the broker");
    expect(toy.logged.text()).not.toContain("health endpoint");
  });

  it("on a port that is taken ends the daemon with a sentence", async () => {
    const taken = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => taken.listen(port, "127.0.0.1", resolve));
    await using toy = runToy("mqtt://127.0.0.1:1", { config: { ...config, health_port: port } });
    const error = await toy.ended.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Fatal);
    expect(String(error)).toContain(`health_port: port ${port} is in use`);
    taken.close();
  });
});

describe("metrics", () => {
  it("are in Prometheus' text format, with a help and a type for each name and labels that can't break it", () => {
    const counters = metrics();
    counters.gauge("mqtt_things_device_up", { device: 'a"b\\c\nd' }, 1);
    counters.observeCommand(0.02);
    counters.observeCommand(20);
    const lines = counters.text().trimEnd().split("\n");
    for (const line of lines) {
      expect(line).toMatch(/^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="[^"\\\n]*"\})? [\d.e+-]+)$/);
    }
    expect(lines).toContain('mqtt_things_command_seconds_bucket{le="0.01"} 0');
    expect(lines).toContain('mqtt_things_command_seconds_bucket{le="0.025"} 1');
    expect(lines).toContain('mqtt_things_command_seconds_bucket{le="10"} 1');
    expect(lines).toContain('mqtt_things_command_seconds_bucket{le="+Inf"} 2');
    expect(lines).toContain("mqtt_things_command_seconds_sum 20.02");
  });
});
