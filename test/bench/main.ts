// `npm run bench`: one table of ratios taken in one run, written to README.md beside this file.
import { spawnSync } from "node:child_process";
import { mkdtempDisposable, readFile, writeFile } from "node:fs/promises";
import { arch, cpus, release, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { airconBurst, airconLatency } from "./aircons.ts";
import { bundled } from "./bundle.ts";
import { codecRow, codeFileRow } from "./codecs.ts";
import * as figures from "./figures.ts";
import { flood } from "./flood.ts";
import { garden } from "./garden.ts";
import { latency } from "./latency.ts";
import { markdown, type Row } from "./row.ts";

const page = join(import.meta.dirname, "README.md");
const say = (text: string) => void process.stderr.write(`${text}\n`);

function machine(): string {
  const mosquitto = /version ([\d.]+)/.exec(spawnSync("mosquitto", ["-h"], { encoding: "utf8" }).stdout)?.[1];
  const [{ model } = { model: "" }] = cpus();
  return [
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores of ${model.trim()} (${arch()})`,
    `${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}, Node ${process.version}, Mosquitto ${mosquitto}.`,
  ].join(", ");
}

await using folder = await mkdtempDisposable(join(tmpdir(), "bench-"));
const sources: figures.Command = [join(import.meta.dirname, "../../bin/mqtt-things")];
say("bundling");
const bundle: figures.Command = await bundled(join(folder.path, "bundle"));
const rows: Row[] = [];

say("1,000 commands (about 2 minutes)");
rows.push(...(await latency(folder.path)));

{
  say("starts");
  await using one = await garden(folder.path, "one", 1);
  await using eight = await garden(folder.path, "eight", 8);
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
  await using third = await garden(folder.path, "third", 1);
  const [ofOne, ofBundle, ofMany, back] = await Promise.all([
    figures.idle(one, sources),
    figures.idle(third, bundle),
    figures.idle(eight, sources),
    figures.back(folder.path, sources),
  ]);
  rows.push(figures.memoryRow("from sources", ofOne.residentMb, bareMb, 2.1));
  rows.push(figures.memoryRow("bundled", ofBundle.residentMb, bareMb, 1.7));
  rows.push(figures.cpuRow(ofOne), back);
  say("100,000 messages");
  rows.push(await flood(folder.path));
  rows.push(figures.zonesRow(ofMany, ofOne, ofEight / fromSources));
}

say("aircons");
rows.push(
  await airconLatency(folder.path, sources),
  await airconBurst(folder.path, sources),
  codecRow(),
  codeFileRow(),
);

const table = markdown(rows);
process.stdout.write(`${table}\n${machine()}\n`);
const text = await readFile(page, "utf8");
await writeFile(page, text.replace(/(<!-- table -->\n)[\s\S]*(<!-- end -->)/, `$1\n${machine()}\n\n${table}\n$2`));
process.exitCode = rows.every(({ ok }) => ok) ? 0 : 1;
