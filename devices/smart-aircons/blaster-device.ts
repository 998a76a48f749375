import type { Cell } from "../../src/cell.ts";
import type { Device, Entity } from "../../src/device.ts";
import type { BlasterHealth } from "./blasters/blaster.ts";

/** A blaster as it is configured. */
export interface BlasterIntroduction {
  key: string;
  /** What people call it. */
  name: string;
  /** Who made it, as long as it has not said itself what it is. */
  manufacturer: string;
  base: string;
}

const NOTHING = "None";

/**
 * A blaster as a device of its own: whether it is there, and what is wrong with it. All of it is shown while it is away
 * as well, because that is when people look.
 */
export function blasterDevice(
  { key, name, manufacturer, base }: BlasterIntroduction,
  health: Cell<BlasterHealth>,
): Device {
  const { identity } = health.get();
  return {
    info: {
      key,
      name,
      manufacturer: identity?.manufacturer ?? manufacturer,
      model: identity?.model ?? "Infrared blaster",
      ...(identity && { serialNumber: identity.serialNumber }),
      ...(identity?.firmware !== undefined && { softwareVersion: identity.firmware }),
    },
    base,
    entities,
    async *states(signal) {
      for await (const { ready, problem, identity } of health.values(signal)) {
        const state = {
          connectivity: ready ? "1" : "0",
          firmware: identity?.firmware ?? NOTHING,
          problem: problem ?? NOTHING,
        };
        yield { available: ready, state };
      }
    },
  };
}

/** A blaster's device, the same one until the blaster has said that it is somebody else: then it is introduced anew. */
export function introduced(introduction: BlasterIntroduction, health: Cell<BlasterHealth>): () => Device {
  let shown: { as: string; device: Device } | undefined;
  return () => {
    const as = JSON.stringify(health.get().identity ?? null);
    if (shown?.as !== as) shown = { as, device: blasterDevice(introduction, health) };
    return shown.device;
  };
}

const entities: Entity[] = [
  {
    platform: "binary_sensor",
    key: "connectivity",
    name: "Connection",
    category: "diagnostic",
    withoutDevice: true,
    state: { topic: "connectivity" },
    on: "1",
    off: "0",
    deviceClass: "connectivity",
  },
  {
    platform: "sensor",
    key: "firmware",
    name: "Firmware",
    category: "diagnostic",
    icon: "mdi:chip",
    withoutDevice: true,
    state: { topic: "firmware" },
  },
  {
    platform: "sensor",
    key: "problem",
    name: "Problem",
    category: "diagnostic",
    icon: "mdi:alert-circle-outline",
    withoutDevice: true,
    state: { topic: "problem" },
  },
];
