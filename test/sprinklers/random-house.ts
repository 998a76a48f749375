import type { RelayBoard } from "../../devices/sprinklers/fake-board.ts";
import { noFaults } from "../../devices/sprinklers/fake-faults.ts";
import { runZones } from "../../devices/sprinklers/garden.ts";
import type { Rules } from "../../devices/sprinklers/zones.ts";
import { cell } from "../../src/cell.ts";
import type { Clock } from "../../src/clock.ts";
import { type Act, zoneRelays } from "./random-acts.ts";
import { judge } from "./random-judge.ts";
import { listeningLog, watch, wire } from "./wired.ts";

const maxRunMs = 60_000;
export const master = 8;
const rules: Rules = {
  zones: zoneRelays.map((relay) => ({ relay, durationMs: 30_000, maxRunMs, dayCapMs: Number.POSITIVE_INFINITY })),
  maxConcurrent: 2,
  whenBusy: "queue",
  master: { relay: master, leadMs: 1_000, lingerMs: 2_000 },
  onBrokerLoss: "stop",
  dayOf: () => "today",
};
/** A step of the test's own looking. */
export const stepMs = 200;
/** Longer out than this, and only a restart would help. */
const longestUnpluggedMs = 45_000;

/** A kind of board, and how long its firmware leaves a relay on that nobody asks for again. */
export interface Kind {
  make(clock: Clock): RelayBoard & { hang?(): void };
  deadManMs: number;
}

/** The house, with somebody who looks at the pipes. */
export function watchedHouse({ make, deadManMs }: Kind) {
  let hang = () => {};
  const wired = wire({
    relays: [...zoneRelays, master],
    make(clock) {
      const board = make(clock);
      hang = () => board.hang?.();
      return board;
    },
  });
  const { clock, board, link } = wired;
  const { receive } = board;
  const judging = judge(wired, { maxRunMs, deadManMs, stepMs, master });
  const { disturb } = judging;
  const connected = cell(true);
  const zones = runZones(rules, judging.driver, connected, { log: listeningLog().log, clock });
  let muttered = false;
  let unpluggedMs: number | undefined;
  let pluggedMs = Number.NEGATIVE_INFINITY;

  const { faults } = board;
  const broken = () =>
    faults.silent ||
    faults.deaf ||
    faults.loseAnswers > 0 ||
    faults.garbleCommands > 0 ||
    faults.lateAnswersMs > 0 ||
    faults.refuseOpen !== undefined ||
    link.vanished ||
    unpluggedMs !== undefined;

  async function pass(ms: number) {
    for (let leftMs = ms; leftMs > 0; leftMs -= stepMs) {
      await clock.advance(Math.min(stepMs, leftMs));
      judging.look(broken());
      if (unpluggedMs !== undefined && clock.monotonicMs() - unpluggedMs > longestUnpluggedMs) act({ do: "plug" });
    }
  }

  function heal() {
    // A restart that nobody heard of shows with the next refresh, 5 s after the last at the latest.
    if (faults.silent) disturb(6_000);
    Object.assign(faults, noFaults());
    link.vanished = false;
    if (muttered) mutter("\r\n");
    muttered = false;
  }

  function mutter(text: string) {
    // What has no end spoils the next command, until the board forgets it.
    disturb(5_000);
    receive(Buffer.from(text, "latin1"));
    muttered = true;
  }

  function ask(relay: number, runMs?: number) {
    judging.ask(relay);
    return watch(zones.open(relay, runMs), clock);
  }

  function act(act: Act): void {
    switch (act.do) {
      case "open":
        ask(act.relay);
        break;
      case "run":
        ask(act.relay, act.seconds * 1_000);
        break;
      case "close":
        watch(zones.close(act.relay), clock);
        break;
      case "all off":
        watch(zones.allOff(), clock);
        break;
      case "rain":
        zones.tell({ kind: "rain-delay", hours: act.hours });
        break;
      case "broker gone":
      case "broker back":
        connected.set(act.do === "broker back");
        break;
      case "noise":
        // It may fall between the pieces of an answer.
        disturb();
        board.say(Buffer.from([0, 255, 13, 10, 128, ...Buffer.from("INFO: requesting relay\r\n~~\n")]));
        break;
      case "mutter":
        mutter(act.text);
        break;
      case "hang":
        disturb(600);
        hang();
        break;
      case "break":
        Object.assign(faults, act.faults);
        break;
      case "heal":
        heal();
        break;
      case "vanish":
        link.vanished = true;
        break;
      case "reset":
        disturb(faults.bannerDelayMs);
        board.reset();
        break;
      case "unplug":
        // Seen every 10 s at the worst; what nobody saw does not end the time without a board.
        if (clock.monotonicMs() - pluggedMs < 11_000) break;
        unpluggedMs ??= clock.monotonicMs();
        board.unplug();
        break;
      case "plug":
        if (unpluggedMs !== undefined) pluggedMs = clock.monotonicMs();
        unpluggedMs = undefined;
        disturb();
        board.plug();
        break;
    }
  }
  return { wired, zones, judging, act, ask, pass };
}
