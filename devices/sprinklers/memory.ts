import type { State } from "../../src/device.ts";
import { type Garden, type GardenEvent, type Reason, type Rules, reasons, type Zone } from "./zones.ts";

/** What has to survive a restart and has no topic of its own: which day `watered_today` is about. */
export const memory = ({ day }: Garden): State => ({ memory: JSON.stringify({ day }) });

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
  try {
    const { day }: { day?: unknown } = JSON.parse(memory ?? "{}");
    return typeof day === "string" && /^\d{4}-\d\d-\d\d$/.test(day) ? day : undefined;
  } catch {
    return undefined;
  }
}
