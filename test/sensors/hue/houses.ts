import { smallHouse } from "../../../devices/sensors/hue/fake-house.ts";
import { type House, openHouse } from "../../../devices/sensors/hue/house.ts";
import { type Change, type Effect, readChanges } from "../../../devices/sensors/hue/merge.ts";
import type { Sensor } from "../../../devices/sensors/hue/sensor.ts";
import { usualThresholds } from "../../../devices/sensors/hue/values.ts";
import { virtualClock } from "../../support/clock.ts";

/** Of the small house. */
export const HALL = "0017880100000010";
export const DIMMER = "0017880100000030";
/** The second button of the dimmer. */
export const DIMMER_BUTTON = "00000030-0000-4000-8000-000000000002";

/** What the bridge of the small house lists. */
export const resources = () => smallHouse("001788FFFE123456", "1970084010", virtualClock());

/** The parts of the sensor in the hall: 0 the device, 1 motion, 2 light, 3 temperature. */
export const part = (at: number) => `00000010-0000-4000-8000-00000000000${at}`;
export const hallRadio = "00000010-0000-4000-8000-00000000005a";

/** A house after a full read. */
export function houseOf(items: readonly unknown[]): House {
  const house = openHouse(usualThresholds);
  house.replace(items, [], true);
  return house;
}

/** What an event with these items means. */
export const changes = (type: string, ...data: unknown[]): Change[] =>
  readChanges(JSON.stringify([{ type, data }])).changes;

export const update = (id: string, type: string, rest: object) => changes("update", { id, type, ...rest });

/** What becomes of a house that is told of these changes. */
export function told(house: House, ...all: Change[]): { effects: Effect[]; sensors: ReadonlyMap<string, Sensor> } {
  const effects = all.map((change) => house.apply(change));
  return { effects, sensors: house.sensors() };
}
