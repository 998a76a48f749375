import type { Board } from "../../devices/sprinklers/driver.ts";
import type { RelayBoard } from "../../devices/sprinklers/fake-board.ts";
import type { Clock } from "../../src/clock.ts";
import { believed, truly } from "./wired.ts";

/** What a line that is whole says of relays: an answer, a time-out, or our firmware's status. */
function saidOf(line: string): [relay: number, on: boolean][] {
  const [, told, to] =
    /^INFO: requesting relay (\d) change to state (on|off)( \(due to timeout\))?\r$/.exec(line) ?? [];
  if (told) return [[Number(told), to === "on"]];
  const listed = /^INFO: status( \d=\S+){8}\r$/.test(line) ? line.matchAll(/(\d)=(\w+)/g) : [];
  return [...listed].map(([, relay, is]) => [Number(relay), is === "on"]);
}

/** Somebody who compares what a driver says of the relays with what they are. */
export interface Listener {
  /** This driver begins to say something. */
  listen(driver: Board): void;
  /** Says what is wrong with what it said since the last look, and with what it says now; `faultMs` is the last fault. */
  look(driver: Board, faultMs: number): void;
}

/** Tells `say` of every lie. It looks every `stepMs`. */
export function listener(board: RelayBoard, clock: Clock, stepMs: number, say: (lie: string) => void): Listener {
  // A damaged answer costs a try of 1 s; then the next one counts. When exactly it was damaged is seen a step late.
  const settledMs = 1_200 + stepMs;
  /** Where the driver said something that was not so in that moment: `1` with a closed valve, `0` with water running. */
  const lies: string[] = [];
  /** Relays that have moved and whose line has not reached the host yet. */
  const untold = new Set<number>();
  let lateUntilMs = 0;
  let wrongSinceMs: number | undefined;
  let heard = "";

  board.onRelay((relay) => untold.add(relay));
  board.onSend((bytes) => {
    const lines = (heard + bytes.toString("latin1")).split("\n");
    heard = lines.pop() ?? "";
    for (const line of lines) {
      // What is late, or comes twice, may be older than the last move.
      for (const [relay, on] of saidOf(line)) if (board.relays.has(relay) === on) untold.delete(relay);
      if (line.includes("setup() complete")) untold.clear();
    }
  });

  return {
    listen({ status }) {
      let before = status.get().relays;
      status.onChange(() => {
        const { relays } = status.get();
        for (const [relay, on] of relays) {
          if (on === before.get(relay) || on === board.relays.has(relay)) continue;
          lies.push(`relay ${relay} was said to be ${on ? "on" : "off"}`);
        }
        before = relays;
      });
    },
    look(driver, faultMs) {
      const now = clock.monotonicMs();
      const { lateAnswersMs } = board.faults;
      if (lateAnswersMs > 0) lateUntilMs = now + lateAnswersMs;
      // What is late may have become untrue under way. Everything else that is said is so, whatever is broken.
      const late = now <= lateUntilMs + stepMs;
      for (const lie of lies.splice(0)) if (!late) say(lie);
      const { available, relays } = driver.status.get();
      const wrong = available ? [...relays].filter(([relay, on]) => on !== board.relays.has(relay)) : [];
      for (const [relay] of wrong) {
        if (!late && !untold.has(relay)) say(`relay ${relay} is not as is said, and its line has come`);
      }
      wrongSinceMs = wrong.length ? (wrongSinceMs ?? now) : undefined;
      if (wrongSinceMs !== undefined && now - Math.max(wrongSinceMs, faultMs, lateUntilMs) > settledMs) {
        say(`on are ${truly(board)}, said to be on are ${believed(driver)}`);
      }
    },
  };
}
