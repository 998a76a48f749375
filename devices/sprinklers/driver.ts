import type { Logger } from "pino";
import { type Cell, cell } from "../../src/cell.ts";
import { atMost, type Clock } from "../../src/clock.ts";
import { complaints } from "../../src/complaints.ts";
import { Fatal } from "../../src/fatal.ts";
import { type Link, LinkError } from "./link.ts";
import type { Line } from "./protocol.ts";
import { TOO_LATE_MS, trackRelays } from "./relays.ts";
import { keepOpen } from "./reopening.ts";
import { openSession, Restarted, type Session } from "./session.ts";

/** What is known of the board. */
export interface BoardStatus {
  /** It answers, and every relay was switched off since the port was opened. */
  available: boolean;
  /** Why it is not available, for a person. */
  problem: string | undefined;
  /** What the board says its firmware is; `original` when it can't be asked, undefined before it was. */
  firmware: string | undefined;
  /** Whether each relay is on: what an answer, a restart or 35 s of silence proved (S3); absent while nothing did. */
  relays: ReadonlyMap<number, boolean>;
}

/** What the board did, in the order it happened. */
export type BoardEvent =
  /** Available, everything off. */
  | { kind: "ready" }
  /** It answered a command. */
  | { kind: "confirmed"; relay: number; on: boolean }
  /** It switched a relay off by itself. */
  | { kind: "timed-out"; relay: number }
  /** It is away, or it restarted: nothing is wanted of it any more, nothing will be resumed (S11). */
  | { kind: "lost" };

/** Relays behind a serial port that may go and come back. */
export interface Board extends AsyncDisposable {
  status: Cell<BoardStatus>;
  /**
   * The relays that shall be on, each until a time on the monotonic clock at which it goes off whatever the rules say;
   * every other relay shall be off. A time that is over asks the board to say, after that time, that the relay is off.
   * Takes effect at once. Without an available board it is ignored.
   */
  want(relays: ReadonlyMap<number, number>): void;
  /** Hands each event to the one listener, inside the moment it happens. */
  listen(listener: (event: BoardEvent) => void): void;
  /** Rejects with Fatal when only a restart can help (S10). */
  failed: Promise<never>;
  /** Switches everything off, waits for the answers, closes the port. Throws Fatal after 4 s without them (C10). */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Said when everything is well again; forgotten with each trouble that is logged, so that a flapping board is few lines. */
const AVAILABLE = "the board is available";
/** Said of a board that can't be asked what it is: of the firmware of 2020. */
const ORIGINAL = "original";
const BANNER_MS = 3_000;
const LOOK_MS = 1_000;
const CLOSE_MS = 4_000;
/** An answer takes 52 ms; longer while the board has much to say. */
const CLOSING_ANSWER_MS = 300;
/** A board that restarts this often before it becomes available is opened anew, with back-off. */
const RESTARTS = 3;

/** Keeps the port open and the relays as wanted, telling the board one thing at a time, the most urgent first. */
export function openBoard(
  link: Link,
  relayNumbers: readonly number[],
  { log, clock, turned = () => {} }: { log: Logger; clock: Clock; turned?: () => void },
): Board {
  const ending = new AbortController();
  const troubles = complaints(log, clock);
  const relays = trackRelays(relayNumbers, clock.monotonicMs());
  const status = cell<BoardStatus>({
    available: false,
    problem: "not opened yet",
    firmware: undefined,
    relays: relays.states(),
  });
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  let listener: (event: BoardEvent) => void = () => {};
  let wanted: ReadonlyMap<number, number> = new Map();
  const closing = new AbortController();
  /** Whether the port was ever open: without, there is nothing that closing it could leave behind. */
  let reached = false;
  let nap = new AbortController();
  const wake = () => nap.abort();

  function update(change: Partial<BoardStatus> = {}): void {
    status.set({ ...status.get(), ...change, relays: relays.states() });
  }

  function heard(line: Line, answered: boolean): void {
    // Before, one is expected: the original does not know what a version is.
    if (line.kind === "error" && status.get().available)
      troubles.say("the board could not use a command", { line: line.text });
    if (line.kind === "banner") {
      relays.restarted();
      if (status.get().available) lose("the board restarted by itself: a power dip?");
      else update();
    }
    if (line.kind === "status" && answered) {
      const dropped = relays.reported(line.on, clock.monotonicMs());
      for (const relay of dropped) fell(relay);
    }
    if (line.kind !== "relay" || !relayNumbers.includes(line.relay)) return;
    const { relay, on } = line;
    if (answered) {
      relays.answered(relay, on, clock.monotonicMs());
      update();
      if (status.get().available) listener({ kind: "confirmed", relay, on });
    } else if (line.timedOut) {
      relays.timedOut(relay, clock.monotonicMs());
      fell(relay);
    } else if (relays.unasked(relay, on)) wake();
  }

  function fell(relay: number): void {
    troubles.say(`the board switched relay ${relay} off by itself`);
    update();
    listener({ kind: "timed-out", relay });
  }

  function lose(problem: string): void {
    if (troubles.say(`the board is unavailable: ${problem}`)) troubles.over(AVAILABLE);
    wanted = new Map();
    relays.forget();
    update({ available: false, problem });
    listener({ kind: "lost" });
    wake();
  }

  /** Opens the port, switches everything off, and serves the board until it is lost (throws) or done with (returns). */
  async function serveOnce(opened: () => void): Promise<void> {
    const port = await link.open();
    opened();
    reached = true;
    if (ending.signal.aborted) return port.close();
    const drop = () => void port.close();
    ending.signal.addEventListener("abort", drop);
    const writing = (relay: number, on: boolean) => relays.writing(relay, on, clock.monotonicMs());
    const session = openSession(port.stream, { heard, writing, closed: wake }, { log, clock });
    try {
      await session.banner(BANNER_MS);
      for (let restarts = 0; restarts <= RESTARTS; ) {
        try {
          relays.forget();
          for (const relay of relayNumbers) await session.set(relay, false);
          const version = await session.version();
          restarts = 0;
          const firmware = version ?? ORIGINAL;
          troubles.say(AVAILABLE, { firmware }, "info");
          update({ available: true, problem: undefined, firmware });
          listener({ kind: "ready" });
          return await obey(session);
        } catch (error) {
          if (!(error instanceof Restarted)) throw error;
          restarts += 1;
        }
      }
      throw new Error("the board restarts again and again: check its power supply");
    } finally {
      ending.signal.removeEventListener("abort", drop);
      await port.close();
    }
  }

  /** Tells the board what is wanted until it is lost (throws) or everything is off for good (returns). */
  async function obey(session: Session): Promise<void> {
    let turnedMs = clock.monotonicMs();
    let lookedMs = turnedMs;
    // A loop that did not turn for so long may not open what was wanted before, nor what waited for that to end (S11).
    const stoodStill = () => clock.monotonicMs() - turnedMs >= TOO_LATE_MS;
    let toldMs = Number.NEGATIVE_INFINITY;
    /** Has the board say how its relays are, if it can, and if it has not just done so. */
    const asked = async (now: number) => {
      if (status.get().firmware === ORIGINAL || now - toldMs < LOOK_MS) return false;
      await session.status();
      toldMs = clock.monotonicMs();
      return true;
    };
    for (;;) {
      turned();
      session.check();
      if (closing.signal.aborted) return switchOff(session);
      const now = clock.monotonicMs();
      const next = relays.next(wanted, now);
      if (stoodStill() || relays.stoodStill(wanted, now)) {
        throw new Error("this machine stood still for longer than the board waits");
      }
      turnedMs = now;
      const still = () =>
        !next?.on || (!closing.signal.aborted && !stoodStill() && (wanted.get(next.relay) ?? 0) > clock.monotonicMs());
      // A refresh would open a relay anew that a reset has closed, if the board's banner was lost (S11).
      if ((next?.idle || next?.refresh) && (await asked(now))) continue;
      if (next) await session.set(next.relay, next.on, still);
      else {
        nap = new AbortController();
        await clock.sleep(Math.min(LOOK_MS, relays.quietMs(wanted, now)), nap.signal);
      }
      if (clock.monotonicMs() - lookedMs < LOOK_MS) continue;
      lookedMs = clock.monotonicMs();
      if (!(await link.present())) throw new LinkError("missing", "the board is unplugged");
    }
  }

  /** Tells every relay off, each once before any is told again. */
  async function switchOff(session: Session): Promise<void> {
    for (let left = relays.unproven(); left.length; left = relays.unproven()) {
      let answers = 0;
      for (const relay of left) if (await session.tellOff(relay, CLOSING_ANSWER_MS)) answers += 1;
      // Opening the port again resets the board.
      if (!answers) throw new Error("the board does not answer");
    }
  }

  /** What the firmware's dead-man timer does while nobody can ask the board. */
  async function expire(): Promise<void> {
    while (!ending.signal.aborted) {
      await status.until(({ available }) => !available && relays.doubtful().length > 0, ending.signal);
      const leftMs = relays.expire(clock.monotonicMs());
      if (status.get().relays !== relays.states()) update();
      if (leftMs !== undefined) await clock.sleep(leftMs, ending.signal);
    }
  }

  const kept = keepOpen(serveOnce, {
    clock,
    signal: ending.signal,
    hurry: closing.signal,
    turned,
    served: () => status.get().available,
    lost: lose,
  }).catch(failed.reject);
  void expire();

  return {
    status,
    want(relays) {
      if (!status.get().available) return;
      wanted = relays;
      wake();
    },
    listen: (next) => {
      listener = next;
    },
    failed: failed.promise,
    async [Symbol.asyncDispose]() {
      closing.abort();
      // Told again, whatever is known: a clean stop ends with an answer for each relay.
      relays.forget();
      wake();
      const atRisk = () => (reached ? relays.doubtful() : []);
      if (status.get().available || atRisk().length) await atMost(CLOSE_MS, kept, clock);
      const left = atRisk();
      ending.abort();
      await kept;
      if (left.length)
        throw new Fatal(
          `relay ${left.join(", ")} did not acknowledge "off" in 4 s: the firmware closes it within 35 s`,
        );
    },
  };
}
