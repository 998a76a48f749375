import type { Logger } from "pino";
import { type Cell, cell } from "../../src/cell.ts";
import { atMost, type Clock } from "../../src/clock.ts";
import { Refused } from "../../src/device.ts";
import { decide, newAircon, nextDueMs } from "./aircon.ts";
import type { Aircon, AirconEvent, Outcome, Rules } from "./aircon-model.ts";
import { type Blaster, NothingSent, TOO_LATE_MS } from "./blasters/blaster.ts";
import type { Code } from "./code-sets/code-set.ts";
import { diary } from "./diary.ts";
import type { Change } from "./setting.ts";
import { STOPPING, TOO_LATE } from "./wishes.ts";

/** The rules of one aircon at work: commands go in, its blaster is told, time passes. */
export interface Control extends AsyncDisposable {
  aircon: Cell<Aircon>;
  /** Resolves when the blaster has sent it, or when nothing had to be sent. Throws Refused, or why it failed. */
  ask(change: Change): Promise<void>;
  /** Takes a person's word for it and sends nothing (A10). Throws Refused. */
  assume(on: boolean): Promise<void>;
  /** Anything else that happens. */
  tell(event: AirconEvent & { kind: "feedback" | "restore" }): void;
  /** What is asked is refused, what waits is dropped, what is being sent has 1 s; nothing is sent afterwards. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Between two codes of one change an aircon has to understand the first. */
const BETWEEN_CODES_MS = 500;
const CLOSE_MS = 1_000;
/** A clock that says less was never set (a Raspberry Pi begins in 1970): midnight then, for frames that carry the time. */
const CLOCK_SET_MS = Date.UTC(2026, 0, 1);

/** Runs the rules on a blaster, which may be other aircons' as well. `log` knows which aircon it is about. */
export function control(rules: Rules, blaster: Blaster, { log, clock }: { log: Logger; clock: Clock }): Control {
  const ending = new AbortController();
  const report = diary(log, clock);
  const asked = new Map<number, PromiseWithResolvers<void>>();
  const unready = () => {
    const { ready, problem } = blaster.health.get();
    return ready ? undefined : (problem ?? "the blaster has not answered yet");
  };
  const aircon = cell(newAircon(rules.set, unready()));
  let nap = new AbortController();
  let flying: Promise<void> = Promise.resolve();
  let lastId = 0;

  function now() {
    const epochMs = clock.epochMs();
    const wall = new Date(epochMs);
    const clockMinutes = epochMs < CLOCK_SET_MS ? 0 : wall.getHours() * 60 + wall.getMinutes();
    return { monotonicMs: clock.monotonicMs(), clockMinutes };
  }

  function tell(event: AirconEvent): void {
    const before = aircon.get();
    const { aircon: after, outcomes, send } = decide(rules, before, event, now());
    nap.abort();
    aircon.set(after);
    report(event, before, after);
    for (const outcome of outcomes) settle(outcome);
    if (send) flying = transmit(send);
    const dueMs = nextDueMs(rules, after);
    if (dueMs === undefined || ending.signal.aborted) return;
    nap = new AbortController();
    void wake(dueMs - clock.monotonicMs(), nap.signal);
  }

  async function wake(ms: number, signal: AbortSignal): Promise<void> {
    await clock.sleep(Math.max(0, ms), signal);
    if (!signal.aborted) tell({ kind: "tick" });
  }

  function settle(outcome: Outcome): void {
    for (const id of outcome.ids) {
      const waiting = asked.get(id);
      asked.delete(id);
      if (outcome.is === "done") waiting?.resolve();
      else waiting?.reject(outcome.is === "refused" ? new Refused(outcome.reason) : new Error(outcome.reason));
    }
  }

  async function transmit(codes: readonly Code[]): Promise<void> {
    let lastMs = clock.monotonicMs() + TOO_LATE_MS;
    let sent = 0;
    try {
      for (const code of codes) {
        if (sent > 0) await clock.sleep(BETWEEN_CODES_MS, ending.signal);
        if (ending.signal.aborted) throw new Error(STOPPING);
        if (clock.monotonicMs() > lastMs) throw new Error(TOO_LATE);
        // From code to code: those of many aircons at one blaster may take longer than that altogether.
        lastMs = clock.monotonicMs() + TOO_LATE_MS;
        await blaster.send(code);
        sent += 1;
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const part = sent > 0 ? ` (it has heard ${sent} of ${codes.length} codes)` : "";
      const untold = sent === 0 && error instanceof NothingSent;
      tell({ kind: "failed", reason: `${reason}${part}`, untold });
      return;
    }
    tell({ kind: "sent" });
  }

  function promise(event: (id: number) => AirconEvent): Promise<void> {
    lastId += 1;
    const mine = Promise.withResolvers<void>();
    asked.set(lastId, mine);
    tell(event(lastId));
    return mine.promise;
  }

  const leave = blaster.health.onChange(() => {
    if (unready() !== aircon.get().unready) tell({ kind: "blaster", unready: unready() });
  });

  return {
    aircon,
    ask: (change) => promise((id) => ({ kind: "ask", id, change })),
    assume: (on) => promise((id) => ({ kind: "assume", id, on })),
    tell,
    async [Symbol.asyncDispose]() {
      leave();
      ending.abort();
      tell({ kind: "shutdown" });
      await atMost(CLOSE_MS, flying, clock);
      settle({ ids: [...asked.keys()], is: "failed", reason: "the daemon is stopping" });
    },
  };
}
