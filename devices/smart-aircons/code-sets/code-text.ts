import { parseBroadlink } from "../ir/broadlink-packet.ts";
import { InfraredError } from "../ir/error.ts";
import { parsePronto } from "../ir/pronto.ts";
import { parseRaw } from "../ir/raw.ts";
import { parseSendir, sendirWaveform } from "../ir/sendir.ts";
import type { Code } from "./code-set.ts";
import type { Encoding } from "./smartir-header.ts";

/** A code as a file writes it. A sendir text is one whatever the file's encoding is. Throws InfraredError. */
export function readCode(encoding: Encoding, written: unknown): Code {
  if (typeof written === "string" && written.trimStart().startsWith("sendir,")) return sendirCode(written);
  if (encoding === "Raw") return { waveform: parseRaw(written), repeats: 0 };
  if (typeof written !== "string") throw new InfraredError(`a ${encoding} code is a text`);
  return encoding === "Pronto" ? { ...parsePronto(written), repeats: 0 } : parseBroadlink(written);
}

/** Fifty times as many as those of a long code. */
const MOST_DURATIONS = 60_000;

/** Throws InfraredError. */
export function sendirCode(text: string): Code {
  const sendir = parseSendir(text);
  const { frequencyHz, repeat, offset, pairs } = sendir;
  if (offset === 1) return { waveform: sendirWaveform({ ...sendir, repeat: 1 }), repeats: repeat - 1, frequencyHz };
  // Only a part of it is repeated, which the blaster's own repeating can't say.
  if (2 * pairs.length * repeat > MOST_DURATIONS) {
    throw new InfraredError(`${pairs.length} pairs, a part of them sent ${repeat} times, are too many`);
  }
  return { waveform: sendirWaveform(sendir), repeats: 0, frequencyHz };
}
