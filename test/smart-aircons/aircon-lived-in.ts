import { decide, newAircon, nextDueMs } from "../../devices/smart-aircons/aircon.ts";
import type { Aircon, AirconEvent, Outcome, Rules } from "../../devices/smart-aircons/aircon-model.ts";
import type { Change } from "../../devices/smart-aircons/setting.ts";
import { readableSet, said, told } from "./aircon-set.ts";

/** The rules with a blaster that does what it is told at once, unless it is held; time passes only when it is told to. */
export interface LivedIn {
  rules: Rules;
  aircon(): Aircon;
  /** What is shown: `off (cool 24 auto off)`, `cool 24 auto off`. */
  shows(): string;
  /** What the blaster sent, and when. */
  sent: { text: string; atMs: number }[];
  /** Only the texts; forgets them. */
  takeSent(): string[];
  /** Asks; what became of it, so far. */
  ask(change: Change): Asked;
  assume(on: boolean): Asked;
  tell(event: AirconEvent): void;
  /** Lets time pass, with every tick that the rules want. */
  pass(ms: number): void;
  /** The same without any tick: the process stood still. */
  sleep(ms: number): void;
  /** From now on the blaster takes its time, until `answer`. */
  hold(): void;
  answer(failure?: string): void;
  /** From now on it fails with this. */
  break(failure: string | undefined): void;
  nowMs(): number;
}

/** `open` until there is an outcome. */
export interface Asked {
  is: Outcome["is"] | "open";
  reason?: string;
}

const TICK_LIMIT = 1_000;

export function livedIn(changes: Partial<Rules> = {}): LivedIn {
  const rules: Rules = {
    set: readableSet(),
    quietMs: 400,
    prelude: false,
    repeats: 1,
    feedback: undefined,
    ...changes,
  };
  const asked = new Map<number, Asked>();
  let aircon = newAircon(rules.set, undefined);
  let nowMs = 0;
  let held = false;
  let broken: string | undefined;
  let lastId = 0;

  function tell(event: AirconEvent): void {
    const decision = decide(rules, aircon, event, { monotonicMs: nowMs, clockMinutes: 90 });
    aircon = decision.aircon;
    for (const outcome of decision.outcomes) {
      for (const id of outcome.ids) {
        const one = asked.get(id);
        if (one?.is !== "open") throw new Error(`a second outcome for ${id}`);
        Object.assign(one, outcome.is === "done" ? { is: "done" } : { is: outcome.is, reason: outcome.reason });
      }
    }
    if (!decision.send) return;
    for (const code of decision.send) lived.sent.push({ text: said(code), atMs: nowMs });
    if (!held) finish(broken);
  }

  function finish(failure: string | undefined): void {
    tell(failure === undefined ? { kind: "sent" } : { kind: "failed", reason: failure });
  }

  function promise(event: (id: number) => AirconEvent): Asked {
    lastId += 1;
    const one: Asked = { is: "open" };
    asked.set(lastId, one);
    tell(event(lastId));
    return one;
  }

  const lived: LivedIn = {
    rules,
    aircon: () => aircon,
    shows() {
      const { is } = aircon;
      const setting = told({ ...is, power: true });
      return is.power ? setting : `${is.offByMode ? "off by mode" : "off"} (${setting})`;
    },
    sent: [],
    takeSent: () => lived.sent.splice(0).map(({ text }) => text),
    ask: (change) => promise((id) => ({ kind: "ask", id, change })),
    assume: (on) => promise((id) => ({ kind: "assume", id, on })),
    tell,
    pass(ms) {
      const endMs = nowMs + ms;
      for (let ticks = 0; ; ticks++) {
        if (ticks > TICK_LIMIT) throw new Error("the rules want a tick again and again");
        const dueMs = nextDueMs(rules, aircon);
        if (dueMs === undefined || dueMs > endMs) break;
        nowMs = Math.max(nowMs, dueMs);
        tell({ kind: "tick" });
      }
      nowMs = endMs;
    },
    sleep(ms) {
      nowMs += ms;
    },
    hold() {
      held = true;
    },
    answer(failure) {
      held = false;
      finish(failure);
    },
    break(failure) {
      broken = failure;
    },
    nowMs: () => nowMs,
  };
  return lived;
}
