import { describe, expect, test } from "vitest";
import { met, wire } from "./wired.ts";

describe("a bridge with interface v2", () => {
  test("is read as it is", async () => {
    const { bridge, sensor, until } = await wire();
    expect(bridge.status.get()).toMatchObject({ reachable: false, sensors: undefined, identity: undefined });
    await until(() => bridge.status.get().reachable);
    expect(bridge.status.get()).toMatchObject({
      problem: undefined,
      api: "v2",
      secure: true,
      identity: { id: "001788fffe123456", name: "Hue Bridge", model: "BSB002", firmware: "1970084010" },
    });
    expect(bridge.status.get().sensors?.size).toBe(3);
    expect(sensor("Hall")).toEqual({
      id: "0017880100000010",
      name: "Hall",
      manufacturer: "Signify Netherlands B.V.",
      product: "Hue motion sensor",
      model: "SML001",
      firmware: "1.1.27575",
      room: "Hallway",
      v1Number: 5,
      measures: ["occupancy", "light", "temperature", "battery", "connectivity"],
      buttons: [],
      occupancy: false,
      lightLevel: 18_027,
      illuminanceLx: 63.47,
      temperatureCelsius: 21.39,
      batteryPercent: 87,
      dark: false,
      daylight: false,
      reachable: true,
      enabled: true,
    });
  });

  test.each(["old", "both", "new"] as const)("tells of what changes, with %s firmware", async (firmware) => {
    const { fake, sensor, until } = await met();
    fake.house.firmware = firmware;
    fake.house.set("Hall", { motion: true });
    await until(() => sensor("Hall")?.occupancy === true);
    fake.house.set("Hall", { lightLevel: 0, temperatureCelsius: -3.5, batteryPercent: 9, enabled: false });
    fake.house.set("Hall", { reachable: false });
    await until(() => sensor("Hall")?.reachable === false);
    expect(sensor("Hall")).toMatchObject({
      ...{ occupancy: true, lightLevel: 0, illuminanceLx: 0, dark: true, daylight: false },
      ...{ temperatureCelsius: -3.5, batteryPercent: 9, enabled: false },
    });
  });

  test("is dark and has daylight by the house's own thresholds", async () => {
    const { fake, sensor, until } = await met({}, { thresholds: { darkBelow: 10_000, daylightAbove: 18_000 } });
    expect(sensor("Hall")).toMatchObject({ lightLevel: 18_027, dark: false, daylight: true });
    fake.house.set("Hall", { lightLevel: 9_999 });
    await until(() => sensor("Hall")?.dark === true);
    expect(sensor("Hall")?.daylight).toBe(false);
  });

  test("asks for nothing again when it only listens", async () => {
    const { fake, sensor, until, pass } = await met();
    await pass(40_000);
    fake.house.walk("Living room");
    await until(() => sensor("Kate’s Living_Room")?.occupancy === true);
    expect(fake.received.map(({ kind }) => kind)).toEqual(["config", "events", "resources"]);
    fake.house.walk("Hallway");
    await until(() => sensor("Hall")?.occupancy === true);
    expect(sensor("Kate’s Living_Room")?.occupancy).toBe(false);
  });

  test("wakes those who follow a sensor that changed, and nobody else", async () => {
    const { bridge, fake, until } = await met();
    const woken: string[] = [];
    for (const id of ["0017880100000010", "0017880100000020"]) bridge.sensor(id).onChange(() => woken.push(id));
    fake.house.set("Hall", { motion: true });
    await until(() => woken.length > 0);
    expect(woken).toEqual(["0017880100000010"]);
    expect(bridge.sensor("0017880100000010").get()?.occupancy).toBe(true);
  });

  test("reports every press in its order, also twice the same in one message", async () => {
    const { fake, presses, until } = await met();
    fake.faults.throttleMs = 0;
    const events = ["initial_press", "repeat", "repeat", "repeat", "long_release", "initial_press", "short_release"];
    for (const event of events) fake.house.press("Dimmer", 2, event);
    fake.house.press("Dimmer", 2, "short_release");
    await until(() => presses.length === events.length + 1);
    expect(presses.map(({ event }) => event)).toEqual([...events, "short_release"]);
    expect(new Set(presses.map(({ sensorId, button }) => `${sensorId} ${button}`))).toEqual(
      new Set(["0017880100000030 2"]),
    );
  });

  test("sends what a second brings in one message, and nothing of it is lost", async () => {
    const { fake, presses, sensor, pass } = await met();
    fake.faults.throttleMs = 1_000;
    fake.house.set("Hall", { motion: true, lightLevel: 20_001 });
    fake.house.press("Dimmer", 1, "initial_press");
    fake.house.press("Dimmer", 1, "short_release");
    fake.house.set("Hall", { motion: false });
    await pass(1_100);
    expect(presses.map(({ event }) => event)).toEqual(["initial_press", "short_release"]);
    expect(sensor("Hall")).toMatchObject({ occupancy: false, illuminanceLx: 100 });
  });

  test("reports a press once that comes while everything is being read", async () => {
    const { fake, presses, pass, passUntil } = await met();
    const before = fake.received.length;
    fake.faults.lateMs = 2_000;
    await passUntil(() => fake.received.length > before, 61_000);
    fake.house.press("Dimmer", 2, "initial_press");
    await pass(5_000);
    expect(presses.map(({ event }) => event)).toEqual(["initial_press"]);
  });

  test("tells of no press that came while this process stood still, and of the next one", async () => {
    const { fake, presses, until, clock, pass } = await met();
    fake.house.press("Dimmer", 1, "initial_press");
    fake.house.press("Dimmer", 1, "short_release");
    fake.house.set("Hall", { motion: true });
    clock.jump(60_000);
    await pass(5_000);
    expect(presses).toEqual([]);
    await until(() => fake.streams.count() === 1);
    fake.house.press("Dimmer", 2, "initial_press");
    await until(() => presses.length > 0);
    expect(presses.map(({ button }) => button)).toEqual([2]);
  });

  test.each([0, 4_000])(
    "is followed anew at once after a standstill, which is no trouble of its own (%d ms)",
    async (oldMs) => {
      const { fake, bridge, until, clock, pass, passUntil } = await wire();
      await until(() => fake.streams.count() === 1 && bridge.status.get().sensors !== undefined);
      await pass(oldMs);
      const problems: unknown[] = [];
      bridge.status.onChange(() => problems.push(bridge.status.get().problem?.message));
      const before = fake.connections;
      clock.jump(4_000);
      expect(await passUntil(() => fake.connections > before && fake.streams.count() === 1, 1_000)).toBeLessThan(1_000);
      await pass(20_000);
      expect([fake.connections - before, problems.filter(Boolean)]).toEqual([1, []]);
    },
  );

  test("says of a new name and a new room at once", async () => {
    const { fake, sensor, until } = await met();
    fake.house.rename("Hall", "Entrance 🚪");
    await until(() => sensor("Entrance 🚪") !== undefined);
    expect(sensor("Entrance 🚪")?.id).toBe("0017880100000010");
    expect(sensor("Hall")).toBeUndefined();
  });

  test("gains a sensor and loses one", async () => {
    const { fake, bridge, sensor, until, pass } = await met();
    const dimmer = fake.house.resources.filter(({ id }) => id.startsWith("00000030"));
    fake.house.remove("Dimmer");
    await until(() => bridge.status.get().sensors?.size === 2);
    expect(sensor("Dimmer")).toBeUndefined();
    fake.house.add(dimmer);
    await until(() => bridge.status.get().sensors?.size === 3);
    await pass(2_000);
    expect(sensor("Dimmer")).toMatchObject({ id: "0017880100000030", room: "Living room", batteryPercent: 64 });
  });

  test("gains a sensor part by part, and never shows it with an id that is not its own", async () => {
    const { fake, bridge, until, pass } = await met();
    const dimmer = fake.house.resources.filter(({ id }) => id.startsWith("00000030"));
    fake.house.remove("Dimmer");
    await until(() => bridge.status.get().sensors?.size === 2);
    const shown = new Set<string>();
    const leave = bridge.status.onChange(() => {
      for (const id of bridge.status.get().sensors?.keys() ?? []) shown.add(id);
    });
    for (const part of dimmer) fake.house.add([part]);
    await pass(3_000);
    leave();
    expect([...shown].sort()).toEqual(["0017880100000010", "0017880100000020", "0017880100000030"]);
  });

  test("is asked about a resource that nobody has heard of, and a press of it is not lost", async () => {
    const { fake, presses, until, pass } = await met();
    const dimmer = fake.house.resources.filter(({ id }) => id.startsWith("00000030"));
    fake.house.remove("Dimmer");
    await pass(1_000);
    fake.faults.mute = true;
    fake.house.add(dimmer);
    fake.faults.mute = false;
    fake.house.press("Dimmer", 3, "initial_press");
    await pass(1_500);
    await until(() => presses.length > 0);
    expect(presses).toEqual([{ sensorId: "0017880100000030", button: 3, event: "initial_press" }]);
  });
});
