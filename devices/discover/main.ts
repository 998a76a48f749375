import { networkInterfaces } from "node:os";
import { type Clock, realClock } from "../../src/clock.ts";
import { answered } from "../../src/help.ts";
import { written } from "../../src/written.ts";
import { findBroadlink } from "./broadlink.ts";
import type { Finder } from "./finder.ts";
import { type Found, finds } from "./found.ts";
import { findHue } from "./hue.ts";
import { type Way, waysIn } from "./interfaces.ts";
import { asJson, listing, NOTHING } from "./listing.ts";
import { findZmote } from "./zmote.ts";

const help = `mqtt-things discover [--seconds 5] [--json]

Lists the infrared blasters and the Hue bridges that can be seen from here, with lines to
paste into the configuration of smart-aircons and sensors: Broadlink units by broadcast,
Zmotes by multicast, bridges by mDNS. All of these end at the border of a network, and
don't reach into containers and pods.

  --seconds SECONDS   how long to wait for answers, 1 to 60 [5]
  --json              one line of JSON, a list, and nothing else on standard output
  --help, --version

Exit code 0, also when nothing was found; 74 when standard output can't be written.
`;

/** All that is searched. */
const finders: readonly Finder[] = [findBroadlink, findZmote, findHue];

interface Options {
  seconds: number;
  json: boolean;
}

/** Searches, and says what was found; Ctrl-C ends the search before its time. Resolves with the exit code: 0, 64 usage, 74 not written. */
export async function main(argv: readonly string[]): Promise<number> {
  if (answered(argv, () => help)) return 0;
  const options = parse(argv);
  if (typeof options === "string") {
    process.stderr.write(`${options}\n\n${help}`);
    return 64;
  }
  return await written(process, () => discover(options));
}

async function discover({ seconds, json }: Options): Promise<number> {
  const over = new AbortController();
  const stop = () => over.abort();
  process.on("SIGINT", stop).on("SIGTERM", stop);
  const say = (text: string) => void process.stderr.write(`${text}\n`);
  const ways = waysIn(networkInterfaces());
  const isAlone = ways.length === 0;
  if (isAlone) say("this machine is in no network: it has no IPv4 address but its own");
  else if (process.stderr.isTTY) say(`looking for ${seconds} s, from ${ways.map(({ address }) => address).join(", ")}`);
  const found = isAlone ? [] : await search({ ways, clock: realClock, seconds, trouble: say }, over);
  if (!isAlone && found.length === 0) process.stderr.write(NOTHING);
  if (json) process.stdout.write(asJson(found));
  else if (found.length > 0) process.stdout.write(listing(found));
  return 0;
}

/** Searches until the time is over, or `over` is aborted. */
async function search(
  { seconds, ...around }: { ways: readonly Way[]; clock: Clock; seconds: number; trouble(sentence: string): void },
  over: AbortController,
): Promise<Found[]> {
  const { add, list } = finds();
  const searches = finders.map((find) => find({ ...around, found: add }, over.signal));
  await around.clock.sleep(1_000 * seconds, over.signal);
  over.abort();
  await Promise.all(searches);
  return list();
}

function parse(argv: readonly string[]): Options | string {
  const options = { seconds: 5, json: false };
  const rest = argv.flatMap((argument) =>
    argument.startsWith("-") ? argument.split(/=(.*)/s).slice(0, 2) : [argument],
  );
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    if (/^--?json$/.test(name)) options.json = true;
    else if (/^--?seconds$/.test(name)) {
      const text = rest.shift() ?? "";
      options.seconds = /^\d{1,2}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
      if (!(options.seconds >= 1 && options.seconds <= 60)) return "--seconds needs a number from 1 to 60";
    } else return `${name.startsWith("-") ? "unknown flag" : "unexpected argument"} ${name}`;
  }
  return options;
}
