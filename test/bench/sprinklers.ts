import { join } from "node:path";
import { bundled } from "./bundle.ts";
import * as figures from "./figures.ts";
import { flood } from "./flood.ts";
import { garden } from "./garden.ts";
import { latency } from "./latency.ts";
import type { Row } from "./row.ts";

/** What the sprinklers' daemon costs, and how fast it is; for most of it, it speaks for all daemons. */
export async function sprinklers(folder: string, sources: figures.Command, say: (text: string) => void) {
  say("bundling");
  const bundle: figures.Command = await bundled(join(folder, "bundle"));
  const rows: Row[] = [];

  say("1,000 commands (about 2 minutes)");
  rows.push(...(await latency(folder)));

  say("starts");
  await using one = await garden(folder, "one", 1);
  await using eight = await garden(folder, "eight", 8);
  const { bareMs, startsMs } = await figures.starts([
    [one, sources],
    [one, bundle],
    [eight, sources],
  ]);
  const [fromSources = 0, fromBundle = 0, ofEight = 0] = startsMs;
  rows.push(figures.startRow("from sources", fromSources, bareMs, 12));
  rows.push(figures.startRow("bundled", fromBundle, bareMs, 7));

  say("a minute with one zone open, a minute without a broker");
  const bareMb = await figures.bareMemory();
  await using third = await garden(folder, "third", 1);
  const [ofOne, ofBundle, ofMany, back] = await Promise.all([
    figures.idle(one, sources),
    figures.idle(third, bundle),
    figures.idle(eight, sources),
    figures.back(folder, sources),
  ]);
  rows.push(figures.memoryRow("from sources", ofOne.residentMb, bareMb, 2.1));
  rows.push(figures.memoryRow("bundled", ofBundle.residentMb, bareMb, 1.7));
  rows.push(figures.cpuRow(ofOne), back);
  say("100,000 messages");
  rows.push(await flood(folder));
  rows.push(figures.zonesRow(ofMany, ofOne, ofEight / fromSources));
  return rows;
}
