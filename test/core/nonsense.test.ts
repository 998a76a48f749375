import fc from "fast-check";
import { expect, it } from "vitest";
import { heldMiB } from "../support/memory.ts";
import { startTinyBroker } from "../support/tiny-broker.ts";
import { runToy, topics } from "../support/toy.ts";

const nested = (depth: number) => `${'{"a":['.repeat(depth)}1${"]}".repeat(depth)}`;

/** Whatever may come on a topic, except what a toy understands. */
const payloads = fc
  .oneof(
    { weight: 6, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)) },
    { weight: 6, arbitrary: fc.string({ unit: "binary", maxLength: 40 }).map((text) => Buffer.from(text)) },
    { weight: 4, arbitrary: fc.json({ maxDepth: 4 }).map((text) => Buffer.from(text)) },
    { weight: 4, arbitrary: fc.double().map((number) => Buffer.from(String(number))) },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom("ON ON", "0N", "on\0", "-1", "11", "1e1", "0x1", "５", "NaN", "true", "null")
        .map(Buffer.from),
    },
  )
  .filter((bytes) => {
    const text = bytes.toString().trim();
    const level = Number(text);
    return !/^(on|off)$/i.test(text) && !(text !== "" && level >= 0 && level <= 10);
  });

const targets = [
  topics.setOn,
  topics.setLevel,
  topics.input,
  topics.daemon,
  topics.document,
  "homeassistant/status",
  topics.on,
  "somebody/else",
];

it("a hundred thousand payloads of nonsense move nothing, crash nothing and leave nothing behind", async () => {
  await using broker = await startTinyBroker();
  await using toy = runToy(broker.url, { level: "info" });
  const said = (topic: string) =>
    broker.sessions[0]?.packets.filter((p) => p.cmd === "publish" && p.topic === topic) ?? [];
  await broker.until(() => said(topics.availability).length === 1);
  const [session] = broker.sessions;
  let fences = 0;

  /** Sends them all, and waits until the daemon has read the last. */
  async function pour(batch: readonly (readonly [topic: string, payload: Buffer])[]) {
    for (const [topic, payload] of batch) {
      session?.send({ cmd: "publish", topic, payload, qos: 0, retain: false, dup: false });
    }
    const fence = `fence ${fences++}`;
    session?.send({ cmd: "publish", topic: topics.input, payload: fence, qos: 0, retain: false, dup: false });
    while (toy.lamp.heard.at(-1) !== fence) await new Promise((resolve) => setImmediate(resolve));
    toy.lamp.heard.length = 0;
    session?.packets.splice(0);
  }

  const giants = [Buffer.alloc(1024 * 1024, 0xff), Buffer.from("9".repeat(1024 * 1024)), Buffer.from(nested(100_000))];
  await pour(giants.flatMap((payload) => targets.map((topic) => [topic, payload] as const)));
  let heldBefore = 0;
  for (let round = 0; round < 100; round++) {
    const batch = fc.sample(fc.tuple(fc.constantFrom(...targets), payloads), 1_000);
    await pour(batch);
    if (round === 20) heldBefore = heldMiB();
  }
  expect(heldMiB() - heldBefore).toBeLessThan(8);
  expect(toy.lamp.moves).toEqual([]);
  expect(toy.lamp.report.get().state).toEqual({ on: "OFF", level: "5", count: "0" });
  expect(broker.sessions).toHaveLength(1);
  expect(toy.logged.said("error")).toEqual([]);
  expect(toy.logged.lines.length).toBeLessThan(60);

  session?.send({ cmd: "publish", topic: topics.setLevel, payload: "7", qos: 0, retain: false, dup: false });
  await broker.until(() => said(topics.level).length === 1);
  expect(toy.lamp.moves).toEqual(["level=7"]);
}, 60_000);
