import { pino } from "pino";
import { expect, test } from "vitest";
import { schema } from "../../devices/sprinklers/config.ts";
import { scriptedBoard } from "../../devices/sprinklers/fake.ts";
import { sprinklersDaemon } from "../../devices/sprinklers/main.ts";
import { run } from "../../src/daemon.ts";
import { virtualClock } from "../support/clock.ts";
import { freePort } from "../support/ports.ts";
import { memoryLink } from "./wired.ts";

test("the daemon is alive with and without its board, and dead when a loop of it has not turned for 30 s", async () => {
  const world = virtualClock();
  let awake = Promise.resolve();
  const clock = { ...world, sleep: (ms: number, signal?: AbortSignal) => world.sleep(ms, signal).then(() => awake) };
  const board = scriptedBoard({ clock: world });
  const config = schema("file").parse({
    mqtt: { url: `mqtt://127.0.0.1:${await freePort()}` },
    ...{ port: "(in memory)", zones: [{ relay: 2 }], health_port: 0, health_host: "127.0.0.1" },
  });
  const listening = Promise.withResolvers<number>();
  const stopping = new AbortController();
  const ended = run(
    sprinklersDaemon(() => memoryLink(board, world)),
    config,
    { log: pino({ level: "silent" }), signal: stopping.signal, clock, onHealth: listening.resolve },
  );
  const port = await listening.promise;
  const alive = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/livez`);
    return [response.status, ...(await response.text()).trim().split("\n").sort()];
  };
  await world.advance(45_000);
  expect(board.received).toContain("2,off");
  expect(await alive()).toEqual([200, "ok"]);
  board.unplug();
  await world.advance(45_000);
  expect(await alive()).toEqual([200, "ok"]);
  board.plug();
  await world.advance(20_000);
  const stuck = Promise.withResolvers<void>();
  awake = stuck.promise;
  await world.advance(45_000);
  expect(await alive()).toEqual([503, "stuck: board", "stuck: main", "stuck: zones"]);
  stuck.resolve();
  stopping.abort();
  await world.advance(5_000);
  await ended;
});
