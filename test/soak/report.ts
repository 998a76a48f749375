import type { Doings } from "./storm.ts";
import { grown, type Watch } from "./watch.ts";

interface Soaked extends Pick<Watch, "counts" | "memory"> {
  /** How long the house took to be whole again, in ms, by fault. */
  struck: ReadonlyMap<string, readonly number[]>;
  doings: Pick<Doings, "commands" | "refused" | "events">;
  wrongs: readonly string[];
}

/** The value below which this share of the sorted times lies. */
function percentile(sorted: readonly number[], share: number): string {
  const ms = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return `${(ms / 1_000).toFixed(1)} s`;
}

function rowOf(name: string, times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  return `| ${[name, times.length, ...[0.5, 0.95, 1].map((share) => percentile(sorted, share))].join(" | ")} |`;
}

/** What to read when it is over: a table of faults and recovery times, what else was done, and what was wrong. */
export function report({ struck, doings, counts, memory, wrongs }: Soaked): string {
  const held = [...memory].map(([name, samples]) => {
    const { before, after } = grown(samples);
    return `${name} ${before.toFixed(0)} → ${after.toFixed(0)} MB`;
  });
  return [
    "",
    "| fault | times | p50 | p95 | max |",
    "| --- | ---: | ---: | ---: | ---: |",
    ...[...struck].sort(([a], [b]) => a.localeCompare(b)).map(([name, times]) => rowOf(name, times)),
    rowOf("all", [...struck.values()].flat()),
    "",
    `${doings.commands} commands (${doings.refused} to what was away), ${doings.events} events of sensors`,
    `${counts.openings} openings of valves, ${counts.codes} infrared codes`,
    `memory: ${held.join(", ")}`,
    ...(wrongs.length === 0 ? ["nothing was wrong"] : [`${wrongs.length} things were wrong:`, ...wrongs]),
    "",
  ].join("\n");
}
