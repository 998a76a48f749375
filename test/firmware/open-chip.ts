import {
  AVRClock,
  AVRIOPort,
  AVRUSART,
  AVRWatchdog,
  CPU,
  portBConfig,
  portDConfig,
  timer0Config,
  usart0Config,
  watchdogConfig,
} from "avr8js";
import { chipHz } from "../../devices/sprinklers/avr.ts";
import { receiver } from "../../devices/sprinklers/avr-receiver.ts";
import { execution } from "../../devices/sprinklers/avr-run.ts";
import { restingTimer } from "../../devices/sprinklers/avr-timers.ts";
import { flashFromHex } from "../../devices/sprinklers/intel-hex.ts";
import { byteMs, hex } from "./on-board.ts";

/** Of the chip's clock. */
export const cyclesPerMs = chipHz / 1_000;
const sramBytes = 0x800;
/** The instruction with which a pass of the program ends. */
const SLEEP = 0x9588;

/** The chip that runs our firmware with its lid off: a test may see and touch what no wire reaches. */
export interface OpenChip {
  cpu: CPU;
  /** How often the watchdog has struck. The chip is dead then. */
  readonly resets: number;
  pass(ms: number): void;
  /** These bytes arrive, at the pace of the wire. */
  receive(text: string): void;
  /** The same; the lines that the chip ends until it has no more to say. */
  send(text: string): string[];
  /** These bytes arrive while the program stands still: what the serial port has no room for is lost. */
  cram(text: string): void;
  /** The relays whose pins are outputs and high. */
  on(): number[];
  /** Milliseconds since the reset, by the firmware's clock, without its wrap. */
  readonly clockMs: number;
  /** Turns the firmware's clock forward, for the first time while all relays are off. */
  turnClock(ms: number): void;
  /** The firmware's clock stands still, whatever counts on; found as by `turnClock`. */
  stopClock(): void;
}

/** A chip 50 ms after its reset, its banner over; `before` is done before its first instruction. */
export function openChip(before: (cpu: CPU) => void = () => {}): OpenChip {
  const cpu = new CPU(flashFromHex(hex), sramBytes);
  const timers = [restingTimer(cpu, timer0Config)];
  for (const config of [portBConfig, portDConfig]) new AVRIOPort(cpu, config);
  const usart = new AVRUSART(cpu, usart0Config, chipHz);
  new AVRWatchdog(cpu, watchdogConfig, new AVRClock(cpu, chipHz));
  const { runTo, stop } = execution(cpu, timers);
  const arrive = receiver(cpu, usart);
  let resets = 0;
  let heard = "";
  cpu.reset = () => {
    resets++;
    stop();
  };
  usart.onByteTransmit = (byte) => {
    heard += String.fromCharCode(byte);
  };
  before(cpu);

  const pass = (ms: number) => runTo(cpu.cycles + ms * cyclesPerMs);
  function receive(text: string): void {
    for (const byte of Buffer.from(text, "latin1")) {
      arrive(byte);
      pass(byteMs);
    }
  }

  let clocks: number[] | undefined;
  let turnedMs = 0;
  const clockMs = () => cpu.cycles / cyclesPerMs + turnedMs;

  /** Where the firmware has the time: whatever in its memory counts milliseconds. */
  function findClocks(): number[] {
    const addresses = Array.from({ length: sramBytes - 4 }, (_, i) => 0x100 + i);
    const telling = (at: number) => Math.abs(cpu.dataView.getUint32(at, true) - clockMs()) < 3;
    const once = addresses.filter(telling);
    pass(1_000);
    return once.filter(telling);
  }

  /** The same, while the program sleeps: no interrupt is counting on. */
  function clocksAtRest(): number[] {
    clocks ??= findClocks();
    do runTo(cpu.cycles + 1);
    while (cpu.progMem[cpu.pc - 1] !== SLEEP);
    return clocks;
  }

  pass(50);
  heard = "";
  return {
    cpu,
    get resets() {
      return resets;
    },
    pass,
    receive,
    cram(text) {
      for (const byte of Buffer.from(text, "latin1")) arrive(byte);
      pass(byteMs);
    },
    send(text) {
      receive(text);
      for (let before = -1; before < heard.length; pass(10)) before = heard.length;
      const lines = heard.split("\r\n");
      heard = lines.pop() ?? "";
      return lines;
    },
    on() {
      const high = (port: number, ddr: number) => (cpu.data[port] ?? 0) & (cpu.data[ddr] ?? 0);
      const pins = (high(portDConfig.PORT, portDConfig.DDR) >> 2) | (high(portBConfig.PORT, portBConfig.DDR) << 6);
      return [1, 2, 3, 4, 5, 6, 7, 8].filter((relay) => pins & (1 << (relay - 1)));
    },
    get clockMs() {
      return clockMs();
    },
    turnClock(ms) {
      const turn = Math.round(ms);
      for (const at of clocksAtRest()) cpu.dataView.setUint32(at, cpu.dataView.getUint32(at, true) + turn, true);
      turnedMs += turn;
    },
    stopClock() {
      for (const at of clocksAtRest().flatMap((at) => [at, at + 1, at + 2, at + 3])) {
        const byte = cpu.data[at] ?? 0;
        cpu.readHooks[at] = () => byte;
      }
    },
  };
}
