import type { Code } from "../code-sets/code-set.ts";
import { formatSendir, parseSendir, type Sendir, sendirWaveform, toSendir } from "../ir/sendir.ts";
import { SILENCE_US } from "../ir/waveform.ts";
import { coded, NothingSent } from "./blaster.ts";

/** What a Zmote learns with, whatever the remote control sends (zmote.md 3). */
const USUAL_HZ = 37_000;

/** The command that sends a code, but for its id. A last space of 0 stays one. Throws NothingSent. */
export function sendirOf({ waveform, repeats, frequencyHz = USUAL_HZ }: Code): Sendir {
  return coded(() => {
    const command = toSendir(repeats > 0 ? withSilence(waveform) : waveform, {
      frequencyHz: Math.round(frequencyHz),
      repeat: repeats + 1,
    });
    // It knows every limit of the format.
    return parseSendir(formatSendir(command));
  }, NothingSent);
}

/** What follows at once would not be heard as a repeat. */
function withSilence(waveform: Code["waveform"]): Code["waveform"] {
  const once = waveform.length % 2 === 0 ? waveform.slice(0, -1) : waveform;
  const last = waveform.length % 2 === 0 ? waveform.at(-1) : 0;
  return [...once, last || SILENCE_US];
}

/** The code that a command sends. Throws BlasterError. */
export function codeOf(text: string): Code {
  return coded(() => {
    const command = parseSendir(text);
    return { waveform: sendirWaveform(command), repeats: 0, frequencyHz: command.frequencyHz };
  });
}
