import type { Logger } from "pino";
import type { Device } from "../../src/device.ts";
import type { DeviceList } from "../../src/serve-all.ts";
import { bridgeDevice } from "./bridge-device.ts";
import type { SensingUnit, Units } from "./broadlink/units.ts";
import { isUnitKey, unitSensors } from "./broadlink-device.ts";
import { catalogue } from "./catalogue.ts";
import { changes } from "./changes.ts";
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
}

const nothing = new Map<string, never>();

/**
 * The devices of the moment. Each call gives the same list while nothing has changed but what is measured, and in another
 * list a device that is the same stays the same object.
 */
export function allDevices(house: House, log: Logger): () => DeviceList {
  const { bridge, units, base, bridgeBase, rules, hueOffset } = house;
  const { devicesOf, strangers } = catalogue(base, rules);
  const reachable = () => bridge?.status.get().reachable ?? false;
  const ofBridge = (sensor: Sensor) =>
    bridge && hueSensor(sensor, hueOffset, { sensor: bridge.sensor(sensor.id), reachable, presses: bridge.presses });

  const sensorsChanged = changes((sensor: Sensor) =>
    JSON.stringify([sensor.name, sensor.v1Number, ofBridge(sensor)?.introduction]),
  );
  const unitsChanged = changes((unit: SensingUnit) => JSON.stringify([unit.name, unitSensors(unit).introduction]));
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
    const [bridgeDevices, bridgeKnown] = [bridgeNow(), sensors !== undefined];
    const now = JSON.stringify([bridgeShown?.as, bridgeKnown, complete]);
    // All are asked: each remembers what it was asked about.
    const changed = [sensorsChanged(sensors ?? nothing), unitsChanged(sensing), now !== facts];
    if (list && !changed.includes(true)) return list;
    facts = now;
    const hue = [...(sensors ?? nothing).values()].flatMap((sensor) => ofBridge(sensor) ?? []);
    const devices = devicesOf([...hue, ...[...sensing.values()].map(unitSensors)]);
    if (bridgeKnown && complete && !told) {
      told = true;
      for (const name of strangers()) log.warn({ sensor: name }, "the configuration names a sensor that is not there");
    }
    const unsure = (key: string) => (isUnitKey(key) ? !complete : !bridgeKnown);
    list = Object.assign([...bridgeDevices, ...devices], { unsure });
    return list;
  };
}
