import { type Clock, realClock } from "../../src/clock.ts";
import { atmega328p, type Chip, chipHz } from "./avr.ts";
import { type Processor, type RelayBoard, relayBoard, type Surroundings } from "./fake-board.ts";
import { byteMs } from "./fake-uart.ts";
import { flashFromHex } from "./intel-hex.ts";

/** The relay board with any firmware for it, whose compiled code is executed instruction by instruction. */
export interface SimulatedBoard extends RelayBoard {
  /** The program gets stuck in an endless loop, in which only its interrupts go on. Its watchdog may help it. */
  hang(): void;
}

/** An Arduino Uno's pins 2 to 9, which switch relays 1 to 8. */
const relayPins = [
  ["D", 2],
  ["D", 3],
  ["D", 4],
  ["D", 5],
  ["D", 6],
  ["D", 7],
  ["B", 0],
  ["B", 1],
] as const;

const cyclesPerMs = chipHz / 1_000;
/** The chip works in steps: short ones from a byte on the wire until this long after it, as the firmware may act on it. */
const activeMs = 5;
const stepMs = 0.5;
const quietStepMs = 20;

/**
 * A relay board that is plugged in and running, with nobody at its port. `hex` is its firmware, as an Intel hex file.
 * On the default clock it runs in real time, and keeps the process alive until it is unplugged.
 *
 * Its chip may be up to 20 ms behind the clock, and 0.5 ms while bytes are on the wire; what is read of the board is up
 * to date all the same, and the times that `onRelay` tells are exact. Throws when the hex is damaged.
 */
export function simulatedBoard({ hex, clock = realClock }: { hex: string; clock?: Clock }): SimulatedBoard {
  const flash = flashFromHex(hex);
  let hang = () => {};

  function start({ power, send, setRelay }: Surroundings): Processor {
    const wire: { byte: number; atMs: number }[] = [];
    /** When the last byte from the host is there. */
    let arrivedMs = Number.NEGATIVE_INFINITY;
    let resetMs = clock.monotonicMs();
    let chip = newChip();
    let running = false;
    let wake = () => {};
    power.addEventListener("abort", () => wake());

    const msAt = (cycles: number) => resetMs + cycles / cyclesPerMs;
    const cyclesAt = (ms: number) => Math.floor((ms - resetMs) * cyclesPerMs);

    function newChip(byWatchdog = false): Chip {
      const pinsChanged = () => {
        for (const [i, [port, pin]] of relayPins.entries()) {
          setRelay(i + 1, chip.isHigh(port, pin), msAt(chip.cycles));
        }
      };
      const watchdogReset = () => {
        resetMs = msAt(chip.cycles);
        chip = newChip(true);
        pinsChanged();
      };
      const sent = (byte: number) => send(Buffer.of(byte));
      return atmega328p(flash, { sent, pinsChanged, watchdogReset }, byWatchdog);
    }

    function runTo(ms: number): void {
      // When the watchdog resets the chip, its next life takes over.
      while (chip.cycles < cyclesAt(ms)) chip.runTo(cyclesAt(ms));
    }

    function catchUp(): void {
      // Whoever is told of a relay may look at the board.
      if (running) return;
      running = true;
      const nowMs = clock.monotonicMs();
      for (let [next] = wire; next && next.atMs <= nowMs && !power.aborted; [next] = wire) {
        runTo(next.atMs);
        chip.receive(next.byte);
        wire.shift();
      }
      runTo(nowMs);
      running = false;
    }

    async function run(): Promise<void> {
      while (!power.aborted) {
        catchUp();
        const woken = new AbortController();
        wake = () => woken.abort();
        const lastByteMs = Math.max(arrivedMs, msAt(chip.sendingUntil));
        await clock.sleep(clock.monotonicMs() < lastByteMs + activeMs ? stepMs : quietStepMs, woken.signal);
      }
    }

    hang = () => {
      catchUp();
      chip.hang();
    };
    void run();
    return {
      receive(bytes) {
        arrivedMs = Math.max(arrivedMs, clock.monotonicMs());
        for (const byte of bytes) {
          arrivedMs += byteMs;
          wire.push({ byte, atMs: arrivedMs });
        }
        wake();
      },
      catchUp,
    };
  }

  return Object.assign(relayBoard(clock, start), { hang: () => hang() });
}
