import { describe, expect, it } from "vitest";
import { cell } from "../../src/cell.ts";
import { discovery } from "../../src/discovery.ts";
import { deviceDocument, documentTopic } from "../../src/homeassistant.ts";
import type { Mqtt } from "../../src/mqtt.ts";
import type { Message } from "../../src/subscriptions.ts";
import { virtualClock } from "../support/clock.ts";
import { type ToyOptions, toyDevice } from "../support/toy.ts";

const identity = { daemon: "toy", instance: "main", version: "1.0.0" };
const topic = documentTopic(identity, "lamp");
const document = (options?: ToyOptions) => deviceDocument(identity, toyDevice("lamp", options).device);
const button = { platform: "button", key: "bell", name: "Bell", press: { topic: "bell" } } as const;
const withBell = document({ more: [button] });
const plain = document();

/** A broker on paper: what is written, when, and whether anybody takes it. */
function desk(retained: Record<string, string> = {}) {
  const clock = virtualClock();
  const written: { atMs: number; topic: string; payload: string }[] = [];
  const connected = cell(true);
  const handlers = new Map<string, (message: Message) => void>();
  const waiting = new Map<string, string>();
  const stopping = new AbortController();
  const send = (topic: string, payload: string) => {
    waiting.delete(topic);
    written.push({ atMs: clock.monotonicMs(), topic, payload });
  };
  connected.onChange(() => {
    if (connected.get()) for (const [topic, payload] of waiting) send(topic, payload);
  });
  const mqtt: Mqtt = {
    connected,
    contested: () => false,
    publish: (_rank, topic, payload) => {
      if (connected.get()) send(topic, payload);
      else waiting.set(topic, payload);
    },
    delivered: async () => void (await connected.until((yes) => yes, stopping.signal)),
    emit: () => {},
    repeat: () => {},
    subscribe: async (topics, handler, signal) => {
      for (const topic of topics) handlers.set(topic, handler);
      signal.addEventListener("abort", () => topics.map((topic) => handlers.delete(topic)));
    },
    recall: async () => new Map(),
    [Symbol.asyncDispose]: async () => {},
  };
  const writer = discovery(identity, new Map(Object.entries(retained)), { mqtt, clock, signal: stopping.signal });
  return {
    clock,
    connected,
    writer,
    handlers,
    stop: () => stopping.abort(),
    /** Home Assistant, or a person, empties a topic. */
    empty: (topic: string) =>
      handlers.get(topic)?.({ topic, payload: Buffer.alloc(0), retained: false, subscribedMs: 60_000 }),
    emptied: () =>
      written.filter(({ payload }) => !payload).map(({ atMs, topic }) => `${atMs / 1000} ${topic} emptied`),
    /** Time in seconds, and the components that are shown; a tombstone has a cross. */
    story: () =>
      written.map(({ atMs, topic, payload }) => {
        if (payload === "") return `${atMs / 1000} ${topic} emptied`;
        const { components } = JSON.parse(payload) as { components: Record<string, object> };
        const shown = Object.entries(components).map(([key, c]) => (Object.keys(c).length === 1 ? `†${key}` : key));
        return `${atMs / 1000} ${shown.join(" ")}`;
      }),
  };
}

describe("the writer of discovery documents", () => {
  it("removes an entity with a tombstone first, and the clean document 5 s later", async () => {
    const { clock, writer, story } = desk();
    writer.announce("lamp", withBell);
    await clock.advance(60_000);
    writer.announce("lamp", plain);
    await clock.advance(60_000);
    expect(story()).toEqual(["0 on level button bell", "60 on level button †bell", "65 on level button"]);
  });

  it("does so too for an entity that an earlier run had", async () => {
    const { clock, writer, story } = desk({ [topic]: JSON.stringify(withBell) });
    writer.announce("lamp", plain);
    await clock.advance(60_000);
    expect(story()).toEqual(["0 on level button †bell", "5 on level button"]);
  });

  it("buries an entity that moved to another platform before it comes back", async () => {
    const { clock, writer, story } = desk({ [topic]: JSON.stringify(withBell) });
    const sensor = { platform: "sensor", key: "bell", name: "Bell", state: { topic: "bell" } } as const;
    writer.announce("lamp", document({ more: [sensor] }));
    await clock.advance(60_000);
    expect(story()).toEqual(["0 on level button †bell", "5 on level button bell"]);
  });

  it("keeps two different documents of a device 5 s apart, and skips those in between", async () => {
    const { clock, writer, story } = desk();
    const named = (key: string) => document({ entities: [{ ...button, key, name: key }] });
    writer.announce("lamp", document({ entities: [] }));
    await clock.advance(1_000);
    writer.announce("lamp", named("a"));
    await clock.advance(1_000);
    writer.announce("lamp", document({ entities: [{ ...button, key: "a", name: "other" }] }));
    await clock.advance(60_000);
    expect(story()).toEqual(["0 ", "5 a"]);
  });

  it("counts the 5 s from the moment the broker has the tombstone: it is not replaced while the broker is away", async () => {
    const { clock, writer, story, connected } = desk();
    writer.announce("lamp", withBell);
    await clock.advance(60_000);
    connected.set(false);
    writer.announce("lamp", plain);
    await clock.advance(3_600_000);
    connected.set(true);
    await clock.advance(60_000);
    expect(story()).toEqual(["0 on level button bell", "3660 on level button †bell", "3665 on level button"]);
  });

  it("publishes again, after 5 s and once, what Home Assistant emptied", async () => {
    const { clock, writer, story, empty } = desk();
    writer.announce("lamp", plain);
    await clock.advance(60_000);
    for (let i = 0; i < 3; i++) {
      empty(topic);
      await clock.advance(500);
    }
    await clock.advance(60_000);
    expect(story()).toEqual(["0 on level button", "65 on level button"]);
  });

  it("empties the document of a device that is gone, and does not take that for Home Assistant's doing", async () => {
    const { clock, writer, story, empty, handlers } = desk();
    writer.announce("lamp", plain);
    await clock.advance(60_000);
    writer.withdraw("lamp");
    await clock.settle();
    empty(topic);
    await clock.advance(60_000);
    expect(story()).toEqual(["0 on level button", `60 ${topic} emptied`]);
    expect(handlers.size).toBe(0);
    writer.announce("lamp", plain);
    await clock.advance(1_000);
    expect(story().at(-1)).toBe("120 on level button");
  });

  it("removes what an earlier run left of devices that are not in the list, and nothing of anybody else", async () => {
    const mine = (key: string) => documentTopic(identity, key);
    const others = [
      "homeassistant/device/0x00158d0001/config",
      "homeassistant/device/mqtt-things_toy_main2_lamp/config",
      "homeassistant/device/mqtt-things_sprinklers_main_board/config",
    ];
    const retained = Object.fromEntries([mine("lamp"), mine("gone"), ...others].map((t) => [t, JSON.stringify(plain)]));
    const { clock, writer, story } = desk(retained);
    await clock.advance(60_000);
    expect(story()).toEqual([]);
    writer.keepOnly(["lamp"]);
    await clock.advance(60_000);
    expect(story()).toEqual([`60 ${mine("gone")} emptied`]);
  });

  describe("and of their topics", () => {
    const at = (key: string, base: string) => deviceDocument(identity, { ...toyDevice(key).device, base });
    const topics = ["availability", "on", "level"];

    it("empties what a device has left that is gone, once Home Assistant has let go of it", async () => {
      const gone = documentTopic(identity, "gone");
      const own = desk({ [gone]: JSON.stringify(at("gone", "toys/gone")) });
      own.writer.keepOnly([]);
      await own.clock.advance(60_000);
      expect(own.emptied()).toEqual([
        `0 ${gone} emptied`,
        ...topics.map((topic) => `2 toys/gone/${topic}/get emptied`),
      ]);
    });

    it("empties what a device has left that is called something else now, but nothing that another one has", async () => {
      const [first, second] = ["first", "second"].map((key) => documentTopic(identity, key));
      const own = desk({
        [String(first)]: JSON.stringify(at("first", "toys/a")),
        [String(second)]: JSON.stringify(at("second", "toys/b")),
      });
      own.writer.keepOnly(["first", "second"]);
      own.writer.announce("first", at("first", "toys/b"));
      own.writer.announce("second", at("second", "toys/c"));
      await own.clock.advance(60_000);
      expect(own.emptied()).toEqual(topics.map((topic) => `7 toys/a/${topic}/get emptied`));
    });

    it("empties nothing of a device that another instance shows now", async () => {
      const gone = documentTopic(identity, "gone");
      const other = { ...identity, instance: "other" };
      const own = desk({
        [gone]: JSON.stringify(at("gone", "toys/gone")),
        [documentTopic(other, "gone")]: JSON.stringify(
          deviceDocument(other, { ...toyDevice("gone").device, base: "toys/gone" }),
        ),
      });
      own.writer.keepOnly([]);
      await own.clock.advance(60_000);
      expect(own.emptied()).toEqual([`0 ${gone} emptied`]);
    });

    it("empties nothing of a device that may yet come, nor what a document names of others", async () => {
      const [gone, later] = ["gone", "later"].map((key) => documentTopic(identity, key));
      const foreign = { ...plain, components: { x: { platform: "sensor", state_topic: "somebody/else/get" } } };
      const own = desk({
        [String(gone)]: JSON.stringify(foreign),
        [String(later)]: JSON.stringify(plain),
      });
      own.writer.keepOnly([], (key) => key === "later");
      await own.clock.advance(60_000);
      expect(own.emptied()).toEqual([`0 ${gone} emptied`]);
    });

    it("publishes on no wildcard that somebody wrote into a document", async () => {
      const gone = documentTopic(identity, "gone");
      const spoilt = { ...at("gone", "toys/#"), components: { x: { state_topic: "toys/+/get" } } };
      const own = desk({ [gone]: JSON.stringify(spoilt) });
      own.writer.keepOnly([], () => true);
      own.writer.keepOnly([]);
      await own.clock.advance(60_000);
      expect(own.emptied()).toEqual([`0 ${gone} emptied`]);
    });
  });

  it.each(["{", "null", "[]", '{"components":null}', '{"components":{"x":null}}', '{"components":"x"}'])(
    "makes nothing of a document that somebody spoilt: %s",
    async (spoilt) => {
      const { clock, writer, story } = desk({ [topic]: spoilt });
      writer.announce("lamp", plain);
      await clock.advance(60_000);
      expect(story()).toEqual(["0 on level button"]);
    },
  );

  it("is silent once the daemon stops", async () => {
    const { clock, writer, story, stop } = desk();
    writer.announce("lamp", withBell);
    await clock.advance(60_000);
    writer.announce("lamp", plain);
    await clock.advance(1_000);
    stop();
    await clock.advance(60_000);
    expect(story()).toEqual(["0 on level button bell", "60 on level button †bell"]);
  });
});
