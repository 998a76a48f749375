import { describe, expect, it } from "vitest";
import { contest } from "../../src/contest.ts";
import { virtualClock } from "../support/clock.ts";
import { startTinyBroker } from "../support/tiny-broker.ts";
import { runToy } from "../support/toy.ts";

const S = 1_000;

describe("whether two clients fight for one id", () => {
  it("is not said of connections that lasted, however many there were", () => {
    const rivalry = contest();
    for (let i = 0; i < 20; i++) expect(rivalry.ended(i * 20 * S, 6 * S, false)).toBe(false);
    expect(rivalry.delayMs()).toBe(0);
    expect(rivalry.goesOn(0)).toBe(false);
  });

  it("is said at the third short connection in a minute, once", () => {
    const rivalry = contest();
    expect([0, 20, 40, 50, 59].map((at) => rivalry.ended(at * S, S, false))).toEqual([
      false,
      false,
      true,
      false,
      false,
    ]);
    expect(rivalry.goesOn(0)).toBe(true);
  });

  it("is not said of three short connections in more than a minute", () => {
    const rivalry = contest();
    expect([0, 31, 62, 93].map((at) => rivalry.ended(at * S, S, false))).toEqual([false, false, false, false]);
  });

  it("is said of long connections too when the broker says that they were taken over", () => {
    const rivalry = contest();
    expect([0, 20, 40].map((at) => rivalry.ended(at * S, 15 * S, true))).toEqual([false, false, true]);
  });

  it("doubles the time to stay away, up to a minute", () => {
    const rivalry = contest();
    const delays = Array.from({ length: 8 }, (_, i) => {
      rivalry.ended(i * S, S, false);
      return rivalry.delayMs() / S;
    });
    expect(delays).toEqual([0, 0, 5, 10, 20, 40, 60, 60]);
  });

  it("is over while a connection has lasted two minutes, and the next one is news again", () => {
    const rivalry = contest();
    for (const at of [0, 1, 2]) rivalry.ended(at * S, S, false);
    expect(rivalry.goesOn(119 * S)).toBe(true);
    expect(rivalry.goesOn(120 * S)).toBe(false);
    expect(rivalry.ended(200 * S, 121 * S, false)).toBe(false);
    expect(rivalry.delayMs()).toBe(0);
    expect([300, 301, 302].map((at) => rivalry.ended(at * S, S, false))).toEqual([false, false, true]);
  });
});

describe("a daemon whose id somebody else uses too", () => {
  it("says so once, stays away longer and longer, is not ready, and is ready again once it is left alone", async () => {
    const clock = virtualClock();
    await using broker = await startTinyBroker();
    await using toy = runToy(broker.url, { clock, config: { health_port: 0, health_host: "127.0.0.1" } });
    const ready = async () => fetch(`http://127.0.0.1:${await toy.healthPort}/readyz`);
    const subscribed = (n: number) => broker.sessions[n]?.packets.some(({ cmd }) => cmd === "publish") ?? false;
    const errors = () => toy.logged.said("error");

    for (const n of [0, 1, 2, 3]) {
      await broker.until(() => subscribed(n));
      await clock.advance(S);
      broker.sessions[n]?.send({ cmd: "disconnect", reasonCode: 0x8e });
      broker.sessions[n]?.socket.end();
      await broker.until(() => broker.open() === 0);
      await clock.settle();
      expect((await ready()).status).toBe(503);
      // Back-off: nothing for a while, then the next connection.
      if (n >= 2) await clock.advance(3.7 * S * 2 ** (n - 2));
      expect(broker.sessions).toHaveLength(n + 1);
      await clock.advance(n < 2 ? S : 1.4 * S * 2 ** (n - 2));
    }
    expect(errors()).toEqual(["another client uses id mqtt-things-toy-main, or the broker drops us"]);

    await broker.until(() => subscribed(4));
    const contested = await ready();
    expect([contested.status, await contested.text()]).toEqual([503, "another client uses our id\n"]);
    await clock.advance(121 * S);
    expect((await ready()).status).toBe(200);
    expect(errors()).toHaveLength(1);
  });

  it("says so of connections that lasted as well when the broker says that they were taken over", async () => {
    const clock = virtualClock();
    await using broker = await startTinyBroker();
    await using toy = runToy(broker.url, { clock });
    const subscribed = (n: number) => broker.sessions[n]?.packets.some(({ cmd }) => cmd === "publish") ?? false;
    for (const n of [0, 1, 2]) {
      await broker.until(() => subscribed(n));
      await clock.advance(10 * S);
      broker.sessions[n]?.send({ cmd: "disconnect", reasonCode: 0x8e });
      broker.sessions[n]?.socket.end();
      await broker.until(() => broker.open() === 0);
      await clock.settle();
      await clock.advance(S);
    }
    expect(toy.logged.said("error")).toEqual(["another client uses id mqtt-things-toy-main, or the broker drops us"]);
  });
});
