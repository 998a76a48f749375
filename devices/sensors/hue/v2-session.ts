import type { Logger } from "pino";
import { cell } from "../../../src/cell.ts";
import type { Clock } from "../../../src/clock.ts";
import { HueError, isFinal } from "./errors.ts";
import { keepFollowing } from "./following.ts";
import type { Reader } from "./reader.ts";
import { type Budget, patience } from "./retry.ts";
import type { StatusKeeper } from "./status.ts";
import type { Wire } from "./wire.ts";

interface Context {
  wire: Wire;
  key: string;
  reader: Reader;
  keeper: StatusKeeper;
  budget: Budget;
  clock: Clock;
  log: Logger;
  reconcileMs: number;
  /** Asks the bridge anew who it is: it may have been updated while it was away. */
  meetAgain(): Promise<void>;
}

/** The stream is throttled to a message a second (hue.md 5): what a read knows and the stream says later than this is lost. */
const MUTE_MS = 5_000;
/** hue.md 6: a stream this quiet is opened anew, to be sure. */
const QUIET_MS = 10 * 60_000;
const BETWEEN_READS_MS = 1_000;

/** Serves a bridge through interface v2, until only meeting it anew can help: throws a HueError. */
export async function serveV2(context: Context, parent: AbortSignal): Promise<never> {
  const { wire, key, reader, keeper, budget, clock, log, reconcileMs, meetAgain } = context;
  const ending = new AbortController();
  let nap = new AbortController();
  const end = () => {
    ending.abort(parent.reason);
    nap.abort();
  };
  parent.addEventListener("abort", end);
  if (parent.aborted) end();
  const { signal } = ending;
  /** Whether the stream was tried: before, we don't know whether our key is good, and ask nothing else. */
  const tried = cell(false);
  const retries = patience();
  let dueMs = clock.monotonicMs();
  let readMs = Number.NEGATIVE_INFINITY;
  let notBeforeMs = Number.NEGATIVE_INFINITY;
  let failing = false;
  /** The stream that was open when everything was read last. */
  let readUnder: number | undefined;

  function readSoon(): void {
    dueMs = Math.min(dueMs, Math.max(clock.monotonicMs(), readMs + BETWEEN_READS_MS, notBeforeMs));
    nap.abort();
  }

  const stream = keepFollowing({
    ...{ wire, key, clock, log, budget, signal },
    opened() {
      tried.set(true);
      void readUnderNew(stream.open());
    },
    heard: keeper.alive,
    said(data) {
      try {
        const skipped = reader.take(data);
        if (skipped) log.debug({ skipped }, "the event stream brought things that are of no use");
      } catch (error) {
        // What it meant is lost: only a read can tell.
        log.debug({ bytes: data.length, because: Object(error).message }, "the event stream brought nonsense");
        readSoon();
      }
      if (reader.puzzled()) readSoon();
    },
    trouble(problem) {
      keeper.trouble("events", problem);
      tried.set(true);
    },
  });

  /** Reads everything because the stream was opened: at once the first time, later when it has lived for a moment. */
  async function readUnderNew(open: number | undefined): Promise<void> {
    if (readUnder !== undefined) await clock.sleep(BETWEEN_READS_MS, signal);
    if (open === undefined || stream.open() !== open) return;
    dueMs = clock.monotonicMs();
    nap.abort();
  }

  /** Drops the stream if it stays silent about what a read has just found. */
  async function suspect(open: number): Promise<void> {
    const sinceMs = clock.monotonicMs();
    await clock.sleep(MUTE_MS, signal);
    if (signal.aborted || stream.open() !== open || stream.heardMs() > sinceMs) return;
    stream.drop(new HueError("silent", "the event stream went mute"));
  }

  /** Reads everything; how long the next read has time. Throws when only meeting the bridge anew can help. */
  async function readOnce(): Promise<number> {
    // What is asked of a bridge in good health is no sign of trouble, and needs no leave.
    const isRoutine = () => stream.open() !== undefined && stream.open() === readUnder && !failing;
    if (!isRoutine()) await budget.room("read", signal);
    const open = stream.open();
    const isNew = open !== undefined && open !== readUnder;
    try {
      if (isNew && readUnder !== undefined) await meetAgain();
      const reading = () => reader.read(signal);
      const { news, skipped } = await (isRoutine() ? budget.free(reading) : reading());
      if (news && open !== undefined && !isNew) void suspect(open);
      readUnder = open ?? readUnder;
      retries.reset();
      if (failing) stream.hurry();
      failing = false;
      keeper.trouble("read", undefined);
      keeper.confirmed(skipped);
      return reconcileMs;
    } catch (error) {
      if (signal.aborted || !(error instanceof HueError) || isFinal(error)) throw error;
      failing = true;
      keeper.trouble("read", error);
      const delayMs = retries.nextMs();
      notBeforeMs = clock.monotonicMs() + delayMs;
      return delayMs;
    } finally {
      readMs = clock.monotonicMs();
    }
  }

  async function keepReading(): Promise<never> {
    await tried.until(Boolean, signal);
    for (;;) {
      if (signal.aborted) throw new HueError("closed", "we are closing");
      nap = new AbortController();
      const leftMs = dueMs - clock.monotonicMs();
      if (leftMs > 0) {
        await clock.sleep(leftMs, nap.signal);
        continue;
      }
      // Whatever asks for a read from here on wants one that begins later.
      dueMs = Number.POSITIVE_INFINITY;
      const nextMs = await readOnce();
      dueMs = Math.min(dueMs, readMs + nextMs);
      const quiet = stream.open() !== undefined && clock.monotonicMs() - stream.heardMs() >= QUIET_MS;
      if (quiet) stream.drop(new HueError("silent", "the event stream was quiet for 10 min"));
    }
  }

  const reading = keepReading();
  try {
    return await Promise.race([stream.ended, reading]);
  } finally {
    end();
    await Promise.allSettled([stream.ended, reading]);
    parent.removeEventListener("abort", end);
  }
}
