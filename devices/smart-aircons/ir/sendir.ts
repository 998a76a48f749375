import { beginning, LONGEST_TEXT } from "./bytes.ts";
import { InfraredError } from "./error.ts";
import { formatPairs, type Pair, parsePairs } from "./sendir-pairs.ts";
import { SILENCE_US, type Waveform } from "./waveform.ts";

/** The text that a Zmote sends and learns; the format is Global Caché's (ir-protocols.md 5). */
export interface Sendir {
  /** Module and connector: `1:1`. */
  address: string;
  /** Comes back in the answer. */
  id: number;
  frequencyHz: number;
  /** How often it is sent in all. */
  repeat: number;
  /** Which duration, from 1, the second time begins with. */
  offset: number;
  pairs: readonly Pair[];
}

/** As in every captured code; the frequency is most likely the learner's own constant. */
const AS_CAPTURED = { address: "1:1", id: 0, frequencyHz: 37_000, repeat: 1, offset: 1 };

/** Reads one command. The learner's banner and line ends around it are nothing. Throws InfraredError. */
export function parseSendir(text: string): Sendir {
  if (text.length > LONGEST_TEXT) {
    throw new InfraredError(`the text is too long for infrared: ${text.length} characters`);
  }
  const line = text.split(/[\r\n]+/).find((one) => one.trim().startsWith("sendir,"));
  if (line === undefined) throw new InfraredError(`there is no sendir command: ${beginning(text.trim())}`);
  const [, address = "", id = "", frequency = "", repeat = "", offset = "", durations = ""] =
    /^sendir,([1-9]\d{0,2}:[1-9]\d{0,2}),(\d+),(\d+),(\d+),(\d+),(.*)$/.exec(line.trim()) ?? [];
  if (address === "") {
    throw new InfraredError(
      `sendir wants address, id, frequency, repeat, offset and durations: ${beginning(line.trim())}`,
    );
  }
  const pairs = parsePairs(durations);
  return {
    address,
    id: ranged("id", id, 0, 0xffff),
    frequencyHz: ranged("frequency", frequency, 15_000, 500_000),
    repeat: ranged("repeat", repeat, 1, 50),
    offset: offsetIn(pairs, ranged("offset", offset, 1, 383)),
    pairs,
  };
}

function ranged(what: string, digits: string, least: number, most: number): number {
  const value = Number(digits);
  if (value < least || value > most) {
    throw new InfraredError(`the ${what} of sendir is ${least} to ${most}, not ${digits}`);
  }
  return value;
}

function offsetIn(pairs: readonly Pair[], offset: number): number {
  if (offset % 2 === 1 && offset < 2 * pairs.length) return offset;
  throw new InfraredError(`the offset of sendir is ${offset}, where no light begins`);
}

/** Writes the command, without a line end. Compressed is what a Zmote returns and takes. */
export function formatSendir(sendir: Sendir, { compressed = true } = {}): string {
  const { address, id, frequencyHz, repeat, offset, pairs } = sendir;
  return `sendir,${address},${id},${frequencyHz},${repeat},${offset},${formatPairs(pairs, compressed)}`;
}

/** A waveform as a command, as the captured ones are unless something else is given. */
export function toSendir(waveform: Waveform, given: Partial<Omit<Sendir, "pairs">> = {}): Sendir {
  const command = { ...AS_CAPTURED, ...given };
  const pairs: Pair[] = [];
  const periods = (us: number): number => Math.min(Math.max(Math.round((us * command.frequencyHz) / 1e6), 1), 0xffff);
  for (let at = 0; at < waveform.length; at += 2) {
    const [on = 0, off = 0] = [waveform[at], waveform[at + 1]];
    const isEnd = at + 2 >= waveform.length;
    pairs.push([periods(on), isEnd && off === 0 ? 0 : periods(off)]);
  }
  return { ...command, pairs };
}

/** Everything that the command sends, its repetitions too. */
export function sendirWaveform({ frequencyHz, repeat, offset, pairs }: Sendir): Waveform {
  const inUs = (periods: number): number => Math.round((periods * 1e6) / frequencyHz);
  const once: number[] = [];
  for (const [on, off] of pairs) once.push(inUs(on), inUs(off));
  // A last space of 0 is an end; where something follows, it is silence.
  const end = once.at(-1) ?? 0;
  const again = once.slice(offset - 1);
  const waveform = [...once];
  for (let time = 2; time <= repeat; time++) {
    waveform[waveform.length - 1] = end || SILENCE_US;
    for (const us of again) waveform.push(us);
  }
  return waveform;
}
