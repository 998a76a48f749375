import { describe, expect, test } from "vitest";
import type { Clock } from "../../../src/clock.ts";
import { kinds, met, watchConnections, wire } from "./wired.ts";

const HALL = "Hall";
const HALL_ID = "0017880100000010";
const LIVING_ID = "0017880100000020";

describe("an event stream that goes mute", () => {
  test("is noticed by the next read, which is right at once, and opened anew", async () => {
    const { bridge, fake, sensor, pass, passUntil, until } = await met();
    fake.faults.mute = true;
    fake.house.set(HALL, { motion: true });
    expect(await passUntil(() => sensor(HALL)?.occupancy === true, 61_000)).toBeLessThanOrEqual(60_000);
    fake.faults.mute = false;
    const before = fake.received.length;
    await pass(10_000);
    expect(kinds(fake).slice(before)).toEqual(["events", "config", "resources"]);
    fake.house.set(HALL, { motion: false });
    await until(() => sensor(HALL)?.occupancy === false);
    expect(bridge.status.get()).toMatchObject({ reachable: true, problem: undefined });
  });

  test("is opened at most 10 times in 3 minutes while it stays mute, and every read is right", async () => {
    const wired = await met({}, { reconcileMs: 5_000 });
    const { fake, sensor, pass, passUntil } = wired;
    fake.faults.mute = true;
    const watch = watchConnections(wired);
    for (let at = 0; at < 24; at++) {
      fake.house.set(HALL, { temperatureCelsius: at });
      await passUntil(() => sensor(HALL)?.temperatureCelsius === at, 11_000, 250);
      await pass(15_000, 250);
      watch.note();
    }
    const streams = fake.received.filter(({ kind }) => kind === "events");
    for (const { atMs } of streams) {
      expect(streams.filter((other) => other.atMs >= atMs && other.atMs < atMs + 180_000).length).toBeLessThanOrEqual(
        10,
      );
    }
  });

  test.each(["before", "after"])(
    "is believed more than a read that was on its way, when it says something %s",
    async (when) => {
      const { bridge, fake, sensor, passUntil, pass } = await met();
      const seen = new Set<boolean | undefined>();
      const before = fake.received.length;
      fake.faults.lateMs = 2_000;
      await passUntil(() => fake.received.length > before, 61_000);
      bridge.sensor(HALL_ID).onChange(() => seen.add(sensor(HALL)?.occupancy));
      if (when === "before") fake.house.set(HALL, { motion: true });
      await pass(1_900);
      if (when === "after") fake.house.set(HALL, { motion: true });
      await pass(10_000);
      expect(seen).toEqual(new Set([true]));
      expect(kinds(fake).slice(before)).toEqual(["resources"]);
    },
  );

  test("is not suspected because something changes while it is read", async () => {
    const { fake, sensor, pass } = await met({}, { reconcileMs: 10_000 });
    fake.faults.lateMs = 500;
    fake.faults.throttleMs = 1_000;
    for (let at = 0; at < 60; at++) {
      fake.house.set(HALL, { motion: at % 2 === 0, temperatureCelsius: at });
      await pass(970);
      // The bridge tells of it within a second.
      await pass(1_000);
      expect(sensor(HALL)).toMatchObject({ occupancy: at % 2 === 0, temperatureCelsius: at });
    }
    expect(kinds(fake).filter((kind) => kind === "events")).toHaveLength(1);
  });

  test("is opened anew after 10 minutes in which nothing came, without a word in the log", async () => {
    const { fake, lines, pass } = await met();
    lines.length = 0;
    await pass(601_000, 1_000);
    expect(kinds(fake).filter((kind) => kind === "events")).toHaveLength(2);
    expect(lines.filter((line) => !line.includes('"level":20'))).toEqual([]);
  });
});

describe("an event stream that the bridge closes", () => {
  test("is a good one also when it began without a greeting, once it has brought something", async () => {
    const { bridge, fake, sensor, until, passUntil, pass } = await wire();
    fake.faults.greets = false;
    await until(() => bridge.status.get().reachable && fake.streams.count() === 1);
    await pass(7_000);
    fake.house.set(HALL, { motion: true });
    await until(() => sensor(HALL)?.occupancy === true);
    fake.streams.hangUp();
    fake.house.set(HALL, { motion: false });
    await passUntil(() => sensor(HALL)?.occupancy === false, 2_000);
    expect(bridge.status.get().problem).toBeUndefined();
  });

  test("is opened again at once, and what happened meanwhile is known", async () => {
    const { bridge, fake, sensor, passUntil } = await met();
    const living = bridge.status.get().sensors?.get(LIVING_ID);
    expect(living).toBeDefined();
    fake.streams.hangUp();
    fake.house.set(HALL, { motion: true });
    expect(await passUntil(() => sensor(HALL)?.occupancy === true, 5_000)).toBeLessThanOrEqual(2_000);
    expect(bridge.status.get()).toMatchObject({ reachable: true, problem: undefined });
    // What did not change is the same as before: nobody has to be told of it again.
    expect(bridge.status.get().sensors?.get(LIVING_ID)).toBe(living);
  });

  test.each(["at-once", "after-greeting"] as const)(
    "%s is opened at most 10 times in 3 minutes, everything is read all the same, and it recovers",
    async (hangsUp) => {
      const wired = await met();
      const { bridge, fake, sensor, pass, passUntil } = wired;
      fake.faults.hangsUp = hangsUp;
      fake.streams.hangUp();
      const watch = watchConnections(wired);
      for (let at = 0; at < 10; at++) {
        fake.house.set(HALL, { temperatureCelsius: at });
        expect(await passUntil(() => sensor(HALL)?.temperatureCelsius === at, 62_000, 500)).toBeLessThanOrEqual(61_000);
        await pass(2_000, 500);
        watch.note();
      }
      expect(bridge.status.get()).toMatchObject({ reachable: true, problem: { trouble: "silent" } });
      expect(watch.most()).toBeGreaterThan(3);
      expect(watch.most()).toBeLessThanOrEqual(10);
      fake.faults.hangsUp = "never";
      await passUntil(() => bridge.status.get().problem === undefined, 180_000, 500);
    },
  );
});

test("an event stream that says nothing but its greeting is well, although timers ring a moment early", async () => {
  const early = (clock: Clock): Clock => ({ ...clock, sleep: (ms, signal) => clock.sleep(ms - 0.5, signal) });
  const { bridge, fake, passUntil } = await met({}, {}, early);
  await fake.powerOff();
  await passUntil(() => bridge.status.get().problem !== undefined, 10_000);
  await fake.powerOn();
  await passUntil(() => bridge.status.get().problem === undefined, 120_000);
  expect(fake.streams.count()).toBe(1);
});
