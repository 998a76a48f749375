import { type Attribute, command, type Entity } from "../../src/device.ts";
import { numberPayload, wordPayload } from "../../src/payloads.ts";
import type { Zones } from "./garden.ts";
import { reasons, type ZoneRules } from "./garden-model.ts";

const onOff = wordPayload({ "1": true, ON: true, OPEN: true, "0": false, OFF: false, CLOSE: false });

/** A valve, on request a switch as well, and what belongs to it (S9). */
export function zoneEntities(
  { relay, maxRunMs }: ZoneRules,
  zones: Zones,
  { name, switches }: { name: string; switches: boolean },
): Entity[] {
  const at = (topic: string) => `bank/${relay}/${topic}`;
  const key = (what: string) => `bank-${relay}-${what}`;
  const state: Attribute = {
    topic: at("state"),
    command: command(
      onOff,
      (on) => (on ? zones.open(relay) : zones.close(relay)),
      (on) => !on,
    ),
  };
  const run: Attribute = {
    topic: at("run"),
    // However long: the rules cut it to `max_run`.
    command: command(numberPayload("seconds", 1, Number.POSITIVE_INFINITY), (seconds) =>
      zones.open(relay, seconds * 1_000),
    ),
  };
  const longest = Math.floor(maxRunMs / 60_000);
  const duration: Attribute = {
    topic: at("duration"),
    command: command(numberPayload("minutes", 1, longest, { whole: true }), async (minutes) =>
      zones.tell({ kind: "duration", relay, durationMs: minutes * 60_000 }),
    ),
  };
  const valve: Entity = {
    platform: "valve",
    key: `bank-${relay}`,
    name,
    deviceClass: "water",
    state,
    others: [run],
    open: "1",
    closed: "0",
  };
  const asSwitch: Entity = { platform: "switch", key: key("switch"), name, state, on: "1", off: "0" };
  return [
    valve,
    ...(switches ? [asSwitch] : []),
    {
      platform: "number",
      key: key("duration"),
      name: `${name} duration`,
      category: "config",
      icon: "mdi:timer-outline",
      state: duration,
      min: 1,
      max: longest,
      step: 1,
      unit: "min",
      deviceClass: "duration",
    },
    {
      platform: "sensor",
      key: key("ends-at"),
      name: `${name} ends at`,
      state: { topic: at("ends_at") },
      reading: { deviceClass: "timestamp" },
    },
    {
      platform: "sensor",
      key: key("watered-today"),
      name: `${name} watered today`,
      state: { topic: at("watered_today") },
      reading: { deviceClass: "duration", unit: "s", stateClass: "total_increasing" },
    },
    {
      platform: "sensor",
      key: key("reason"),
      name: `${name} last reason`,
      category: "diagnostic",
      state: { topic: at("reason") },
      reading: { deviceClass: "enum", options: reasons },
    },
  ];
}
