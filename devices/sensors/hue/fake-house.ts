import type { Clock } from "../../../src/clock.ts";
import {
  bridgeItself,
  dimmerSwitch,
  type FakeResource,
  type Firmware,
  measurement,
  motionSensor,
  room,
} from "./fake-resources.ts";

/** What the bridge tells everybody who listens to its event stream (hue.md 6). */
export interface FakeNews {
  type: "add" | "update" | "delete";
  data: FakeResource[];
}

/** What can be changed of a sensor. */
export interface Measured {
  motion?: boolean;
  lightLevel?: number;
  temperatureCelsius?: number;
  batteryPercent?: number;
  reachable?: boolean;
  enabled?: boolean;
}

/** The things of a house, and what happens to them. They are called by their names; an unknown name throws. */
export interface FakeHouse {
  /** In the order in which the bridge lists them. */
  readonly resources: FakeResource[];
  firmware: Firmware;
  set(name: string, measured: Measured): void;
  /** Somebody walks into this room, and out of all others. */
  walk(roomName: string): void;
  press(name: string, button: number, event: string): void;
  rename(name: string, next: string): void;
  /** Adds things, or takes one away. */
  add(resources: readonly FakeResource[]): void;
  remove(name: string): void;
  /** Lists everything in another order from now on. */
  shuffle(): void;
}

/** Two rooms with a motion sensor each, and a dimmer switch. */
export function smallHouse(bridgeId: string, version: string, clock: Clock): FakeResource[] {
  const now = new Date(clock.epochMs()).toISOString();
  const hall = motionSensor({ number: 0x10, name: "Hall", v1: 5 }, "both", now);
  const living = motionSensor({ number: 0x20, name: "Kate’s Living_Room", v1: 12 }, "both", now);
  const dimmer = dimmerSwitch({ number: 0x30, name: "Dimmer", v1: 20 });
  return [
    ...bridgeItself(bridgeId, version),
    ...[...hall, ...living, ...dimmer],
    ...[room(1, "Hallway", hall), room(2, "Living room", [...living, ...dimmer])],
  ];
}

/** As many motion sensors as wanted, called `Sensor 1`, `Sensor 2`, …, and nothing else. */
export function largeHouse(sensors: number, bridgeId: string, version: string, clock: Clock): FakeResource[] {
  const now = new Date(clock.epochMs()).toISOString();
  const things = Array.from({ length: sensors }, (_, at) =>
    motionSensor({ number: 0x1000 + at, name: `Sensor ${at + 1}`, v1: 3 * at + 2 }, "both", now),
  );
  return [...bridgeItself(bridgeId, version), ...things.flat(), room(1, "Hall", things.flat())];
}

export function fakeHouse(resources: FakeResource[], clock: Clock, tell: (news: FakeNews) => void): FakeHouse {
  const now = () => new Date(clock.epochMs()).toISOString();

  function deviceCalled(name: string): FakeResource {
    const found = resources.find(({ type, metadata }) => type === "device" && Object(metadata).name === name);
    if (!found) throw new Error(`there is nothing called ${name} in this house`);
    return found;
  }
  const partsOf = ({ id }: FakeResource) => resources.filter(({ owner }) => Object(owner).rid === id);

  /** Changes one part, and tells only what changed, as the bridge does. */
  function change(part: FakeResource | undefined, news: Record<string, unknown>): void {
    if (!part) return;
    Object.assign(part, news);
    const { id, id_v1, owner, type } = part;
    tell({
      type: "update",
      data: [{ id, ...(id_v1 !== undefined && { id_v1 }), ...news, ...(owner !== undefined && { owner }), type }],
    });
  }

  const self: FakeHouse = {
    resources,
    firmware: "both",
    set(name, { motion, lightLevel, temperatureCelsius, batteryPercent, reachable, enabled }) {
      const parts = partsOf(deviceCalled(name));
      const of = (type: string) => parts.find((part) => part.type === type);
      const measure = (type: string, feature: string, key: string, value: unknown) =>
        change(of(type), { [feature]: measurement(self.firmware, key, value, now()) });
      if (motion !== undefined) measure("motion", "motion", "motion", motion);
      if (lightLevel !== undefined) measure("light_level", "light", "light_level", lightLevel);
      if (temperatureCelsius !== undefined) measure("temperature", "temperature", "temperature", temperatureCelsius);
      if (batteryPercent !== undefined) {
        const battery_state = batteryPercent > 20 ? "normal" : "low";
        change(of("device_power"), { power_state: { battery_level: batteryPercent, battery_state } });
      }
      if (reachable !== undefined) {
        change(of("zigbee_connectivity"), { status: reachable ? "connected" : "connectivity_issue" });
      }
      if (enabled !== undefined) change(of("motion"), { enabled });
    },
    walk(roomName) {
      for (const { type, metadata, children } of resources) {
        if (type !== "room" || !Array.isArray(children)) continue;
        for (const { rid } of children) {
          const sensor = resources.find(({ owner, type: part }) => part === "motion" && Object(owner).rid === rid);
          const motion = Object(metadata).name === roomName;
          const before = Object(sensor?.motion).motion ?? Object(Object(sensor?.motion).motion_report).motion;
          if (sensor && before !== motion)
            change(sensor, { motion: measurement(self.firmware, "motion", motion, now()) });
        }
      }
    },
    press(name, button, event) {
      const part = partsOf(deviceCalled(name)).find(
        ({ type, metadata }) => type === "button" && Object(metadata).control_id === button,
      );
      const report = { button_report: { event, updated: now() } };
      change(part, {
        button: { ...(self.firmware !== "new" && { last_event: event }), ...(self.firmware !== "old" && report) },
      });
    },
    rename(name, next) {
      const device = deviceCalled(name);
      change(device, { metadata: { ...Object(device.metadata), name: next } });
    },
    add(more) {
      resources.push(...more);
      tell({ type: "add", data: [...more] });
    },
    remove(name) {
      const device = deviceCalled(name);
      const gone = [...partsOf(device), device];
      for (const one of gone) resources.splice(resources.indexOf(one), 1);
      tell({ type: "delete", data: gone.map(({ id, type }) => ({ id, type })) });
    },
    shuffle() {
      for (let left = resources.length; left > 1; left--) {
        const [one] = resources.splice(Math.floor(Math.random() * left), 1);
        if (one) resources.push(one);
      }
    },
  };
  return self;
}
