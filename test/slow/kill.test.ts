import { expect, it, vi } from "vitest";
import { orders } from "../sprinklers/wired.ts";
import { startAedes } from "../support/broker.ts";
import { suite } from "../support/need.ts";
import { serialHouse } from "../system/serial-house.ts";

suite("a daemon that is killed while it waters", ["python3"], () => {
  it("leaves the valve to the board's own timer, which closes it within 35 s", async () => {
    await using broker = await startAedes();
    await using house = await serialHouse(broker.url);
    await house.water();
    const closed = new Promise<number>((resolve) =>
      house.board.onRelay((relay, on) => {
        if (relay === 2 && !on) resolve(performance.now());
      }),
    );
    house.daemon.signal("SIGKILL");
    const killedMs = performance.now();
    await house.daemon.exited;
    expect([...house.board.relays]).toEqual([2]);
    // The broker tells everybody what the daemon can't.
    await house.person.until("mqtt-things/sprinklers/main/availability/get", "offline");
    expect((await closed) - killedMs).toBeLessThan(35_000);
    expect(orders(house.board).at(-1)).toBe("2,on");

    // Whoever comes next begins with everything off.
    const lines = orders(house.board).length;
    await house.start({});
    await vi.waitFor(() => expect(orders(house.board).slice(lines)).toEqual(["2,off", "3,off"]), 10_000);
    await house.shows("bank/2/state", "0");
  }, 60_000);
});
