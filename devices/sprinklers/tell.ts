import { change, changeEach, close, closeAll } from "./closing.ts";
import type { Decision, Garden, GardenEvent, Now, Rules } from "./garden-model.ts";
import { confirmMaster, masterOff } from "./master.ts";
import { open } from "./opening.ts";
import { DEAD_MAN_MS } from "./relays.ts";

/** What an event by itself changes. */
export function tell(rules: Rules, garden: Garden, event: GardenEvent, now: Now): Decision {
  switch (event.kind) {
    case "open":
      return open(rules, garden, event.relay, event.runMs, now);
    case "duration":
      return { garden: change(garden, event.relay, { durationMs: event.durationMs }) };
    case "close":
      return { garden: close(garden, event.relay, "command") };
    case "all-off":
      return { garden: masterOff(closeAll(garden, "command")) };
    case "shutdown":
      return { garden: masterOff(closeAll({ ...garden, boardReady: false }, "shutdown")) };
    case "rain-delay":
      // One of 0 hours is over at once.
      return {
        garden: { ...garden, rain: { hours: event.hours, untilEpochMs: now.epochMs + event.hours * 3_600_000 } },
      };
    case "restore":
      return { garden: restore(garden, event) };
    case "ready":
      return { garden: begin(garden) };
    case "lost":
      return { garden: lose(garden, now) };
    case "confirmed":
      return {
        garden:
          event.relay === rules.master?.relay
            ? confirmMaster(rules.master, garden, event.on, now)
            : confirm(garden, event.relay, event.on),
      };
    case "timed-out":
      // A master that drops takes the pressure from its zones.
      return {
        garden:
          event.relay === rules.master?.relay
            ? masterOff(closeAll(garden, "board"))
            : close(garden, event.relay, "board"),
      };
    case "broker": {
      const lostMs = garden.brokerLostMs ?? now.monotonicMs;
      return { garden: { ...garden, brokerLostMs: event.connected ? undefined : lostMs } };
    }
    case "tick":
      return { garden };
  }
}

/** What an earlier run left behind; whatever ran since the start counts as well. */
function restore(garden: Garden, saved: GardenEvent & { kind: "restore" }): Garden {
  // Water of an earlier day is history; of the same day, of a later one (this clock is not set yet) or of a day
  // nobody knows it counts: too little water mends itself, a flood doesn't.
  const counts = saved.day === undefined || saved.day >= garden.day;
  const restored = changeEach(garden, (zone, relay) => {
    const before = saved.zones.get(relay);
    return { ...zone, ...before, wateredMs: zone.wateredMs + (counts ? (before?.wateredMs ?? 0) : 0) };
  });
  const day = counts ? (saved.day ?? garden.day) : garden.day;
  return { ...restored, day, rain: saved.rain ?? garden.rain };
}

/** The board is there, with everything off. */
function begin(garden: Garden): Garden {
  return { ...changeEach(garden, (zone) => ({ ...zone, phase: { is: "closed" } })), boardReady: true };
}

/** The board is away: nothing is wanted of it, and nobody waits for its answers, but water may run on for a while. */
function lose(garden: Garden, now: Now): Garden {
  const offByMs = now.monotonicMs + DEAD_MAN_MS;
  const left = changeEach(closeAll(garden, "board"), (zone) =>
    zone.phase.is === "closing" ? { ...zone, phase: { offByMs, ...zone.phase } } : zone,
  );
  return { ...left, queue: [], master: { is: "off" }, boardReady: false };
}

/** The board has switched a zone. */
function confirm(garden: Garden, relay: number, on: boolean): Garden {
  const phase = garden.zones.get(relay)?.phase;
  if (phase?.is === "open" && on) return change(garden, relay, { phase: { ...phase, confirmed: true } });
  return phase?.is === "closing" && !on ? change(garden, relay, { phase: { is: "closed" } }) : garden;
}
