import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import type { MqttClient } from "mqtt";
import { describe, expect, it } from "vitest";
import { outbox, type Rank } from "../../src/outbox.ts";

type Answer = (error?: Error & { code?: unknown }) => void;

/** What of mqtt.js an outbox sees: values that are on their way, until somebody answers them. */
function client() {
  const sent: { topic: string; payload: string; answer: Answer }[] = [];
  const options: unknown[] = [];
  const publish = (topic: string, payload: string, how: unknown, answer: Answer) => {
    options.push(how);
    sent.push({ topic, payload, answer });
  };
  return {
    sent,
    options,
    said: () => sent.map(({ topic, payload }) => `${topic}=${payload}`),
    answer: (n: number, error?: Error & { code?: unknown }) => sent[n]?.answer(error),
    // The outbox uses nothing else of it.
    mqtt: { publish } as unknown as MqttClient,
  };
}

function box() {
  const refused: string[] = [];
  let count = 0;
  const out = outbox({ sent: () => void count++, refused: (topic) => void refused.push(topic) });
  return { ...out, refused, sent: () => count };
}

/** Whether a promise has resolved by now. */
async function isDone(promise: Promise<void>): Promise<boolean> {
  let done = false;
  void promise.then(() => {
    done = true;
  });
  await turn();
  return done;
}

describe("values for the broker", () => {
  it("wait until there is a connection, then go out by their ranks", () => {
    const { set, open, sent } = box();
    const { mqtt, said, options } = client();
    set("state", "s", "1");
    set("availability", "a", "online");
    set("discovery", "d", "{}");
    expect(sent()).toBe(0);
    open(mqtt);
    expect(said()).toEqual(["d={}", "a=online", "s=1"]);
    expect(sent()).toBe(3);
    expect(options).toEqual(Array(3).fill({ qos: 1, retain: true }));
  });

  it("go out at once on a connection", () => {
    const { set, open } = box();
    const { mqtt, said } = client();
    open(mqtt);
    set("state", "s", "1");
    expect(said()).toEqual(["s=1"]);
  });

  it("that change faster than the broker answers are sent once, with the latest", () => {
    const { set, open } = box();
    const { mqtt, said, answer } = client();
    open(mqtt);
    for (const value of ["1", "2", "3"]) set("state", "s", value);
    expect(said()).toEqual(["s=1"]);
    answer(0);
    expect(said()).toEqual(["s=1", "s=3"]);
    answer(1);
    expect(said()).toEqual(["s=1", "s=3"]);
  });

  it("keep their order behind one whose last value is on its way", () => {
    const { set, open } = box();
    const { mqtt, said, answer } = client();
    open(mqtt);
    set("state", "a", "1");
    set("state", "a", "2");
    set("state", "b", "1");
    expect(said()).toEqual(["a=1"]);
    answer(0);
    expect(said()).toEqual(["a=1", "a=2", "b=1"]);
  });

  it("are at most 16 on their way", () => {
    const { set, open } = box();
    const { mqtt, said, answer } = client();
    open(mqtt);
    for (let i = 0; i < 20; i++) set("state", `t${i}`, "1");
    expect(said()).toHaveLength(16);
    answer(3);
    expect(said()).toHaveLength(17);
  });

  it("are all sent again on request, and on each new connection", () => {
    const { set, open, repeat, close } = box();
    const [first, second] = [client(), client()];
    open(first.mqtt);
    set("state", "s", "1");
    set("discovery", "d", "{}");
    first.answer(0);
    first.answer(1);
    repeat();
    expect(first.said().slice(2)).toEqual(["d={}", "s=1"]);
    close();
    set("state", "s", "2");
    expect(first.said()).toHaveLength(4);
    open(second.mqtt);
    expect(second.said()).toEqual(["d={}", "s=2"]);
  });

  it("on their way when the connection changes don't hold up the next, and their late answers mean nothing", () => {
    const { set, open, refused } = box();
    const [first, second] = [client(), client()];
    open(first.mqtt);
    set("state", "s", "1");
    open(second.mqtt);
    expect(second.said()).toEqual(["s=1"]);
    set("state", "s", "2");
    first.answer(0, Object.assign(new Error("no"), { code: 135 }));
    expect(second.said()).toEqual(["s=1"]);
    expect(refused).toEqual([]);
  });

  it("that are emptied are removed at the broker, and then from the memory", () => {
    const { set, open, repeat } = box();
    const { mqtt, said, answer } = client();
    open(mqtt);
    set("state", "s", "1");
    answer(0);
    set("state", "s", "");
    answer(1);
    repeat();
    expect(said()).toEqual(["s=1", "s="]);
  });

  it("that are emptied and set again meanwhile are not forgotten", () => {
    const { set, open, repeat } = box();
    const { mqtt, said, answer } = client();
    open(mqtt);
    set("state", "s", "");
    set("state", "s", "2");
    answer(0);
    answer(1);
    repeat();
    expect(said()).toEqual(["s=", "s=2", "s=2"]);
  });

  it("that the broker refuses are told, and the others go on", () => {
    const { set, open, refused } = box();
    const { mqtt, said, answer } = client();
    open(mqtt);
    set("state", "s", "1");
    set("state", "s", "2");
    answer(0, Object.assign(new Error("not authorised"), { code: 0x87 }));
    expect(refused).toEqual(["s"]);
    expect(said()).toEqual(["s=1", "s=2"]);
    answer(1);
    expect(refused).toEqual(["s"]);
  });

  it.each([
    ["no code", undefined],
    ["a code of the operating system", "ECONNRESET"],
  ])("that fail with %s show that the connection goes: they wait for the next one", (_, code) => {
    const { set, open, refused } = box();
    const [first, second] = [client(), client()];
    open(first.mqtt);
    set("state", "s", "1");
    set("state", "t", "1");
    first.answer(0, Object.assign(new Error("closing"), code === undefined ? {} : { code }));
    set("state", "u", "1");
    expect(first.said()).toEqual(["s=1", "t=1"]);
    expect(refused).toEqual([]);
    open(second.mqtt);
    expect(second.said()).toEqual(["s=1", "t=1", "u=1"]);
  });
});

describe("whoever waits for a delivery", () => {
  it("waits for the answer to the latest value of the topic", async () => {
    const { set, open, delivered } = box();
    const { mqtt, answer } = client();
    open(mqtt);
    set("state", "s", "1");
    set("state", "s", "2");
    const there = delivered("s");
    answer(0);
    expect(await isDone(there)).toBe(false);
    answer(1);
    expect(await isDone(there)).toBe(true);
    expect(await isDone(delivered("s"))).toBe(true);
    set("state", "s", "3");
    expect(await isDone(delivered("s"))).toBe(false);
  });

  it("waits without a connection", async () => {
    const { set, delivered, open } = box();
    const { mqtt, answer } = client();
    set("state", "s", "1");
    const [one, two] = [delivered("s"), delivered("s")];
    expect(await isDone(one)).toBe(false);
    open(mqtt);
    answer(0);
    expect(await isDone(one)).toBe(true);
    expect(await isDone(two)).toBe(true);
  });

  it("does not wait for a topic that nobody set", async () => {
    expect(await isDone(box().delivered("s"))).toBe(true);
  });

  it("of everything, waits for every topic, and not for ever", async () => {
    const { set, open, empty } = box();
    const { mqtt, answer } = client();
    expect(await isDone(empty())).toBe(true);
    open(mqtt);
    for (let i = 0; i < 17; i++) set("state", `t${i}`, "1");
    const all = empty();
    for (let i = 0; i < 16; i++) answer(i);
    expect(await isDone(all)).toBe(false);
    answer(16);
    expect(await isDone(all)).toBe(true);
    expect(await isDone(empty())).toBe(true);
  });
});

it("whatever is set, answered and reconnected, the broker ends with the latest value of each topic", () => {
  const topic = fc.constantFrom("a", "b", "c");
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ set: topic, to: fc.constantFrom("", "1", "2", "3") }) },
    { weight: 3, arbitrary: fc.record({ answer: fc.nat(5), fails: fc.boolean() }) },
    { weight: 1, arbitrary: fc.constant("reconnect" as const) },
    { weight: 1, arbitrary: fc.constant("repeat" as const) },
  );
  const ranks: Record<string, Rank> = { a: "state", b: "availability", c: "discovery" };
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const out = box();
      const kept = new Map<string, string>();
      const wanted = new Map<string, string>();
      let open = client();
      let next = 0;
      const answerOne = () => {
        const { topic, payload, answer } = open.sent[next++] ?? {};
        if (topic === undefined || payload === undefined) return;
        kept.set(topic, payload);
        answer?.();
      };
      const reconnect = () => {
        open = client();
        next = 0;
        out.open(open.mqtt);
      };
      for (const step of steps) {
        if (step === "reconnect") reconnect();
        else if (step === "repeat") out.repeat();
        else if ("set" in step) {
          wanted.set(step.set, step.to);
          out.set(ranks[step.set] ?? "state", step.set, step.to);
        } else if (step.fails) open.answer(next, new Error("closing"));
        else answerOne();
      }
      reconnect();
      while (next < open.sent.length) answerOne();
      for (const [topic, payload] of wanted) expect(kept.get(topic) ?? "").toBe(payload);
    }),
  );
});
