import { change, close, closeAll, dropQueue } from "./closing.ts";
import type { Garden, Now, Phase, Rules } from "./garden-model.ts";
import { runMaster } from "./master.ts";
import { startWaiting } from "./opening.ts";

const BROKER_LOSS_MS = 120_000;

/** When a phase is over by itself, if ever. */
function endsOf(phase: Phase): number[] {
  if (phase.is === "open") return [phase.untilMs];
  return phase.is === "closing" && phase.offByMs !== undefined ? [phase.offByMs] : [];
}

/** Does everything whose time has come. */
export function doWhatIsDue(rules: Rules, garden: Garden, now: Now): Garden {
  let next = garden;
  for (const [relay, { phase }] of next.zones) {
    if (!endsOf(phase).some((ms) => ms <= now.monotonicMs)) continue;
    next = phase.is === "open" ? close(next, relay, phase.ending) : change(next, relay, { phase: { is: "closed" } });
  }
  if (next.brokerLostMs !== undefined && now.monotonicMs - next.brokerLostMs >= BROKER_LOSS_MS) {
    next = rules.onBrokerLoss === "stop" ? closeAll(next, "broker") : dropQueue(next, "broker");
  }
  if (next.rain.untilEpochMs > now.epochMs) next = dropQueue(next, "rain_delay");
  else if (next.rain.untilEpochMs > 0) next = { ...next, rain: { hours: 0, untilEpochMs: 0 } };
  return runMaster(rules, startWaiting(rules, next, now), now);
}

/**
 * The next moment, on the monotonic clock, at which something is due by itself; undefined when nothing is. It may just
 * have passed: what has come since the garden was looked at last is still to be done.
 */
export function nextDueMs(garden: Garden, now: Now): number | undefined {
  const { zones, master, queue, brokerLostMs, rain, countedMs } = garden;
  const due = [...zones.values()].flatMap(({ phase }) => endsOf(phase));
  if (master.is === "on" && queue.length) due.push(master.readyMs);
  if (master.is === "on" && master.lingerUntilMs !== undefined) due.push(master.lingerUntilMs);
  if (brokerLostMs !== undefined) due.push(brokerLostMs + BROKER_LOSS_MS);
  if (rain.untilEpochMs > 0) due.push(now.monotonicMs + rain.untilEpochMs - now.epochMs);
  const ahead = due.filter((at) => at > countedMs);
  return ahead.length ? Math.min(...ahead) : undefined;
}
