/** A line from the board; both firmwares (sprinkler-board.md, "Wire protocol"), and what ours alone says. */
export type Line =
  | { kind: "relay"; relay: number; on: boolean; timedOut: boolean }
  | { kind: "banner" }
  /** The answer to `version`. */
  | { kind: "version"; text: string }
  /** The answer to `status`: the relays that are on. */
  | { kind: "status"; on: ReadonlySet<number> }
  | { kind: "error"; text: string }
  | { kind: "noise"; text: string };

/** The command for one relay, 1 to 8, with its line end. */
export const request = (relay: number, on: boolean): string => `${relay},${on ? "on" : "off"}\r\n`;

/** Asks our firmware what it is; the original takes it for a bad line. */
export const versionRequest = "version\r\n";

/** Asks our firmware how all its relays are. */
export const statusRequest = "status\r\n";

/** The second, and last, of the two errors that the original says to a line it can't use. */
export const ORIGINAL_REFUSAL = "failed to handle request";

/** Understands one line without its line end. Only whole lines count, because a time-out's line begins like an answer. */
export function parseLine(text: string): Line {
  const [, relay, state, timedOut] =
    /^INFO: requesting relay ([1-8]) change to state (?:(on|off)|off( \(due to timeout\)))$/.exec(text) ?? [];
  if (relay) return { kind: "relay", relay: Number(relay), on: state === "on", timedOut: timedOut !== undefined };
  // The first line after opening can begin with a piece of an aborted banner.
  if (text.endsWith("DEBUG: setup() complete")) return { kind: "banner" };
  const [, version] = /^INFO: version (.+)$/.exec(text) ?? [];
  if (version) return { kind: "version", text: version };
  if (/^INFO: status( [1-8]=(off|refused|on:\d{1,5})){8}$/.test(text)) {
    return { kind: "status", on: new Set([...text.matchAll(/([1-8])=on/g)].map(([, on]) => Number(on))) };
  }
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
