/** A sensor that needs a name for its topics. */
export interface Named {
  /** From hardware: a radio or a MAC address. */
  key: string;
  /** What people call it; it may be empty, and another sensor's too. */
  name: string;
  /** What the bridge's first interface numbers it; undefined where it has no number. */
  v1Number: number | undefined;
}

/** Brokers allow 200 levels in a topic, and no real name is as long as this. */
const LONGEST = 200;

/**
 * A name as the level (or levels) of a topic (legacy.md, "Topics and payloads"): blanks and underscores become `-`, `'` and
 * `’` are dropped, lower case. Also dropped is what no topic may hold: wildcards, control characters, halves of characters,
 * empty levels. It may be empty.
 */
export function plainName(name: string): string {
  // Each letter by itself, as the original did: a Greek word must not end differently.
  const small = [...name].slice(0, LONGEST).map((letter) => letter.toLowerCase());
  return small
    .join("")
    .replace(/[\s_]/g, "-")
    .replace(/['’+#\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/gu, "")
    .split("/")
    .filter(Boolean)
    .join("/");
}

/**
 * Who is called what in topics, by key. A sensor whose name leaves nothing is called by its key. Of several with one name
 * the first keeps it, later ones get `-1`, `-2`, …: later is the higher v1 number, then come those without one, by key.
 */
export function topicNames(sensors: readonly Named[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  /** Of each name that is there again, the number that was given last: those below are taken for ever. */
  const numbers = new Map<string, number>();
  for (const { key, name } of [...sensors].sort(earlierFirst)) {
    const plain = plainName(name) || key;
    let free = plain;
    let number = numbers.get(plain) ?? 0;
    while (taken.has(free)) free = `${plain}-${++number}`;
    numbers.set(plain, number);
    taken.add(free);
    names.set(key, free);
  }
  return names;
}

function earlierFirst(a: Named, b: Named): number {
  const [first, second] = [a.v1Number ?? Number.MAX_VALUE, b.v1Number ?? Number.MAX_VALUE];
  return first - second || (a.key < b.key ? -1 : 1);
}
