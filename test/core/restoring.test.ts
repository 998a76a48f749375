import { expect, it } from "vitest";
import { virtualClock } from "../support/clock.ts";
import { startTinyBroker } from "../support/tiny-broker.ts";
import { runToy, topics } from "../support/toy.ts";

it("a command that comes before a device is restored is refused, however long its subscription has stood", async () => {
  const clock = virtualClock();
  await using broker = await startTinyBroker();
  await using toy = runToy(broker.url, { clock });
  const send = (topic: string, payload: string, retain: boolean) =>
    broker.sessions[0]?.send({ cmd: "publish", topic, payload, qos: 0, retain, dup: false });
  const asked = (topic: string) => broker.sessions[0]?.filters.has(topic) ?? false;
  await broker.until(() => asked(topics.setOn) && asked(topics.count));
  await clock.settle();
  // What is retained takes its time to come.
  for (let i = 0; i < 12; i++) {
    send(topics.count, `no. ${i}`, true);
    await toy.logged.until(`no. ${i}`);
    await clock.advance(100);
  }
  send(topics.setOn, "ON", false);
  await toy.logged.until(`"topic":"${topics.setOn}"`);
  await clock.settle();
  expect(toy.lamp.restored).toBeUndefined();
  expect(toy.lamp.moves).toEqual([]);
  expect(toy.logged.text()).toContain("may be an old one");
});
