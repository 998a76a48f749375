import { describe, expect, it, vi } from "vitest";
import { virtualClock } from "../support/clock.ts";
import { published, startTinyBroker } from "../support/tiny-broker.ts";
import { runToy, topics } from "../support/toy.ts";

const birth = { topic: "homeassistant/status", payload: "online" };

/** A toy at a tiny broker, in virtual time, with everything said once. */
async function settled() {
  const clock = virtualClock();
  const broker = await startTinyBroker();
  const toy = runToy(broker.url, { clock });
  const sent = () =>
    published(broker.sessions[0]).filter(({ topic }) => topic.endsWith("/get") || topic.endsWith("/config"));
  for (let i = 0; i < 100 && !sent().some(({ topic }) => topic === topics.availability); i++) {
    await clock.advance(100);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  let fences = 0;
  /** Says something to the daemon, and resolves when it has read it. */
  async function say({ topic, payload, retain = false }: { topic: string; payload: string; retain?: boolean }) {
    broker.sessions[0]?.send({ cmd: "publish", topic, payload, qos: 0, retain, dup: false });
    const fence = `fence ${fences++}`;
    broker.sessions[0]?.send({
      cmd: "publish",
      topic: topics.input,
      payload: fence,
      qos: 0,
      retain: false,
      dup: false,
    });
    await toy.logged.until(fence);
    await clock.settle();
  }
  const before = sent().length;
  return {
    clock,
    say,
    toy,
    sent: () => sent().slice(before),
    async [Symbol.asyncDispose]() {
      await toy[Symbol.asyncDispose]();
      await broker[Symbol.asyncDispose]();
    },
  };
}

describe("a daemon that sees itself declared offline", () => {
  it.each(["offline", "", "nonsense"])("by %j says online at once", async (payload) => {
    await using house = await settled();
    await house.say({ topic: topics.daemon, payload });
    expect(house.sent()).toEqual([{ topic: topics.daemon, payload: "online" }]);
  });
});

describe("a device", () => {
  it("is away before its states change, and available after them: nobody takes an old one for a current one", async () => {
    await using house = await settled();
    house.toy.lamp.report.set({ available: false, state: { on: "ON" } });
    await house.say({ topic: topics.daemon, payload: "offline" });
    house.toy.lamp.report.set({ available: true, state: { on: "OFF", level: "7" } });
    await house.say({ topic: topics.daemon, payload: "offline" });
    expect(house.sent().map(({ topic, payload }) => `${topic} ${payload}`)).toEqual([
      `${topics.availability} offline`,
      `${topics.on} ON`,
      `${topics.daemon} online`,
      `${topics.on} OFF`,
      `${topics.level} 7`,
      `${topics.availability} online`,
      `${topics.daemon} online`,
    ]);
  });
});

describe("Home Assistant's birth", () => {
  it("is answered once after 0.5 to 5 s: documents, then availability, then state", async () => {
    await using house = await settled();
    await house.say(birth);
    await house.clock.advance(499);
    expect(house.sent()).toEqual([]);
    await house.clock.advance(4_502);
    // What came of it has reached the broker when something newer has.
    await house.say({ topic: topics.daemon, payload: "offline" });
    const kinds = house.sent().map(({ topic }) => topic);
    expect(kinds).toEqual([
      topics.document,
      topics.daemon,
      topics.availability,
      topics.on,
      topics.level,
      topics.count,
      topics.daemon,
    ]);
  });

  it.each([
    { chance: 0, ms: 500 },
    { chance: 0.5, ms: 2_750 },
    { chance: 1, ms: 5_000 },
  ])("is answered after $ms ms where chance is $chance: not by all daemons at once", async ({ chance, ms }) => {
    await using house = await settled();
    using _random = vi.spyOn(Math, "random").mockReturnValue(chance);
    await house.say(birth);
    await house.clock.advance(ms - 1);
    expect(house.sent()).toEqual([]);
    await house.clock.advance(1);
    await house.say({ topic: topics.daemon, payload: "offline" });
    expect(house.sent()[0]?.topic).toBe(topics.document);
  });

  it("that comes twice in a row is answered once", async () => {
    await using house = await settled();
    await house.say(birth);
    await house.clock.advance(400);
    await house.say(birth);
    await house.clock.advance(10_000);
    await house.say({ topic: topics.daemon, payload: "offline" });
    expect(house.sent().filter(({ topic }) => topic === topics.document)).toHaveLength(1);
    await house.say(birth);
    await house.clock.advance(10_000);
    await house.say({ topic: topics.daemon, payload: "offline" });
    expect(house.sent().filter(({ topic }) => topic === topics.document)).toHaveLength(2);
  });

  it.each([
    { ...birth, retain: true },
    { ...birth, payload: "offline" },
    { ...birth, payload: "" },
  ])("is not what %j means", async (message) => {
    await using house = await settled();
    await house.say(message);
    await house.clock.advance(10_000);
    await house.say({ topic: topics.daemon, payload: "offline" });
    expect(house.sent()).toEqual([{ topic: topics.daemon, payload: "online" }]);
  });
});
