import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { allDevices } from "../../devices/sensors/all-devices.ts";
import { bridgeDevice, problemOf } from "../../devices/sensors/bridge-device.ts";
import type { Known } from "../../devices/sensors/broadlink/units.ts";
import { unitSensors } from "../../devices/sensors/broadlink-device.ts";
import { entitiesOf } from "../../devices/sensors/entities.ts";
import type { Bridge } from "../../devices/sensors/hue/bridge.ts";
import { HueError } from "../../devices/sensors/hue/errors.ts";
import type { Press, Sensor } from "../../devices/sensors/hue/sensor.ts";
import type { BridgeStatus } from "../../devices/sensors/hue/status.ts";
import { hueSensor } from "../../devices/sensors/hue-device.ts";
import type { Reading } from "../../src/broadlink/commands.ts";
import { modelOf } from "../../src/broadlink/models.ts";
import { cell } from "../../src/cell.ts";
import type { Device } from "../../src/device.ts";

const hall: Sensor = {
  ...{ id: "0017880102030405", name: "Hall", manufacturer: "Signify", product: "Hue motion sensor", model: "SML001" },
  ...{ firmware: "1.1", room: "Hallway", v1Number: 5, buttons: [] },
  measures: ["occupancy", "light", "temperature", "battery", "connectivity"],
  ...{ occupancy: false, lightLevel: 18_027, illuminanceLx: 63.47, temperatureCelsius: 21.39, batteryPercent: 87 },
  ...{ dark: false, daylight: false, reachable: true, enabled: true },
};
const dimmer: Sensor = {
  ...hall,
  ...{ id: "0017880102030499", name: "Dimmer", v1Number: undefined, measures: ["battery", "connectivity"] },
  buttons: [1, 2].map((number) => ({ number, lastEvent: undefined })),
  enabled: undefined,
};

async function* noPresses(): AsyncGenerator<Press> {}

/** A sensor as a device, and the hands on its source. */
function shown(sensor: Sensor, presses = noPresses) {
  const source = cell<Sensor | undefined>(sensor);
  const reachable = cell(true);
  const showable = hueSensor(sensor, 0, { sensor: source, reachable: reachable.get, presses });
  const device = showable.show({ base: "home/hall", offsetCelsius: 2, entities: entitiesOf(showable.abilities) });
  return { source, reachable, showable, device };
}

/** What a device says at the moment. */
async function now(device: Device) {
  for await (const report of device.states(AbortSignal.abort())) return report;
  throw new Error("it says nothing");
}

describe("a sensor of the bridge as a device", () => {
  test("N8: while the bridge is not to be believed it is away, not connected, and its values stand", async () => {
    const { device, reachable } = shown(hall);
    expect(await now(device)).toMatchObject({ available: true, state: { temperature: "23.39", connectivity: "1" } });
    reachable.set(false);
    const { available, state } = await now(device);
    expect([available, state.connectivity, state.temperature]).toEqual([false, "0", "23.39"]);
  });

  test("one that is gone says nothing but that", async () => {
    const { device, source } = shown(hall);
    source.set(undefined);
    expect(await now(device)).toEqual({ available: false, state: { connectivity: "0" } });
  });

  test("whether it is heard or enabled is taken for granted where the bridge does not say", async () => {
    const { device } = shown({ ...hall, reachable: undefined, enabled: undefined });
    const { available, state } = await now(device);
    expect([available, state.connectivity, state.enabled]).toEqual([true, "1", undefined]);
  });

  test("what an earlier run left is asked for only where not everything is known", () => {
    expect(shown(hall).device.restore).toBeUndefined();
    expect(shown(dimmer).device.restore).toBeUndefined();
    expect(shown({ ...hall, occupancy: undefined }).device.restore).toBeDefined();
    expect(shown({ ...hall, batteryPercent: undefined }).device.restore).toBeDefined();
  });

  test("a switch shows its battery, its connection and its buttons, and can't be disabled", () => {
    const { entities } = shown(dimmer).device;
    expect(entities.map(({ key }) => key)).toEqual(["battery", "connectivity", "button-1", "button-2"]);
  });

  test("a switch tells of its own presses, and a sensor without buttons follows none", async () => {
    async function* presses(): AsyncGenerator<Press> {
      yield { sensorId: dimmer.id, button: 1, event: "initial_press" };
      yield { sensorId: "somebody else", button: 1, event: "initial_press" };
      yield { sensorId: dimmer.id, button: 2, event: "short_release" };
    }
    const told = [];
    for await (const event of shown(dimmer, presses).device.events?.(AbortSignal.abort()) ?? []) told.push(event);
    expect(told).toEqual([
      { topic: "button/1", payload: "initial_press" },
      { topic: "button/2", payload: "short_release" },
    ]);
    expect(shown(hall).device.events).toBeUndefined();
  });

  test.each([
    [{}, "Hall", "Hue motion sensor (SML001)"],
    [{ name: "  " }, "Hue motion sensor", "Hue motion sensor (SML001)"],
    [{ name: "", product: undefined }, "Hue sensor", "SML001"],
    [{ name: "", product: undefined, model: undefined }, "Hue sensor", "Hue sensor"],
    [{ model: undefined }, "Hall", "Hue motion sensor"],
  ])("with %j it is called %j and is a %j", (change, name, model) => {
    expect(shown({ ...hall, ...change }).device.info).toMatchObject({ key: hall.id, name, model });
  });

  test.each([{ name: "Entrance" }, { room: "Cellar" }, { firmware: "1.2" }, { measures: ["occupancy" as const] }])(
    "%j makes it another device",
    (change) => {
      expect(shown({ ...hall, ...change }).showable.introduction).not.toBe(shown(hall).showable.introduction);
    },
  );

  test("what it measures does not", () => {
    const other = {
      ...hall,
      occupancy: true,
      temperatureCelsius: 3,
      batteryPercent: 1,
      reachable: false,
      enabled: false,
    };
    expect(shown(other).showable.introduction).toBe(shown(hall).showable.introduction);
  });
});

describe("a Broadlink unit as a device", () => {
  /** What a unit of this type says when it has measured this. */
  async function said(type: number, reading: Reading | undefined, available = true) {
    const measured = cell({ available, reading });
    const showable = unitSensors({ mac: "78:0f:77:11:22:33", name: "Cellar", model: modelOf(type), measured });
    const entities = entitiesOf(showable.abilities);
    return (await now(showable.show({ base: "home/cellar", offsetCelsius: -0.5, entities }))).state;
  }
  const [RM4, RM_PRO] = [0x51da, 0x2712];

  test("N5: what corrects its temperature is added to that, and to nothing else", async () => {
    expect(await said(RM4, { temperatureCelsius: 21.37, humidityPercent: 48.65 })).toEqual({
      ...{ temperature: "20.87", humidity: "48.65", connectivity: "1" },
    });
  });

  test("N5: what it does not measure is not shown as 0", async () => {
    expect(await said(RM_PRO, { temperatureCelsius: 21, humidityPercent: undefined })).toEqual({
      ...{ temperature: "20.5", connectivity: "1" },
    });
    expect(await said(RM4, undefined, false)).toEqual({ connectivity: "0" });
  });
});

const away: BridgeStatus = {
  ...{ reachable: false, problem: undefined, identity: undefined, api: undefined, secure: false },
  ...{ sensors: undefined, skipped: 0 },
};
const FINGERPRINT = Array(32).fill("AB").join(":");

describe("the bridge as a device", () => {
  test("is shown before anybody knows which one it is", async () => {
    const device = bridgeDevice(cell(away), "mqtt-things/sensors/main/bridge");
    expect(device.info).toEqual({
      ...{ key: "bridge", name: "Hue bridge", manufacturer: "Philips Hue", model: "Hue bridge" },
    });
    const state = { connectivity: "0", firmware: "None", problem: "None" };
    expect(await now(device)).toEqual({ available: false, state });
  });

  test("is shown whole while it is away", () => {
    const { entities } = bridgeDevice(cell(away), "base");
    expect(entities.every(({ withoutDevice }) => withoutDevice)).toBe(true);
  });

  test("has a problem that fits into Home Assistant, and begins with what it is", () => {
    const unpaired = new HueError("unpaired", "the bridge does not know our application key: pair with it anew");
    expect(problemOf({ problem: unpaired })).toMatch(/^unpaired: .*\(mqtt-things hue pair\)$/);
    const long = new HueError("untrusted", `the fingerprint is ${FINGERPRINT}`, FINGERPRINT);
    expect(problemOf({ problem: long })).toBe(`the fingerprint is ${FINGERPRINT}; if it is yours, pin that`);
    expect(problemOf({ problem: new HueError("silent", "x".repeat(400)) })).toHaveLength(255);
    expect(problemOf({ problem: undefined })).toBeUndefined();
  });
});

describe("the list of all devices", () => {
  const status = cell<BridgeStatus>(away);
  const known = cell<Known>({ sensing: new Map(), complete: false });
  const bridge: Bridge = {
    status,
    sensor: (id) => ({ get: () => status.get().sensors?.get(id), onChange: status.onChange }),
    presses: noPresses,
    async [Symbol.asyncDispose]() {},
  };
  const units = { known, async [Symbol.asyncDispose]() {} };
  const house = { bridge, units, base: "home", bridgeBase: "bridge", rules: {}, hueOffset: 0, settled: () => settled };
  let settled = false;
  const sensors = (...all: Sensor[]) => new Map(all.map((sensor) => [sensor.id, sensor]));
  const UNIT = "780f77112233";

  test("grows with what is known, says who may yet come, and changes only with who is there", () => {
    const list = allDevices(house, pino({ level: "silent" }));
    const first = list();
    expect(first.map(({ info }) => info.key)).toEqual(["bridge"]);
    expect([first.unsure?.(hall.id), first.unsure?.(UNIT)]).toEqual([true, true]);
    expect(list()).toBe(first);

    status.set({ ...status.get(), sensors: sensors(hall, dimmer) });
    const second = list();
    expect(second.map(({ base }) => base)).toEqual(["bridge", "home/hall", "home/dimmer"]);
    expect(second[0]).toBe(first[0]);
    expect([second.unsure?.(hall.id), second.unsure?.(UNIT)]).toEqual([true, true]);

    settled = true;
    const settledList = list();
    expect([...settledList]).toEqual([...second]);
    expect([settledList.unsure?.(hall.id), settledList.unsure?.(UNIT)]).toEqual([false, true]);

    status.set({ ...status.get(), sensors: sensors({ ...hall, occupancy: true }, dimmer) });
    expect(list()).toBe(settledList);

    const unit = {
      mac: "78:0f:77:11:22:33",
      name: "Hall",
      model: modelOf(0x51da),
      measured: cell({ available: true, reading: undefined }),
    };
    known.set({ sensing: new Map([[unit.mac, unit]]), complete: true });
    const third = list();
    expect(third.map(({ base }) => base)).toEqual(["bridge", "home/hall", "home/dimmer", "home/hall-1"]);
    expect([third[1], third[2]]).toEqual([second[1], second[2]]);
    expect([third[1] === second[1], third[2] === second[2]]).toEqual([true, true]);
    expect(third.unsure?.(UNIT)).toBe(false);

    const identity = {
      id: "001788fffe123456",
      name: "Hue",
      model: "BSB002",
      firmware: "1",
      hasV2: true,
      isRound: false,
    };
    status.set({ ...status.get(), identity, reachable: true });
    const fourth = list();
    expect(fourth[0]?.info).toMatchObject({ key: "bridge", serialNumber: identity.id, softwareVersion: "1" });
    expect(fourth[1]).toBe(third[1]);

    status.set({ ...status.get(), sensors: sensors({ ...hall, name: "Entrance" }) });
    expect(list().map(({ base }) => base)).toEqual(["bridge", "home/entrance", "home/hall"]);
  });

  test("without a bridge there is none, and nobody of one may yet come", () => {
    const list = allDevices({ ...house, bridge: undefined, units: undefined }, pino({ level: "silent" }))();
    expect([list.length, list.unsure?.(hall.id), list.unsure?.(UNIT)]).toEqual([0, false, false]);
  });
});
