import type { Clock } from "../../src/clock.ts";
import type { Uart } from "./fake-uart.ts";

/** What the sketch finds around it on the board. */
export interface Hardware {
  clock: Clock;
  /** Aborted when the board loses power or is reset: this run of the sketch is over. */
  power: AbortSignal;
  uart: Uart;
  setRelay(relay: number, on: boolean): void;
  /** Sends a line and resolves when its last byte is out. */
  print(line: string): Promise<void>;
}

// The original counts loops instead of time, which makes 30.4 to 31.2 s; this one always takes the middle.
const deadManMs = 30_800;
const parserTimeoutMs = 40;
const stateBytes = 16;

/**
 * The original firmware of 2020, weaknesses included: it acts on garbage, forgets its dead-man timers while noise keeps
 * its parser busy, answers a bad line with two errors, and takes a command with a pause of 40 ms inside for two bad
 * lines.
 * Left out: the write past its buffer, and a minus sign before the relay's number.
 */
export async function originalSketch({ clock, power, uart, setRelay, print }: Hardware): Promise<void> {
  const offAtMs = new Map<number, number>();

  // Whatever stands before the first digit is skipped, for as long as it keeps coming: here noise freezes the timers.
  async function readRelay(): Promise<number | undefined> {
    let relay: number | undefined;
    while (await uart.available(parserTimeoutMs)) {
      const digit = (uart.peek() ?? 0) - 0x30;
      const isDigit = digit >= 0 && digit <= 9;
      if (relay !== undefined && !isDigit) break;
      if (isDigit) relay = ((relay ?? 0) * 10 + digit) & 0xffff; // An int has 16 bits on this processor.
      uart.read();
    }
    return relay;
  }

  // To the line's end, to the buffer's end (the rest is taken for the next line), or to a pause.
  async function readState(): Promise<"on" | "off" | undefined> {
    let text = "";
    while (text.length < stateBytes && (await uart.available(parserTimeoutMs))) {
      const character = String.fromCharCode(uart.read() ?? 0);
      if (character === "\n") break;
      text += character;
    }
    const word = /,(on|off)/.exec(text)?.[1];
    return word === "on" || word === "off" ? word : undefined;
  }

  async function complain(problem: string): Promise<void> {
    await print(`ERROR: ${problem}`);
    await print("ERROR: failed to handle request");
  }

  async function handleRequest(): Promise<void> {
    const relay = await readRelay();
    const state = relay === undefined ? undefined : await readState();
    if (power.aborted) return;
    if (relay === undefined || relay < 1 || relay > 8) return complain(`relay ${relay ?? 0} is not between 1 and 8`);
    if (state === undefined) return complain(`unknown state for relay ${relay}`);
    setRelay(relay, state === "on");
    if (state === "on") offAtMs.set(relay, clock.monotonicMs() + deadManMs);
    else offAtMs.delete(relay);
    return print(`INFO: requesting relay ${relay} change to state ${state}`);
  }

  await print("DEBUG: setup() complete");
  while (!power.aborted) {
    const nextMs = Math.min(...offAtMs.values()) - clock.monotonicMs();
    if (await uart.available(nextMs)) await handleRequest();
    for (const [relay, atMs] of offAtMs) {
      if (power.aborted || clock.monotonicMs() < atMs) continue;
      offAtMs.delete(relay);
      setRelay(relay, false);
      await print(`INFO: requesting relay ${relay} change to state off (due to timeout)`);
    }
  }
}
