import { type Board, openBoard } from "../../devices/sprinklers/driver.ts";
import type { RelayBoard } from "../../devices/sprinklers/fake-board.ts";
import { runZones, type Zones } from "../../devices/sprinklers/garden.ts";
import type { Rules } from "../../devices/sprinklers/garden-model.ts";
import { type Link, LinkError, type Port } from "../../devices/sprinklers/link.ts";
import { type Cell, cell } from "../../src/cell.ts";
import type { Clock } from "../../src/clock.ts";
import { zoneRelays } from "./random-acts.ts";
import { listeningLog, memoryLink, type Watched, watch } from "./wired.ts";

/** No zone runs for longer. */
export const maxRunMs = 60_000;
/** The relay that is on while a zone is, opened before it and closed after it. */
export const master = 8;
const rules: Rules = {
  zones: zoneRelays.map((relay) => ({ relay, durationMs: 30_000, maxRunMs, dayCapMs: Number.POSITIVE_INFINITY })),
  maxConcurrent: 2,
  whenBusy: "queue",
  master: { relay: master, leadMs: 1_000, lingerMs: 2_000 },
  onBrokerLoss: "stop",
  dayOf: () => "today",
};

/** The cable between the daemon's machine and the board, whoever uses it. */
export interface Usb {
  /** False while nothing is there to be opened. */
  connected: boolean;
  /** What was opened is gone from `/dev`, whatever its stream believes; opening anew ends that. */
  vanished: boolean;
}

/** One run of the daemon, from its start until it is killed: the driver and the rules on a board. */
export interface Daemon {
  driver: Board;
  zones: Zones;
  /** Whether it is connected to its broker. */
  broker: Cell<boolean>;
  /** Whether the driver or the rules gave up. */
  failed: Watched;
  /** The port is gone, and its stream is told so. */
  hangUp(): void;
  /** SIGKILL: nothing of it runs any more, and the system closes its port. */
  kill(): void;
}

/** Starts a daemon; `judged` is put between its rules and its driver. */
export function startDaemon(
  board: RelayBoard,
  usb: Usb,
  world: Clock,
  { broker, judged }: { broker: boolean; judged(driver: Board): Board },
): Daemon {
  let dead = false;
  const never = new Promise<never>(() => {});
  const clock: Clock = {
    ...world,
    sleep: (ms, signal) => world.sleep(ms, signal).then(() => (dead ? never : undefined)),
  };
  const memory = memoryLink(board, clock);
  let port: Port | undefined;
  const link: Link = {
    async open() {
      if (!usb.connected) throw new LinkError("missing", "no such file or directory");
      port = await memory.open();
      usb.vanished = false;
      return port;
    },
    present: async () => usb.connected && !usb.vanished,
  };
  const { log } = listeningLog();
  const driver = openBoard(link, [...zoneRelays, master], { log, clock });
  const connected = cell(broker);
  const zones = runZones(rules, judged(driver), connected, { log, clock });
  return {
    driver,
    zones,
    broker: connected,
    failed: watch(Promise.race([driver.failed, zones.failed]), clock),
    hangUp: () => port?.stream.destroy(),
    kill() {
      dead = true;
      port?.stream.removeAllListeners();
      port?.stream.destroy();
    },
  };
}
