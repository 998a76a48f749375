import { change, close, waits } from "./closing.ts";
import type { Decision, Garden, Now, Reason, Rules, Run, Zone, ZoneRules } from "./garden-model.ts";
import { MASTER_LIMIT_MS, masterEndMs, masterOn } from "./master.ts";

/** Takes a wish for water in: a zone that is open runs on, any other waits for its turn, which may be now. */
export function open(rules: Rules, garden: Garden, relay: number, onceMs: number | undefined, now: Now): Decision {
  const zone = garden.zones.get(relay);
  const limits = rules.zones.find((zone) => zone.relay === relay);
  if (!zone || !limits) return { garden, refused: `there is no zone on relay ${relay}` };
  // A zone that runs or waits goes on doing so: its reason is about that.
  const idle = zone.phase.is === "closed" && !waits(garden, relay);
  const refuse = (reason: Reason, refused: string): Decision => ({
    garden: idle ? change(garden, relay, { reason }) : garden,
    refused,
  });
  if (!garden.boardReady) return refuse("board", "the board is unavailable");
  if (garden.brokerLostMs !== undefined) return refuse("broker", "there is no connection to the broker");
  if (garden.rain.untilEpochMs > now.epochMs) return refuse("rain_delay", "rain delay");
  if (zone.wateredMs >= limits.dayCapMs) return refuse("day_cap", "this zone has had its water for today");
  const askedMs = onceMs ?? zone.durationMs;
  const run: Run = {
    runMs: Math.min(askedMs, limits.maxRunMs),
    ending: askedMs > limits.maxRunMs ? "max_run" : "deadline",
  };
  const asked =
    zone.phase.is === "open"
      ? change(garden, relay, { phase: { ...zone.phase, ...runEnd(limits, zone, zone.phase.openedMs, run, now) } })
      : enqueue(rules, garden, relay, run);
  if (rules.master && masterEndMs(rules, rules.master, asked, now) > MASTER_LIMIT_MS) {
    return refuse("max_run", "this would keep the master valve on for more than 3 h 50 min");
  }
  return { garden: asked };
}

/** When a run that begins or is asked for now ends, and why: the first of its own length, `max_run` and the day's cap. */
function runEnd(limits: ZoneRules, zone: Zone, openedMs: number, { runMs, ending: itself }: Run, now: Now) {
  const ends: [number, Reason][] = [
    [now.monotonicMs + runMs, itself],
    [openedMs + limits.maxRunMs, "max_run"],
    [now.monotonicMs + limits.dayCapMs - zone.wateredMs, "day_cap"],
  ];
  const [untilMs, ending] = ends.reduce((first, next) => (next[0] < first[0] ? next : first));
  return { untilMs, ending, endsAtMs: now.epochMs + untilMs - now.monotonicMs };
}

/** Puts a zone at the end of the queue, or changes its run where it waits already. */
function enqueue(rules: Rules, garden: Garden, relay: number, run: Run): Garden {
  if (waits(garden, relay)) {
    const queue = garden.queue.map((waiting) => (waiting.relay === relay ? { relay, ...run } : waiting));
    return { ...garden, queue };
  }
  const roomy = rules.whenBusy === "replace" ? makeRoom(rules, garden) : garden;
  return change({ ...roomy, queue: [...roomy.queue, { relay, ...run }] }, relay, { reason: "queued" });
}

/** Closes the zones that have been open longest, then drops the first in the queue, so that one more fits. */
function makeRoom(rules: Rules, garden: Garden): Garden {
  const opened = [...garden.zones]
    .flatMap(([relay, { phase }]) => (phase.is === "open" ? [{ relay, openedMs: phase.openedMs }] : []))
    .sort((a, b) => a.openedMs - b.openedMs);
  const surplus = Math.max(0, opened.length + garden.queue.length + 1 - rules.maxConcurrent);
  const leaving = [...opened, ...garden.queue].slice(0, surplus);
  return leaving.reduce((garden, { relay }) => close(garden, relay, "replaced"), garden);
}

/** Opens waiting zones in their order while there is room, a board, a broker, and pressure behind the master valve. */
export function startWaiting(rules: Rules, garden: Garden, now: Now): Garden {
  let next = garden;
  for (const { relay, ...run } of garden.queue) {
    const busy = [...next.zones.values()].filter(({ phase }) => phase.is !== "closed").length;
    if (!next.boardReady || next.brokerLostMs !== undefined || busy >= rules.maxConcurrent) break;
    const zone = next.zones.get(relay);
    const limits = rules.zones.find((zone) => zone.relay === relay);
    if (!zone || !limits || zone.phase.is !== "closed") continue;
    if (zone.wateredMs >= limits.dayCapMs) {
      next = close(next, relay, "day_cap");
      continue;
    }
    if (rules.master) {
      next = masterOn(next, now);
      const { master } = next;
      if (master.is !== "on" || master.readyMs > now.monotonicMs) break;
      if (now.monotonicMs + run.runMs + rules.master.lingerMs - master.sinceMs > MASTER_LIMIT_MS) {
        next = close(next, relay, "max_run");
        continue;
      }
    }
    const queue = next.queue.filter((waiting) => waiting.relay !== relay);
    const end = runEnd(limits, zone, now.monotonicMs, run, now);
    next = change({ ...next, queue }, relay, {
      phase: { is: "open", openedMs: now.monotonicMs, ...end, confirmed: false },
      reason: "command",
    });
  }
  return next;
}
