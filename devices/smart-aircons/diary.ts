import type { Logger } from "pino";
import type { Clock } from "../../src/clock.ts";
import { complaints } from "../../src/complaints.ts";
import type { Aircon, AirconEvent } from "./aircon-model.ts";
import { problemOf } from "./feedback.ts";

/** Logs what an event has made of an aircon, for somebody who asks next week why it was cold (C15). */
export function diary(log: Logger, clock: Clock) {
  // A plug whose power goes up and down across its thresholds has a new problem each time.
  const troubles = complaints(log, clock);
  return (event: AirconEvent, before: Aircon, after: Aircon): void => {
    if (event.kind === "sent" && before.flight) {
      const { power, mode, temperatureCelsius: celsius, fan, swing } = before.flight.to;
      log.info(power ? { power, mode, celsius, fan, swing } : { power }, "sent");
    }
    if (event.kind === "assume" && before.is.power !== after.is.power) {
      log.info({ power: after.is.power }, "marked by hand, nothing is sent");
    }
    const { flight } = after;
    if (flight && flight !== before.flight && flight.resends > 0) {
      log.warn({ power: flight.to.power }, "the feedback says otherwise: it is sent again");
    }
    const problem = problemOf(after);
    if (problem !== undefined && problem !== problemOf(before)) troubles.say(problem);
  };
}
