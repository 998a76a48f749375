import { type GeneratedName, generatedCodeSets } from "../code-sets/generated.ts";
import { fanTranslation, swingTranslation } from "../code-sets/smartir-words.ts";
import type { Known, Summary } from "../ir/known.ts";
import { type Capture, pulses } from "./learn-compare.ts";
import { nameOf, type Step } from "./learn-plan.ts";

/** What was heard, in words: `fujitsu-15, cool, 22 °C, fan auto, swing off`. */
export function tellOf({ code, found }: Capture): string {
  if (!found.known) return `${pulses(code.waveform)} of a protocol that we don't know`;
  return `${found.known.protocol}, ${wordsOf(found.state)}`;
}

function wordsOf({ power, mode, temperatureCelsius, fan, swing, command }: Summary): string {
  if (command !== undefined) return `the command ${command}`;
  if (power === "off") return "off";
  return [
    ...(mode === undefined ? [] : [mode]),
    ...(temperatureCelsius === undefined ? [] : [`${temperatureCelsius} °C`]),
    ...(fan === undefined ? [] : [`fan ${fan}`]),
    ...(swing === undefined ? [] : [`swing ${swing}`]),
  ].join(", ");
}

/** The code set that makes the codes of a protocol by itself; undefined for protocols that have to be learned. */
export function codeSetFor({ found }: Capture): GeneratedName | undefined {
  return found.known && makers[found.known.protocol];
}

const [older, newer, mitsubishi] = generatedCodeSets;
const makers: Readonly<Record<Known["protocol"], GeneratedName>> = {
  "fujitsu-15": older,
  "fujitsu-16": newer,
  "mitsubishi-144": mitsubishi,
};

/** A sentence where a frame says something else than it was asked for; undefined where it does not, or can't be read. */
export function contradiction(step: Step, { found }: Capture): string | undefined {
  if (!found.known || isSaid(step, found.state, found.known.protocol)) return undefined;
  return `the frame says ${wordsOf(found.state)}, and not ${nameOf(step)}`;
}

function isSaid(step: Step, said: Summary, protocol: Known["protocol"]): boolean {
  if (said.command !== undefined) return false;
  if (step === "off" || said.power === "off") return step === "off" && said.power === "off";
  const { mode, temperatureCelsius: celsius, fan, swing } = step;
  return (
    isSame(mode.replace(/^heat_cool$/, "auto").replace(/^fan$/, "fan_only"), said.mode, modes) &&
    (celsius === undefined || said.temperatureCelsius === undefined || said.temperatureCelsius === celsius) &&
    isSame(fanTranslation([fan])(fan), said.fan, fans) &&
    // Its frames carry no swing: the remote sends that as a command of its own (ir-protocols.md 2).
    (swing === undefined || protocol === "fujitsu-15" || isSwing(swingTranslation([swing])(swing), said.swing))
  );
}

const modes = ["auto", "cool", "heat", "dry", "fan_only"];
const fans = ["auto", "quiet", "low", "medium", "high", "highest"];
const swings = ["off", "vertical", "horizontal", "both"];

/** Whether two words mean the same; a person's own words, and numbers without a name, could mean anything. */
const isSame = (word: string, said: string | number | undefined, known: readonly string[]): boolean =>
  word === said || typeof said !== "string" || !known.includes(word) || !known.includes(said);

const isSwing = (word: string, said: Summary["swing"]): boolean =>
  word === "on" ? said !== "off" : isSame(word, said, swings);
