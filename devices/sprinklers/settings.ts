import { localDay } from "../../src/local-time.ts";
import type { Rules } from "./garden-model.ts";

const DURATION_MS = 10 * 60_000;

/** What a person sets about watering; durations in ms. */
export interface Settings {
  zones: { relay: number; duration?: number | undefined; max_run?: number | undefined; day_cap?: number | undefined }[];
  duration?: number | undefined;
  max_run: number;
  day_cap?: number | undefined;
  max_concurrent: number;
  when_busy: "queue" | "replace";
  master?: { relay: number; lead: number; linger: number } | undefined;
  on_broker_loss: "stop" | "finish";
}

/** The rules that they mean. With flags only, limits are the original house's (legacy.md, "Flags"). */
export function rulesOf(config: Settings, flagsOnly: boolean): Rules {
  return {
    zones: config.zones.map((zone) => {
      const maxRunMs = zone.max_run ?? config.max_run;
      const usualMs = config.duration ?? (flagsOnly ? maxRunMs : DURATION_MS);
      return {
        relay: zone.relay,
        maxRunMs,
        durationMs: zone.duration ?? Math.max(60_000, Math.floor(Math.min(usualMs, maxRunMs) / 60_000) * 60_000),
        dayCapMs: zone.day_cap ?? config.day_cap ?? (flagsOnly ? Number.POSITIVE_INFINITY : 4 * maxRunMs),
      };
    }),
    maxConcurrent: config.max_concurrent,
    whenBusy: config.when_busy,
    master: config.master && {
      relay: config.master.relay,
      leadMs: config.master.lead,
      lingerMs: config.master.linger,
    },
    onBrokerLoss: config.on_broker_loss,
    dayOf: localDay,
  };
}
