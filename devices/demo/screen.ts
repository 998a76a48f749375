import { clearScreenDown, moveCursor } from "node:readline";
import type { WriteStream } from "node:tty";

/** What is shown of one zone. */
export interface Row {
  bank: number;
  name: string;
  /** The relay itself: the pin of the simulated chip. */
  relay: boolean;
  /** What the daemon says on MQTT, by the last part of the topic. */
  said: Readonly<Record<string, string>>;
}

/** Shows the garden: a table that stays in place on a terminal, a line per change elsewhere. */
export function screen(
  out: WriteStream | NodeJS.WriteStream,
  footer: readonly string[],
): (rows: readonly Row[]) => void {
  let shown = 0;
  let before = new Map<number, string>();
  return (rows) => {
    if (out.isTTY) {
      const lines = ["", ...table(rows), "", ...footer, ""];
      moveCursor(out, 0, -shown);
      clearScreenDown(out);
      out.write(lines.map((line) => `${line}\n`).join(""));
      shown = lines.length;
      return;
    }
    const now = new Map(rows.map((row) => [row.bank, sentence(row)]));
    for (const [bank, text] of now) if (before.get(bank) !== text) out.write(`${text}\n`);
    before = now;
  };
}

function table(rows: readonly Row[]): string[] {
  const cells = rows.map(({ bank, name, relay, said }) => [
    String(bank),
    name,
    relay ? "ON" : "off",
    said.state === "1" ? "1 (open)" : said.state === "0" ? "0 (closed)" : "-",
    said.ends_at && said.ends_at !== "None" ? new Date(said.ends_at).toLocaleTimeString("en-GB") : "-",
    `${said.watered_today ?? 0} s`,
    said.reason ?? "-",
  ]);
  const all = [["bank", "zone", "relay", "state/get", "ends at", "today", "last reason"], ...cells];
  const widths = all[0]?.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0))) ?? [];
  return all.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("   ")}`.trimEnd());
}

function sentence({ bank, name, relay, said }: Row): string {
  return `bank ${bank} (${name}): relay ${relay ? "on" : "off"}, state ${said.state ?? "unknown"}, reason ${said.reason ?? "None"}`;
}
