import { describe, expect, test } from "vitest";
import { met, wire } from "./wired.ts";

const v1 = { kind: "round" } as const;
const HALL = "Hall";

describe("a bridge with interface v1 alone", () => {
  test("is read as it is, and followed within its interval", async () => {
    const { bridge, fake, sensor, passUntil } = await met(v1);
    expect(bridge.status.get()).toMatchObject({
      ...{ api: "v1", reachable: true, secure: false, problem: undefined },
      identity: { id: "001788fffe123456", model: "BSB001" },
    });
    expect(sensor(HALL)).toMatchObject({
      id: "0017880100000010",
      v1Number: 5,
      temperatureCelsius: 21.39,
      occupancy: false,
    });
    fake.house.set(HALL, { motion: true });
    expect(await passUntil(() => sensor(HALL)?.occupancy === true, 3_000)).toBeLessThanOrEqual(2_100);
    expect(new Set(fake.received.map(({ kind }) => kind))).toEqual(new Set(["config", "sensors"]));
  });

  test("is asked at its pace, over one connection", async () => {
    const { fake, pass } = await met(v1, { pollMs: 1_000 });
    const before = { requests: fake.received.length, connections: fake.connections };
    await pass(30_000);
    expect(fake.received.length - before.requests).toBeGreaterThanOrEqual(29);
    expect(fake.received.length - before.requests).toBeLessThanOrEqual(31);
    expect(fake.connections - before.connections).toBeLessThanOrEqual(1);
  });

  test("tells of a press when it is new, and not of the one before we came", async () => {
    const { fake, presses, pass, passUntil, clock } = await wire(v1);
    fake.house.press("Dimmer", 4, "short_release");
    await pass(6_000);
    expect(presses).toEqual([]);
    for (const [button, event] of [
      [1, "initial_press"],
      [1, "short_release"],
      [1, "short_release"],
    ] as const) {
      clock.jump(1_000);
      fake.house.press("Dimmer", button, event);
      const count = presses.length;
      await passUntil(() => presses.length > count, 3_000);
    }
    expect(presses).toEqual(
      ["initial_press", "short_release", "short_release"].map((event) => ({
        sensorId: "0017880100000030",
        button: 1,
        event,
      })),
    );
  });

  test("tells of the first press of a switch that was never used", async () => {
    const { fake, presses, passUntil } = await met(v1);
    fake.house.press("Dimmer", 3, "initial_press");
    await passUntil(() => presses.length > 0, 3_000);
    expect(presses).toEqual([{ sensorId: "0017880100000030", button: 3, event: "initial_press" }]);
  });

  test("tells of no press of a switch that has just been added", async () => {
    const { fake, bridge, presses, passUntil, pass } = await met(v1);
    const dimmer = fake.house.resources.filter(({ id }) => id.startsWith("00000030"));
    fake.house.remove("Dimmer");
    await passUntil(() => bridge.status.get().sensors?.size === 2, 40_000);
    fake.house.add(dimmer);
    fake.house.press("Dimmer", 3, "initial_press");
    await passUntil(() => bridge.status.get().sensors?.size === 3, 3_000);
    await pass(5_000);
    expect(presses).toEqual([]);
  });

  test("tells of no press that happened while it was away", async () => {
    const { bridge, fake, presses, pass, passUntil } = await met(v1);
    await fake.powerOff();
    await pass(30_000);
    fake.house.press("Dimmer", 2, "initial_press");
    await fake.powerOn();
    await passUntil(() => bridge.status.get().problem === undefined, 90_000, 500);
    await pass(5_000);
    expect(presses).toEqual([]);
  });

  test("does not know us any more: unpaired at once, and asked once a minute", async () => {
    const { bridge, fake, pass, passUntil } = await met(v1);
    fake.revokeKeys();
    await passUntil(() => bridge.status.get().problem?.trouble === "unpaired", 3_000);
    expect(bridge.status.get().reachable).toBe(false);
    const before = fake.received.length;
    await pass(180_000, 500);
    expect(fake.received.slice(before).filter(({ kind }) => kind === "sensors").length).toBeLessThanOrEqual(3);
  });

  test("is away for long: its sensors are believed for 3 minutes", async () => {
    const { bridge, fake, passUntil } = await met(v1);
    await fake.powerOff();
    const goneMs = await passUntil(() => !bridge.status.get().reachable, 200_000, 500);
    expect(goneMs).toBeGreaterThan(170_000);
    expect(goneMs).toBeLessThanOrEqual(181_000);
    await fake.powerOn();
    await passUntil(() => bridge.status.get().reachable, 90_000, 500);
  });

  test.each([429, 503])("answers %i: it is asked more slowly", async (status) => {
    const { bridge, fake, pass, passUntil } = await met(v1);
    fake.faults.status = status;
    const before = fake.received.length;
    await pass(180_000, 500);
    expect(bridge.status.get().problem?.trouble).toBe("busy");
    expect(fake.received.length - before).toBeLessThanOrEqual(10);
    fake.faults.status = undefined;
    await passUntil(() => bridge.status.get().problem === undefined, 90_000, 500);
  });

  test("is updated: interface v2 is used, and every sensor is the same", async () => {
    const { bridge, fake, passUntil } = await met({ version: "1935144040" });
    expect(bridge.status.get()).toMatchObject({ api: "v1", secure: true });
    const ids = [...(bridge.status.get().sensors?.keys() ?? [])].sort();
    await fake.powerOff();
    fake.update("1970084010");
    await fake.powerOn();
    await passUntil(() => bridge.status.get().api === "v2" && bridge.status.get().reachable, 700_000, 2_000);
    await passUntil(() => bridge.status.get().problem === undefined, 10_000);
    expect([...(bridge.status.get().sensors?.keys() ?? [])].sort()).toEqual(ids);
  });
});
