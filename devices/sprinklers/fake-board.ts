import type { Duplex } from "node:stream";
import type { Clock } from "../../src/clock.ts";
import { cable } from "./fake-cable.ts";
import { type Faults, noFaults } from "./fake-faults.ts";
import { memoryPort } from "./fake-port.ts";
import type { SerialMachine } from "./pty.ts";

/** A board with eight relays on a serial cable, whatever runs on it. */
export interface RelayBoard extends SerialMachine {
  readonly faults: Faults;
  /** The relays that are on in truth, 1 to 8, whatever the board says. */
  readonly relays: ReadonlySet<number>;
  /** The lines the host has sent, in order, trimmed, heard or not; the last 10,000. */
  readonly received: readonly string[];
  /** Calls the listener whenever a relay moves, with the clock's `monotonicMs()`. Returns how to stop that. */
  onRelay(listener: (relay: number, on: boolean, atMs: number) => void): () => void;
  /**
   * Opens the port in memory, which resets the board: everything goes off and the banner follows. Destroy the Duplex to
   * close the port. Rejects with serialport's messages: unplugged, already open, or `faults.refuseOpen`.
   */
  open(): Promise<Duplex>;
  /** The reset button or a brown-out while the port stays open: relays off, half-received input lost, banner again. */
  reset(): void;
  /** Sends these bytes to the host at once, whatever the faults say: line noise, a foreign line. */
  say(bytes: string | Buffer): void;
}

/** What a processor finds around it, from one reset to the next. What it does after that has no effect. */
export interface Surroundings {
  /** Aborted when the board loses power or is reset: this run is over. */
  readonly power: AbortSignal;
  /** Bytes on their way to the host, in the moment their last bit is out. */
  send(bytes: Buffer): void;
  /** Moves a relay, now or a moment ago. */
  setRelay(relay: number, on: boolean, atMs: number): void;
}

/** A processor that runs. */
export interface Processor {
  /** The host has written these bytes; on the wire they come one after the other. */
  receive(bytes: Buffer): void;
  /** Does what it would have done by now: a processor may work a little behind its clock while nobody looks. */
  catchUp(): void;
}

const path = "/dev/ttyACM0";

/** A board that is plugged in and running, with nobody at its port. `start` is called when its bootloader is done. */
export function relayBoard(clock: Clock, start: (surroundings: Surroundings) => Processor): RelayBoard {
  const faults = noFaults();
  const host = cable(clock, faults);
  const relays = new Set<number>();
  const relayListeners = new Set<(relay: number, on: boolean, atMs: number) => void>();
  const unplugListeners = new Set<() => void>();
  let plugged = true;
  let power = new AbortController();
  let processor: Processor | undefined;

  function setRelay(relay: number, on: boolean, atMs: number): void {
    if (relays.has(relay) === on) return;
    if (on) relays.add(relay);
    else relays.delete(relay);
    for (const listener of relayListeners) listener(relay, on, atMs);
  }

  function powerOff(): void {
    processor?.catchUp();
    power.abort();
    processor = undefined;
    for (const relay of [...relays]) setRelay(relay, false, clock.monotonicMs());
  }

  async function boot(): Promise<void> {
    powerOff();
    power = new AbortController();
    const { signal } = power;
    await clock.sleep(faults.bannerDelayMs, signal);
    if (signal.aborted) return;
    processor = start({
      power: signal,
      send: (bytes) => signal.aborted || host.toHost(bytes),
      setRelay: (relay, on, atMs) => signal.aborted || setRelay(relay, on, atMs),
    });
  }

  const board: RelayBoard = {
    faults,
    get relays() {
      processor?.catchUp();
      return relays;
    },
    received: host.received,
    onRelay(listener) {
      relayListeners.add(listener);
      return () => relayListeners.delete(listener);
    },
    onSend: host.onSend,
    onUnplug(listener) {
      unplugListeners.add(listener);
      return () => unplugListeners.delete(listener);
    },
    async open() {
      if (!plugged) throw new Error(`Error: No such file or directory, cannot open ${path}`);
      if (faults.refuseOpen !== undefined) throw new Error(faults.refuseOpen);
      if (host.isOpen) throw new Error("Error Resource temporarily unavailable Cannot lock port");
      return memoryPort(board);
    },
    opened() {
      if (!plugged) return;
      host.opened();
      void boot();
    },
    // A port that is closed does not stop the board: its relays go off by their dead-man timers.
    closed: host.closed,
    receive(bytes) {
      if (plugged) processor?.receive(host.fromHost(bytes));
    },
    reset() {
      if (plugged) void boot();
    },
    unplug() {
      if (!plugged) return;
      plugged = false;
      host.closed();
      powerOff();
      for (const listener of [...unplugListeners]) listener();
    },
    plug() {
      if (plugged) return;
      plugged = true;
      void boot();
    },
    say: (bytes) => host.noise(Buffer.from(bytes)),
  };
  void boot();
  return board;
}
