import { describe, expect, it } from "vitest";
import { complaints } from "../../src/complaints.ts";
import { virtualClock } from "../support/clock.ts";
import { freePort } from "../support/ports.ts";
import { openRaw } from "../support/raw-mqtt.ts";
import { startTinyBroker } from "../support/tiny-broker.ts";
import { captureLog, runToy } from "../support/toy.ts";

const HOUR_MS = 3_600_000;
const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

describe("troubles that repeat", () => {
  it("are logged when they are new and every 10 minutes, with how often they came meanwhile", async () => {
    const clock = virtualClock();
    const { log, logged } = captureLog();
    const { say } = complaints(log, clock);
    for (let second = 0; second < 3_600; second++) {
      say("the board does not answer", { try: second });
      await clock.advance(1_000);
    }
    expect(logged.lines).toHaveLength(6);
    expect(logged.lines[0]).not.toHaveProperty("repeated");
    expect(logged.lines.slice(1).map(({ repeated }) => repeated)).toEqual([599, 599, 599, 599, 599]);
  });

  it("are logged when they change, and when they are over and come again", () => {
    const { log, logged } = captureLog();
    const { say, over } = complaints(log, virtualClock());
    expect([say("a"), say("b"), say("a"), say("b")]).toEqual([true, true, false, false]);
    over("a");
    expect([say("a"), say("b", {}, "error")]).toEqual([true, false]);
    expect(logged.said("warn")).toEqual(["a", "b", "a"]);
  });

  it("can't fill a disk by being different each time, and don't drown what was said before", async () => {
    const clock = virtualClock();
    const { log, logged } = captureLog();
    const { say } = complaints(log, clock);
    for (let n = 0; n < 10_000; n++) say(`payload ${n} is not understood`);
    expect(logged.lines.length).toBeLessThanOrEqual(51);
    expect(logged.said().at(-1)).toMatch(/more different troubles/);
    expect(say("payload 3 is not understood")).toBe(false);
    await clock.advance(HOUR_MS);
    expect(say("something else")).toBe(true);
  });
});

describe("an hour of the same trouble with the broker", () => {
  it("is a dozen lines when nothing listens there", async () => {
    const clock = virtualClock();
    await using mqtt = openRaw(await freePort(), clock);
    while (clock.monotonicMs() < HOUR_MS) {
      await clock.advance(5_000);
      await turn();
    }
    const lines = mqtt.logged.said("info", "warn", "error");
    expect(new Set(lines).size).toBe(1);
    expect(lines[0]).toMatch(/^the broker can't be reached: nothing listens at/);
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.length).toBeLessThanOrEqual(12);
    expect(mqtt.logged.lines.at(-1)?.repeated).toBeGreaterThan(50);
  });

  it("is a dozen lines when it comes and goes twice a minute", async () => {
    const clock = virtualClock();
    await using broker = await startTinyBroker();
    await using mqtt = openRaw(broker.port, clock);
    let round = 0;
    for (; clock.monotonicMs() < HOUR_MS; round++) {
      const until = AbortSignal.timeout(5_000);
      while (!mqtt.connected.get() && !until.aborted) {
        await clock.advance(100);
        await turn();
      }
      await clock.advance(30_000);
      broker.sessions.at(-1)?.socket.destroy();
      await mqtt.connected.until((yes) => !yes, until);
    }
    expect(round).toBeGreaterThan(60);
    const lines = mqtt.logged.said("info", "warn", "error");
    expect(lines.length).toBeLessThanOrEqual(14);
    expect(new Set(lines)).toEqual(new Set(["connected to the broker", "the connection to the broker is lost"]));
  });

  it("is told to be over each time it was told, however soon", async () => {
    const clock = virtualClock();
    await using broker = await startTinyBroker();
    await using mqtt = openRaw(broker.port, clock);
    const until = AbortSignal.timeout(5_000);
    const connected = async (times: number) => {
      for (; broker.sessions.length < times && !until.aborted; await turn()) await clock.advance(100);
      await mqtt.connected.until((yes) => yes, until);
    };
    await connected(1);
    broker.sessions[0]?.socket.destroy();
    await mqtt.connected.until((yes) => !yes, until);
    await connected(2);
    expect(clock.monotonicMs()).toBeLessThan(60_000);
    expect(mqtt.logged.said("info", "warn", "error")).toEqual([
      "connected to the broker",
      "the connection to the broker is lost",
      "connected to the broker",
    ]);
  });

  it("is silence when all is well", async () => {
    const clock = virtualClock();
    await using broker = await startTinyBroker();
    await using toy = runToy(broker.url, { clock, level: "info" });
    await toy.logged.until("connected to the broker");
    for (let i = 0; i < 360; i++) {
      toy.lamp.report.set({ available: true, state: { on: i % 2 ? "ON" : "OFF", level: "1" } });
      await clock.advance(10_000);
    }
    expect(toy.logged.lines).toHaveLength(1);
  });
});

describe("a password", () => {
  it("is in no line at any level, whether the broker lets us in, refuses us, or is away", async () => {
    const secret = "correct horse battery";
    let code = 5;
    await using broker = await startTinyBroker((packet, session) => {
      if (packet.cmd !== "connect" || code === 0) return false;
      session.send({ cmd: "connack", sessionPresent: false, returnCode: code, reasonCode: 135 });
      code = 0;
      return true;
    });
    const url = `mqtt://anna:${encodeURIComponent(secret)}@127.0.0.1:${broker.port}`;
    await using toy = runToy(url, { level: "debug" });
    await toy.logged.until("it does not let us in");
    await toy.logged.until("connected to the broker");
    expect(broker.sessions[0]?.connect?.password?.toString()).toBe(secret);
    await broker[Symbol.asyncDispose]();
    await toy.logged.until("connection to the broker is lost");
    await toy.logged.until("nothing listens");
    await toy.stop();
    expect(toy.logged.text()).not.toMatch(/correct|horse/);
  });
});
