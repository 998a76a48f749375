import type { Code } from "../code-sets/code-set.ts";
import { sendirCode } from "../code-sets/code-text.ts";
import { encodeBroadlink, parseBroadlink } from "../ir/broadlink-packet.ts";
import { beginning, formatBase64, hex, LONGEST_TEXT, parseHex } from "../ir/bytes.ts";
import { InfraredError } from "../ir/error.ts";
import { type Identified, identify, identifyFrame, type Unidentified } from "../ir/identify.ts";
import { waveformOf } from "../ir/known.ts";
import { parsePronto } from "../ir/pronto.ts";
import { formatSendir, parseSendir, toSendir } from "../ir/sendir.ts";
import { formatMicroseconds, parseMicroseconds, SILENCE_US, type Waveform } from "../ir/waveform.ts";

/** How a code can be written: the bytes of its frame, sendir, a Broadlink packet in hexadecimal or Base64, microseconds. */
export const forms = ["hex", "sendir", "broadlink", "base64", "us"] as const;
export type Form = (typeof forms)[number];

/** A code that was read, and what it says. */
export interface Understood {
  code: Code;
  found: Identified | Unidentified;
}

/** Reads a code in whatever form it seems to be; Pronto as well. Throws InfraredError. */
export function readAnyForm(text: string): Understood {
  const plain = text.trim();
  if (plain.length > LONGEST_TEXT)
    throw new InfraredError(`the text is too long for infrared: ${plain.length} characters`);
  if (plain === "") throw new InfraredError("there is no code, only an empty text");
  const isBytes = /^[0-9a-f\s]+$/i.test(plain) && !isDecimals(plain);
  if (isBytes && !/^(26|b2|d7|0000\s)/i.test(plain)) return readFrame(plain);
  const code = readCode(plain, isBytes);
  const found = identify(code.waveform);
  if (found.known) found.frames *= code.repeats + 1;
  return { code, found };
}

/** Numbers with blanks between them are microseconds, unless all have two digits, as bytes do. */
function isDecimals(plain: string): boolean {
  const words = plain.split(/\s+/);
  return words.length > 1 && words.every((word) => /^\d+$/.test(word)) && words.some((word) => word.length !== 2);
}

function readFrame(plain: string): Understood {
  const found = identifyFrame(parseHex(plain));
  if ("refused" in found) throw new InfraredError(found.refused);
  return { code: { waveform: waveformOf(found.known), repeats: 0 }, found };
}

function readCode(plain: string, isBytes: boolean): Code {
  if (/^[ \t]*sendir,/m.test(plain)) return sendirCode(plain);
  if (/^0000(\s+[0-9a-f]{4})+$/i.test(plain)) return { ...parsePronto(plain), repeats: 0 };
  if (isBytes) return parseBroadlink(plain);
  if (/^[\d\s,;.+[\]-]+$/.test(plain)) return { waveform: parseMicroseconds(plain), repeats: 0 };
  // So begins, in Base64, what a Broadlink sends by infrared or radio.
  if (/^[Js1][\w+/=\s]*$/.test(plain)) return parseBroadlink(plain);
  throw new InfraredError(
    `this is no sendir, no Broadlink packet, no microseconds, no frame and no Pronto: ${beginning(plain)}`,
  );
}

/** Writes a code. Throws InfraredError where the form can't say it. */
export function writeForm({ code, found }: Understood, form: Form): string {
  switch (form) {
    case "hex":
      if (found.known) return found.frameHex;
      throw new InfraredError(
        "hex is the bytes of a frame, and this code is of no protocol that we know: ask for broadlink, base64, sendir or us",
      );
    case "sendir":
      return writeSendir(code);
    case "broadlink":
      return hex(encodeBroadlink(code));
    case "base64":
      return formatBase64(encodeBroadlink(code));
    case "us":
      return formatMicroseconds(everything(code));
  }
}

function writeSendir({ waveform, repeats, frequencyHz }: Code): string {
  const again = repeats > 0 ? withSilence(waveform) : waveform;
  const text = formatSendir(toSendir(again, { repeat: repeats + 1, ...(frequencyHz ? { frequencyHz } : {}) }));
  // It knows every limit of the format.
  parseSendir(text);
  return text;
}

const MOST_DURATIONS = LONGEST_TEXT / 2;

/** All that is sent, the repetitions too. */
function everything({ waveform, repeats }: Code): Waveform {
  if (repeats === 0) return waveform;
  const again = withSilence(waveform);
  if (again.length * repeats > MOST_DURATIONS) {
    throw new InfraredError(`sent ${repeats + 1} times, the code is too long to be written out in microseconds`);
  }
  return [...Array.from({ length: repeats }, () => again).flat(), ...waveform];
}

/** What follows at once would not be heard as a repeat. */
function withSilence(waveform: Waveform): Waveform {
  const once = waveform.length % 2 === 0 ? waveform.slice(0, -1) : waveform;
  const last = waveform.length % 2 === 0 ? waveform.at(-1) : 0;
  return [...once, last || SILENCE_US];
}
