import { setTimeout as pass } from "node:timers/promises";
import { residentMb } from "../bench/process.ts";
import type { Hardware } from "../home-assistant/hardware.ts";
import { type Aircon, aircons, type Doings } from "./storm.ts";

/** Whom it watches. */
interface Watched {
  hardware: {
    board: Pick<Hardware["board"], "onRelay">;
    zmote: { infrared: readonly unknown[] };
    broadlink: { infrared: readonly unknown[] };
  };
  daemons: ReadonlyMap<string, { pid: number }>;
}

/** What must never happen, watched all the time. */
export interface Watch {
  /** What has happened all the same, a sentence each. */
  readonly wrongs: readonly string[];
  /** How many valves were opened, and codes sent. */
  readonly counts: { openings: number; codes: number };
  /** Resident memory of each daemon, MB, every 5 s. */
  readonly memory: ReadonlyMap<string, readonly number[]>;
}

/** A command may be under way for so long: 10 s in the broker, 10 s of repeats to a blaster, and what is before it. */
const ASKED_MS = 40_000;
const LOOK_MS = 100;
const WEIGH_MS = 5_000;

/** Watches until the signal aborts. `limitMs`: how long a valve may be open. */
export function watch(
  { hardware, daemons }: Watched,
  doings: Pick<Doings, "asked">,
  limitMs: number,
  signal: AbortSignal,
): Watch {
  const { board, zmote, broadlink } = hardware;
  const wrongs: string[] = [];
  const counts = { openings: 0, codes: 0 };
  const memory = new Map<string, number[]>();
  const opened = new Map<number, number>();
  const sent: Record<Aircon, number> = { bedroom: 0, "living-room": 0 };
  const infrared = { bedroom: zmote.infrared, "living-room": broadlink.infrared };

  // Said while it is so: a valve that never closes would never be spoken of.
  function time(nowMs: number): void {
    for (const [relay, sinceMs] of opened) {
      if (nowMs - sinceMs <= limitMs) continue;
      wrongs.push(`relay ${relay} was on for more than ${limitMs / 1_000} s`);
      opened.delete(relay);
    }
  }
  board.onRelay((relay, on, atMs) => {
    time(atMs);
    opened.delete(relay);
    if (!on) return;
    counts.openings++;
    opened.set(relay, atMs);
  });

  function listen(nowMs: number): void {
    for (const aircon of aircons) {
      const codes = infrared[aircon].length - sent[aircon];
      if (codes === 0) continue;
      sent[aircon] += codes;
      counts.codes += codes;
      const lastMs = doings.asked[aircon].at(-1) ?? Number.NEGATIVE_INFINITY;
      if (nowMs - lastMs > ASKED_MS) wrongs.push(`the ${aircon} was sent a code that nobody had asked for`);
      const asked = doings.asked[aircon].length;
      if (sent[aircon] > asked) wrongs.push(`the ${aircon} was sent ${sent[aircon]} codes for ${asked} commands`);
    }
  }
  async function weigh(): Promise<void> {
    for (const [name, { pid }] of daemons) memory.set(name, [...(memory.get(name) ?? []), await residentMb(pid)]);
  }
  async function look(): Promise<void> {
    for (let looks = 0; !signal.aborted; looks++) {
      listen(performance.now());
      time(performance.now());
      if (looks % (WEIGH_MS / LOOK_MS) === 0) await weigh();
      await pass(LOOK_MS);
    }
  }
  // A daemon that has ended can't be weighed.
  look().catch((error) => wrongs.push(`a daemon is gone: ${error}`));
  return { wrongs, counts, memory };
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** The middle third of the time and the last: what a daemon held, in MB. It grows where the second is the larger. */
export function grown(samples: readonly number[]): { before: number; after: number } {
  const third = Math.floor(samples.length / 3);
  return { before: median(samples.slice(third, 2 * third)), after: median(samples.slice(2 * third)) };
}
