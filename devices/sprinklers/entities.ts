import { follow } from "../../src/cell.ts";
import type { Device, State } from "../../src/device.ts";
import { boardEntities } from "./board-entities.ts";
import type { Board } from "./driver.ts";
import type { Zones } from "./garden.ts";
import type { Rules } from "./garden-model.ts";
import { memory, outgrown, recollect } from "./memory.ts";
import { zoneEntities } from "./zone-entities.ts";

interface Options {
  /** What people call each zone, by relay; `Bank <n>` where they didn't say. */
  names: ReadonlyMap<number, string>;
  switches: boolean;
  base: string;
  instance: string;
  clock: { epochMs(): number };
}

const NOTHING = "None";

/** The board as one device: a valve and what belongs to it per zone, and the garden as a whole (S9). */
export function sprinklers(rules: Rules, zones: Zones, board: Board, options: Options): Device {
  const { names, switches, base, instance, clock } = options;

  function read() {
    const garden = zones.garden.get();
    const { available, problem, firmware, relays } = board.status.get();
    const state: Record<string, string> = {
      connectivity: available ? "1" : "0",
      firmware: firmware ?? NOTHING,
      problem: problem ?? NOTHING,
      rain_delay: String(garden.rain.hours),
      rain_delay_until: garden.rain.untilEpochMs > 0 ? iso(garden.rain.untilEpochMs) : NOTHING,
      ...memory(garden, instance),
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
    entities: [
      ...rules.zones.flatMap((zone) =>
        zoneEntities(zone, zones, { name: names.get(zone.relay) ?? `Bank ${zone.relay}`, switches }),
      ),
      ...boardEntities(zones),
    ],
    memory: ["memory"],
    states: (signal) => follow([zones.garden, board.status], read, signal),
    restore: (saved: State) => zones.tell(recollect(rules, saved, clock.epochMs())),
    outgrown: (saved: State) => outgrown(rules, saved, instance),
  };
}

const iso = (epochMs: number) => new Date(epochMs).toISOString();
