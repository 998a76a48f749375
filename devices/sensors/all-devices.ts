import type { Logger } from "pino";
import type { Device } from "../../src/device.ts";
import type { DeviceList } from "../../src/serve-all.ts";
import { bridgeDevice } from "./bridge-device.ts";
import type { Units } from "./broadlink/units.ts";
import { isUnitKey, unitSensors } from "./broadlink-device.ts";
import { catalogue } from "./catalogue.ts";
import type { Bridge } from "./hue/bridge.ts";
import type { Sensor } from "./hue/sensor.ts";
import { hueSensor } from "./hue-device.ts";
import type { SensorRules } from "./places.ts";

/** Where devices come from, and how they are shown. */
export interface House {
  bridge: Bridge | undefined;
  units: Units | undefined;
  /** Where the topics of sensors begin. */
  base: string;
  /** Where those of the bridge begin. */
  bridgeBase: string;
  rules: SensorRules;
  /** What is added to what the bridge's sensors measure, in °C. */
  hueOffset: number;
  /** Whether who is not on the bridge's list by now is gone. */
  settled(): boolean;
}

const nothing = new Map<string, never>();

/**
 * The devices of the moment. Each call gives the same list while nothing has changed but what is measured, and in another
 * list a device that is the same stays the same object.
 */
export function allDevices(house: House, log: Logger): () => DeviceList {
  const { bridge, units, base, bridgeBase, rules, hueOffset, settled } = house;
  const { devicesOf, strangers } = catalogue(base, rules);
  const reachable = () => bridge?.status.get().reachable ?? false;
  const ofBridge = (sensor: Sensor) =>
    bridge && hueSensor(sensor, hueOffset, { sensor: bridge.sensor(sensor.id), reachable, presses: bridge.presses });

  let list: DeviceList | undefined;
  let facts = "";
  let bridgeShown: { as: string; device: Device } | undefined;
  let told = false;

  function bridgeNow(): Device[] {
    if (!bridge) return [];
    const as = JSON.stringify(bridge.status.get().identity ?? null);
    if (bridgeShown?.as !== as) bridgeShown = { as, device: bridgeDevice(bridge.status, bridgeBase) };
    return [bridgeShown.device];
  }

  return () => {
    const { sensors = bridge ? undefined : nothing } = bridge?.status.get() ?? {};
    const { sensing, complete } = units?.known.get() ?? { sensing: nothing, complete: true };
    const bridgeKnown = sensors !== undefined;
    const hue = [...(sensors ?? nothing).values()].flatMap((sensor) => ofBridge(sensor) ?? []);
    const devices = [...bridgeNow(), ...devicesOf([...hue, ...[...sensing.values()].map(unitSensors)])];
    const isSettled = settled();
    const now = JSON.stringify([bridgeKnown, complete, isSettled]);
    if (list && now === facts && isSame(list, devices)) return list;
    facts = now;
    if (bridgeKnown && complete && !told) {
      told = true;
      for (const name of strangers()) log.warn({ sensor: name }, "the configuration names a sensor that is not there");
    }
    const unsure = (key: string) => (isUnitKey(key) ? !complete : !isSettled);
    list = Object.assign(devices, { unsure });
    return list;
  };
}

const isSame = (a: readonly Device[], b: readonly Device[]) =>
  a.length === b.length && a.every((one, at) => one === b[at]);
