/** One line of the table. */
export interface Row {
  what: string;
  target: string;
  reached: string;
  ok: boolean;
}

/** The value below which this part of the others lies, such as 0.99. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}

export const median = (values: readonly number[]) => quantile(values, 0.5);

export const ratio = (value: number) => `${value.toFixed(2)} ×`;
export const ms = (value: number) => `${value.toFixed(2)} ms`;

export function markdown(rows: readonly Row[]): string {
  const cells = rows.map(({ what, target, reached, ok }) => [what, target, reached, ok ? "yes" : "**no**"]);
  return [["what", "to reach", "reached", "held"], ["---", "---", "---", "---"], ...cells]
    .map((row) => `| ${row.join(" | ")} |\n`)
    .join("");
}
