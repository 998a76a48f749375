import { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { dropStreams } from "../sensors/dropped-streams.ts";
import { quietHour } from "../sensors/quiet-hour.ts";
import { serve } from "./daemon.ts";
import type { Command } from "./figures.ts";
import { hopMs } from "./hop.ts";
import { type Hotel, hotel, sensorsBase } from "./hotel.ts";
import { cpuSeconds, residentMb } from "./process.ts";
import { median, ms, quantile, type Row, ratio } from "./row.ts";

const EVENTS = 1_000;
const SENSORS = 500;
const EVENTS_PER_S = 50;
/** Everything is read again once meanwhile. */
const WATCH_S = 60;
/** hue.md 5: a bridge gathers what happens in a second. That is what is judged; each told by itself is for comparison. */
const TELLS_EVERY_MS = 1_000;
/** Node gives back what the start took once it has been idle for a while. */
const SETTLE_MS = 30_000;
/** Five values of each of ten sensors, every second. */
const ORIGINALS_HOUR = 180_000;
const DROPS = 1_000;

/** How long a motion takes from the bridge to a subscriber. */
export async function motionLatency(folder: string, command: Command): Promise<Row> {
  await using house = await hotel(folder, 1);
  await using _ = await serve(house, command);
  const { person, bridge } = house;
  const { stream } = person.client;
  if (stream instanceof Socket) stream.setNoDelay(true);
  const hops: number[] = [];
  const over: number[] = [];
  for (let n = 0; n < EVENTS; n++) {
    const hop = await hopMs(person, String(n));
    hops.push(hop);
    const motion = n % 2 === 0;
    const shown = person.next(`${sensorsBase}/sensor-1/presence/get`, motion ? "1" : "0");
    const beganMs = performance.now();
    bridge.house.set("Sensor 1", { motion });
    await shown;
    over.push(performance.now() - beganMs - hop);
  }
  const [p50, p95] = [median(over), quantile(over, 0.95)];
  return {
    what: `sensors: motion leaving the bridge (TLS) to the message at a subscriber, ${EVENTS.toLocaleString("en")} times, over the broker hop (p50 ${ms(median(hops))}, p95 ${ms(quantile(hops, 0.95))})`,
    target: "p50 ≤ 3 ms, p95 ≤ 20 ms",
    reached: `p50 ${ms(p50)}, p95 ${ms(p95)}`,
    ok: p50 <= 3 && p95 <= 20,
  };
}

/** Part of a core while sensors move in turn, so many a second. */
async function busy({ bridge }: Hotel, pid: number, seconds: number): Promise<number> {
  const moving = new Set<number>();
  const begunMs = performance.now();
  const before = await cpuSeconds(pid);
  for (let n = 0; n < seconds * EVENTS_PER_S; n++) {
    const at = (n % SENSORS) + 1;
    const motion = !moving.delete(at);
    if (motion) moving.add(at);
    bridge.house.set(`Sensor ${at}`, { motion });
    await sleep(Math.max(0, begunMs + ((n + 1) * 1_000) / EVENTS_PER_S - performance.now()));
  }
  return ((await cpuSeconds(pid)) - before) / seconds;
}

/** A large house against one with a single sensor. */
export async function manySensors(folder: string, command: Command): Promise<Row[]> {
  await using one = await hotel(folder, 1);
  await using many = await hotel(folder, SENSORS);
  const idleMb = async (house: Hotel) => {
    await using daemon = await serve(house, command);
    await sleep(SETTLE_MS);
    return residentMb(daemon.pid);
  };
  const cost = async (house: Hotel) => {
    // When the heap was collected last makes 5 MB: the middle one of three.
    const two = [await idleMb(house), await idleMb(house)];
    await using daemon = await serve(house, command);
    await sleep(SETTLE_MS);
    const mb = median([...two, await residentMb(daemon.pid)]);
    if (house === one) return { startMs: daemon.startMs, mb, told: 0, each: 0 };
    house.bridge.faults.throttleMs = TELLS_EVERY_MS;
    const told = await busy(house, daemon.pid, WATCH_S);
    house.bridge.faults.throttleMs = 0;
    const each = await busy(house, daemon.pid, WATCH_S / 2);
    return { startMs: daemon.startMs, mb, told, each };
  };
  const [small, large] = [await cost(one), await cost(many)];
  const growth = large.mb / small.mb;
  return [
    {
      what: `${SENSORS} sensors: start to all discovered and available; idle memory (of three starts the middle one) against one (${small.mb.toFixed(1)} MB)`,
      target: "≤ 5 s; ≤ 1.3 ×",
      reached: `${(large.startMs / 1_000).toFixed(2)} s; ${ratio(growth)}`,
      ok: large.startMs <= 5_000 && growth <= 1.3,
    },
    {
      what: `${SENSORS} sensors: processor, ${EVENTS_PER_S} events a second for ${WATCH_S} s, told once a second as a bridge does; were each told by itself`,
      target: "≤ 5 % of a core",
      reached: `${(100 * large.told).toFixed(2)} %; ${(100 * large.each).toFixed(2)} %`,
      ok: large.told <= 0.05,
    },
  ];
}

export async function quietHourRow(): Promise<Row> {
  const { sensors, messages } = await quietHour();
  const part = messages / ORIGINALS_HOUR;
  return {
    what: `messages to the broker in a quiet hour with ${sensors} sensors (virtual time), against the original's ${ORIGINALS_HOUR.toLocaleString("en")}`,
    target: "≤ 2 %",
    reached: `${(100 * part).toFixed(2)} % (${messages})`,
    ok: part <= 0.02,
  };
}

export async function droppedStreamsRow(): Promise<Row> {
  const { drops, lost, grown } = await dropStreams(DROPS);
  const more = Object.values(grown).reduce((sum, count) => sum + count, 0);
  return {
    what: `event stream dropped ${drops.toLocaleString("en")} times (virtual time): changes lost; handles, promises, listeners and other functions left behind`,
    target: "0; at most 0.02 a drop",
    reached: `${lost}; ${more}`,
    ok: lost === 0 && more <= 0.02 * drops,
  };
}
