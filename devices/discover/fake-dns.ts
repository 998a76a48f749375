/** Messages of the domain name system, as RFC 1035, 4.1 has them. A name is a list of labels, which may hold dots. */
export type Name = readonly string[];

export const types = { A: 1, PTR: 12, TXT: 16, AAAA: 28, SRV: 33, ANY: 255 } as const;

export interface Question {
  name: Name;
  type: number;
  /** With the first bit set it wants its answer for itself (RFC 6762, 5.4). */
  class: number;
}

export type Data =
  | { type: "PTR"; name: Name }
  | { type: "SRV"; port: number; target: Name }
  | { type: "TXT"; texts: readonly string[] }
  | { type: "A" | "AAAA"; bytes: readonly number[] };

export type Entry = Data & { of: Name; ttl: number };

/** The questions of a query, and its number; undefined when it is no query. */
export function readQuery(bytes: Buffer): { id: number; questions: Question[] } | undefined {
  if (bytes.length < 12 || (bytes[2] ?? 0) & 0x80) return undefined;
  const questions: Question[] = [];
  let at = 12;
  for (let left = bytes.readUInt16BE(4); left > 0; left--) {
    const name: string[] = [];
    for (let length = bytes[at++] ?? 0; length > 0; length = bytes[at++] ?? 0) {
      name.push(bytes.toString("utf8", at, at + length));
      at += length;
    }
    if (at + 4 > bytes.length) return undefined;
    questions.push({ name, type: bytes.readUInt16BE(at), class: bytes.readUInt16BE(at + 2) });
    at += 4;
  }
  return { id: bytes.readUInt16BE(0), questions };
}

interface Answer {
  id: number;
  questions: readonly Question[];
  answers: readonly Entry[];
  additional: readonly Entry[];
}

/** An authoritative answer. What was said of a name before is pointed to (4.1.4), but not from SRV (RFC 6762, 18.14). */
export function answer({ id, questions, answers, additional }: Answer): Buffer {
  const bytes: number[] = [];
  const places = new Map<string, number>();
  const short = (value: number) => bytes.push(value >> 8, value & 0xff);
  const text = (label: string) => {
    const content = Buffer.from(label);
    bytes.push(content.length, ...content);
  };

  function name(labels: Name, compressed = true): void {
    for (const [at, label] of labels.entries()) {
      const rest = JSON.stringify(labels.slice(at)).toLowerCase();
      const place = places.get(rest);
      if (place !== undefined && compressed) return void short(0xc000 | place);
      places.set(rest, bytes.length);
      text(label);
    }
    bytes.push(0);
  }

  function data(entry: Entry): void {
    if (entry.type === "PTR") name(entry.name);
    else if (entry.type === "TXT") for (const one of entry.texts) text(one);
    else if (entry.type !== "SRV") bytes.push(...entry.bytes);
    else {
      for (const value of [0, 0, entry.port]) short(value);
      name(entry.target, false);
    }
  }

  for (const value of [id, 0x8400, questions.length, answers.length, 0, additional.length]) short(value);
  for (const question of questions) {
    name(question.name);
    short(question.type);
    short(question.class);
  }
  for (const entry of [...answers, ...additional]) {
    name(entry.of);
    for (const value of [types[entry.type], 1, 0, entry.ttl]) short(value);
    const start = bytes.length;
    short(0);
    data(entry);
    const length = bytes.length - start - 2;
    bytes.splice(start, 2, length >> 8, length & 0xff);
  }
  return Buffer.from(bytes);
}
