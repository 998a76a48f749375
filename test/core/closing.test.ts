import { describe, expect, it } from "vitest";
import { Fatal } from "../../src/fatal.ts";
import { freePort } from "../support/ports.ts";
import { published, type Session, startTinyBroker } from "../support/tiny-broker.ts";
import { runToy, topics, toyDaemon, toyDevice } from "../support/toy.ts";

const saidGoodbye = (session: Session | undefined) => session?.packets.some(({ cmd }) => cmd === "disconnect") ?? false;
const isUp = (session: Session | undefined) =>
  published(session).some(({ topic, payload }) => topic === topics.availability && payload === "online");

describe.concurrent("a daemon that stops", () => {
  it("says offline for its devices and itself, then goodbye", async () => {
    await using broker = await startTinyBroker();
    await using toy = runToy(broker.url);
    await broker.until(() => isUp(broker.sessions[0]));
    expect(await toy.stop()).toBeLessThan(1_000);
    const [device, daemon] = published(broker.sessions[0]).slice(-2);
    expect([device, daemon]).toEqual([
      { topic: topics.availability, payload: "offline" },
      { topic: topics.daemon, payload: "offline" },
    ]);
    expect(saidGoodbye(broker.sessions[0])).toBe(true);
  });

  it("makes its hardware safe first, and what that changes is still published", async () => {
    await using broker = await startTinyBroker();
    const lamp = toyDevice("lamp");
    await using toy = runToy(broker.url, {
      lamp,
      daemon: (devices) => ({
        ...toyDaemon(devices),
        open: (context) => {
          context.own.defer(() => lamp.report.set({ available: true, state: { on: "safe" } }));
          return toyDaemon(devices).open(context);
        },
      }),
    });
    await broker.until(() => isUp(broker.sessions[0]));
    await toy.stop();
    const tail = published(broker.sessions[0]).slice(-3);
    expect(tail.map(({ topic, payload }) => [topic, payload])).toEqual([
      [topics.on, "safe"],
      [topics.availability, "offline"],
      [topics.daemon, "offline"],
    ]);
  });

  it("is gone at once when there is no broker", async () => {
    await using toy = runToy(`mqtt://127.0.0.1:${await freePort()}`);
    await toy.logged.until("can't be reached");
    expect(await toy.stop()).toBeLessThan(500);
  });

  it.each(["connect", "subscribe"])("is gone at once when the broker never answered its %s", async (cmd) => {
    await using broker = await startTinyBroker((packet) => packet.cmd === cmd);
    await using toy = runToy(broker.url);
    await broker.until(() => broker.sessions[0]?.packets.some((packet) => packet.cmd === cmd) ?? false);
    expect(await toy.stop()).toBeLessThan(500);
    await broker.until(() => broker.open() === 0);
  });

  it("is gone soon when the broker has become mute, and leaves the last word to its will", async () => {
    let mute = false;
    await using broker = await startTinyBroker(() => mute);
    await using toy = runToy(broker.url);
    await broker.until(() => isUp(broker.sessions[0]));
    mute = true;
    toy.lamp.report.set({ available: true, state: { on: "ON" } });
    await broker.until(() => published(broker.sessions[0]).some(({ payload }) => payload === "ON"));
    expect(await toy.stop()).toBeLessThan(2_000);
    await broker.until(() => broker.open() === 0);
    // A goodbye would make the broker forget the will, and `online` would stand for ever.
    expect(saidGoodbye(broker.sessions[0])).toBe(false);
  });

  it("is gone soon, and its socket too, when the broker answers everything but one thing", async () => {
    await using broker = await startTinyBroker((packet) => packet.cmd === "unsubscribe");
    await using toy = runToy(broker.url);
    await broker.until(() => isUp(broker.sessions[0]));
    expect(await toy.stop()).toBeLessThan(1_000);
    await broker.until(() => broker.open() === 0);
  });

  it("is gone soon although one of its devices does not end", async () => {
    await using broker = await startTinyBroker();
    const lamp = toyDevice("lamp");
    lamp.device.states = async function* () {
      yield lamp.report.get();
      await new Promise(() => {});
    };
    await using toy = runToy(broker.url, { lamp });
    await broker.until(() => isUp(broker.sessions[0]));
    expect(await toy.stop()).toBeLessThan(1_000);
    expect(published(broker.sessions[0]).at(-1)).toEqual({ topic: topics.daemon, payload: "offline" });
  });

  it("does not say online again when its own offline is seen late", async () => {
    await using broker = await startTinyBroker((packet, session) => {
      if (packet.cmd !== "publish" || packet.topic !== topics.daemon || packet.payload.toString() !== "offline")
        return false;
      // An old will, and our own word, come back before the acknowledgement.
      for (const _ of [1, 2]) session.send({ ...packet, qos: 0, retain: false });
      session.send({ cmd: "puback", messageId: packet.messageId ?? 0, reasonCode: 0 });
      return true;
    });
    await using toy = runToy(broker.url);
    await broker.until(() => isUp(broker.sessions[0]));
    await toy.stop();
    const own = published(broker.sessions[0]).filter(({ topic }) => topic === topics.daemon);
    expect(own.map(({ payload }) => payload)).toEqual(["online", "offline"]);
  });
});

describe.concurrent("a device that only a restart can help", () => {
  it("ends the daemon with its words, and the others still say their last", async () => {
    await using broker = await startTinyBroker();
    const lamp = toyDevice("lamp");
    const other = toyDevice("other");
    lamp.device.states = async function* () {
      yield lamp.report.get();
      await broker.until(() => published(broker.sessions[0]).some(({ topic }) => topic === `${other.base}/on/get`));
      throw new Fatal("the board is gone");
    };
    await using toy = runToy(broker.url, { lamp, daemon: (devices) => toyDaemon(devices) });
    toy.devices.set([lamp.device, other.device]);
    await expect(toy.ended).rejects.toThrow("the board is gone");
    const tail = published(broker.sessions[0]).slice(-3);
    expect(tail).toEqual([
      { topic: topics.availability, payload: "offline" },
      { topic: `${other.base}/availability/get`, payload: "offline" },
      { topic: topics.daemon, payload: "offline" },
    ]);
    expect(saidGoodbye(broker.sessions[0])).toBe(true);
  });
});
