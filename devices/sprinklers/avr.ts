import {
  AVRClock,
  AVRIOPort,
  AVRUSART,
  AVRWatchdog,
  CPU,
  PinState,
  portBConfig,
  portCConfig,
  portDConfig,
  timer0Config,
  timer1Config,
  timer2Config,
  usart0Config,
  watchdogConfig,
} from "avr8js";
import { receiver } from "./avr-receiver.ts";
import { execution } from "./avr-run.ts";
import { restingTimer } from "./avr-timers.ts";

/** The frequency of an Arduino Uno's chip. */
export const chipHz = 16_000_000;

/** An ATmega328P, from a reset on. It has timers, a serial port, ports B to D and a watchdog, and no ADC or EEPROM. */
export interface Chip {
  /** Clock cycles since the reset. */
  readonly cycles: number;
  /** The cycle at which the byte that it is sending is out; in the past when there is none. */
  readonly sendingUntil: number;
  /**
   * Executes up to that many cycles since the reset, and at most one instruction more; less when the watchdog resets it.
   * Throws an Error when the program sleeps deeper than idle, which is not simulated.
   */
  runTo(cycles: number): void;
  /** The last bit of this byte has arrived. */
  receive(byte: number): void;
  /** Whether the pin is an output and high. */
  isHigh(port: "B" | "C" | "D", pin: number): boolean;
  /** From now on the program does nothing but serve its interrupts, as if it were stuck in an endless loop. */
  hang(): void;
}

/** What happens around the chip. */
export interface ChipListener {
  /** The last bit of this byte is out. */
  sent(byte: number): void;
  /** Some pin may be high or low that was not. */
  pinsChanged(): void;
  /** The watchdog has reset the chip. This one is done for: its next life is another Chip. */
  watchdogReset(): void;
}

const sramBytes = 0x800;
/** Registers of the ATmega328P, by their address in data memory (datasheet, "Register Summary"), and bits in them. */
const MCUSR = 0x54;
const WDRF = 0x08;
const WDTCSR = 0x60;
const WDE = 0x08;
const WDCE = 0x10;
/** The instruction RJMP -1. */
const JUMP_TO_ITSELF = 0xcfff;

/** A chip that has just been reset, by its watchdog or otherwise, with a program for which flashFromHex makes the words. */
export function atmega328p(program: Uint16Array, listener: ChipListener, byWatchdog = false): Chip {
  const flash = Uint16Array.from(program);
  // The end of the flash belongs to an Uno's bootloader, which is not simulated.
  const endless = flash.length - 1;
  flash[endless] = JUMP_TO_ITSELF;

  const cpu = new CPU(flash, sramBytes);
  const timers = [timer0Config, timer1Config, timer2Config].map((config) => restingTimer(cpu, config));
  const ports = {
    B: new AVRIOPort(cpu, portBConfig),
    C: new AVRIOPort(cpu, portCConfig),
    D: new AVRIOPort(cpu, portDConfig),
  };
  const usart = new AVRUSART(cpu, usart0Config, chipHz);
  new AVRWatchdog(cpu, watchdogConfig, new AVRClock(cpu, chipHz));
  const { runTo, jump, stop } = execution(cpu, timers);
  let sendingUntil = 0;

  for (const port of Object.values(ports)) port.addListener(() => listener.pinsChanged());
  // avr8js tells of a byte when its first bit goes out.
  usart.onByteTransmit = (byte) => {
    const cycles = Math.round((chipHz / usart.baudRate) * bitsPerByte(usart));
    sendingUntil = cpu.cycles + cycles;
    cpu.addClockEvent(() => listener.sent(byte), cycles);
  };
  // avr8js would go on with the same memory and devices.
  cpu.reset = () => {
    stop();
    listener.watchdogReset();
  };
  if (byWatchdog) {
    // It still runs, with its shortest time of 16 ms (datasheet, "WDTCSR"): an Uno's bootloader would have ended that.
    cpu.data[MCUSR] = WDRF;
    cpu.writeData(WDTCSR, WDCE | WDE);
    cpu.writeData(WDTCSR, WDE);
  }

  return {
    get cycles() {
      return cpu.cycles;
    },
    get sendingUntil() {
      return sendingUntil;
    },
    runTo,
    receive: receiver(cpu, usart),
    isHigh: (port, pin) => ports[port].pinState(pin) === PinState.High,
    hang: () => jump(endless),
  };
}

const bitsPerByte = ({ bitsPerChar, parityEnabled, stopBits }: AVRUSART) =>
  1 + bitsPerChar + (parityEnabled ? 1 : 0) + stopBits;
