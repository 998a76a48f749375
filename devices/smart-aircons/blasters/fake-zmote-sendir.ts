/** What a simulated Zmote was asked to send. */
export interface FakeSendir {
  address: string;
  id: number;
  frequencyHz: number;
  /** How often in all. */
  repeat: number;
  offset: number;
  /** On and off, in periods of the carrier. */
  pairs: [number, number][];
  /** As it came. */
  raw: string;
}

const ranges = {
  id: { least: 0, most: 65535, error: 4 },
  frequencyHz: { least: 15000, most: 500000, error: 5 },
  repeat: { least: 1, most: 50, error: 6 },
  offset: { least: 1, most: 383, error: 7 },
} as const;

/** Reads a command as a Zmote does; a number is the error it answers with (zmote.md 3.2). */
export function readSendir(raw: string): FakeSendir | number {
  const [word, address = "", id, frequencyHz, repeat, offset, ...durations] = raw.trim().split(",");
  if (word !== "sendir") return 1;
  if (address !== "1:1") return address.startsWith("1:") ? 3 : 2;
  const given = { id, frequencyHz, repeat, offset };
  const numbers = { id: 0, frequencyHz: 0, repeat: 0, offset: 0 };
  for (const key of ["id", "frequencyHz", "repeat", "offset"] as const) {
    const { least, most, error } = ranges[key];
    const value = Number(given[key] || Number.NaN);
    if (!Number.isInteger(value) || value < least || value > most) return error;
    numbers[key] = value;
  }
  if (numbers.offset % 2 === 0) return 7;
  const pairs = readDurations(durations.join(","));
  if (typeof pairs === "number") return pairs;
  return { address, ...numbers, pairs, raw };
}

/** The pairs; letters stand for the first fifteen that differ (zmote.md 3.1). */
function readDurations(text: string): [number, number][] | number {
  if (/[^0-9A-Z,]/.test(text) || text === "") return 9;
  const table: [number, number][] = [];
  const pairs: [number, number][] = [];
  const pending: number[] = [];
  for (const token of text.match(/\d+|[A-Z]/g) ?? []) {
    if (/[A-Z]/.test(token)) {
      if (pending.length > 0) return 21;
      const known = table["ABCDEFGHIJKLMNO".indexOf(token)];
      if (!known) return 22;
      pairs.push(known);
      continue;
    }
    pending.push(Number(token));
    const [on, off] = pending;
    if (on === undefined || off === undefined) continue;
    pending.length = 0;
    pairs.push([on, off]);
    if (table.length < 15 && !table.some(([one, other]) => one === on && other === off)) table.push([on, off]);
  }
  if (pending.length > 0) return 10;
  const wrong = pairs.some(
    ([on, off], at) => on < 1 || on > 65535 || off > 65535 || (off < 1 && at < pairs.length - 1),
  );
  return wrong ? 9 : pairs;
}

/** How long it shines, in milliseconds: the code, and what the offset leaves of it for each further time. */
export function durationMs({ pairs, offset, repeat, frequencyHz }: FakeSendir): number {
  const periods = pairs.flat();
  const sum = (some: number[]) => some.reduce((total, count) => total + count, 0);
  return ((sum(periods) + (repeat - 1) * sum(periods.slice(offset - 1))) * 1000) / frequencyHz;
}
