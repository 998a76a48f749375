import type { Logger } from "pino";
import { type Cell, cell } from "../../src/cell.ts";
import type { Clock } from "../../src/clock.ts";
import { Refused } from "../../src/device.ts";
import { diary, type Reader } from "./diary.ts";
import type { Board, BoardEvent } from "./driver.ts";
import type { Garden, GardenEvent, Now, Rules } from "./garden-model.ts";
import { DEAD_MAN_MS } from "./relays.ts";
import { decide, emptyGarden, nextDueMs, wantedRelays } from "./zones.ts";

/** The rules at work: events go in, the board is told what is wanted, time passes. */
export interface Zones extends AsyncDisposable {
  garden: Cell<Garden>;
  /** Resolves when the board has opened the valve, or when the zone waits in the queue. Throws Refused, or why it failed. */
  open(relay: number, runMs?: number): Promise<void>;
  /** Resolves when the board has closed the valve, or when all ends and closes it. Throws why it failed. */
  close(relay: number): Promise<void>;
  /** Resolves when the board has closed everything, or when all ends and closes it. Throws why it failed. */
  allOff(): Promise<void>;
  /** Anything else that happens. */
  tell(event: GardenEvent): void;
  /** Rejects when the rules themselves fail: everything is closed then, and only a restart can help. */
  failed: Promise<never>;
  /** Closes everything for good. */
  [Symbol.asyncDispose](): Promise<void>;
}

interface Context extends Reader {
  log: Logger;
  clock: Clock;
  /** Called whenever time passes. */
  turned?: () => void;
}

/** How often the watered time is counted and shown while nothing else happens. */
const COUNT_MS = 10_000;

/**
 * Runs the rules on a board. `connected` is the broker: without it nothing is opened, and runs end as the rules say.
 */
export function runZones(
  rules: Rules,
  board: Board,
  connected: Cell<boolean>,
  { log, clock, turned = () => {}, ...reader }: Context,
): Zones {
  const ending = new AbortController();
  const now = (): Now => ({ monotonicMs: clock.monotonicMs(), epochMs: clock.epochMs() });
  const report = diary(log, reader);
  const garden = cell(emptyGarden(rules, now()));
  let nap = new AbortController();

  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});

  let failing = false;
  /** Rules that throw must not leave a valve open, nor open one again before the daemon ends. */
  function fail(error: unknown): void {
    failing = true;
    board.want(new Map());
    failed.reject(error);
  }

  function tell(event: GardenEvent): string | undefined {
    const is = now();
    const { countedMs, ...rest } = garden.get();
    // When this process stood still for hours, water did not run for hours: the firmware closes what nobody refreshes.
    const before = { ...rest, countedMs: Math.max(countedMs, is.monotonicMs - DEAD_MAN_MS) };
    const { garden: after, refused } = decide(rules, before, event, is);
    if (!failing) board.want(wantedRelays(rules, after));
    garden.set(after);
    nap.abort();
    report(event, before, after);
    return refused;
  }

  async function passTime(): Promise<void> {
    while (!ending.signal.aborted) {
      turned();
      const due = nextDueMs(garden.get(), now());
      nap = new AbortController();
      const signal = AbortSignal.any([nap.signal, ending.signal]);
      const waitMs = due === undefined ? COUNT_MS : Math.min(COUNT_MS, due - clock.monotonicMs());
      await clock.sleep(Math.max(0, waitMs), signal);
      if (!signal.aborted) tell({ kind: "tick" });
    }
  }

  async function followBroker(): Promise<void> {
    for await (const is of connected.values(ending.signal)) {
      if (is !== (garden.get().brokerLostMs === undefined)) tell({ kind: "broker", connected: is });
    }
  }

  /** Resolves when the garden has got where it was sent, or when all ends. Throws when the board is lost on the way. */
  async function settled(done: (garden: Garden) => boolean): Promise<Garden> {
    const reached = await garden.until((garden) => done(garden) || !garden.boardReady, ending.signal);
    if (ending.signal.aborted) return garden.get();
    if (!reached?.boardReady) throw new Error(board.status.get().problem ?? "the board is unavailable");
    return reached;
  }

  board.listen((event: BoardEvent) => {
    try {
      tell(event);
    } catch (error) {
      fail(error);
    }
  });
  passTime().catch(fail);
  followBroker().catch(fail);

  return {
    garden,
    failed: failed.promise,
    tell,
    async open(relay, runMs) {
      const refused = tell(runMs === undefined ? { kind: "open", relay } : { kind: "open", relay, runMs });
      if (refused !== undefined) throw new Refused(refused);
      const { zones } = await settled(({ zones }) => {
        const phase = zones.get(relay)?.phase;
        return phase?.is !== "open" || phase.confirmed;
      });
      const { phase, reason } = zones.get(relay) ?? {};
      if (reason === "shutdown") throw new Refused("the daemon is stopping");
      // A board that restarted is ready again before anybody looks.
      if (phase?.is === "closed" && reason === "board") throw new Error("the board restarted");
    },
    async close(relay) {
      tell({ kind: "close", relay });
      await settled(({ zones }) => zones.get(relay)?.phase.is !== "closing");
    },
    async allOff() {
      tell({ kind: "all-off" });
      await settled(
        ({ zones, master }) =>
          master.is !== "closing" && [...zones.values()].every(({ phase }) => phase.is !== "closing"),
      );
    },
    async [Symbol.asyncDispose]() {
      ending.abort();
      tell({ kind: "shutdown" });
    },
  };
}
