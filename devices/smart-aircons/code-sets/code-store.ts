import type { Code } from "./code-set.ts";

/** Codes kept in few bytes: a file has thousands, and one is needed now and then. */
export interface CodeStore {
  readonly size: number;
  /** The codes of the command that was added as the `index`th. */
  get(index: number): Code[];
}

export interface CodeStoreBuilder {
  /** Returns the command's index. */
  add(codes: readonly Code[]): number;
  readonly bytes: number;
  build(): CodeStore;
}

// A command is a row of numbers: how many codes; of each its repeats, its frequency (0: unknown), how many durations,
// and the durations. A number is seven bits to a byte, the lowest first, with the top bit on all bytes but the last.

const MOST_BYTES_A_NUMBER = 5;

export function codeStoreBuilder(): CodeStoreBuilder {
  let bytes = new Uint8Array(1 << 16);
  let end = 0;
  const starts: number[] = [];

  function room(numbers: number): void {
    const needed = end + MOST_BYTES_A_NUMBER * numbers;
    if (needed <= bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * bytes.length, needed));
    larger.set(bytes);
    bytes = larger;
  }

  function write(number: number): void {
    let rest = number;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes[end++] = 0x80 | (rest & 0x7f);
    bytes[end++] = rest;
  }

  return {
    get bytes() {
      return end;
    },
    add: (codes) => {
      starts.push(end);
      room(1);
      write(codes.length);
      for (const { waveform, repeats, frequencyHz = 0 } of codes) {
        room(3 + waveform.length);
        write(repeats);
        write(frequencyHz);
        write(waveform.length);
        for (const us of waveform) write(us);
      }
      return starts.length - 1;
    },
    build: () => store(bytes.slice(0, end), Uint32Array.from(starts)),
  };
}

function store(bytes: Uint8Array, starts: Uint32Array): CodeStore {
  return {
    size: starts.length,
    get: (index) => {
      let at = starts[index] ?? bytes.length;
      const read = (): number => {
        let number = 0;
        for (let scale = 1; ; scale *= 0x80) {
          const byte = bytes[at++] ?? 0;
          number += (byte & 0x7f) * scale;
          if (byte < 0x80) return number;
        }
      };
      return Array.from({ length: read() }, () => {
        const [repeats, frequencyHz, length] = [read(), read(), read()];
        const waveform = Array.from({ length }, read);
        return { waveform, repeats, ...(frequencyHz > 0 ? { frequencyHz } : {}) };
      });
    },
  };
}
