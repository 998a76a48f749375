import { avrInstruction, type CPU } from "avr8js";
import { nextEvent, type Timer } from "./avr-timers.ts";

/** A processor that executes what is in its flash memory. */
export interface Execution {
  /**
   * Executes until that cycle, and at most one instruction more. Throws an Error when the program sleeps deeper than
   * idle, which is not simulated.
   */
  runTo(cycles: number): void;
  /** Goes on at this address, awake. */
  jump(address: number): void;
  /** Executes nothing any more. */
  stop(): void;
}

/** Sleep Mode Control Register, and Sleep Enable in it; idle is the mode 0 (ATmega328P datasheet, "SMCR"). */
const SMCR = 0x53;
const SE = 0x01;
/** Instructions (AVR Instruction Set Manual). */
const SLEEP = 0x9588;
const SEI = 0x9478;
const RETI = 0x9518;

/** Executes a program, with what avr8js leaves out: it sleeps, and interrupts wait for one instruction where they should. */
export function execution(cpu: CPU, timers: readonly Timer[]): Execution {
  // A test runner makes each use of an import a look-up, which takes as long as the instruction.
  const execute = avrInstruction;
  let asleep = false;
  let stopped = false;

  function step(): void {
    const instruction = cpu.progMem[cpu.pc];
    execute(cpu);
    // No interrupt slips in between SEI and SLEEP, which would then sleep on (datasheet, "Reset and Interrupt Handling").
    if (instruction === SEI || instruction === RETI) return;
    if (instruction === SLEEP) fallAsleep();
    if (isDue()) tick();
  }

  /** Asked after each instruction: looking is quicker than cpu.tick(), which finds nothing to do nearly every time. */
  function isDue(): boolean {
    // biome-ignore lint/complexity/useLiteralKeys: avr8js calls it private, and has no other way to ask.
    const event = cpu["nextClockEvent"];
    return cpu.nextInterrupt >= 0 || (event !== null && event.cycles <= cpu.cycles);
  }

  function fallAsleep(): void {
    const mode = cpu.data[SMCR] ?? 0;
    if (!(mode & SE)) return;
    if (mode !== SE) throw new Error(`the program sleeps in a mode that is not simulated: SMCR is ${mode}`);
    asleep = true;
  }

  /** Lets happen what is due; an interrupt wakes the chip. */
  function tick(): void {
    const { pc } = cpu;
    cpu.tick();
    if (cpu.pc !== pc) asleep = false;
  }

  return {
    runTo(cycles) {
      while (cpu.cycles < cycles && !stopped) {
        if (!asleep) step();
        else {
          cpu.cycles = Math.max(cpu.cycles, Math.min(cycles, nextEvent(cpu, timers)));
          tick();
        }
      }
    },
    jump(address) {
      cpu.pc = address;
      asleep = false;
    },
    stop() {
      stopped = true;
    },
  };
}
