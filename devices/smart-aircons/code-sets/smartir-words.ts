import { type Mode, modes } from "../setting.ts";

/** The mode that a file's word means; undefined for those that Home Assistant lacks. */
export function modeOf(word: string): Mode | undefined {
  const plain = word.trim().toLowerCase();
  return plain === "fan" ? "fan_only" : modes.find((mode) => mode === plain);
}

/** Home Assistant's words by others that mean nothing else. */
const fanWords = new Map([
  ["auto", "auto"],
  ["automatic", "auto"],
  ["low", "low"],
  ["lo", "low"],
  ["medium", "medium"],
  ["med", "medium"],
  ["mid", "medium"],
  ["high", "high"],
  ["hi", "high"],
]);

const swingWords = new Map([
  ["off", "off"],
  ["static", "off"],
  ["stop", "off"],
  ["stopped", "off"],
  ["fixed", "off"],
  ["on", "on"],
  ["swing", "on"],
  ["vertical", "vertical"],
  ["horizontal", "horizontal"],
  ["both", "both"],
]);

/** Turns a file's own word into the one that people see. */
export type Translation = (own: string) => string;

export const fanTranslation = (owns: Iterable<string>): Translation => translation(fanWords, owns);
export const swingTranslation = (owns: Iterable<string>): Translation => translation(swingWords, owns);

/** A word becomes Home Assistant's where no other of the file would become the same; else it stays as it is. */
function translation(words: ReadonlyMap<string, string>, owns: Iterable<string>): Translation {
  const meaning = (own: string): string | undefined => words.get(own.trim().toLowerCase());
  const counts = new Map<string, number>();
  for (const own of new Set(owns)) {
    const word = meaning(own);
    if (word !== undefined) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return (own) => {
    const word = meaning(own);
    return word !== undefined && counts.get(word) === 1 ? word : own;
  };
}

const fanOrder = ["auto", "quiet", "low", "medium", "high"];
const swingOrder = ["off", "on", "vertical", "horizontal", "both"];

export const inFanOrder = (fans: Iterable<string>): string[] => sorted(fans, fanOrder);
export const inSwingOrder = (swings: Iterable<string>): string[] => sorted(swings, swingOrder);

/** Known words in their order, then the others in the order in which they came. */
function sorted(words: Iterable<string>, order: readonly string[]): string[] {
  const rank = (word: string): number => (order.includes(word) ? order.indexOf(word) : order.length);
  return [...new Set(words)].sort((a, b) => rank(a) - rank(b));
}
