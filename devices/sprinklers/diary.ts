import type { Logger } from "pino";
import { localTime } from "../../src/local-time.ts";
import { waits } from "./closing.ts";
import type { Garden, GardenEvent } from "./garden-model.ts";

/** How people read the log. */
export interface Reader {
  /** What they call each zone. */
  names?: ReadonlyMap<number, string>;
}

/** Logs what an event has made of the garden, for somebody who asks next week why it was wet, or dry (C15). */
export function diary(log: Logger, { names }: Reader) {
  function ofZone(relay: number, event: GardenEvent, before: Garden, after: Garden): void {
    const [was, is] = [before.zones.get(relay), after.zones.get(relay)];
    if (!was || !is) return;
    const [old, { phase, reason }] = [was.phase, is];
    const say = (message: string, fields: object = {}) =>
      log.info({ relay, zone: names?.get(relay), ...fields }, message);

    if (event.kind === "duration" && is.durationMs !== was.durationMs) {
      say("duration changed", { minutes: is.durationMs / 60_000 });
    }
    const [waited, waiting] = [waits(before, relay), waits(after, relay)];
    if (!waited && waiting) say("zone queued");
    if (waited && !waiting && phase.is !== "open") say("zone dropped from the queue", { reason });
    if (phase.is === "open" && phase.confirmed) {
      const until = localTime(phase.endsAtMs);
      if (old.is !== "open" || !old.confirmed) say("zone opens", { until });
      else if (old.untilMs !== phase.untilMs) say("zone's end changed", { until });
    }
    // Closed is said when no water can run: when the board is back, or its firmware's time is over.
    if (old.is === "open" && event.kind === "lost") say("zone stopped: the board is lost", { reason });
    if (old.is !== "closed" && phase.is === "closed") say("zone closed", { reason });
  }

  return (event: GardenEvent, before: Garden, after: Garden): void => {
    if (event.kind === "all-off") log.info("all off");
    const { hours, untilEpochMs } = after.rain;
    if (untilEpochMs !== before.rain.untilEpochMs) {
      if (untilEpochMs > 0) log.info({ hours, until: localTime(untilEpochMs) }, "rain delay set");
      else log.info("rain delay ended");
    }
    const [was, is] = [before.master.is, after.master.is];
    if (was !== "on" && is === "on") log.info("master opens");
    for (const relay of after.zones.keys()) ofZone(relay, event, before, after);
    if (was !== "off" && is === "off") {
      log.info(event.kind === "lost" ? "master stopped: the board is lost" : "master closed");
    }
  };
}
