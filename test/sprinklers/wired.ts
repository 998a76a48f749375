import { type Logger, pino } from "pino";
import { type Board, type BoardEvent, openBoard } from "../../devices/sprinklers/driver.ts";
import { scriptedBoard } from "../../devices/sprinklers/fake.ts";
import type { RelayBoard } from "../../devices/sprinklers/fake-board.ts";
import type { Faults } from "../../devices/sprinklers/fake-faults.ts";
import { type Link, LinkError, type LinkTrouble } from "../../devices/sprinklers/link.ts";
import type { Clock } from "../../src/clock.ts";
import { type VirtualClock, virtualClock } from "../support/clock.ts";

/** A link that counts, and that can lie about whether what was opened is still there. */
export interface MemoryLink extends Link {
  /** When it was tried to open, in monotonic ms. */
  attempts: number[];
  opened: number;
  /** What was opened is gone from `/dev`, whatever its stream believes; opening anew ends that. */
  vanished: boolean;
}

const troubles: [RegExp, LinkTrouble][] = [
  [/permission denied/i, "forbidden"],
  [/lock port/i, "busy"],
];

/** A scripted board where the driver expects a serial port. */
export function memoryLink(board: RelayBoard, clock: Clock): MemoryLink {
  const link: MemoryLink = {
    attempts: [],
    opened: 0,
    vanished: false,
    async open() {
      link.attempts.push(clock.monotonicMs());
      const stream = await board.open().catch((error: Error) => {
        const [, trouble] = troubles.find(([pattern]) => pattern.test(error.message)) ?? [];
        throw new LinkError(trouble ?? "missing", error.message);
      });
      link.opened++;
      link.vanished = false;
      const closed = new Promise<void>((resolve) => stream.once("close", resolve));
      return {
        stream,
        close() {
          stream.destroy();
          return closed;
        },
      };
    },
    present: async () => !link.vanished,
  };
  return link;
}

/** A logger whose lines are kept. */
export function listeningLog(): { log: Logger; lines: string[] } {
  const lines: string[] = [];
  return { log: pino({ level: "info", base: null }, { write: (line: string) => void lines.push(line.trim()) }), lines };
}

/** What the board was told to switch; it is asked for its version as well. */
export const orders = ({ received }: Pick<RelayBoard, "received">) => received.filter((line) => /^\d,/.test(line));

/** Which relays are on, in order, and which the driver says are on. */
export const truly = (board: RelayBoard) => [...board.relays].sort();
export const believed = ({ status }: Board) =>
  [...status.get().relays].flatMap(([relay, on]) => (on ? [relay] : [])).sort();

/** How a promise stands. */
export interface Watched {
  state: "pending" | "resolved" | "rejected";
  error: Error | undefined;
  atMs: number;
}

export function watch(promise: Promise<unknown>, clock: Clock): Watched {
  const watched: Watched = { state: "pending", error: undefined, atMs: Number.NaN };
  const settle = (state: Watched["state"]) => (error?: unknown) => {
    watched.state = state;
    watched.atMs = clock.monotonicMs();
    if (state === "rejected") watched.error = error instanceof Error ? error : new Error(String(error));
  };
  promise.then(settle("resolved"), settle("rejected"));
  return watched;
}

export interface Wired {
  clock: VirtualClock;
  board: RelayBoard;
  link: MemoryLink;
  driver: Board;
  events: (BoardEvent & { atMs: number })[];
  /** When the board became available (true) or was lost (false). */
  turns: { atMs: number; available: boolean; problem: string | undefined }[];
  /** How often the driver's loop went round. */
  rounds(): number;
  /** The log. */
  lines: string[];
  /** Where the driver said something that was not so in that moment: `1` with a closed valve, `0` with water running. */
  lies: string[];
  /** Whether the driver gave up. */
  failed: Watched;
  /** Advances the clock until this holds, in steps of 10 ms; throws after `ms`. */
  until(holds: () => boolean, ms: number): Promise<void>;
  /** What the host sends while this goes on. */
  sent(during: () => Promise<void>): Promise<string[]>;
}

interface Setting {
  relays?: number[];
  /** Another board than the scripted one. */
  make?(clock: Clock): RelayBoard;
  /** From the beginning. */
  faults?: Partial<Faults>;
  /** Before the driver starts. */
  prepare?(board: RelayBoard): void;
  /** The driver's own clock, made of the world's. */
  driverClock?(clock: VirtualClock): Clock;
}

/** The driver on a board in virtual time, watched. */
export function wire({
  relays = [2, 3, 4],
  make = (clock) => scriptedBoard({ clock }),
  faults,
  prepare,
  driverClock = (clock) => clock,
}: Setting = {}): Wired {
  const clock = virtualClock();
  const board = make(clock);
  const link = memoryLink(board, clock);
  Object.assign(board.faults, faults);
  prepare?.(board);
  const { log, lines } = listeningLog();
  let rounds = 0;
  const turned = () => void rounds++;
  const driver = openBoard(link, relays, { log, clock: driverClock(clock), turned });
  const wired: Wired = {
    clock,
    board,
    link,
    driver,
    events: [],
    turns: [],
    rounds: () => rounds,
    lines,
    lies: [],
    failed: watch(driver.failed, clock),
    async until(holds, ms) {
      const end = clock.monotonicMs() + ms;
      while (!holds()) {
        if (clock.monotonicMs() >= end) throw new Error(`waited ${ms} ms; ${JSON.stringify(driver.status.get())}`);
        await clock.advance(10);
      }
    },
    async sent(during) {
      const before = orders(board).length;
      await during();
      return orders(board).slice(before);
    },
  };
  driver.listen((event) => wired.events.push({ ...event, atMs: clock.monotonicMs() }));
  let before = driver.status.get();
  driver.status.onChange(() => {
    const now = driver.status.get();
    const atMs = clock.monotonicMs();
    for (const [relay, on] of now.relays) {
      if (on === before.relays.get(relay) || on === board.relays.has(relay)) continue;
      wired.lies.push(`${atMs} ms: relay ${relay} was said to be ${on ? "on" : "off"}`);
    }
    const { available, problem } = now;
    if (available !== before.available) wired.turns.push({ atMs, available, problem });
    before = now;
  });
  return wired;
}

/** The same, when the board has become available. */
export async function ready(setting: Setting = {}): Promise<Wired> {
  const wired = wire(setting);
  await wired.until(() => wired.driver.status.get().available, 10_000);
  wired.events.length = 0;
  wired.turns.length = 0;
  return wired;
}
