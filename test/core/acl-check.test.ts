import { describe, expect, it } from "vitest";
import { startAedes } from "../support/broker.ts";
import { virtualClock } from "../support/clock.ts";
import { openRaw } from "../support/raw-mqtt.ts";
import { published, startTinyBroker } from "../support/tiny-broker.ts";
import { runToy, topics } from "../support/toy.ts";

const missing = (...lines: string[]) =>
  `the broker's access list keeps topics from us; these lines are missing: ${lines.join(", ")}`;
const ignore = () => {};

describe.concurrent("what a broker keeps from us", () => {
  it("is one error when it refuses subscriptions, with the lines its access list lacks", async () => {
    const denied = [topics.setOn, "homeassistant/status", topics.input, topics.level];
    await using broker = await startAedes({
      authorizeSubscribe: (_client, wish, done) => done(null, denied.includes(wish.topic) ? null : wish),
    });
    await using toy = runToy(broker.url);
    await toy.logged.until("access list");
    expect(toy.logged.said("warn", "error")).toEqual([
      missing(
        "topic read home/other/lamp",
        "topic read homeassistant/status",
        "topic readwrite home/toy/lamp/level/get",
        "topic readwrite home/toy/lamp/on/set",
      ),
    ]);
  });

  it("is one error when what we write does not come back, however often we connect", async () => {
    const clock = virtualClock();
    const swallowed = new Set(["a/set", "raw/value"]);
    await using broker = await startTinyBroker((packet, { send }) => {
      if (packet.cmd !== "publish" || !swallowed.has(packet.topic)) return false;
      send({ cmd: "puback", messageId: packet.messageId ?? 0, reasonCode: 0 });
      return true;
    });
    await using mqtt = openRaw(broker.port, clock);
    const { signal } = new AbortController();
    mqtt.publish("availability", "raw/value", "online");
    void mqtt.subscribe(["a/set", "b/set"], ignore, signal, "command");
    void mqtt.subscribe(["raw/value"], ignore, signal, "value");
    for (const n of [0, 1, 2]) {
      await broker.until(() => published(broker.sessions[n]).length >= 3);
      await mqtt.delivered("raw/value");
      await clock.settle();
      await clock.advance(4_900);
      expect(mqtt.logged.said("error")).toHaveLength(n === 0 ? 0 : 1);
      await clock.advance(200);
      expect(mqtt.logged.said("error")).toEqual([missing("topic readwrite a/set", "topic readwrite raw/value")]);
      broker.sessions[n]?.socket.destroy();
      await mqtt.connected.until((yes) => !yes, AbortSignal.timeout(5_000));
      await clock.settle();
      await clock.advance(1_000);
    }
    const probes = published(broker.sessions[1]).filter(({ topic }) => topic.endsWith("/set"));
    expect(probes).toEqual([
      { topic: "a/set", payload: "" },
      { topic: "b/set", payload: "" },
    ]);
  });

  it("is not asked while it says nothing at all: a mute broker is no access list", async () => {
    const clock = virtualClock();
    await using broker = await startTinyBroker((packet) => packet.cmd === "publish");
    await using mqtt = openRaw(broker.port, clock);
    const { signal } = new AbortController();
    mqtt.publish("availability", "raw/value", "online");
    void mqtt.subscribe(["a/set"], ignore, signal, "command");
    void mqtt.subscribe(["raw/value"], ignore, signal, "value");
    await broker.until(() => published(broker.sessions[0]).length >= 2);
    await clock.advance(60_000);
    expect(mqtt.logged.said("error", "warn")).toEqual([]);
    const closing = mqtt[Symbol.asyncDispose]();
    await clock.advance(1_000);
    await closing;
  });

  it("names a dozen topics and counts the rest", async () => {
    const clock = virtualClock();
    await using broker = await startTinyBroker((packet, { send }) => {
      if (packet.cmd !== "subscribe") return false;
      send({ cmd: "suback", messageId: packet.messageId ?? 0, granted: packet.subscriptions.map(() => 0x87) });
      return true;
    });
    await using mqtt = openRaw(broker.port, clock);
    const names = Array.from({ length: 20 }, (_, n) => `t/${String(n).padStart(2, "0")}`);
    void mqtt.subscribe(names, ignore, new AbortController().signal, "foreign");
    await mqtt.connected.until((yes) => yes, AbortSignal.timeout(5_000));
    await clock.advance(6_000);
    expect(mqtt.logged.said("error")).toEqual([
      `${missing(...names.slice(0, 12).map((name) => `topic read ${name}`))}, and 8 more`,
    ]);
  });

  it("is told once of a value that it refuses in MQTT 5", async () => {
    const clock = virtualClock();
    await using broker = await startTinyBroker((packet, { send }) => {
      if (packet.cmd !== "publish") return false;
      send({ cmd: "puback", messageId: packet.messageId ?? 0, reasonCode: 0x87 });
      return true;
    });
    await using mqtt = openRaw(broker.port, clock);
    mqtt.publish("state", "s/get", "1");
    await mqtt.delivered("s/get");
    mqtt.publish("state", "s/get", "2");
    await mqtt.delivered("s/get");
    await clock.advance(11_000);
    expect(mqtt.logged.said("error")).toEqual([missing("topic readwrite s/get")]);
  });
});
