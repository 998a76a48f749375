import { describe, expect, it } from "vitest";
import { virtualClock } from "../support/clock.ts";
import { heldMiB } from "../support/memory.ts";
import { openRaw } from "../support/raw-mqtt.ts";
import { published, type Session, startTinyBroker } from "../support/tiny-broker.ts";
import { runToy, topics } from "../support/toy.ts";

const timesSent = (session: Session | undefined) => {
  const counts = new Map<string, number>();
  for (const { topic } of published(session)) counts.set(topic, (counts.get(topic) ?? 0) + 1);
  return counts;
};

describe("values on their way to the broker", () => {
  it("are sent once a topic after an hour without a broker and an update a second, and nothing piles up meanwhile", async () => {
    const clock = virtualClock();
    let away = false;
    await using broker = await startTinyBroker((packet, session) => {
      if (packet.cmd === "connect" && away) session.socket.destroy();
      return away;
    });
    await using toy = runToy(broker.url, { clock, level: "info" });
    await broker.until(() => timesSent(broker.sessions[0]).has(topics.daemon));
    for (let i = 0; i < 20 && !timesSent(broker.sessions[0]).has(topics.level); i++) await clock.advance(500);
    away = true;
    broker.sessions[0]?.socket.destroy();
    await broker.until(() => broker.open() === 0);

    const update = async (n: number) => {
      toy.lamp.report.set({ available: true, state: { on: "OFF", level: String(n % 11), count: String(n) } });
      await clock.advance(1_000);
    };
    let beforeMiB = 0;
    let attempts = 0;
    for (let second = 1; second <= 3_600; second++) {
      await update(second);
      // Else the test itself would hold thousands of attempts.
      attempts += broker.sessions.splice(0, broker.sessions.length - 1).length;
      if (second === 600) beforeMiB = heldMiB();
    }
    expect(attempts).toBeGreaterThan(1_000);
    // A queue of values would be 10 MiB and more.
    expect(heldMiB() - beforeMiB).toBeLessThan(5);

    away = false;
    const back = broker.sessions.length;
    for (let i = 0; i < 100 && !timesSent(broker.sessions.at(-1)).has(topics.count); i++) {
      await clock.advance(100);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const last = broker.sessions.slice(back).find((session) => timesSent(session).has(topics.count));
    await broker.until(() => timesSent(last).has(topics.level));
    for (const [topic, times] of timesSent(last)) expect([topic, times]).toEqual([topic, 1]);
    const values = new Map(published(last).map(({ topic, payload }) => [topic, payload]));
    expect([values.get(topics.level), values.get(topics.count)]).toEqual([String(3_600 % 11), "3600"]);
  }, 60_000);

  it("don't pile up behind a broker that has stopped answering, and the last ones arrive when it goes on", async () => {
    const held: (() => void)[] = [];
    let frozen = false;
    await using broker = await startTinyBroker((packet, session) => {
      if (!frozen || packet.cmd !== "publish") return undefined;
      held.push(() => session.send({ cmd: "puback", messageId: packet.messageId ?? 0, reasonCode: 0 }));
      return true;
    });
    await using mqtt = openRaw(broker.port);
    await mqtt.connected.until((yes) => yes, AbortSignal.timeout(5_000));
    frozen = true;
    for (let n = 0; n < 100_000; n++) mqtt.publish("state", `value/${n % 50}`, String(n));
    mqtt.publish("state", "last", "1");
    await broker.until(() => held.length >= 16);
    const before = published(broker.sessions[0]).length;
    for (let n = 0; n < 1_000; n++) mqtt.publish("state", `value/${n % 50}`, `later ${n}`);
    expect(published(broker.sessions[0])).toHaveLength(before);
    expect(before).toBe(16);
    frozen = false;
    for (const acknowledge of held) acknowledge();
    await mqtt.delivered("last");
    const values = new Map(published(broker.sessions[0]).map(({ topic, payload }) => [topic, payload]));
    expect(Math.max(...timesSent(broker.sessions[0]).values())).toBeLessThanOrEqual(2);
    for (let n = 950; n < 1_000; n++) expect(values.get(`value/${n % 50}`)).toBe(`later ${n}`);
  });

  it("go out as documents, then availability, then state, whatever order they were set in", async () => {
    await using broker = await startTinyBroker();
    await using mqtt = openRaw(broker.port);
    mqtt.publish("state", "s1", "1");
    mqtt.publish("availability", "a1", "1");
    mqtt.publish("discovery", "d1", "1");
    mqtt.publish("state", "s2", "1");
    mqtt.publish("discovery", "d2", "1");
    await broker.until(() => published(broker.sessions[0]).length === 5);
    expect(published(broker.sessions[0]).map(({ topic }) => topic)).toEqual(["d1", "d2", "a1", "s1", "s2"]);
    mqtt.repeat();
    await broker.until(() => published(broker.sessions[0]).length === 10);
    expect(
      published(broker.sessions[0])
        .map(({ topic }) => topic)
        .slice(5),
    ).toEqual(["d1", "d2", "a1", "s1", "s2"]);
  });

  it("are called neither refused nor delivered because a connection ends with them on the way", async () => {
    await using broker = await startTinyBroker((packet) => packet.cmd === "publish");
    await using mqtt = openRaw(broker.port);
    for (let n = 0; n < 40; n++) mqtt.publish("state", `value/${n}`, "1");
    await broker.until(() => published(broker.sessions[0]).length === 16);
    let delivered = false;
    void mqtt.delivered("value/0").then(() => {
      delivered = true;
    });
    broker.sessions[0]?.socket.destroy();
    await broker.until(() => published(broker.sessions[1]).length === 16);
    const troubles = mqtt.logged.said("warn", "error");
    expect(troubles).toEqual(["the connection to the broker is lost"]);
    expect(delivered).toBe(false);
  });

  it("that are cleared are sent as cleared once, and are not remembered", async () => {
    await using broker = await startTinyBroker();
    await using mqtt = openRaw(broker.port);
    mqtt.publish("state", "old", "");
    await mqtt.connected.until((yes) => yes, AbortSignal.timeout(5_000));
    await mqtt.delivered("old");
    mqtt.repeat();
    mqtt.publish("state", "new", "1");
    await mqtt.delivered("new");
    expect(published(broker.sessions[0])).toEqual([
      { topic: "old", payload: "" },
      { topic: "new", payload: "1" },
    ]);
  });

  it("don't include events: those are lost while there is no broker", async () => {
    await using broker = await startTinyBroker();
    await using mqtt = openRaw(broker.port);
    mqtt.emit("button", "lost");
    await mqtt.connected.until((yes) => yes, AbortSignal.timeout(5_000));
    mqtt.emit("button", "press");
    await broker.until(() => published(broker.sessions[0]).length > 0);
    const [event] = (broker.sessions[0]?.packets ?? []).filter(({ cmd }) => cmd === "publish");
    expect(event).toMatchObject({ topic: "button", qos: 0, retain: false });
    expect(published(broker.sessions[0])).toEqual([{ topic: "button", payload: "press" }]);
  });
});
