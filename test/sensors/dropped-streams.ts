import { Socket } from "node:net";
import { queryObjects } from "node:v8";
import { virtualHouse } from "./virtual-house.ts";

/** What became of a daemon whose bridge hung up on it again and again. */
export interface DroppedStreams {
  drops: number;
  /** Changes that the bridge told nobody of, because nobody listened, and that were not shown at the end of their drop. */
  lost: number;
  /** What there is more of than after the first tenth of the drops: handles by their kind, objects by their class. */
  grown: Record<string, number>;
}

/** A stream that lived for so long is a good one. */
const GOOD_MS = 5_000;
/** Well before the read that comes every 60 s. */
const PATIENCE_MS = 20_000;
const classes = { Function, AbortSignal, Promise, Socket };

/** Every handle of this process by its kind, and what a leak of listeners, waiting or connections would pile up. */
function counted(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [name, one] of Object.entries(classes)) counts[name] = queryObjects(one, { format: "count" });
  for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/**
 * A bridge hangs up on its event stream so often, in virtual time; each time something changes right before that, and
 * something right after it, so that only a read can tell. The daemon, a broker and the bridge are in this process.
 */
export async function dropStreams(drops: number): Promise<DroppedStreams> {
  await using house = await virtualHouse(3);
  const { bridge, shown, passUntil } = house;
  const opened = () => bridge.received.filter(({ kind }) => kind === "events").length;
  let lost = 0;
  let early: Record<string, number> = {};
  for (let drop = 1; drop <= drops; drop++) {
    const [temperatureCelsius, motion] = [drop / 100, drop % 2 === 1];
    const before = opened();
    bridge.faults.mute = true;
    bridge.house.set("Sensor 1", { temperatureCelsius });
    bridge.streams.hangUp();
    bridge.house.set("Sensor 2", { motion });
    bridge.faults.mute = false;
    await passUntil(() => opened() > before);
    await house.pass(GOOD_MS);
    const missing = () =>
      Number(shown("sensor-1/temperature") !== String(temperatureCelsius)) +
      Number(shown("sensor-2/presence") !== (motion ? "1" : "0"));
    for (let ms = 0; ms < PATIENCE_MS && missing() > 0; ms += 1_000) await house.pass(1_000);
    lost += missing();
    if (drop === Math.floor(drops / 10)) early = counted();
  }
  const grown = Object.entries(counted()).map(([name, count]) => [name, count - (early[name] ?? 0)] as const);
  return { drops, lost, grown: Object.fromEntries(grown.filter(([, more]) => more > 0)) };
}
