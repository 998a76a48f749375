import { type CPU, portBConfig, portDConfig, usart0Config, watchdogConfig } from "avr8js";
import { describe, expect, test } from "vitest";
import { allRelays } from "./on-board.ts";
import { cyclesPerMs, openChip } from "./open-chip.ts";

const ports = [
  { ...portDConfig, relays: 0xfc },
  { ...portBConfig, relays: 0x03 },
];
const sramStart = 0x100;

describe("from the first instruction on", () => {
  /** Watches the relays' pins through a start: which were ever high, and whether all were held low before the banner. */
  function start(before: (cpu: CPU) => void = () => {}) {
    let high = 0;
    let held: boolean | undefined;
    const isLow = ({ DDR, PORT, relays }: (typeof ports)[number], { data }: CPU) =>
      ((data[DDR] ?? 0) & ~(data[PORT] ?? 0) & relays) === relays;
    const { cpu } = openChip((cpu) => {
      before(cpu);
      const say = cpu.writeHooks[usart0Config.UDR];
      cpu.writeHooks[usart0Config.UDR] = (...what) => {
        held ??= ports.every((port) => isLow(port, cpu));
        return say?.(...what);
      };
      for (const { PORT, DDR, relays } of ports) {
        for (const register of [PORT, DDR]) {
          const write = cpu.writeHooks[register];
          cpu.writeHooks[register] = (value, ...more) => {
            const done = write?.(value, ...more);
            high |= (cpu.data[PORT] ?? 0) & (cpu.data[DDR] ?? 0) & relays;
            return done;
          };
        }
      }
    });
    return { high, held, low: ports.every((port) => isLow(port, cpu)) };
  }

  test("no pin of a relay is high before a command, and each is held low before the board says anything", () => {
    expect(start()).toEqual({ high: 0, held: true, low: true });
  });

  test("no pin is high for a moment even where a bootloader left its pull-up on", () => {
    const pullUp = (cpu: CPU) => {
      for (const { PORT } of ports) cpu.writeData(PORT, 0xff);
    };
    expect(start(pullUp)).toEqual({ high: 0, held: true, low: true });
  });

  test("nothing counts that a reset left in the memory: a relay that was on, a time, half a line", () => {
    const chip = openChip((cpu) => cpu.data.fill(1, sramStart));
    chip.pass(1_000);
    expect(chip.on()).toEqual([]);
    expect(chip.send("status\r\n")).toEqual([`INFO: status ${allRelays.map((relay) => `${relay}=off`).join(" ")}`]);
  });

  test("the watchdog that its own reset left running, with 16 ms, is off before anything is set up, then on with 0.5 s", () => {
    const { MCUSR, WDTCSR } = watchdogConfig;
    const [byWatchdog, enabled, change, halfSecond] = [0x08, 0x08, 0x10, 0x0d];
    let offMs: number | undefined;
    const { cpu } = openChip((cpu) => {
      cpu.data[MCUSR] = byWatchdog;
      cpu.writeData(WDTCSR, change | enabled);
      cpu.writeData(WDTCSR, enabled);
      const write = cpu.writeHooks[WDTCSR];
      cpu.writeHooks[WDTCSR] = (...what) => {
        const done = write?.(...what);
        // While the chip knows why it was reset, nothing ends the watchdog (ATmega328P datasheet, "WDE").
        const ends = !((cpu.data[WDTCSR] ?? 0) & enabled) && !((cpu.data[MCUSR] ?? 0) & byWatchdog);
        if (ends) offMs ??= cpu.cycles / cyclesPerMs;
        return done;
      };
    });
    expect(offMs).toBeLessThan(0.01);
    expect((cpu.data[WDTCSR] ?? 0) & 0x2f).toBe(halfSecond);
  });
});
