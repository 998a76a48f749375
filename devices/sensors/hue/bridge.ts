import type { Logger } from "pino";
import type { Cell } from "../../../src/cell.ts";
import { type Clock, realClock } from "../../../src/clock.ts";
import { type Address, openDoor } from "./door.ts";
import { HueError } from "./errors.ts";
import { openHouse } from "./house.ts";
import { pressBoard } from "./presses.ts";
import { openReader } from "./reader.ts";
import { budget, patience } from "./retry.ts";
import { openRoster } from "./roster.ts";
import type { Press, Sensor } from "./sensor.ts";
import { type BridgeStatus, keepStatus } from "./status.ts";
import { serveV1 } from "./v1-session.ts";
import { serveV2 } from "./v2-session.ts";
import { type Thresholds, usualThresholds } from "./values.ts";

export interface BridgeOptions extends Address {
  /** The application key that pairing gave. */
  key: string;
  /** How often everything is read although the event stream tells of changes: 60 s by default (N2). */
  reconcileMs?: number | undefined;
  /** How often a bridge without v2 is asked: 2 s by default (N4: 1 to 5 s). */
  pollMs?: number | undefined;
  /** When it is dark, and when there is daylight, where the bridge does not say so itself. */
  thresholds?: Thresholds | undefined;
}

/** A Hue bridge and its sensors. It is spoken with until it is closed, whatever happens to it. */
export interface Bridge extends AsyncDisposable {
  status: Cell<BridgeStatus>;
  /** One sensor, and word of each change of it, or of whether the bridge is reachable; undefined while there is none. */
  sensor(id: string): Pick<Cell<Sensor | undefined>, "get" | "onChange">;
  /** Every press from now on: none is merged with another, and none lost while the bridge is connected. */
  presses(signal: AbortSignal): AsyncIterable<Press>;
  /** Hangs up. Never throws. */
  [Symbol.asyncDispose](): Promise<void>;
}

const RECONCILE_MS = 60_000;
const POLL_MS = 2_000;
/** N6: a bridge that does not know us is asked again this often. */
const UNPAIRED_MS = 60_000;
/** A bridge that should have v2 and has not is asked for it again after this long. */
const WITHOUT_V2_MS = 10 * 60_000;
/** One that had it until now is probably just starting: it is asked for it so often first. */
const CHANCES = 5;
/** After so long a service its end is a new trouble. */
const LASTING_MS = 60_000;

export function openBridge(options: BridgeOptions, { log, clock = realClock }: { log: Logger; clock?: Clock }): Bridge {
  const { key, reconcileMs = RECONCILE_MS, pollMs = POLL_MS, thresholds = usualThresholds, ...address } = options;
  const ending = new AbortController();
  const { signal } = ending;
  const presses = pressBoard();
  const house = openHouse(thresholds);
  const calls = budget(clock);
  const retries = patience();
  const roster = openRoster(clock, () => keeper.update({ sensors: roster.all() }));
  const keeper = keepStatus({ log, clock, signal }, () => roster.wakeAll());
  const door = openDoor(address, {
    clock,
    // Polling has its own pace.
    dialled: () => keeper.status.get().api !== "v1" && calls.spend(),
  });
  let toldOpen = false;
  let v2AgainMs = Number.NEGATIVE_INFINITY;
  let chances = 0;

  async function meet() {
    const met = await door.meet(signal);
    if (!met.wire.secure && !toldOpen && address.plainHttp !== "always") {
      toldOpen = true;
      log.warn({ bridge: met.identity.id }, "the bridge speaks no TLS: whoever listens on this network learns its key");
    }
    keeper.update({ identity: met.identity, secure: met.wire.secure });
    return met;
  }

  /** Serves the bridge until it has to be met anew; how long that has time. */
  async function serve(): Promise<number> {
    const startMs = clock.monotonicMs();
    try {
      const { identity, wire } = await meet();
      const hasV2 = identity.hasV2 && clock.monotonicMs() >= v2AgainMs;
      keeper.update({ api: hasV2 ? "v2" : "v1" });
      keeper.expectEvery(hasV2 ? reconcileMs : pollMs);
      const common = { wire, key, clock, log, keeper, roster, pressed: presses.tell };
      if (hasV2) {
        const reader = openReader({ ...common, house });
        const meetAgain = async () => void (await meet());
        const confirmed = (skipped: number) => {
          chances = CHANCES;
          keeper.confirmed(skipped);
        };
        const context = { ...common, keeper: { ...keeper, confirmed }, reader, budget: calls, reconcileMs, meetAgain };
        return await serveV2(context, signal);
      }
      await serveV1({ ...common, pollMs }, signal);
      return 0;
    } catch (error) {
      if (signal.aborted) return 0;
      if (!(error instanceof HueError)) throw error;
      if (clock.monotonicMs() - startMs >= LASTING_MS) retries.reset();
      return endured(error);
    }
  }

  function endured(error: HueError): number {
    const { api } = keeper.status.get();
    const isAbsent = error.trouble === "absent" && api === "v2";
    const hasNoV2 = isAbsent && chances === 0;
    if (isAbsent) chances = Math.max(0, chances - 1);
    if (hasNoV2) v2AgainMs = clock.monotonicMs() + WITHOUT_V2_MS;
    else keeper.trouble("bridge", error);
    for (const matter of ["read", "events"] as const) keeper.trouble(matter, undefined);
    if (hasNoV2) return 0;
    return error.trouble === "unpaired" ? UNPAIRED_MS : retries.nextMs();
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      const delayMs = await serve();
      if (delayMs > 0) {
        await clock.sleep(delayMs, signal);
        await calls.room("anew", signal);
      }
    }
  }
  const running = run();

  return {
    status: keeper.status,
    sensor: (id) => ({
      get: () => roster.all()?.get(id),
      onChange: (listener) => roster.onChange(id, listener),
    }),
    presses: (until) => presses.follow(until),
    async [Symbol.asyncDispose]() {
      ending.abort(new HueError("closed", "we are closing"));
      door.close();
      await running;
    },
  };
}
