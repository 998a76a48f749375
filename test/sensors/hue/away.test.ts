import { describe, expect, test } from "vitest";
import { met, watchConnections, wire } from "./wired.ts";

const HALL = "Hall";

describe("a bridge that is away", () => {
  test("at first is served when it comes", async () => {
    const { bridge, fake, pass, passUntil } = await wire();
    await fake.powerOff();
    await pass(30_000);
    expect(bridge.status.get()).toMatchObject({
      reachable: false,
      problem: { trouble: "refused" },
      sensors: undefined,
    });
    await fake.powerOn();
    await passUntil(() => bridge.status.get().reachable && bridge.status.get().problem === undefined, 90_000, 500);
  });

  test("is believed for 3 minutes, then its sensors are not, and it comes back with another order of things", async () => {
    const wired = await met();
    const { bridge, fake, sensor, pass, passUntil } = wired;
    const names = [...(bridge.status.get().sensors?.values() ?? [])].map(({ name }) => name).sort();
    await fake.powerOff();
    await pass(1_000);
    expect(bridge.status.get()).toMatchObject({ reachable: true, problem: { trouble: "refused" } });
    const gone = await passUntil(() => !bridge.status.get().reachable, 200_000, 500);
    expect(gone).toBeGreaterThan(170_000);
    expect(gone).toBeLessThanOrEqual(181_000);
    fake.house.set(HALL, { motion: true, temperatureCelsius: 5 });
    const watch = watchConnections(wired);
    await fake.powerOn();
    await passUntil(() => bridge.status.get().reachable, 100_000, 500);
    expect(sensor(HALL)).toMatchObject({ occupancy: true, temperatureCelsius: 5 });
    await passUntil(() => fake.streams.count() === 1, 1_000);
    expect([...(bridge.status.get().sensors?.values() ?? [])].map(({ name }) => name).sort()).toEqual(names);
    await passUntil(() => bridge.status.get().problem === undefined, 100_000, 500);
    await pass(180_000, 500);
    watch.note();
    expect(watch.most()).toBeLessThanOrEqual(10);
  });

  test("is believed for 15 minutes where everything is read every 5", async () => {
    const { bridge, fake, pass, passUntil } = await met({}, { reconcileMs: 300_000 });
    await fake.powerOff();
    await pass(870_000, 2_000);
    expect(bridge.status.get().reachable).toBe(true);
    await passUntil(() => !bridge.status.get().reachable, 32_000, 1_000);
  });

  test("wakes those who follow a sensor when it can't be believed any more, and when it can", async () => {
    const { bridge, fake, passUntil } = await met();
    const seen: boolean[] = [];
    const leave = bridge.sensor("0017880100000030").onChange(() => seen.push(bridge.status.get().reachable));
    await fake.powerOff();
    await passUntil(() => !bridge.status.get().reachable, 200_000, 500);
    await fake.powerOn();
    await passUntil(() => bridge.status.get().reachable, 100_000, 500);
    expect(seen).toEqual([false, true]);
    leave();
    fake.revokeKeys();
    await passUntil(() => !bridge.status.get().reachable, 11_000);
    expect(seen).toHaveLength(2);
  });

  test("but for a blink is not missed", async () => {
    const { bridge, fake, pass, passUntil, sensor } = await met();
    const seen: boolean[] = [];
    bridge.status.onChange(() => seen.push(bridge.status.get().reachable));
    await fake.powerOff();
    await pass(20_000);
    await fake.powerOn();
    fake.house.set(HALL, { motion: true });
    await passUntil(() => sensor(HALL)?.occupancy === true, 60_000, 500);
    expect(new Set(seen)).toEqual(new Set([true]));
  });

  test("lists only some of its things while it starts: nobody is forgotten for that", async () => {
    const { bridge, fake, sensor, pass, passUntil } = await met();
    await fake.powerOff();
    const late = fake.house.resources.filter(({ id }) => id.startsWith("00000010"));
    for (const one of late) fake.house.resources.splice(fake.house.resources.indexOf(one), 1);
    await pass(5_000);
    await fake.powerOn();
    await passUntil(() => sensor(HALL)?.reachable === false, 60_000);
    expect(bridge.status.get().sensors?.size).toBe(3);
    fake.house.resources.push(...late);
    await passUntil(() => sensor(HALL)?.reachable === true, 61_000);
  });

  test("for good lists a sensor no more: it goes with the second read", async () => {
    const { bridge, fake, pass, passUntil } = await met();
    fake.faults.mute = true;
    fake.house.remove(HALL);
    await passUntil(() => bridge.status.get().sensors?.get("0017880100000010")?.reachable === false, 61_000);
    await pass(61_000);
    expect(bridge.status.get().sensors?.size).toBe(2);
  });
});

describe("a bridge that is silent", () => {
  test("takes our call and never answers: that is said, and it is asked again", async () => {
    const { bridge, fake, passUntil } = await wire();
    fake.faults.silent = true;
    await passUntil(() => bridge.status.get().problem?.trouble === "silent", 10_000);
    fake.faults.silent = false;
    await passUntil(() => bridge.status.get().reachable, 20_000);
  });

  test("falls silent later: its sensors are believed for 3 minutes", async () => {
    const { bridge, fake, pass, passUntil } = await met();
    fake.faults.silent = true;
    fake.faults.mute = true;
    await pass(85_000, 500);
    expect(bridge.status.get()).toMatchObject({ reachable: true, problem: { trouble: "silent" } });
    await passUntil(() => !bridge.status.get().reachable, 180_000, 500);
  });
});
