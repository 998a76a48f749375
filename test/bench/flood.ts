import { freePort } from "../support/ports.ts";
import { serve } from "./daemon.ts";
import type { Command } from "./figures.ts";
import { base, garden } from "./garden.ts";
import { residentMb } from "./process.ts";
import { type Row, ratio } from "./row.ts";

const MESSAGES = 100_000;
/** After so many the daemon has long reached its working size. */
const WARM = 50_000;
const ZONES = 8;
/** So many at once; then the daemon has to have done them all. */
const BATCH = 1_000;
/** Durations go round from 1 to this many minutes. */
const ROUND = 180;
/** Of the states in between only the latest is published: more than a batch forward is a step back. */
const LONGEST_STEP = BATCH / ZONES;

/** Durations as fast as the broker delivers: counted by the daemon's metrics, ordered by what it publishes. */
export async function flood(folder: string, command: Command): Promise<Row> {
  const port = await freePort();
  await using house = await garden(folder, "flood", ZONES, { health_port: port, health_host: "127.0.0.1" });
  const { person } = house;
  await using daemon = await serve(house, command);
  const received = async () => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return Number(/^mqtt_things_commands_total\{[^}]*outcome="done"[^}]*\} (\d+)$/m.exec(text)?.[1] ?? 0);
  };
  const zones = Array.from({ length: ZONES }, (_, i) => i + 1);
  const from = new Map(zones.map((zone) => [zone, person.history(`${base}/bank/${zone}/duration/get`).length]));
  const payload = (n: number) => String((Math.floor(n / ZONES) % ROUND) + 1);
  let sent = 0;
  const beganMs = performance.now();

  async function send(upTo: number): Promise<void> {
    while (sent < upTo) {
      const batch = Array.from({ length: Math.min(BATCH, upTo - sent) }, (_, i) => sent + i);
      await Promise.all(batch.map((n) => person.publish(`${base}/bank/${zones[n % ZONES]}/duration/set`, payload(n))));
      sent += batch.length;
      while ((await received()) < sent) {
        if (performance.now() - beganMs > 300_000) throw new Error(`${await received()} of ${sent} messages arrived`);
      }
    }
  }
  await send(WARM);
  const warmMb = await residentMb(daemon.pid);
  await send(MESSAGES);
  const tookS = (performance.now() - beganMs) / 1_000;
  const growth = (await residentMb(daemon.pid)) / warmMb;

  let backwards = 0;
  for (const zone of zones) {
    await person.until(`${base}/bank/${zone}/duration/get`, payload(MESSAGES - ZONES + zone - 1));
    const seen = person.history(`${base}/bank/${zone}/duration/get`).slice(from.get(zone)).map(Number);
    backwards += seen.filter((value, i) => (value - (seen[i - 1] ?? 0) + ROUND) % ROUND > LONGEST_STEP).length;
  }
  const lost = MESSAGES - (await received());
  return {
    what: `${MESSAGES.toLocaleString("en")} messages to its topics as fast as the broker delivers, 1,000 at a time (${(MESSAGES / tookS).toFixed(0)} a second)`,
    target: "none lost or reordered, memory flat",
    reached: `${lost} lost, ${backwards} reordered, memory after all ${ratio(growth)} of that after ${WARM.toLocaleString("en")}`,
    ok: lost === 0 && backwards === 0 && growth <= 1.1,
  };
}
