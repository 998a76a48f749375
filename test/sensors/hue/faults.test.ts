import { describe, expect, test } from "vitest";
import { kinds, met, watchConnections, wire } from "./wired.ts";

const HALL = "Hall";

describe("a bridge that has too much to do", () => {
  test.each([429, 503])("and answers %i is asked slowly, and served when it has time", async (status) => {
    const wired = await wire();
    const { bridge, fake, pass, passUntil } = wired;
    fake.faults.status = status;
    const watch = watchConnections(wired);
    for (let at = 0; at < 36; at++) {
      await pass(10_000, 500);
      watch.note();
    }
    expect(watch.most()).toBeLessThanOrEqual(10);
    expect(bridge.status.get()).toMatchObject({ reachable: false, problem: { trouble: "busy" } });
    const inAnyMinute = fake.received.filter(
      ({ atMs, kind }) => atMs >= 180_000 && atMs < 240_000 && kind !== "config",
    );
    expect(inAnyMinute.length).toBeLessThanOrEqual(4);
    fake.faults.status = undefined;
    await passUntil(() => bridge.status.get().problem === undefined && bridge.status.get().reachable, 180_000, 500);
  });

  test("once is asked again within seconds", async () => {
    const { bridge, fake, passUntil } = await wire();
    fake.faults.tooMany = 2;
    expect(await passUntil(() => bridge.status.get().sensors !== undefined, 10_000)).toBeLessThanOrEqual(6_000);
  });

  test("on its event stream alone is read all the same", async () => {
    const { bridge, fake, sensor, passUntil } = await wire();
    fake.faults.streamStatus = 503;
    await passUntil(() => sensor(HALL) !== undefined, 5_000);
    expect(bridge.status.get()).toMatchObject({ reachable: true, problem: { trouble: "busy" } });
    fake.house.set(HALL, { motion: true });
    await passUntil(() => sensor(HALL)?.occupancy === true, 61_000, 500);
  });
});

describe("a bridge that does not know us any more", () => {
  test("is unpaired within 10 s, is asked once a minute, and we live", async () => {
    const { bridge, fake, passUntil, pass } = await met();
    fake.revokeKeys();
    expect(await passUntil(() => !bridge.status.get().reachable, 11_000)).toBeLessThanOrEqual(10_000);
    expect(bridge.status.get().problem?.trouble).toBe("unpaired");
    expect(bridge.status.get().sensors?.size).toBe(3);
    const before = fake.received.length;
    const problems = new Set<string | undefined>();
    bridge.status.onChange(() => problems.add(bridge.status.get().problem?.trouble));
    await pass(300_000, 500);
    expect(problems).toEqual(new Set(["unpaired"]));
    const keyed = fake.received.slice(before).filter(({ kind }) => kind !== "config");
    expect(keyed.length).toBeGreaterThanOrEqual(4);
    expect(keyed.length).toBeLessThanOrEqual(5);
    for (const [at, { atMs }] of keyed.entries())
      expect(atMs - (keyed[at - 1]?.atMs ?? -60_000)).toBeGreaterThan(59_999);
  });

  test.each([401, 403])("because it answers %i to a read, is unpaired as well", async (status) => {
    const { bridge, fake, passUntil } = await met();
    fake.faults.status = status;
    await passUntil(() => bridge.status.get().problem?.trouble === "unpaired", 61_000, 500);
    expect(bridge.status.get().reachable).toBe(false);
    fake.faults.status = undefined;
    await passUntil(() => bridge.status.get().reachable && bridge.status.get().problem === undefined, 70_000, 500);
  });

  test("from the beginning is asked nothing else", async () => {
    const { bridge, fake, until } = await wire({}, { key: "nobody" });
    await until(() => bridge.status.get().problem !== undefined);
    expect(bridge.status.get()).toMatchObject({ problem: { trouble: "unpaired" }, sensors: undefined });
    expect(kinds(fake)).toEqual(["config", "events"]);
  });
});

describe("an interface v2 that is not there", () => {
  test.each([404, 200])("and is said not to be with HTTP %i: v1 serves", async (status) => {
    const { bridge, fake, sensor, until } = await wire({ version: "1935144040" });
    fake.faults.absentStatus = status;
    fake.config.swversion = "1970084010";
    await until(() => sensor(HALL) !== undefined);
    expect(bridge.status.get()).toMatchObject({ api: "v1", reachable: true, problem: undefined });
  });

  test("although the firmware is new enough: v1 serves, and v2 is asked for again later", async () => {
    const { bridge, fake, sensor, until, pass, passUntil } = await wire();
    fake.faults.streamStatus = 404;
    await until(() => bridge.status.get().api === "v1" && sensor(HALL) !== undefined);
    expect(bridge.status.get().problem).toBeUndefined();
    fake.faults.streamStatus = undefined;
    await pass(500_000, 2_000);
    expect(bridge.status.get().api).toBe("v1");
    await passUntil(
      () => bridge.status.get().api === "v2" && bridge.status.get().problem === undefined,
      120_000,
      1_000,
    );
    expect([sensor(HALL)?.id, bridge.status.get().sensors?.size]).toEqual(["0017880100000010", 3]);
  });

  test("for a moment, because the bridge is just starting, is asked for again: v1 would make other devices", async () => {
    const { bridge, fake, pass, passUntil } = await met();
    fake.faults.status = 404;
    fake.streams.hangUp();
    await passUntil(() => bridge.status.get().problem?.trouble === "absent", 10_000, 500);
    await pass(10_000, 500);
    expect(bridge.status.get().api).toBe("v2");
    fake.faults.status = undefined;
    await passUntil(() => bridge.status.get().problem === undefined, 190_000, 500);
    expect([bridge.status.get().api, fake.received.some(({ kind }) => kind === "sensors")]).toEqual(["v2", false]);
  });

  test("any more is given up after a few minutes: v1 serves", async () => {
    const { bridge, fake, passUntil } = await met();
    fake.faults.streamStatus = 404;
    fake.streams.hangUp();
    await passUntil(
      () => bridge.status.get().api === "v1" && bridge.status.get().problem === undefined,
      600_000,
      1_000,
    );
  });
});

test.each([401, 403, 404])(
  "a bridge that answers %i when it is asked who it is, is asked slowly, and served when it says so",
  async (status) => {
    const { bridge, fake, pass, passUntil } = await met();
    fake.faults.configStatus = status;
    fake.streams.hangUp();
    const before = fake.received.length;
    await pass(60_000, 500);
    expect(fake.received.length - before).toBeLessThanOrEqual(10);
    expect(bridge.status.get().problem?.message).toMatch(/no Hue bridge \(HTTP 40\d\)/);
    fake.faults.configStatus = undefined;
    await passUntil(() => bridge.status.get().problem === undefined, 180_000, 500);
    expect(bridge.status.get()).toMatchObject({ api: "v2", reachable: true });
  },
);

test("a bridge that was updated while it was away says so", async () => {
  const { bridge, fake, pass, passUntil } = await met();
  await fake.powerOff();
  await pass(5_000);
  Object.assign(fake.config, { swversion: "1999999999", name: "Upstairs" });
  await fake.powerOn();
  await passUntil(() => bridge.status.get().identity?.firmware === "1999999999", 60_000);
  expect(bridge.status.get().identity?.name).toBe("Upstairs");
});

test("an hour of trouble is a dozen lines in the log", async () => {
  const { fake, lines, pass } = await met();
  lines.length = 0;
  fake.faults.hangsUp = "after-greeting";
  fake.streams.hangUp();
  await pass(1_800_000, 2_000);
  await fake.powerOff();
  await pass(1_800_000, 2_000);
  const said = lines.filter((line) => !line.includes('"level":20'));
  expect(said.length).toBeGreaterThan(1);
  expect(said.length).toBeLessThanOrEqual(12);
});

test.each([{}, { kind: "round" }] as const)(
  "an hour in which all is well is silence in the log (%j)",
  async (options) => {
    const { lines, pass } = await met(options);
    lines.length = 0;
    await pass(3_600_000, 2_000);
    expect(lines.filter((line) => !line.includes('"level":20'))).toEqual([]);
  },
);
