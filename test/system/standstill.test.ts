import { setTimeout as pass } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { startMosquitto } from "../support/mosquitto.ts";
import { suite } from "../support/need.ts";
import { serialHouse } from "./serial-house.ts";

suite("a daemon that stood still", ["mosquitto", "python3"], () => {
  test("does not obey what came meanwhile, and obeys again when it is back", async () => {
    await using broker = await startMosquitto({});
    await using house = await serialHouse(broker.url);
    const opened: number[] = [];
    house.board.onRelay((relay, on) => on && opened.push(relay));
    house.daemon.signal("SIGSTOP");
    await house.say("bank/2/state", "1");
    // The standstill itself: longer than the 3 s that are noticed, shorter than the 15 s at which the broker gives up.
    await pass(4_000);
    house.daemon.signal("SIGCONT");
    await house.daemon.untilLog("this process stood still for");
    await vi.waitFor(
      async () => {
        await house.say("bank/3/state", "1");
        await house.shows("bank/3/state", "1", 500);
      },
      { timeout: 10_000 },
    );
    expect(opened).toEqual([3]);
  });
});
