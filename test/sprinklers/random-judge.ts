import type { Board } from "../../devices/sprinklers/driver.ts";
import { believed, truly, type Wired } from "./wired.ts";

/** What a line that is whole says of relays: an answer, a time-out, or our firmware's status. */
function saidOf(line: string): [relay: number, on: boolean][] {
  const [, told, to] =
    /^INFO: requesting relay (\d) change to state (on|off)( \(due to timeout\))?\r$/.exec(line) ?? [];
  if (told) return [[Number(told), to === "on"]];
  const listed = /^INFO: status( \d=\S+){8}\r$/.test(line) ? line.matchAll(/(\d)=(\w+)/g) : [];
  return [...listed].map(([, relay, is]) => [Number(relay), is === "on"]);
}

/** What `2,on` takes on the wire, and from there to the pin at most. */
const orderMs = 6 * (10_000 / 9_600);
const slackMs = 20;
/** S1 and S3. */
const closedByMs = 35_000;

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
  /** The driver, whose orders are noted on their way. */
  driver: Board;
  /** A person has asked for this relay. */
  ask(relay: number): void;
  /** Something is broken until then, even if nothing looks like it. */
  disturb(forMs?: number): void;
  look(broken: boolean): void;
}

export function judge(wired: Wired, { maxRunMs, deadManMs, stepMs, master }: Limits): Judge {
  const { clock, board, driver } = wired;
  // A damaged answer costs a try of 1 s; then the next one counts. When exactly it was damaged is seen a step late.
  const settledMs = 1_200 + stepMs;
  const problems: string[] = [];
  const say = (problem: string) => void problems.push(`${Math.round(clock.monotonicMs())} ms: ${problem}`);
  const asked = new Set<number>();
  /** What the rules want, and until when. */
  let wanted: ReadonlyMap<number, number> = new Map();
  const onSinceMs = new Map<number, number>();
  const lastOrderMs = new Map<number, number>();
  /** Relays that have moved and whose line has not reached the host yet. */
  const untold = new Set<number>();
  let lostMs = Number.NEGATIVE_INFINITY;
  let faultMs = 0;
  let lateUntilMs = 0;
  let wrongSinceMs: number | undefined;
  let wasAvailable = false;
  let heard = "";

  driver.status.onChange(() => {
    const { available } = driver.status.get();
    if (wasAvailable && !available) {
      lostMs = clock.monotonicMs();
      asked.clear();
      wanted = new Map();
    }
    wasAvailable = available;
  });

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

  board.onSend((bytes) => {
    const lines = (heard + bytes.toString("latin1")).split("\n");
    heard = lines.pop() ?? "";
    for (const line of lines) {
      // What is late, or comes twice, may be older than the last move.
      for (const [relay, on] of saidOf(line)) if (board.relays.has(relay) === on) untold.delete(relay);
      if (line.includes("setup() complete")) untold.clear();
    }
  });

  board.onRelay((relay, on, atMs) => {
    untold.add(relay);
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
    if (relay !== master && ms > maxRunMs + (calm ? 1_000 : closedByMs)) say(`relay ${relay} was on for ${ms} ms`);
  }

  return {
    problems,
    say,
    driver: {
      ...driver,
      want(relays) {
        if (driver.status.get().available) wanted = relays;
        driver.want(relays);
      },
    },
    ask: (relay) => void asked.add(relay),
    disturb(forMs = 0) {
      faultMs = Math.max(faultMs, clock.monotonicMs() + forMs);
    },
    look(broken) {
      const now = clock.monotonicMs();
      const { lateAnswersMs } = board.faults;
      if (broken) faultMs = Math.max(faultMs, now);
      if (lateAnswersMs > 0) lateUntilMs = now + lateAnswersMs;
      // What is late may have become untrue under way. Everything else that is said is so, whatever is broken.
      const late = now <= lateUntilMs + stepMs;
      for (const lie of wired.lies.splice(0)) if (!late) say(lie);
      for (const [relay, sinceMs] of onSinceMs) lasted(relay, sinceMs, now);
      const { available, relays } = driver.status.get();
      const wrong = available ? [...relays].filter(([relay, on]) => on !== board.relays.has(relay)) : [];
      for (const [relay] of wrong)
        if (!late && !untold.has(relay)) say(`relay ${relay} is not as is said, and its line has come`);
      wrongSinceMs = wrong.length ? (wrongSinceMs ?? now) : undefined;
      if (wrongSinceMs !== undefined && now - Math.max(wrongSinceMs, faultMs, lateUntilMs) > settledMs) {
        say(`on are ${truly(board)}, said to be on are ${believed(driver)}`);
      }
      const open = [...board.relays].some((relay) => relay !== master);
      if (open && !board.relays.has(master) && available && now - faultMs > 2_000) {
        say("a zone is open behind a closed master");
      }
    },
  };
}
