import type { RelayBoard } from "../../devices/sprinklers/fake-board.ts";
import { noFaults } from "../../devices/sprinklers/fake-faults.ts";
import type { Clock } from "../../src/clock.ts";
import { virtualClock } from "../support/clock.ts";
import { type Daemon, master, maxRunMs, startDaemon, type Usb } from "./random-daemon.ts";
import { judge } from "./random-judge.ts";
import { type Watched, watch } from "./wired.ts";

/** A step of the test's own looking. */
export const stepMs = 200;
/** Longer out than this, and only a restart would help. */
const longestUnpluggedMs = 45_000;

/** A kind of board, and how long its firmware leaves a relay on that nobody asks for again. */
export interface Kind {
  make(clock: Clock): RelayBoard & { hang?(): void };
  deadManMs: number;
}

/** A daemon, its board and what is between them, in virtual time, with somebody who looks at the pipes. */
export function watchedHouse({ make, deadManMs }: Kind) {
  const clock = virtualClock();
  const board = make(clock);
  const { receive, faults } = board;
  const judging = judge(board, clock, { maxRunMs, deadManMs, stepMs, master });
  const { disturb, say } = judging;
  const usb: Usb = { connected: true, vanished: false };
  let broker = true;
  let daemon: Daemon | undefined = newDaemon();
  let muttered = false;
  let unpluggedMs: number | undefined;
  let pluggedMs = Number.NEGATIVE_INFINITY;

  function newDaemon(): Daemon {
    return startDaemon(board, usb, clock, { broker, judged: judging.follow });
  }

  const broken = () =>
    faults.silent ||
    faults.deaf ||
    faults.loseAnswers > 0 ||
    faults.garbleCommands > 0 ||
    faults.lateAnswersMs > 0 ||
    faults.refuseOpen !== undefined ||
    usb.vanished ||
    unpluggedMs !== undefined ||
    daemon === undefined;

  async function pass(ms: number) {
    for (let leftMs = ms; leftMs > 0; leftMs -= stepMs) {
      await clock.advance(Math.min(stepMs, leftMs));
      judging.look(broken());
      if (daemon?.failed.state === "rejected") {
        say(`gave up: ${daemon.failed.error?.message}`);
        kill();
      }
      if (unpluggedMs !== undefined && clock.monotonicMs() - unpluggedMs > longestUnpluggedMs) plug();
    }
  }

  function mutter(text: string) {
    // What has no end spoils the next command, until the board forgets it.
    disturb(5_000);
    receive(Buffer.from(text, "latin1"));
    muttered = true;
  }

  function kill() {
    daemon?.kill();
    daemon = undefined;
    judging.killed();
  }

  function plug() {
    if (unpluggedMs !== undefined) pluggedMs = clock.monotonicMs();
    unpluggedMs = undefined;
    disturb();
    usb.connected = true;
    board.plug();
  }

  return {
    clock,
    board,
    judging,
    usb,
    /** Undefined from the time that it was killed until it is started again. */
    daemon: () => daemon,
    /** Undefined when there is no daemon that could be asked. */
    ask(relay: number, runMs?: number): Watched | undefined {
      if (daemon) judging.ask(relay);
      return daemon && watch(daemon.zones.open(relay, runMs), clock);
    },
    setBroker(connected: boolean) {
      broker = connected;
      daemon?.broker.set(connected);
    },
    /** The board hears something, from nobody. */
    mutter,
    /** Ends all faults but those of the plug and the daemon. */
    heal() {
      // A restart that nobody heard of shows with the next refresh, 5 s after the last at the latest.
      if (faults.silent) disturb(6_000);
      Object.assign(faults, noFaults());
      usb.vanished = false;
      if (muttered) mutter("\r\n");
      muttered = false;
    },
    kill,
    start() {
      daemon ??= newDaemon();
      disturb();
    },
    /** Does what leaves the daemon without a board until `plug`. */
    unplug(pull: () => void) {
      // Seen every 10 s at the worst; what nobody saw does not end the time without a board.
      if (unpluggedMs === undefined && clock.monotonicMs() - pluggedMs < 11_000) return;
      unpluggedMs ??= clock.monotonicMs();
      pull();
    },
    plug,
    /** The daemon stands still for so long, while the board goes on. */
    freeze(ms: number) {
      // Without a board it might be too long.
      if (unpluggedMs !== undefined) return;
      clock.jump(ms);
      judging.look(true);
    },
    pass,
    /** Lets time pass until this holds; whether it did before `ms` were over. */
    async until(holds: () => boolean, ms: number): Promise<boolean> {
      const endMs = clock.monotonicMs() + ms;
      while (!holds() && clock.monotonicMs() < endMs) await pass(stepMs);
      return holds();
    },
    /** Lets time pass while nothing is broken and the board becomes available, as long as that may take. */
    async recover() {
      while (!broken() && judging.recovering) await pass(stepMs);
    },
  };
}

export type House = ReturnType<typeof watchedHouse>;
