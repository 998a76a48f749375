import { pino } from "pino";
import { type Clock, realClock } from "../../../src/clock.ts";
import { UsageError } from "../../../src/flags.ts";
import { type Blaster, BlasterError } from "../blasters/blaster.ts";
import { blasterUrl, openBlaster } from "../blasters/open-blaster.ts";
import type { Io } from "./io.ts";
import { NotWritable, openReplaceable } from "./learn-disk.ts";
import { type LearnedFile, newFile } from "./learn-file.ts";
import { flagNames, identityIn, settingsKept, wantedIn } from "./learn-flags.ts";
import { nameOf, planOf } from "./learn-plan.ts";
import { resumeFile } from "./learn-resume.ts";
import { teach } from "./learn-session.ts";
import { openTalk } from "./learn-talk.ts";
import { parseOptions } from "./options.ts";

export const learnHelp = `mqtt-things ir learn --blaster URL --out FILE.json [flags]

Learns the codes of a remote control: says what to set it to, listens to it with a
blaster, and writes a code file for the key "codes" of an aircon (SmartIR's JSON).
Every code is heard twice and saved at once. Stopped, the same command goes on
where FILE ends, with the settings of FILE.

  --blaster broadlink://HOST | zmote://HOST
  --out FILE.json
  --modes LIST            of auto, heat_cool, cool, heat, dry, fan_only [cool,heat,dry,fan_only]
  --temperatures RANGE    in °C, with or without a step: 18-30, 16-30/0.5 [18-30]
  --no-temperature LIST   modes in which the remote has no temperature to set [fan_only]
  --fans LIST             in your words [auto,low,medium,high]
  --swings LIST           such as off,vertical; only if the remote's codes hold it
  --manufacturer NAME     [unknown]
  --model NAME            [unknown]

Typed at each code: Enter listens, s skips it, b goes back to the one before, q stops
(so do Ctrl-C and Ctrl-D). Skipped codes are asked for again by the same command.

Exit code 65 when FILE is there and can't be added to, 69 when the blaster can't be
reached or may still be listening, 73 when FILE can't be written.
`;

/** What a test puts in the place of the machine's. */
interface Around {
  clock: Clock;
  /** Ends it; by default Ctrl-C does, and whoever stops the process. */
  signal?: AbortSignal;
}

/** `ir learn`. Resolves with the exit code. Throws UsageError, CodeFileError. */
export async function learn(
  argv: readonly string[],
  io: Io,
  { clock, signal }: Around = { clock: realClock },
): Promise<number> {
  const options = parseOptions(argv, flagNames);
  if (options.rest.length > 0) throw new UsageError(`unexpected argument ${options.rest[0]}`);
  const url = blasterUrl.safeParse(options.need("blaster"));
  if (!url.success) throw new UsageError(`--blaster ${url.error.issues[0]?.message}`);
  const path = options.need("out");
  const [wanted, identity] = [wantedIn(options), identityIn(options)];
  using stopped = signal ? { signal, [Symbol.dispose]: () => {} } : stopSignal(io);
  using talk = openTalk(io, stopped.signal);
  try {
    const disk = await openReplaceable(path);
    const file = disk.before?.length ? resumeFile(disk.before, path) : newFile(wanted, identity);
    if (disk.before?.length) for (const line of settingsKept(options, file.wanted)) talk.say(`${path} ${line}`);
    if (!/\.json$/i.test(path)) talk.say(`The daemon reads code files whose path ends in .json, unlike ${path}.`);
    if (isWhole(file)) {
      talk.say(`${path} has all of its ${planOf(file.wanted).length} codes: nothing is left to learn.`);
      return 0;
    }
    await using blaster = await openBlaster(url.data, { log: pino({ level: "silent" }), clock });
    talk.say(`Waiting for the blaster at ${url.data}, up to 10 s.`);
    if (!(await isThere(blaster, talk.say, stopped.signal))) return 0;
    const lost = await untilLost(teach({ blaster, talk, file, save: () => disk.replace(file.text()) }));
    for (const line of told(file, path)) talk.say(line);
    if (lost) throw lost;
    return 0;
  } catch (error) {
    if (!(error instanceof BlasterError || error instanceof NotWritable)) throw error;
    io.stderr.write(`${error.message}\n`);
    return error instanceof BlasterError ? 69 : 73;
  }
}

/** Says which blaster answers; false when the signal aborted first. Throws BlasterError when none does. */
async function isThere({ health }: Blaster, say: (text: string) => void, signal: AbortSignal): Promise<boolean> {
  const known = await health.until(({ ready, problem }) => ready || problem !== undefined, signal);
  if (!known || signal.aborted) return false;
  // Since when it is so is for those who were not there.
  const problem = known.problem?.replace(/ \(since [^()]*\)$/, "");
  if (!known.ready) throw new BlasterError(problem);
  const { manufacturer = "", model = "", serialNumber = "" } = known.identity ?? {};
  say(`It is a ${manufacturer} ${model}, ${serialNumber}.${problem === undefined ? "" : `\nBut ${problem}.`}`);
  return true;
}

/** Undefined when the work ended well, the error when the blaster is gone; throws all others. */
async function untilLost(work: Promise<void>): Promise<BlasterError | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof BlasterError) return error;
    throw error;
  }
}

const isWhole = (file: LearnedFile): boolean => planOf(file.wanted).every(file.has);

/** What there is in the end, and what to do with it. */
function told(file: LearnedFile, path: string): string[] {
  const plan = planOf(file.wanted);
  const missing = plan.filter((step) => !file.has(step));
  const count = plan.length - missing.length;
  if (count === 0) return ["\nNothing was learned, and nothing written."];
  const some = missing.slice(0, 3).map(nameOf).join("; ");
  const more = missing.length > 3 ? `; and ${missing.length - 3} more` : "";
  return [
    `\n${count} of ${plan.length} codes are in ${path}.`,
    ...(missing.length > 0 ? [`Missing: ${some}${more}. The same command goes on from here.`] : []),
    ...(plan.some((step) => step !== "off" && file.has(step))
      ? [`Look at it with "mqtt-things ir check ${path}", and configure the aircon with\n  codes: ${path}`]
      : []),
  ];
}

/** Aborts when the process is to stop; its terminal may be gone as well. */
function stopSignal({ stdout, stderr }: Io): Disposable & { signal: AbortSignal } {
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const name of signals) process.on(name, stop);
  for (const stream of [stdout, stderr]) stream.on("error", stop);
  return {
    signal: stopping.signal,
    [Symbol.dispose]() {
      for (const name of signals) process.off(name, stop);
    },
  };
}
