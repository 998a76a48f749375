import { readFileSync } from "node:fs";
import { type SimulatedBoard, simulatedBoard } from "../../devices/sprinklers/simulated-board.ts";
import { type VirtualClock, virtualClock } from "../support/clock.ts";

const committed = new URL("../../devices/sprinklers/firmware/sprinklers.hex", import.meta.url);
/** What is flashed: these tests are about the very bytes that are committed, unless FIRMWARE_HEX names another file. */
export const hex = readFileSync(process.env.FIRMWARE_HEX ?? committed, "utf8");

export const banner = "DEBUG: setup() complete";
export const answer = (relay: number, state: string) => `INFO: requesting relay ${relay} change to state ${state}`;
export const timeout = (relay: number) => answer(relay, "off (due to timeout)");
export const unknown = (quoted: string) => `ERROR: unknown request "${quoted}"`;

export const allRelays = [1, 2, 3, 4, 5, 6, 7, 8];

/** A byte on the wire: ten bits at 9600 baud. */
export const byteMs = 10_000 / 9_600;
/** A board that has said nothing for so long has nothing to say. */
const quietMs = 10;

/** Our firmware on a board in virtual time, with its port open. */
export interface OnBoard {
  clock: VirtualClock;
  board: SimulatedBoard;
  /** Every move of a relay, with the clock's time. */
  moves: { relay: number; on: boolean; atMs: number }[];
  /** The relays that are on, in order. */
  on(): number[];
  /** Lets `ms` pass; the lines that the board ends meanwhile. */
  wait(ms: number): Promise<string[]>;
  /** Writes this and lets it cross the wire; the lines that the board ends until then, and until it has no more to say. */
  send(bytes: string | Buffer): Promise<string[]>;
  /** How each relay is, as the board says it: `2=on:29876`. */
  status(): Promise<string[]>;
}

/** The board when its banner is over. */
export async function onBoard(): Promise<OnBoard> {
  const clock = virtualClock();
  const board = simulatedBoard({ hex, clock });
  const port = await board.open();
  let heard = "";
  port.on("data", (bytes: Buffer) => {
    heard += bytes.toString("latin1");
  });
  const moves: OnBoard["moves"] = [];
  board.onRelay((relay, on, atMs) => moves.push({ relay, on, atMs }));

  const it: OnBoard = {
    clock,
    board,
    moves,
    on: () => [...board.relays].sort(),
    async wait(ms) {
      await clock.advance(ms);
      const lines = heard.split("\r\n");
      heard = lines.pop() ?? "";
      return lines;
    },
    async send(bytes) {
      const buffer = typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes;
      port.write(buffer);
      await clock.advance(buffer.length * byteMs);
      let before: number;
      do {
        before = heard.length;
        await clock.advance(quietMs);
      } while (heard.length > before);
      return it.wait(0);
    },
    async status() {
      const [line = ""] = await it.send("status\r\n");
      return line.split(" ").slice(2);
    },
  };
  await it.wait(100);
  return it;
}
