import type { Clock } from "../../src/clock.ts";

/** What one byte takes on the wire, in milliseconds: ten bits at 9600 baud. */
export const byteMs = 10_000 / 9_600;

const bufferBytes = 64;
const lineFeed = 0x0a;
// Sums of byteMs are not exact: without this, a sleeper could wake a hair before its byte and have to sleep again.
const toleranceMs = 0.001;

/** The receiving half of the board's serial port: bytes come in at the wire's pace, into a buffer of 64. */
export interface Uart {
  /** The host has written these bytes. They arrive one by one; one that finds the buffer full is lost. */
  receive(bytes: Uint8Array): void;
  /** True once there is a byte to read; false when none came within `waitMs` (Infinity: for ever) or the power went. */
  available(waitMs: number): Promise<boolean>;
  /** The next byte, which stays; undefined when there is none. */
  peek(): number | undefined;
  /** Takes the next byte; undefined when there is none. */
  read(): number | undefined;
}

/** A serial port that works until `power` is aborted. */
export function uart(clock: Clock, power: AbortSignal): Uart {
  const onTheWire: { byte: number; atMs: number }[] = [];
  const buffer: number[] = [];
  let wake = () => {};
  power.addEventListener("abort", () => wake());

  // Nothing is taken from the buffer between two calls, so it is enough to look at the wire when somebody reads.
  const arrive = () => {
    const now = clock.monotonicMs() + toleranceMs;
    for (let first = onTheWire[0]; first && first.atMs <= now; first = onTheWire[0]) {
      onTheWire.shift();
      if (buffer.length < bufferBytes) buffer.push(first.byte);
    }
  };

  const pause = (ms: number) => {
    const woken = new AbortController();
    wake = () => woken.abort();
    if (ms !== Number.POSITIVE_INFINITY) return clock.sleep(ms, woken.signal);
    return new Promise<void>((resolve) => woken.signal.addEventListener("abort", () => resolve()));
  };

  return {
    receive(bytes) {
      let atMs = onTheWire.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
      for (const byte of bytes) {
        // On an idle wire the first byte is there at once: a six-byte command was seen to move its relay after 5 ms.
        atMs = Math.max(clock.monotonicMs(), atMs + byteMs);
        onTheWire.push({ byte, atMs });
      }
      wake();
    },
    async available(waitMs) {
      const deadline = clock.monotonicMs() + waitMs;
      for (;;) {
        arrive();
        if (power.aborted) return false;
        if (buffer.length > 0) return true;
        const now = clock.monotonicMs();
        if (now >= deadline) return false;
        // Nobody acts before the end of a line, so one waking up per line is enough.
        const next = onTheWire.find((b) => b.byte === lineFeed) ?? onTheWire.at(-1);
        await pause(Math.min(deadline, next?.atMs ?? deadline) - now);
      }
    },
    peek: () => buffer[0],
    read: () => buffer.shift(),
  };
}
