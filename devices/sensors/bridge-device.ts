import type { Cell } from "../../src/cell.ts";
import type { Device, Entity } from "../../src/device.ts";
import type { BridgeStatus } from "./hue/status.ts";

/** There is one bridge in a daemon: known by this before anybody knows which one it is, and when it is replaced. */
export const BRIDGE_KEY = "bridge";

const NOTHING = "None";
/** Home Assistant takes a longer text for none (home-assistant-discovery.md 6.4). */
const LONGEST_TEXT = 255;

/** The bridge as a device of its own. All of it is shown while it is away as well, because that is when people look. */
export function bridgeDevice(status: Cell<BridgeStatus>, base: string): Device {
  const { identity } = status.get();
  return {
    info: {
      key: BRIDGE_KEY,
      name: identity?.name ?? "Hue bridge",
      manufacturer: "Philips Hue",
      model: identity?.model ?? "Hue bridge",
      ...(identity && { serialNumber: identity.id }),
      ...(identity?.firmware !== undefined && { softwareVersion: identity.firmware }),
    },
    base,
    entities,
    async *states(signal) {
      for await (const now of status.values(signal)) {
        const state = {
          connectivity: now.reachable ? "1" : "0",
          firmware: now.identity?.firmware ?? NOTHING,
          problem: problemOf(now) ?? NOTHING,
        };
        yield { available: now.reachable, state };
      }
    },
  };
}

/** What is wrong with the bridge, with the way out where there is one; undefined when nothing is. */
export function problemOf({ problem }: Pick<BridgeStatus, "problem">): string | undefined {
  if (!problem) return undefined;
  const { trouble, message, fingerprint } = problem;
  if (trouble === "unpaired") return `unpaired: ${message} (mqtt-things hue pair)`.slice(0, LONGEST_TEXT);
  const wayOut = fingerprint === undefined ? "" : "; if it is yours, pin that";
  return `${message}${wayOut}`.slice(0, LONGEST_TEXT);
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
