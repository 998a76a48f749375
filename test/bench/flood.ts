import { on } from "node:events";
import { join } from "node:path";
import { serve } from "./daemon.ts";
import type { Command } from "./figures.ts";
import { type Counted, MESSAGES, ROUND } from "./flood-messages.ts";
import { base, garden } from "./garden.ts";
import { nodeOptions } from "./launcher.ts";
import { type Row, ratio } from "./row.ts";

const ZONES = 8;
/** So many wait for the broker's word at once; nobody waits for the daemon. */
const BATCH = 1_000;
const PATIENCE_MS = 120_000;

/**
 * Durations as fast as the broker takes and delivers them. The daemon counts them as they arrive, and those that don't
 * come right after the one before, and looks at its memory all the time.
 */
export async function flood(folder: string): Promise<Row> {
  await using house = await garden(folder, "flood", ZONES);
  const { person } = house;
  const script = join(import.meta.dirname, "flood-daemon.ts");
  const command: Command = [process.execPath, ...nodeOptions(), script];
  await using daemon = await serve(house, command, "ipc");
  const told = on(daemon.child, "message", { signal: AbortSignal.timeout(PATIENCE_MS) });
  const beganMs = performance.now();
  for (let sent = 0; sent < MESSAGES; sent += BATCH) {
    const batch = Array.from({ length: BATCH }, (_, i) => sent + i);
    const minutes = (n: number) => (Math.floor(n / ZONES) % ROUND) + 1;
    await Promise.all(
      batch.map((n) => person.publish(`${base}/bank/${(n % ZONES) + 1}/duration/set`, String(minutes(n)))),
    );
  }
  // What is lost never comes: then this throws.
  const [{ arrived, misplaced, residentMb }] = (await told.next()).value as [Counted];
  const tookS = (performance.now() - beganMs) / 1_000;
  const half = residentMb.length / 2;
  const growth = Math.max(...residentMb.slice(half)) / Math.max(...residentMb.slice(0, half));
  return {
    what: `${MESSAGES.toLocaleString("en")} messages to its topics as fast as the broker delivers (${(MESSAGES / tookS).toFixed(0)} a second)`,
    target: "none lost or reordered, memory flat",
    reached: `${MESSAGES - arrived} lost, ${misplaced} reordered, most memory in the second half ${ratio(growth)} of that in the first`,
    ok: arrived === MESSAGES && misplaced === 0 && growth <= 1.1,
  };
}
