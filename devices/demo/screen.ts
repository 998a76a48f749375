import { clearScreenDown, moveCursor } from "node:readline";
import type { WriteStream } from "node:tty";
import type { Room } from "./room.ts";

/** Shows the house: tables that stay in place on a terminal, a line per change elsewhere. */
export function screen(
  out: WriteStream | NodeJS.WriteStream,
  rooms: readonly Pick<Room, "headings" | "rows">[],
  footer: readonly string[],
): () => void {
  let shown: string[] = [];
  const before = new Map<string, string>();
  return () => {
    if (out.isTTY) {
      const lines: string[] = ["", ...rooms.flatMap((room) => [...table(room), ""]), ...footer, ""];
      if (lines.join("\n") === shown.join("\n")) return;
      moveCursor(out, 0, -shown.length);
      clearScreenDown(out);
      out.write(lines.map((line) => `${line}\n`).join(""));
      shown = lines;
      return;
    }
    for (const { key, sentence } of rooms.flatMap((room) => room.rows())) {
      if (before.get(key) !== sentence) out.write(`${sentence}\n`);
      before.set(key, sentence);
    }
  };
}

function table({ headings, rows }: Pick<Room, "headings" | "rows">): string[] {
  const all = [headings, ...rows().map(({ cells }) => cells)];
  const widths = headings.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  return all.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("   ")}`.trimEnd());
}
