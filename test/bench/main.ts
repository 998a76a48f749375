// `npm run bench`: one table of ratios taken in one run, written to README.md beside this file. With words behind it
// (`npm run bench -- sensors`) only those groups are taken, and only shown.
import { spawnSync } from "node:child_process";
import { mkdtempDisposable, readFile, writeFile } from "node:fs/promises";
import { arch, cpus, release, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { airconBurst, airconLatency } from "./aircons.ts";
import { codecRow, codeFileRow } from "./codecs.ts";
import type { Command } from "./figures.ts";
import { markdown, type Row } from "./row.ts";
import { droppedStreamsRow, manySensors, motionLatency, quietHourRow } from "./sensors.ts";
import { sprinklers } from "./sprinklers.ts";

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

const sources: Command = [join(import.meta.dirname, "../../bin/mqtt-things")];

/** What can be taken alone. */
const groups: Record<string, (folder: string) => Promise<Row[]>> = {
  sprinklers: (folder) => sprinklers(folder, sources, say),
  aircons: async (folder) => [
    await airconLatency(folder, sources),
    await airconBurst(folder, sources),
    codecRow(),
    codeFileRow(),
  ],
  sensors: async (folder) => [
    await motionLatency(folder, sources),
    ...(await manySensors(folder, sources)),
    await quietHourRow(),
    await droppedStreamsRow(),
  ],
};

async function take(words: readonly string[]): Promise<number> {
  const unknown = words.filter((word) => !Object.hasOwn(groups, word));
  if (unknown.length > 0) {
    say(`unknown: ${unknown.join(", ")}; there are ${Object.keys(groups).join(", ")}`);
    return 64;
  }
  await using folder = await mkdtempDisposable(join(tmpdir(), "bench-"));
  const rows: Row[] = [];
  for (const [word, rowsOf] of Object.entries(groups)) {
    if (words.length > 0 && !words.includes(word)) continue;
    say(word);
    rows.push(...(await rowsOf(folder.path)));
  }
  const table = markdown(rows);
  process.stdout.write(`${table}\n${machine()}\n`);
  if (words.length === 0) {
    const text = await readFile(page, "utf8");
    await writeFile(page, text.replace(/(<!-- table -->\n)[\s\S]*(<!-- end -->)/, `$1\n${machine()}\n\n${table}\n$2`));
  }
  return rows.every(({ ok }) => ok) ? 0 : 1;
}

process.exitCode = await take(process.argv.slice(2));
