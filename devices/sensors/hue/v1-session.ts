import * as z from "zod";
import type { Clock } from "../../../src/clock.ts";
import { HueError, isFinal } from "./errors.ts";
import { v1Of } from "./json.ts";
import { patience } from "./retry.ts";
import type { Roster } from "./roster.ts";
import type { Press } from "./sensor.ts";
import type { StatusKeeper } from "./status.ts";
import { readV1, type V1Reading } from "./v1.ts";
import type { Wire } from "./wire.ts";

interface Context {
  wire: Wire;
  key: string;
  clock: Clock;
  roster: Roster;
  keeper: StatusKeeper;
  pollMs: number;
  pressed(press: Press): void;
}

const SENSORS = { bytes: 8 * 1024 * 1024, ms: 10_000 };
/** After this long the bridge is met anew: its firmware may have learned v2. */
const AGAIN_MS = 10 * 60_000;
/** What was pressed longer ago is no news any more. */
const FRESH_MS = 10_000;

const object = z.record(z.string(), z.unknown());

/** Asks a bridge for everything again and again through interface v1, for 10 minutes. Throws a HueError as `serveV2` does. */
export async function serveV1(context: Context, signal: AbortSignal): Promise<void> {
  const { wire, key, clock, roster, keeper, pollMs, pressed } = context;
  const path = `/api/${encodeURIComponent(key)}/sensors`;
  const endMs = clock.monotonicMs() + AGAIN_MS;
  const retries = patience();
  let last: (V1Reading & { text: string; atMs: number }) | undefined;

  /** How many entries were none. */
  async function pollOnce(): Promise<number> {
    const answer = await wire.ask({ path }, SENSORS, signal);
    const nowMs = clock.monotonicMs();
    if (last?.text === answer.text && answer.status === 200) {
      last.atMs = nowMs;
      // One that is missing again is gone.
      roster.replace(last.sensors);
      return last.skipped;
    }
    const said = object.safeParse(v1Of(answer)).data;
    const reading = readV1(said ?? {});
    const { sensors, skipped } = reading;
    if (!said || (skipped > 0 && skipped === Object.keys(said).length)) {
      throw new HueError("nonsense", "the bridge answers with something that is no list of sensors");
    }
    roster.replace(sensors);
    const before = last && nowMs - last.atMs < FRESH_MS ? last : undefined;
    last = { ...reading, text: answer.text, atMs: nowMs };
    if (before) for (const press of newIn(reading, before)) pressed(press);
    return skipped;
  }

  while (clock.monotonicMs() < endMs) {
    const startMs = clock.monotonicMs();
    let delayMs = pollMs;
    try {
      const skipped = await pollOnce();
      retries.reset();
      keeper.trouble("read", undefined);
      keeper.confirmed(skipped);
    } catch (error) {
      if (signal.aborted || !(error instanceof HueError) || isFinal(error)) throw error;
      keeper.trouble("read", error);
      delayMs = Math.max(pollMs, retries.nextMs());
    }
    await clock.sleep(startMs + delayMs - clock.monotonicMs(), signal);
  }
}

/** The uses that differ from the last reading's. A switch that was not there before has no news. */
function newIn(now: V1Reading, before: V1Reading): Press[] {
  return [...now.uses.values()].flatMap(({ at, ...press }) => {
    const old = before.uses.get(press.sensorId);
    const isSame = old && old.at === at && old.button === press.button && old.event === press.event;
    return isSame || !before.sensors.has(press.sensorId) ? [] : [press];
  });
}
