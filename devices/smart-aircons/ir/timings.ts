import type { Waveform } from "./waveform.ts";

/** Durations that lie close together. */
export interface Cluster {
  /** Their mean, in microseconds. */
  us: number;
  count: number;
}

/** A protocol that nobody knows shows itself in these: what kinds of marks and spaces there are, the shortest first. */
export interface Timings {
  marks: Cluster[];
  spaces: Cluster[];
}

export const timings = (waveform: Waveform): Timings => ({
  marks: clusters(waveform.filter((_, index) => index % 2 === 0)),
  spaces: clusters(waveform.filter((_, index) => index % 2 === 1)),
});

/** Neighbours further apart than this are of two kinds: receivers spread one kind by up to 230 us (ir-protocols.md 1). */
const FARTHEST_US = 120;
const FARTHEST_PART = 0.15;

function clusters(durations: readonly number[]): Cluster[] {
  const sorted = durations.filter((us) => us > 0).sort((a, b) => a - b);
  const kinds: number[][] = [];
  let before = Number.NEGATIVE_INFINITY;
  for (const us of sorted) {
    if (us - before > Math.max(FARTHEST_US, before * FARTHEST_PART)) kinds.push([]);
    kinds.at(-1)?.push(us);
    before = us;
  }
  return kinds.map((kind) => ({
    us: Math.round(kind.reduce((sum, us) => sum + us, 0) / kind.length),
    count: kind.length,
  }));
}
