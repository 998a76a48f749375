import { z } from "zod";
import { follow } from "../../src/cell.ts";
import {
  type Attribute,
  command,
  type Device,
  type Entity,
  numberPayload,
  type State,
  wordPayload,
} from "../../src/device.ts";
import type { Board } from "./driver.ts";
import type { Zones } from "./garden.ts";
import { memory, recollect } from "./memory.ts";
import { type Rules, reasons } from "./zones.ts";

interface Options {
  /** What people call each zone, by relay; `Bank <n>` where they didn't say. */
  names: ReadonlyMap<number, string>;
  switches: boolean;
  base: string;
  instance: string;
  clock: { epochMs(): number };
}

const NOTHING = "None";
const onOff = wordPayload({ "1": true, ON: true, OPEN: true, "0": false, OFF: false, CLOSE: false });
/** Longer than any run; what is longer than `max_run` is cut to it. */
const LONGEST_RUN_S = 999_999;

/** The board as one device: a valve and what belongs to it per zone, and the garden as a whole (S9). */
export function sprinklers(rules: Rules, zones: Zones, board: Board, options: Options): Device {
  const { base, instance, clock } = options;

  function zoneEntities({ relay, maxRunMs }: Rules["zones"][number]): Entity[] {
    const name = options.names.get(relay) ?? `Bank ${relay}`;
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
      command: command(numberPayload("seconds", 1, LONGEST_RUN_S), (seconds) => zones.open(relay, seconds * 1_000)),
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
      ...(options.switches ? [asSwitch] : []),
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

  const allOff = command(
    z.string(),
    () => zones.allOff(),
    () => true,
  );
  const rainDelay = command(numberPayload("hours", 0, 168), async (hours) => zones.tell({ kind: "rain-delay", hours }));
  const gardenEntities: Entity[] = [
    {
      platform: "button",
      key: "all-off",
      name: "All off",
      icon: "mdi:water-off",
      press: { topic: "all_off", command: allOff },
    },
    {
      platform: "number",
      key: "rain-delay",
      name: "Rain delay",
      icon: "mdi:weather-rainy",
      state: { topic: "rain_delay", command: rainDelay },
      min: 0,
      max: 168,
      step: 1,
      unit: "h",
      deviceClass: "duration",
    },
    {
      platform: "sensor",
      key: "rain-delay-until",
      name: "Rain delay until",
      state: { topic: "rain_delay_until" },
      reading: { deviceClass: "timestamp" },
    },
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

  function read() {
    const garden = zones.garden.get();
    const { available, problem, relays } = board.status.get();
    const state: Record<string, string> = {
      connectivity: available ? "1" : "0",
      // The original firmware can't be asked what it is.
      firmware: "original",
      problem: problem ?? NOTHING,
      rain_delay: String(garden.rain.hours),
      rain_delay_until: garden.rain.untilEpochMs > 0 ? iso(garden.rain.untilEpochMs) : NOTHING,
      ...memory(garden),
    };
    for (const [relay, { phase, reason, durationMs, wateredMs }] of garden.zones) {
      const on = relays.get(relay);
      if (on !== undefined) state[`bank/${relay}/state`] = on ? "1" : "0";
      state[`bank/${relay}/duration`] = String(durationMs / 60_000);
      state[`bank/${relay}/ends_at`] = phase.is === "open" ? iso(phase.endsAtMs) : NOTHING;
      state[`bank/${relay}/watered_today`] = String(Math.floor(wateredMs / 1_000));
      state[`bank/${relay}/reason`] = reason ?? NOTHING;
    }
    return { available, state };
  }

  return {
    info: {
      key: "board",
      name: instance === "main" ? "Sprinklers" : `Sprinklers ${instance}`,
      manufacturer: "Arduino",
      model: "Uno with 8 relays",
    },
    base,
    entities: [...rules.zones.flatMap(zoneEntities), ...gardenEntities],
    memory: ["memory"],
    states: (signal) => follow([zones.garden, board.status], read, signal),
    restore: (saved: State) => zones.tell(recollect(rules, saved, clock.epochMs())),
  };
}

const iso = (epochMs: number) => new Date(epochMs).toISOString();
