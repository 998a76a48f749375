import type { IPublishPacket } from "mqtt-packet";
import { describe, expect, it } from "vitest";
import { isFilter, matcher } from "../../src/topic-filter.ts";
import { virtualClock } from "../support/clock.ts";
import { openRaw } from "../support/raw-mqtt.ts";
import { type Session, startTinyBroker } from "../support/tiny-broker.ts";

const asked = (session: Session | undefined) =>
  (session?.packets ?? []).flatMap((p) => (p.cmd === "subscribe" ? p.subscriptions.map(({ topic }) => topic) : []));
const unasked = (session: Session | undefined) =>
  (session?.packets ?? []).flatMap((p) => (p.cmd === "unsubscribe" ? p.unsubscriptions : []));
const message = (topic: string, payload: string | Buffer, retain = false): IPublishPacket => ({
  ...{ cmd: "publish", qos: 0, dup: false },
  ...{ topic, payload, retain },
});
const ignore = () => {};
const soon = () => AbortSignal.timeout(5_000);

describe("a subscription", () => {
  it("that is made while the broker still answers the first ones is asked for on the same connection", async () => {
    const answers: (() => void)[] = [];
    await using broker = await startTinyBroker((packet, { send }) => {
      if (packet.cmd !== "subscribe") return false;
      const granted = packet.subscriptions.map(({ qos }) => qos);
      answers.push(() => send({ cmd: "suback", messageId: packet.messageId ?? 0, granted }));
      return true;
    });
    await using mqtt = openRaw(broker.port);
    const done = new AbortController();
    void mqtt.subscribe(["first"], ignore, done.signal, "foreign");
    await broker.until(() => asked(broker.sessions[0]).includes("first"));
    const second = mqtt.subscribe(["second"], ignore, done.signal, "foreign");
    await broker.until(() => asked(broker.sessions[0]).includes("second"));
    expect(mqtt.connected.get()).toBe(false);
    for (const answer of answers) answer();
    await second;
    await mqtt.connected.until((yes) => yes, soon());
    expect(asked(broker.sessions[0])).toEqual(["first", "second"]);
  });

  it("that is never answered costs the connection, and is asked for again on the next", async () => {
    const clock = virtualClock();
    let mute = true;
    await using broker = await startTinyBroker((packet) => mute && packet.cmd === "subscribe");
    await using mqtt = openRaw(broker.port, clock);
    void mqtt.subscribe(["a"], ignore, new AbortController().signal, "foreign");
    await broker.until(() => asked(broker.sessions[0]).includes("a"));
    await clock.advance(4_900);
    expect(broker.open()).toBe(1);
    await clock.advance(200);
    await broker.until(() => broker.open() === 0);
    await clock.settle();
    expect(mqtt.connected.get()).toBe(false);
    expect(mqtt.logged.text()).toContain("the broker does not answer our subscriptions");
    mute = false;
    await clock.advance(1_000);
    await mqtt.connected.until((yes) => yes, soon());
    expect(asked(broker.sessions[1])).toEqual(["a"]);
  });

  it("may be shared: who leaves does not take it from the others, the last one ends it", async () => {
    await using broker = await startTinyBroker();
    await using mqtt = openRaw(broker.port);
    const heard: string[] = [];
    const [one, two] = [new AbortController(), new AbortController()];
    await mqtt.subscribe(["t"], ({ payload }) => void heard.push(`one ${payload}`), one.signal, "foreign");
    await mqtt.subscribe(["t"], ({ payload }) => void heard.push(`two ${payload}`), two.signal, "foreign");
    const say = async (payload: string) => {
      broker.sessions[0]?.send(message("t", payload));
      broker.sessions[0]?.send(message("fence", payload));
    };
    const fence = async (payload: string) => {
      const through = Promise.withResolvers<void>();
      const end = new AbortController();
      const passed = () => through.resolve();
      await mqtt.subscribe(["fence"], passed, end.signal, "foreign");
      await say(payload);
      await through.promise;
      end.abort();
    };
    await fence("1");
    one.abort();
    await fence("2");
    expect(heard).toEqual(["one 1", "two 1", "two 2"]);
    expect(unasked(broker.sessions[0])).not.toContain("t");
    two.abort();
    await broker.until(() => unasked(broker.sessions[0]).includes("t"));
  });

  it("that ends while there is no connection is not asked for on the next", async () => {
    await using broker = await startTinyBroker();
    await using mqtt = openRaw(broker.port);
    const [stays, goes] = [new AbortController(), new AbortController()];
    const going = mqtt.subscribe(["goes"], ignore, goes.signal, "foreign");
    void mqtt.subscribe(["stays"], ignore, stays.signal, "foreign");
    goes.abort();
    await going;
    await mqtt.connected.until((yes) => yes, soon());
    expect(asked(broker.sessions[0])).toEqual(["stays"]);
  });

  it("hands on nothing that is read after the process stood still, and is renewed on a new connection", async () => {
    const clock = virtualClock();
    await using broker = await startTinyBroker();
    await using mqtt = openRaw(broker.port, clock);
    const heard: string[] = [];
    await mqtt.subscribe(
      ["a"],
      ({ payload }) => void heard.push(`${payload}`),
      new AbortController().signal,
      "foreign",
    );
    await mqtt.connected.until((yes) => yes, soon());
    // No timer has had its turn yet.
    clock.jump(4_000);
    broker.sessions[0]?.send(message("a", "old"));
    await mqtt.logged.until("this process stood still for 4 s");
    expect(heard).toEqual([]);
    await clock.advance(1_000);
    await broker.until(() => asked(broker.sessions[1]).includes("a"));
    broker.sessions[1]?.send(message("a", "new"));
    await mqtt.logged.until('"payload":"new"');
    expect(heard).toEqual(["new"]);
  });

  it("whose handler throws is logged, and the others go on", async () => {
    await using broker = await startTinyBroker();
    await using mqtt = openRaw(broker.port);
    const heard = Promise.withResolvers<string>();
    const { signal } = new AbortController();
    const broken = () => {
      throw new Error("handler is broken");
    };
    await mqtt.subscribe(["t"], broken, signal, "foreign");
    await mqtt.subscribe(["t"], ({ payload }) => heard.resolve(payload.toString()), signal, "foreign");
    broker.sessions[0]?.send(message("t", "1"));
    expect(await heard.promise).toBe("1");
    expect(mqtt.logged.text()).toContain("handler is broken");
  });

  it("to something that is no topic is refused by us, and does not take the others with it", async () => {
    await using broker = await startTinyBroker();
    await using mqtt = openRaw(broker.port);
    const { signal } = new AbortController();
    await mqtt.subscribe(["a/#/b", "good", ""], ignore, signal, "foreign");
    await mqtt.connected.until((yes) => yes, soon());
    expect(asked(broker.sessions[0])).toEqual(["good"]);
    expect(mqtt.logged.said("error")).toEqual(["not a topic: nothing is heard there"]);
  });
});

describe("recalling what the broker retains", () => {
  it("takes what comes until half a second of silence, and nothing that is live", async () => {
    const clock = virtualClock();
    await using broker = await startTinyBroker();
    await using mqtt = openRaw(broker.port, clock);
    const recalled = mqtt.recall(["a", "b", "c", "d"], new AbortController().signal);
    await broker.until(() => asked(broker.sessions[0]).length === 4);
    const settle = async () => {
      // The bytes are in the kernel; the daemon has read them when it has answered something newer.
      await mqtt.logged.until("fence");
      await clock.settle();
    };
    const { signal } = new AbortController();
    await mqtt.subscribe(["fence"], ignore, signal, "foreign");
    const [session] = broker.sessions;
    session?.send(message("a", "1", true));
    session?.send(message("b", "live"));
    session?.send(message("fence", ""));
    await settle();
    await clock.advance(400);
    session?.send(message("c", "2", true));
    session?.send(message("fence", "again"));
    await mqtt.logged.until("again");
    await clock.advance(400);
    expect(unasked(session)).toEqual([]);
    await clock.advance(101);
    expect(Object.fromEntries(await recalled)).toEqual({ a: "1", c: "2" });
    await broker.until(() => unasked(session).length === 4);
  });

  it("ends after 2 s, however much still comes", async () => {
    const clock = virtualClock();
    await using broker = await startTinyBroker();
    await using mqtt = openRaw(broker.port, clock);
    const recalled = mqtt.recall(["a/+"], new AbortController().signal);
    let done = false;
    void recalled.then(() => {
      done = true;
    });
    await broker.until(() => asked(broker.sessions[0]).length === 1);
    await mqtt.connected.until((yes) => yes, soon());
    await clock.settle();
    for (let i = 0; i < 30 && !done; i++) {
      broker.sessions[0]?.send(message(`a/${i}`, String(i), true));
      await mqtt.logged.until(`"a/${i}"`);
      await clock.advance(100);
    }
    expect((await recalled).size).toBeGreaterThanOrEqual(19);
    expect(clock.monotonicMs()).toBeLessThanOrEqual(2_100);
  });

  it("begins anew when the connection is lost in the middle, and forgets what the old one said", async () => {
    // What a broker retains comes after each SUBACK.
    await using broker = await startTinyBroker((packet, session) => {
      if (packet.cmd !== "subscribe") return false;
      session.send({ cmd: "suback", messageId: packet.messageId ?? 0, granted: packet.subscriptions.map(() => 0) });
      session.send(session === broker.sessions[0] ? message("a", "old", true) : message("b", "new", true));
      return true;
    });
    await using mqtt = openRaw(broker.port);
    const recalled = mqtt.recall(["a", "b"], new AbortController().signal);
    await mqtt.logged.until('"a"');
    broker.sessions[0]?.socket.destroy();
    expect(Object.fromEntries(await recalled)).toEqual({ b: "new" });
  });

  it("asks at QoS 0, because brokers drop what exceeds their queue of QoS 1, and leaves subscriptions as they are", async () => {
    await using broker = await startTinyBroker();
    await using mqtt = openRaw(broker.port);
    const { signal } = new AbortController();
    await mqtt.subscribe(["shared"], ignore, signal, "foreign");
    await mqtt.recall(["shared", "own"], signal);
    const wishes = broker.sessions[0]?.packets.flatMap((p) => (p.cmd === "subscribe" ? p.subscriptions : []));
    expect(wishes?.map(({ topic, qos }) => [topic, qos])).toEqual([
      ["shared", 1],
      ["shared", 1],
      ["own", 0],
    ]);
    await broker.until(() => unasked(broker.sessions[0]).length > 0);
    expect(unasked(broker.sessions[0])).toEqual(["own"]);
  });

  it("is empty, and over, when the daemon stops", async () => {
    await using broker = await startTinyBroker();
    await using mqtt = openRaw(broker.port);
    const stopping = new AbortController();
    const recalled = mqtt.recall(["a"], stopping.signal);
    await broker.until(() => asked(broker.sessions[0]).length === 1);
    stopping.abort();
    expect((await recalled).size).toBe(0);
  });
});

describe("a topic filter", () => {
  it.each(["a", "a/b", "+", "#", "a/+/b", "a/#", "/", "a//b", "+/#"])("may be %j", (text) => {
    expect(isFilter(text)).toBe(true);
  });
  it.each(["", "a+", "a/#/b", "#a", "a/b#", "+a/b", "a\0"])("may not be %j", (text) => {
    expect(isFilter(text)).toBe(false);
  });
  it.each([
    ["a/+/c", "a/b/c", true],
    ["a/+/c", "a/b/d/c", false],
    ["a/#", "a", true],
    ["a/#", "a/b/c", true],
    ["a/#", "ab", false],
    ["#", "a/b", true],
    ["#", "$SYS/broker", false],
    ["$SYS/#", "$SYS/broker", true],
    ["a.b", "axb", false],
    ["+", "a", true],
    ["+", "a/b", false],
  ])("%j matches %j: %j", (filter, topic, fits) => {
    expect(matcher(filter)(topic)).toBe(fits);
  });
});
