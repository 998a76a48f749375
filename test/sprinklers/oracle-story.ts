import type { GardenEvent, Rules } from "../../devices/sprinklers/garden-model.ts";
import { decide, emptyGarden, nextDueMs, wantedRelays } from "../../devices/sprinklers/zones.ts";
import { imaginedBoard, type Said } from "./oracle-board.ts";
import { judge } from "./oracle-judge.ts";

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MASTER = 8;

const runs = [SECOND, 30 * SECOND, MINUTE, 5 * MINUTE, 20 * MINUTE, 90 * MINUTE, 3 * HOUR, 5 * HOUR];
const longest = [MINUTE, 5 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR];
const caps = [Number.POSITIVE_INFINITY, MINUTE, 10 * MINUTE, HOUR, 4 * HOUR];
const leads = [0, 0, 2 * SECOND, MINUTE];
const jumps = [HOUR, -HOUR, DAY, -DAY];
const rains = [0, 0.5, 1, 24];

/** Takes numbers apart: each call uses up a piece of one. */
function digitsOf(number: number) {
  let left = number;
  const below = (n: number) => {
    const digit = left % n;
    left = Math.floor(left / n);
    return digit;
  };
  const oneOf = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  return { below, oneOf };
}

type Digits = ReturnType<typeof digitsOf>;

export interface Kind {
  whenBusy: Rules["whenBusy"];
  master: boolean;
}

/** The rules, and how far the garden's midnight is ahead of UTC's. */
function placeFrom({ whenBusy, master }: Kind, first: number, second: number): { rules: Rules; offsetMs: number } {
  const { below, oneOf } = digitsOf(first);
  const zone = digitsOf(second);
  const offsetMs = below(24) * HOUR;
  const rules: Rules = {
    zones: Array.from({ length: 1 + below(7) }, (_, i) => {
      const maxRunMs = zone.oneOf(longest);
      const durationMs = Math.min(maxRunMs, zone.oneOf(runs));
      return { relay: i + 1, maxRunMs, durationMs, dayCapMs: caps[(i + below(2)) % caps.length] ?? 0 };
    }),
    maxConcurrent: 1 + below(3),
    whenBusy,
    master: master ? { relay: MASTER, leadMs: oneOf(leads), lingerMs: oneOf(leads) } : undefined,
    onBrokerLoss: below(2) ? "stop" : "finish",
    dayOf: (epochMs) => new Date(epochMs + offsetMs).toISOString().slice(0, 10),
  };
  return { rules, offsetMs };
}

/**
 * A garden's life, told by numbers: two for its rules, then one for each thing that happens. Throws what the judge
 * finds; with `trace`, writes down there what happened.
 */
export function live(kind: Kind, numbers: readonly number[], trace?: string[]): void {
  const [first = 0, second = 0, ...happenings] = numbers;
  const { rules, offsetMs } = placeFrom(kind, first, second);
  trace?.push(JSON.stringify(rules));
  const zones = rules.zones.map(({ relay }) => relay);
  const board = imaginedBoard(rules.master ? [...zones, MASTER] : zones, rules.master?.relay);
  const now = { monotonicMs: 0, epochMs: 21_000 * DAY + 3 * HOUR };
  let garden = emptyGarden(rules, now);
  const judging = judge(rules, board, now.epochMs);
  const capped = rules.zones.some(({ dayCapMs }) => dayCapMs !== Number.POSITIVE_INFINITY);

  function tell(event: GardenEvent): void {
    const decision = decide(rules, garden, event, { ...now });
    garden = decision.garden;
    const wanted = wantedRelays(rules, garden);
    trace?.push(`${now.monotonicMs} ${JSON.stringify({ ...event, refused: decision.refused })} → ${[...wanted]}`);
    const { monotonicMs: nowMs, epochMs } = now;
    judging.after({ garden, wanted, event, refused: decision.refused, nowMs, epochMs });
    board.want(wanted, nowMs);
  }

  function hear(said: readonly Said[]): void {
    for (const line of said) {
      if (line.kind === "lost") board.lose();
      tell(line);
    }
  }

  function pass(ms: number, late = false): void {
    const endMs = now.monotonicMs + ms;
    for (let looks = 0; now.monotonicMs < endMs; looks++) {
      if (looks > 1_000) throw new Error("something is due again and again");
      const dueMs = late ? undefined : nextDueMs(garden, { ...now });
      const midnightMs = capped ? now.monotonicMs + DAY - ((now.epochMs + offsetMs) % DAY) : Number.POSITIVE_INFINITY;
      const toMs = Math.min(endMs, dueMs ?? endMs, board.nextMs(now.monotonicMs), midnightMs);
      const stepMs = toMs - now.monotonicMs;
      now.monotonicMs = toMs;
      now.epochMs += stepMs;
      judging.elapse(stepMs, toMs, late);
      judging.date(now.epochMs);
      hear(board.hear(toMs));
      if (!late || toMs === endMs || toMs === midnightMs) tell({ kind: "tick" });
    }
  }

  function stepWall(ms: number): void {
    now.epochMs += ms;
    judging.date(now.epochMs);
    tell({ kind: "tick" });
  }

  function drop(relay: number): void {
    if (board.drop(relay)) tell({ kind: "timed-out", relay });
  }

  function shutdown(): void {
    board.lose();
    tell({ kind: "shutdown" });
  }

  function power({ below }: Digits): void {
    if (board.isReady()) {
      if (below(2)) hear([{ kind: "lost" }]);
      return;
    }
    board.begin(now.monotonicMs);
    tell({ kind: "ready" });
  }

  const zone = ({ oneOf }: Digits) => oneOf(zones);
  /** What can happen, and how often in comparison. */
  const kinds: [times: number, happens: (digits: Digits) => void][] = [
    [40, (digits) => tell({ kind: "open", relay: zone(digits) })],
    [40, (digits) => tell({ kind: "open", runMs: digits.oneOf(runs) + digits.below(3), relay: zone(digits) })],
    [20, (digits) => tell({ kind: "close", relay: zone(digits) })],
    [5, () => tell({ kind: "all-off" })],
    [5, ({ oneOf }) => tell({ kind: "rain-delay", hours: oneOf(rains) })],
    [10, (digits) => tell({ kind: "duration", durationMs: digits.oneOf(runs), relay: zone(digits) })],
    [40, ({ below }) => pass(1 + below(200))],
    [30, ({ below }) => pass(1 + below(90 * SECOND))],
    [30, ({ below }) => pass(1 + below(60 * MINUTE))],
    [10, ({ below }) => pass(1 + below(5 * HOUR))],
    [10, ({ below }) => pass(1 + below(3 * HOUR), true)],
    [10, ({ oneOf }) => stepWall(oneOf(jumps))],
    [20, ({ below }) => tell({ kind: "broker", connected: below(3) > 0 })],
    [10, (digits) => drop(digits.oneOf([MASTER, ...board.on.keys()]))],
    [10, ({ oneOf, below }) => board.behave({ latencyMs: oneOf([52, 900]), doubled: below(3) === 0 })],
    [10, ({ oneOf }) => board.behave({ lostAnswers: oneOf([0, 1, 2, 3]) })],
    [30, power],
    [1, shutdown],
  ];
  const total = kinds.reduce((sum, [times]) => sum + times, 0);

  function happen(number: number): void {
    const digits = digitsOf(number);
    let left = digits.below(total);
    for (const [times, happens] of kinds) {
      if (left < times) {
        happens(digits);
        return;
      }
      left -= times;
    }
  }

  if (first % 16 !== 0) {
    board.begin(0);
    tell({ kind: "ready" });
    tell({ kind: "broker", connected: true });
  }
  for (const number of happenings) happen(number);
}
