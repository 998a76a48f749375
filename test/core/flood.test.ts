import { setTimeout as timer } from "node:timers/promises";
import mqttPacket from "mqtt-packet";
import { expect, it } from "vitest";
import { virtualClock } from "../support/clock.ts";
import { openRaw } from "../support/raw-mqtt.ts";
import { startTinyBroker } from "../support/tiny-broker.ts";

const MESSAGES = 20_000;

it("a timer that is due in a flood of messages waits for a few hundred of them, not for all", async () => {
  await using broker = await startTinyBroker();
  // Whose time does not pass: a busy machine that stands still for 3 s would end this connection.
  await using mqtt = openRaw(broker.port, virtualClock());
  const all = Promise.withResolvers<void>();
  let arrived = 0;
  let arrivedWhenDue = Number.NaN;
  const receive = () => {
    if (++arrived === 1) void timer(1).then(() => (arrivedWhenDue = arrived));
    // A command that takes 0.05 ms, as real ones do.
    for (const until = performance.now() + 0.05; performance.now() < until; );
    if (arrived === MESSAGES) all.resolve();
  };
  await mqtt.subscribe(["a"], receive, new AbortController().signal, "foreign");
  const [session] = broker.sessions;
  const publish = { cmd: "publish", topic: "a", payload: "1", qos: 0, retain: false, dup: false } as const;
  const message = mqttPacket.generate(publish, { protocolVersion: 5 });
  session?.socket.write(Buffer.concat(Array<Buffer>(MESSAGES).fill(message)));
  await all.promise;
  expect(arrivedWhenDue).toBeLessThan(500);
});
