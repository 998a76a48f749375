import { clearScreenDown, moveCursor } from "node:readline";
import type { Writable } from "node:stream";
import type { WriteStream } from "node:tty";
import type { Room } from "./room.ts";

const TO_LINE_END = "\u001b[K";

/** Shows the house: tables that stay in place on a terminal, a line per change elsewhere. */
export function screen(
  out: Writable & Pick<WriteStream, "isTTY" | "rows" | "columns">,
  rooms: readonly Pick<Room, "headings" | "rows">[],
  footer: readonly string[],
): () => void {
  let shown: string[] = [];
  const before = new Map<string, string>();
  return () => {
    if (out.isTTY) {
      const lines = fitting(["", ...rooms.flatMap((room) => [...table(room), ""]), ...footer, ""], out);
      if (lines.join("\n") === shown.join("\n")) return;
      moveCursor(out, 0, -shown.length);
      // Line for line: some terminals keep every screen that is cleared.
      out.write(lines.map((line) => `${line}${TO_LINE_END}\n`).join(""));
      clearScreenDown(out);
      shown = lines;
      return;
    }
    for (const { key, sentence } of rooms.flatMap((room) => room.rows())) {
      if (before.get(key) !== sentence) out.write(`${sentence}\n`);
      before.set(key, sentence);
    }
  };
}

/** What a terminal has room for: a line that breaks, or scrolls out, would never be found again. */
const fitting = (lines: readonly string[], { rows, columns }: Pick<WriteStream, "rows" | "columns">): string[] =>
  lines.slice(0, rows > 1 ? rows - 1 : undefined).map((line) => line.slice(0, columns || undefined));

function table({ headings, rows }: Pick<Room, "headings" | "rows">): string[] {
  const all = [headings, ...rows().map(({ cells }) => cells)];
  const widths = headings.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  return all.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("   ")}`.trimEnd());
}
