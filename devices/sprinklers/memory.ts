import type { State } from "../../src/device.ts";
import { type Garden, type GardenEvent, type Reason, type Rules, reasons, type Zone } from "./garden-model.ts";

/**
 * What has to survive a restart and has no topic of its own: which day `watered_today` is about, and which zones' topics
 * are whose.
 */
export const memory = ({ day, zones }: Garden, instance: string): State => ({
  memory: JSON.stringify({ day, instance, relays: [...zones.keys()] }),
});

/** What is retained of each zone. */
const ZONE_TOPICS = ["state", "duration", "ends_at", "watered_today", "reason"];

/**
 * The topics of zones that this instance had when it ran last, and has no more. Nobody else's: neither the original
 * daemon nor another instance on the same topics has written this memory.
 */
export function outgrown(rules: Rules, saved: State, mine: string): string[] {
  const { instance, relays } = parsed(saved.memory);
  if (instance !== mine || !Array.isArray(relays)) return [];
  const gone = [1, 2, 3, 4, 5, 6, 7, 8].filter(
    (relay) => relays.includes(relay) && !rules.zones.some((zone) => zone.relay === relay),
  );
  return gone.flatMap((relay) => ZONE_TOPICS.map((topic) => `bank/${relay}/${topic}`));
}

/**
 * What our retained topics say of an earlier run: durations, today's water, last reasons and the rain delay. Whatever
 * is not understood is left out.
 */
export function recollect(rules: Rules, saved: State, epochMs: number): GardenEvent {
  const zones = rules.zones.map(({ relay, maxRunMs }): [number, Partial<Omit<Zone, "phase">>] => {
    const at = (topic: string) => saved[`bank/${relay}/${topic}`];
    const minutes = Number(at("duration") || Number.NaN);
    const seconds = Number(at("watered_today") || Number.NaN);
    const reason = reasons.find((reason): reason is Reason => reason !== "queued" && reason === at("reason"));
    return [
      relay,
      {
        ...(Number.isInteger(minutes) && minutes >= 1 && minutes * 60_000 <= maxRunMs
          ? { durationMs: minutes * 60_000 }
          : {}),
        ...(seconds >= 0 && seconds <= 86_400 ? { wateredMs: seconds * 1_000 } : {}),
        ...(reason === undefined ? {} : { reason }),
      },
    ];
  });
  const untilEpochMs = Date.parse(saved.rain_delay_until ?? "");
  const hours = Number(saved.rain_delay);
  const rain =
    untilEpochMs > epochMs && untilEpochMs <= epochMs + LONGEST_RAIN_MS && hours > 0 && hours <= 168
      ? { hours, untilEpochMs }
      : undefined;
  return { kind: "restore", day: dayIn(saved.memory), zones: new Map(zones), rain };
}

/** A rain delay that ends later was not ours, or the clock is not set: it would refuse water for years. */
const LONGEST_RAIN_MS = 169 * 3_600_000;

function dayIn(memory: string | undefined): string | undefined {
  const { day } = parsed(memory);
  return typeof day === "string" && /^\d{4}-\d\d-\d\d$/.test(day) ? day : undefined;
}

function parsed(memory = "{}"): { day?: unknown; instance?: unknown; relays?: unknown } {
  try {
    return JSON.parse(memory) ?? {};
  } catch {
    return {};
  }
}
