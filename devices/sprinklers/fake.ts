import type { Duplex } from "node:stream";
import { type Clock, realClock } from "../../src/clock.ts";
import { cable } from "./fake-cable.ts";
import { type Faults, noFaults } from "./fake-faults.ts";
import { memoryPort } from "./fake-port.ts";
import { originalSketch } from "./fake-sketch.ts";
import { byteMs, type Uart, uart } from "./fake-uart.ts";
import type { SerialMachine } from "./pty.ts";

/** The relay board with its original firmware, played by a script at the byte boundary. */
export interface ScriptedBoard extends SerialMachine {
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

const path = "/dev/ttyACM0";
const splitBytes = 11;

/** A relay board that is plugged in and running, with nobody at its port. On the default clock it runs in real time. */
export function scriptedBoard({ clock = realClock }: { clock?: Clock } = {}): ScriptedBoard {
  const faults = noFaults();
  const host = cable(clock, faults);
  const relays = new Set<number>();
  const relayListeners = new Set<(relay: number, on: boolean, atMs: number) => void>();
  const unplugListeners = new Set<() => void>();
  let plugged = true;
  let power = new AbortController();
  let input: Uart | undefined;

  function setRelay(relay: number, on: boolean): void {
    if (relays.has(relay) === on) return;
    if (on) relays.add(relay);
    else relays.delete(relay);
    for (const listener of relayListeners) listener(relay, on, clock.monotonicMs());
  }

  function powerOff(): void {
    power.abort();
    input = undefined;
    for (const relay of [...relays]) setRelay(relay, false);
  }

  async function boot(): Promise<void> {
    powerOff();
    power = new AbortController();
    const { signal } = power;
    await clock.sleep(faults.bannerDelayMs, signal);
    if (signal.aborted) return;
    const serial = uart(clock, signal);
    input = serial;

    // The board does nothing else while it prints, as the original does.
    async function transmit(text: string, { lost = false, lateMs = 0 } = {}): Promise<void> {
      const bytes = Buffer.from(`${text}\r\n`, "latin1");
      const step = faults.splitLines ? splitBytes : bytes.length;
      for (let i = 0; i < bytes.length; i += step) {
        const chunk = bytes.subarray(i, i + step);
        await clock.sleep(chunk.length * byteMs, signal);
        if (signal.aborted) return;
        if (!lost) host.toHost(chunk, lateMs);
      }
    }

    await originalSketch({
      clock,
      power: signal,
      uart: serial,
      setRelay,
      print: (text) => transmit(faults.bannerFragment && text.startsWith("DEBUG: ") ? `DE${text}` : text),
      async answer(...lines) {
        const lost = faults.loseAnswers > 0;
        if (lost) faults.loseAnswers--;
        for (let times = faults.doubleAnswers ? 2 : 1; times > 0; times--) {
          for (const text of lines) await transmit(text, { lost, lateMs: faults.lateAnswersMs });
        }
      },
    });
  }

  const board: ScriptedBoard = {
    faults,
    relays,
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
      if (plugged) input?.receive(host.fromHost(bytes));
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
