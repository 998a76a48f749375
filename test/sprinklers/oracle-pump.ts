import type { Garden, GardenEvent, Rules } from "../../devices/sprinklers/garden-model.ts";
import type { ImaginedBoard } from "./oracle-board.ts";

/** What the rules made of an event. */
export interface Moment {
  garden: Garden;
  wanted: ReadonlyMap<number, number>;
  event: GardenEvent;
  refused: string | undefined;
  nowMs: number;
  epochMs: number;
}

export const MASTER_LIMIT_MS = (3 * 60 + 50) * 60_000;
/** Eight relays, one after the other, each with two lost answers. */
export const LONGEST_CLOSING_MS = 30_000;

export function fail(text: string): never {
  throw new Error(text);
}

/** Holds the rules to what S8 says about the master; without a master there is pressure always. */
export function judgeMaster(master: Rules["master"], board: ImaginedBoard) {
  let on = false;
  /** Since when it is on without the board having said that it is off. */
  let sinceMs = 0;
  let provenOff = true;
  let answeredMs: number | undefined;
  let idleSinceMs: number | undefined;

  function drops({ event, nowMs }: Moment, lingerMs: number, needed: boolean): void {
    const emergency =
      ["all-off", "shutdown", "lost"].includes(event.kind) ||
      (event.kind === "timed-out" && event.relay === master?.relay);
    if (emergency || nowMs - sinceMs >= MASTER_LIMIT_MS) return;
    if (needed) fail("the master drops while a zone is open or waits");
    const lingered = idleSinceMs !== undefined && nowMs - idleSinceMs >= lingerMs;
    if (!lingered && answeredMs !== undefined) fail("the master drops before its linger is over");
  }

  return {
    /** For how long it may have been on without a break. */
    countsMs: (nowMs: number) => (provenOff ? 0 : nowMs - sinceMs),
    /** From when on zones may open. */
    pressureMs(): number {
      if (!master) return 0;
      return answeredMs === undefined ? Number.POSITIVE_INFINITY : answeredMs + master.leadMs;
    },
    learn({ event, garden, nowMs }: Moment): void {
      if (event.kind === "lost") provenOff = true;
      if (event.kind !== "confirmed" || event.relay !== master?.relay) return;
      if (event.on && on) answeredMs ??= nowMs;
      if (!event.on && garden.master.is === "off") provenOff = true;
    },
    after(moment: Moment, zones: { open: boolean; needed: boolean }): void {
      if (!master) return;
      const { garden, wanted, nowMs } = moment;
      const is = (wanted.get(master.relay) ?? -1) > nowMs;
      if (zones.needed) idleSinceMs = undefined;
      else idleSinceMs ??= nowMs;
      if (is && provenOff) {
        provenOff = false;
        sinceMs = nowMs;
      }
      if (zones.open && !(is && board.on.has(master.relay))) fail("a zone is open and the master is not");
      const flowingMs = nowMs - (board.on.get(master.relay) ?? nowMs);
      if ((is && nowMs - sinceMs > MASTER_LIMIT_MS) || flowingMs > MASTER_LIMIT_MS + LONGEST_CLOSING_MS) {
        fail("the master is on for longer than 3 h 50 min");
      }
      if (on && !is) drops(moment, master.lingerMs, zones.needed);
      on = is;
      if (!is) answeredMs = undefined;
      if (is && idleSinceMs !== undefined) {
        if (nowMs - idleSinceMs >= master.lingerMs) fail("the master stays on after its linger");
        if (answeredMs === undefined) fail("the master opens for nobody");
      }
      const held = !garden.boardReady || garden.brokerLostMs !== undefined;
      const busy = [...garden.zones.values()].some(({ phase }) => phase.is !== "closed");
      if (garden.queue.length && !held && !busy && !is) fail("a zone waits and the master is off");
    },
    elapse(nowMs: number): void {
      if (!master || !on || idleSinceMs === undefined) return;
      if (nowMs > idleSinceMs + master.lingerMs) fail("nobody was told that the master's linger is over");
    },
  };
}
