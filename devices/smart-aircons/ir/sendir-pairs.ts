import { InfraredError } from "./error.ts";

/** Light on and off, in periods of the carrier. */
export type Pair = readonly [on: number, off: number];

/** Letters that stand for pairs: A to O (ir-protocols.md 5). Pairs that are new after them stay numbers. */
const MOST_LETTERS = 15;
const LETTER_A = "A".charCodeAt(0);
const DIGIT_0 = "0".charCodeAt(0);
const MOST_PERIODS = 0xffff;
/** Twenty times an aircon's frame. */
const MOST_PAIRS = 6000;

/**
 * Reads the durations of a sendir text: numbers with commas between them, and letters for pairs that were there before.
 * Throws InfraredError.
 */
export function parsePairs(text: string): Pair[] {
  const pairs: Pair[] = [];
  const known: Pair[] = [];
  const seen = new Set<number>();
  let on: number | undefined;
  for (let at = 0; at < text.length; ) {
    const letter = text.charCodeAt(at) - LETTER_A;
    if (letter >= 0 && letter < 26) {
      const pair = known[letter];
      if (on !== undefined) throw new InfraredError(`the letter ${text[at]} stands between the two numbers of a pair`);
      if (!pair) throw new InfraredError(`the letter ${text[at]} stands for no pair before it`);
      pairs.push(pair);
      at++;
      continue;
    }
    const { value, end } = numberAt(text, at);
    at = end;
    if (on === undefined) {
      on = value;
      continue;
    }
    const pair: Pair = [on, value];
    on = undefined;
    pairs.push(pair);
    if (known.length < MOST_LETTERS && !seen.has(keyOf(pair))) {
      seen.add(keyOf(pair));
      known.push(pair);
    }
  }
  if (on !== undefined) throw new InfraredError("the number of durations is odd: they come in pairs");
  checkPairs(pairs);
  return pairs;
}

/** A number, and where the text goes on: behind the comma, if another number follows, or at a letter. */
function numberAt(text: string, at: number): { value: number; end: number } {
  let end = at;
  let value = 0;
  // Enough digits for what checkPairs refuses, and no more.
  while (isDigit(text, end) && end - at < 6) value = 10 * value + text.charCodeAt(end++) - DIGIT_0;
  const isComma = text[end] === "," && isDigit(text, end + 1);
  const isLast = end === text.length || /[A-Z]/.test(text[end] ?? "");
  if (end === at || !(isComma || isLast)) {
    throw new InfraredError(`durations are numbers and capital letters, and at ${at + 1} is neither`);
  }
  return { value, end: isComma ? end + 1 : end };
}

const isDigit = (text: string, at: number): boolean => {
  const digit = text.charCodeAt(at) - DIGIT_0;
  return digit >= 0 && digit <= 9;
};

/** Learned codes end with an off of 0, so that is accepted there, and only there (zmote.md 3). */
function checkPairs(pairs: readonly Pair[]): void {
  if (pairs.length === 0) throw new InfraredError("there are no durations");
  if (pairs.length > MOST_PAIRS) {
    throw new InfraredError(`there are ${pairs.length} pairs, and a command takes ${MOST_PAIRS}`);
  }
  for (const [index, [on, off]] of pairs.entries()) {
    const isEnd = index === pairs.length - 1;
    if (on < 1 || on > MOST_PERIODS || off > MOST_PERIODS || (off < 1 && !isEnd)) {
      throw new InfraredError(`pair ${index + 1} is ${on},${off}: durations are 1 to ${MOST_PERIODS} periods`);
    }
  }
}

/** Writes the durations, with letters or as numbers only. */
export function formatPairs(pairs: readonly Pair[], compressed: boolean): string {
  if (!compressed) return pairs.join(",");
  const letters = new Map<number, string>();
  let text = "";
  let isDigitLast = false;
  for (const pair of pairs) {
    const letter = letters.get(keyOf(pair));
    if (letter !== undefined) {
      text += letter;
      isDigitLast = false;
      continue;
    }
    if (letters.size < MOST_LETTERS) letters.set(keyOf(pair), String.fromCharCode(LETTER_A + letters.size));
    text += isDigitLast ? `,${pair.join(",")}` : pair.join(",");
    isDigitLast = true;
  }
  return text;
}

const keyOf = ([on, off]: Pair): number => on * 0x100000 + off;
