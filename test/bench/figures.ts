import { spawn, spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { serve } from "./daemon.ts";
import { base, type Garden, garden } from "./garden.ts";
import { cpuSeconds, residentMb } from "./process.ts";
import { median, type Row, ratio } from "./row.ts";

export type Command = readonly [string, ...string[]];

const STARTS = 11;
/** The second in which commands are refused (S12); board and memory are waited for meanwhile. */
const GRACE_MS = 1_000;
const SETTLE_MS = 10_000;
const WATCH_MS = 60_000;

/** What one garden's daemon costs. */
interface Cost {
  startMs: number;
  residentMb: number;
  /** Part of a core. */
  cpu: number;
}

/** Times from start to ready, medians, and of a Node that does nothing; they take turns, so that a noisy minute is everybody's. */
export async function starts(runs: readonly [Garden, Command][]): Promise<{ bareMs: number; startsMs: number[] }> {
  const times: number[][] = runs.map(() => []);
  const bare: number[] = [];
  for (let n = 0; n < STARTS; n++) {
    for (const [i, [house, command]] of runs.entries()) {
      bare.push(bareStart());
      await using daemon = await serve(house, command);
      times[i]?.push(daemon.startMs - GRACE_MS);
    }
  }
  return { bareMs: median(bare), startsMs: times.map(median) };
}

/** How long Node takes for nothing, in ms. */
function bareStart(): number {
  const beganMs = performance.now();
  spawnSync(process.execPath, ["-e", "0"]);
  return performance.now() - beganMs;
}

/** Resident memory of a Node with a timer, in MB; the median of five. */
export async function bareMemory(): Promise<number> {
  const all: number[] = [];
  for (let n = 0; n < 5; n++) {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    try {
      await sleep(1_000);
      all.push(await residentMb(child.pid ?? -1));
    } finally {
      child.kill();
    }
  }
  return median(all);
}

/** Idle memory, then a minute's processor time with one zone open. */
export async function idle(house: Garden, command: Command): Promise<Cost> {
  await using daemon = await serve(house, command);
  await sleep(SETTLE_MS);
  const resident = await residentMb(daemon.pid);
  const open = house.person.next(`${base}/bank/1/state/get`, "1");
  await house.person.publish(`${base}/bank/1/run/set`, "600");
  await open;
  const before = await cpuSeconds(daemon.pid);
  await sleep(WATCH_MS);
  const cpu = ((await cpuSeconds(daemon.pid)) - before) / (WATCH_MS / 1_000);
  return { startMs: daemon.startMs - GRACE_MS, residentMb: resident, cpu };
}

/** The broker is killed for a minute and forgets everything; how long until all is back, in s. */
export async function back(folder: string, command: Command): Promise<Row> {
  await using house = await garden(folder, "back", 2);
  await using _ = await serve(house, command);
  const before = await house.person.retained("#");
  await house.broker.kill();
  await sleep(WATCH_MS);
  await house.broker.start();
  const sinceMs = performance.now();
  const missing = new Map(before);
  for (;;) {
    const now = await house.person.retained("#");
    for (const [topic, payload] of before) if (now.get(topic) === payload) missing.delete(topic);
    if (!missing.size) break;
    if (performance.now() - sinceMs > 30_000) throw new Error(`never came back: ${[...missing.keys()]}`);
  }
  // Asking for what is retained takes its own 200 ms of silence.
  const tookS = (performance.now() - sinceMs - 200) / 1_000;
  // Within a second of subscribing a command is refused (S12).
  let obeyed = false;
  const opened = house.person.next(`${base}/bank/1/state/get`, "1", 10_000).then(() => {
    obeyed = true;
  });
  while (!obeyed && performance.now() - sinceMs < 10_000) {
    await house.person.publish(`${base}/bank/1/state/set`, "1");
    await Promise.race([opened, sleep(50)]);
  }
  await opened;
  const obeyedS = (performance.now() - sinceMs) / 1_000;
  return {
    what: `broker back after 60 s away, to everything restored (${before.size} retained topics)`,
    target: "≤ 2 s",
    reached: `${tookS.toFixed(2)} s; a command is obeyed after ${obeyedS.toFixed(2)} s`,
    ok: tookS <= 2 && obeyedS <= 2 + GRACE_MS / 1_000,
  };
}

export function startRow(what: string, tookMs: number, bareMs: number, most: number): Row {
  const reached = tookMs / bareMs;
  return {
    what: `start to all discovered and ready, ${what}, against \`node -e 0\` (${bareMs.toFixed(0)} ms); the 1 s of waiting taken off`,
    target: `≤ ${most} ×`,
    reached: `${ratio(reached)} (${tookMs.toFixed(0)} ms)`,
    ok: reached <= most,
  };
}

export function memoryRow(what: string, mb: number, bareMb: number, most: number): Row {
  const reached = mb / bareMb;
  return {
    what: `idle resident memory, ${what}, against a bare Node with a timer (${bareMb.toFixed(1)} MB)`,
    target: `≤ ${most} ×`,
    reached: `${ratio(reached)} (${mb.toFixed(1)} MB)`,
    ok: reached <= most,
  };
}

export function cpuRow({ cpu }: Cost): Row {
  return {
    what: "processor, 60 s with one zone open",
    target: "≤ 0.5 % of a core",
    reached: `${(100 * cpu).toFixed(2)} %`,
    ok: cpu <= 0.005,
  };
}

/** Eight zones against one: the larger of the three ratios counts. */
export function zonesRow(eight: Cost, one: Cost, startRatio: number): Row {
  const memory = eight.residentMb / one.residentMb;
  const cpu = eight.cpu / one.cpu;
  return {
    what: "8 zones against 1: start, memory, processor",
    target: "≤ 1.1 ×",
    reached: [startRatio, memory, cpu].map(ratio).join(", "),
    ok: [startRatio, memory, cpu].every((value) => value <= 1.1),
  };
}
