import type { Board } from "../../devices/sprinklers/driver.ts";
import type { RelayBoard } from "../../devices/sprinklers/fake-board.ts";
import type { Clock } from "../../src/clock.ts";
import { listener } from "./random-words.ts";

/** What `2,on` takes on the wire, and from there to the pin at most. */
const orderMs = 6 * (10_000 / 9_600);
const slackMs = 20;
/** S1 and S3: a relay that nobody asks for is off by then, and a board that is plugged in and well is available. */
const inTimeMs = 35_000;

export interface Limits {
  /** No zone runs for longer. */
  maxRunMs: number;
  /** What the firmware promises from the last `on` until a pin is low. */
  deadManMs: number;
  /** How often it is looked. */
  stepMs: number;
  /** The relay that opens when a zone does. */
  master: number;
}

/** Somebody who looks at the pipes, the wire and what the house says, and writes down what must not be. */
export interface Judge {
  problems: string[];
  say(problem: string): void;
  /** From now on this is the daemon's driver; returns it with its orders noted on their way. */
  follow(driver: Board): Board;
  /** There is no daemon any more. */
  killed(): void;
  /** A person has asked for this relay. */
  ask(relay: number): void;
  /** Something is broken until then, even if nothing looks like it. */
  disturb(forMs?: number): void;
  /** Whether there is a daemon that has no board yet, and still has time to get it. */
  readonly recovering: boolean;
  look(broken: boolean): void;
}

export function judge(board: RelayBoard, clock: Clock, { maxRunMs, deadManMs, stepMs, master }: Limits): Judge {
  const problems: string[] = [];
  const say = (problem: string) => void problems.push(`${Math.round(clock.monotonicMs())} ms: ${problem}`);
  const words = listener(board, clock, stepMs, say);
  let driver: Board | undefined;
  const asked = new Set<number>();
  /** What the rules want, and until when. */
  let wanted: ReadonlyMap<number, number> = new Map();
  const onSinceMs = new Map<number, number>();
  const lastOrderMs = new Map<number, number>();
  let lostMs = Number.NEGATIVE_INFINITY;
  let faultMs = 0;
  /** Said once per fault. */
  let missedMs: number | undefined;

  /** Nobody is there any more of whom something could be wanted. */
  function lose(): void {
    lostMs = clock.monotonicMs();
    asked.clear();
    wanted = new Map();
  }

  const receive = board.receive;
  board.receive = (bytes) => {
    const [, digit] = /^(\d),on\r\n$/.exec(bytes.toString("latin1")) ?? [];
    if (digit) order(Number(digit));
    receive(bytes);
  };
  function order(relay: number): void {
    const now = clock.monotonicMs();
    if (!board.faults.deaf) lastOrderMs.set(relay, now + orderMs);
    if ((wanted.get(relay) ?? 0) <= now) say(`relay ${relay} was told to go on, and nobody wanted it on`);
  }

  board.onRelay((relay, on, atMs) => {
    const sinceMs = onSinceMs.get(relay);
    if (on) onSinceMs.set(relay, atMs);
    else onSinceMs.delete(relay);
    if (!on && sinceMs !== undefined) lasted(relay, sinceMs, atMs);
    const wished = relay === master ? asked.size > 0 : asked.has(relay);
    // What was on the wire in the moment of the loss may still arrive.
    if (on && !wished && atMs - lostMs > 150) say(`relay ${relay} went on, and nobody had asked`);
  });

  function lasted(relay: number, sinceMs: number, nowMs: number): void {
    const orderedMs = lastOrderMs.get(relay) ?? Number.NEGATIVE_INFINITY;
    if (nowMs - orderedMs > deadManMs + slackMs) say(`relay ${relay} is on ${nowMs - orderedMs} ms after the last on`);
    const calm = sinceMs > faultMs;
    const ms = nowMs - sinceMs;
    if (relay !== master && ms > maxRunMs + (calm ? 1_000 : inTimeMs)) say(`relay ${relay} was on for ${ms} ms`);
  }

  return {
    problems,
    say,
    follow(next) {
      driver = next;
      words.listen(next);
      const { status } = next;
      let wasAvailable = false;
      status.onChange(() => {
        const { available } = status.get();
        if (wasAvailable && !available) lose();
        wasAvailable = available;
      });
      return {
        ...next,
        want(relays) {
          if (status.get().available) wanted = relays;
          next.want(relays);
        },
      };
    },
    killed() {
      driver = undefined;
      lose();
    },
    ask: (relay) => void asked.add(relay),
    disturb(forMs = 0) {
      faultMs = Math.max(faultMs, clock.monotonicMs() + forMs);
    },
    get recovering() {
      return driver?.status.get().available === false && clock.monotonicMs() - faultMs <= inTimeMs;
    },
    look(broken) {
      const now = clock.monotonicMs();
      if (broken) faultMs = Math.max(faultMs, now);
      for (const relay of board.relays) lasted(relay, onSinceMs.get(relay) ?? now, now);
      if (!driver) return;
      words.look(driver, faultMs);
      const { available } = driver.status.get();
      if (!available && now - faultMs > inTimeMs && missedMs !== faultMs) {
        missedMs = faultMs;
        say("not available 35 s after the last fault");
      }
      const open = [...board.relays].some((relay) => relay !== master);
      if (open && !board.relays.has(master) && available && now - faultMs > 2_000) {
        say("a zone is open behind a closed master");
      }
    },
  };
}
