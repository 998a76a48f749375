import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { untilAllThere } from "../support/back.ts";
import { startAedes } from "../support/broker.ts";
import { pass, virtualClock } from "../support/clock.ts";
import { startDaemon } from "../support/process.ts";
import { openRaw } from "../support/raw-mqtt.ts";
import { published, startTinyBroker } from "../support/tiny-broker.ts";
import { runToy, topics } from "../support/toy.ts";

const script = join(import.meta.dirname, "../support/toy-main.ts");

describe.concurrent("what a daemon says when it connects", () => {
  it("is not called after its host: a pod has another name each time", async () => {
    await using broker = await startTinyBroker();
    const pod = { HOSTNAME: "toy-7f9c", KUBERNETES_SERVICE_HOST: "10.0.0.1" };
    await using _toy = startDaemon(["-host", `127.0.0.1:${broker.port}`], { script, env: pod });
    await broker.until(() => broker.sessions[0]?.connect !== undefined);
    expect(broker.sessions[0]?.connect?.clientId).toBe("mqtt-things-toy-main");
  });

  it("names itself after daemon and instance, starts clean, expires after 5 s, and its will waits as long (MQTT 5)", async () => {
    await using broker = await startTinyBroker();
    await using _toy = runToy(broker.url, {
      mqtt: { username: "anna", password: "secret" },
      config: { instance: "back-garden" },
    });
    await broker.until(() => broker.sessions[0]?.connect !== undefined);
    const connect = broker.sessions[0]?.connect;
    expect(connect).toMatchObject({
      protocolVersion: 5,
      clientId: "mqtt-things-toy-back-garden",
      clean: true,
      keepalive: 10,
      username: "anna",
      properties: { sessionExpiryInterval: 5 },
      will: {
        topic: "mqtt-things/toy/back-garden/availability/get",
        qos: 1,
        retain: true,
        properties: { willDelayInterval: 5 },
      },
    });
    expect(connect?.password?.toString()).toBe("secret");
    expect(connect?.will?.payload.toString()).toBe("offline");
  });

  it("puts the instance into its discovery topics and ids", async () => {
    await using broker = await startTinyBroker();
    await using _toy = runToy(broker.url, { config: { instance: "back-garden" } });
    const documents = () => published(broker.sessions[0]).filter(({ topic }) => topic.startsWith("homeassistant/"));
    await broker.until(() => documents().length === 1);
    const [document] = documents();
    expect(document?.topic).toBe("homeassistant/device/mqtt-things_toy_back-garden_lamp/config");
    expect(JSON.parse(document?.payload ?? "").device.identifiers).toEqual(["mqtt-things_toy_back-garden_lamp"]);
    expect(document?.payload).toContain('"unique_id":"mqtt-things_toy_back-garden_lamp_on"');
  });

  it("has two levels of availability, and both have to be online", async () => {
    await using broker = await startTinyBroker();
    await using _toy = runToy(broker.url);
    const document = () => published(broker.sessions[0]).find(({ topic }) => topic === topics.document);
    await broker.until(() => document() !== undefined);
    expect(JSON.parse(document()?.payload ?? "")).toMatchObject({
      availability_mode: "all",
      availability: [{ topic: topics.daemon }, { topic: topics.availability }],
    });
  });

  it("asks for live messages without the retain flag and for retained ones at each subscription (rap 0, rh 0)", async () => {
    await using broker = await startTinyBroker();
    await using _toy = runToy(broker.url);
    const wishes = () =>
      broker.sessions.flatMap(({ packets }) => packets.flatMap((p) => (p.cmd === "subscribe" ? p.subscriptions : [])));
    await broker.until(() => wishes().some(({ topic }) => topic === topics.setOn));
    for (const wish of wishes()) expect(wish).toMatchObject({ nl: false, rap: false, rh: 0 });
  });
});

it("a broker that refuses us is asked again every second, however long it does", async () => {
  const clock = virtualClock();
  const asked: number[] = [];
  await using broker = await startTinyBroker((packet, session) => {
    if (packet.cmd !== "connect") return undefined;
    asked.push(clock.monotonicMs());
    session.send({ cmd: "connack", sessionPresent: false, returnCode: 136, reasonCode: 136 });
    return true;
  });
  await using _mqtt = openRaw(broker.port, clock);
  await pass(clock, 60_000);
  expect(asked.length).toBeGreaterThan(50);
  expect(Math.max(...asked.slice(1).map((at, i) => at - (asked[i] ?? 0)))).toBeLessThan(2_000);
});

describe.concurrent("a broker that does not speak MQTT 5", () => {
  for (const code of [1, 132]) {
    it(`is asked again in 3.1.1 at once when it answers ${code}, and never in 5 again`, async () => {
      await using broker = await startTinyBroker((packet, session) => {
        if (packet.cmd !== "connect") return undefined;
        if (packet.protocolVersion !== 5) return undefined;
        session.send({ cmd: "connack", sessionPresent: false, returnCode: code, reasonCode: code });
        session.socket.end();
        return true;
      });
      await using toy = runToy(broker.url);
      await toy.logged.until("connected to the broker");
      broker.sessions[1]?.socket.destroy();
      await broker.until(() => broker.sessions[2]?.connect !== undefined);
      expect(broker.sessions.map(({ connect }) => connect?.protocolVersion)).toEqual([5, 4, 4]);
      // At once: it was no failure that is complained of and waited for.
      expect(toy.logged.said("warn").filter((line) => line.includes("can't be reached"))).toEqual([]);
      expect(broker.sessions[1]?.connect).toMatchObject({ clientId: "mqtt-things-toy-main", clean: true });
      expect(broker.sessions[1]?.connect?.will?.properties).toBeUndefined();
    });
  }

  it("gets everything, obeys, and gets everything back after a restart that forgot it (aedes)", async () => {
    const options = { protocolVersion: 4 } as const;
    const first = await startAedes();
    await using toy = runToy(first.url);
    await untilAllThere(first.url, toy, options);
    await first[Symbol.asyncDispose]();
    await using second = await startAedes({ port: first.port });
    expect(await untilAllThere(second.url, toy, options)).toBeLessThan(10_000);
  });
});
