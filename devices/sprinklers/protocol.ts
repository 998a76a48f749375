/** A line from the board; both firmwares (sprinkler-board.md, "Wire protocol"). */
export type Line =
  | { kind: "relay"; relay: number; on: boolean; timedOut: boolean }
  | { kind: "banner" }
  | { kind: "error"; text: string }
  | { kind: "noise"; text: string };

/** The command for one relay, 1 to 8, with its line end. */
export const request = (relay: number, on: boolean): string => `${relay},${on ? "on" : "off"}\r\n`;

/** Understands one line without its line end. Only whole lines count, because a time-out's line begins like an answer. */
export function parseLine(text: string): Line {
  const [, relay, state, timedOut] =
    /^INFO: requesting relay ([1-8]) change to state (?:(on|off)|off( \(due to timeout\)))$/.exec(text) ?? [];
  if (relay) return { kind: "relay", relay: Number(relay), on: state === "on", timedOut: timedOut !== undefined };
  // The first line after opening can begin with a piece of an aborted banner.
  if (text.endsWith("DEBUG: setup() complete")) return { kind: "banner" };
  if (text.startsWith("ERROR: ")) return { kind: "error", text: text.slice("ERROR: ".length) };
  return { kind: "noise", text };
}

/** Longer than any line of either firmware; what is longer is noise. */
const LONGEST_LINE = 256;

/**
 * Cuts a stream of bytes into lines: give it each chunk, get the lines that it completes. Holds at most one line's
 * bytes, whatever a babbling port sends (a parser that waits for a line end would hold everything).
 */
export function lineCutter(): (chunk: Buffer) => string[] {
  let begun = "";
  return (chunk) => {
    const lines = (begun + chunk.toString("latin1")).split("\n");
    begun = (lines.pop() ?? "").slice(-LONGEST_LINE);
    return lines.map((line) => line.slice(-LONGEST_LINE).replace(/\r$/, "")).filter((line) => line !== "");
  };
}
