import {
  portBConfig,
  portDConfig,
  timer0Config,
  timer1Config,
  timer2Config,
  usart0Config,
  watchdogConfig,
} from "avr8js";
import { describe, expect, test } from "vitest";
import { allRelays, answer } from "./on-board.ts";
import { type OpenChip, openChip } from "./open-chip.ts";

const ports = [portBConfig, portDConfig];
/** The system clock's divider (ATmega328P datasheet, "CLKPR"). */
const CLKPR = 0x61;
/** Enabled, and always due (ATmega328P datasheet, "EECR": while no byte is being written). */
const eepromReady = {
  address: 0x2c,
  flagRegister: 0x3f,
  flagMask: 0,
  enableRegister: 0x3f,
  enableMask: 0x08,
  constant: true,
};

describe("a spark", () => {
  test("that flips all pins is wrong for 2 ms at most", () => {
    const chip = openChip();
    chip.send("2,on\r\n8,on\r\n");
    for (const { PORT } of ports) chip.cpu.writeData(PORT, ~(chip.cpu.data[PORT] ?? 0) & 0xff);
    expect(chip.on()).toEqual([1, 3, 4, 5, 6, 7]);
    chip.pass(2);
    expect(chip.on()).toEqual([2, 8]);
  });

  test("that makes the pins inputs is wrong for 2 ms at most", () => {
    const chip = openChip();
    chip.send(allRelays.map((relay) => `${relay},on\r\n`).join(""));
    for (const { DDR } of ports) chip.cpu.writeData(DDR, 0);
    expect(chip.on()).toEqual([]);
    chip.pass(2);
    expect(chip.on()).toEqual(allRelays);
  });

  test.each([
    ["relay 8", timer1Config],
    ["relay 2", timer2Config],
  ])("that hands the pin of %s to a timer is put right in 2 ms", (_, { TCCRA }) => {
    const chip = openChip();
    for (const bits of [0x10, 0x20, 0x30, 0x40, 0x80, 0xc0]) {
      chip.cpu.writeData(TCCRA, bits);
      chip.pass(2);
      expect((chip.cpu.data[TCCRA] ?? 0) & 0xf0).toBe(0);
    }
  });

  test("that slows the whole chip is put right in 2 ms", () => {
    const chip = openChip();
    chip.cpu.data[CLKPR] = 8;
    chip.pass(2);
    expect(chip.cpu.data[CLKPR]).toBe(0);
  });

  test.each([
    ["disarms", 0],
    ["slows", 0x29],
  ])("that %s the watchdog is put right in 2 ms, and it strikes", (_, value) => {
    const chip = openChip();
    chip.turnClock(0);
    const armed = chip.cpu.data[watchdogConfig.WDTCSR];
    chip.cpu.data[watchdogConfig.WDTCSR] = value;
    chip.pass(2);
    expect(chip.cpu.data[watchdogConfig.WDTCSR]).toBe(armed);
    chip.stopClock();
    chip.pass(600);
    expect(chip.resets).toBe(1);
  });

  test.each([
    ["slows", timer0Config.TCCRB, 5],
    ["stops", timer0Config.TCCRB, 0],
    ["silences", timer0Config.TIMSK, 0],
  ])(
    "that %s the firmware's clock stretches no time: it is put right, or the watchdog strikes",
    (_, register, value) => {
      const chip = openChip();
      chip.send("2,on\r\n");
      chip.cpu.writeData(register, value);
      chip.send("3,on\r\n");
      chip.pass(30_100);
      if (chip.resets === 0) expect(chip.on()).toEqual([]);
    },
  );

  test.each([
    ["stops", timer0Config.TCCRB],
    ["silences", timer0Config.TIMSK],
  ])(
    "that %s the firmware's clock while it sleeps, and nothing wakes it, ends with a reset in 0.6 s",
    (_, register) => {
      const chip = openChip();
      chip.send("2,on\r\n");
      chip.cpu.writeData(register, 0);
      chip.pass(600);
      expect(chip.resets).toBe(1);
    },
  );

  test("that makes the clock stand still for good ends with a reset in 0.6 s, whatever is received meanwhile", () => {
    const chip = openChip();
    chip.turnClock(0);
    chip.send("2,on\r\n");
    chip.stopClock();
    const stoppedMs = chip.clockMs;
    while (chip.resets === 0 && chip.clockMs < stoppedMs + 600) chip.receive("2,on\r\n");
    expect(chip.resets).toBe(1);
  });

  test("that enables an interrupt which nobody serves ends with a reset in 0.6 s, though it is due again and again", () => {
    const chip = openChip();
    chip.send("2,on\r\n");
    chip.cpu.queueInterrupt(eepromReady);
    chip.pass(600);
    expect(chip.resets).toBe(1);
  });

  const { UCSRA, UCSRB, UCSRC, UBRRL, UBRRH } = usart0Config;
  /** The bits of each of the serial port's registers that are the program's to set; another interrupt is another story. */
  const serialPort = [
    ["UCSR0A", UCSRA, 0x03],
    ["UCSR0B", UCSRB, 0xdd],
    ["UCSR0C", UCSRC, 0xff],
    ["UBRR0L", UBRRL, 0xff],
    ["UBRR0H", UBRRH, 0x0f],
  ] as const;
  /** Flips these bits of one register. */
  const flip = ({ cpu }: OpenChip, register: number, bits: number) =>
    cpu.writeData(register, (cpu.data[register] ?? 0) ^ bits);

  test("that flips any bit of the serial port's registers is put right in 2 ms", () => {
    const chip = openChip();
    const read = () => serialPort.map(([, register, bits]) => (chip.cpu.data[register] ?? 0) & bits);
    const before = read();
    for (const [name, register, bits] of serialPort) {
      for (const bit of [1, 2, 4, 8, 16, 32, 64, 128].filter((bit) => bits & bit)) {
        flip(chip, register, bit);
        expect(read()).not.toEqual(before);
        chip.pass(2);
        expect(read(), `bit ${bit} of ${name}`).toEqual(before);
      }
    }
  });

  test.each(serialPort)(
    "that flips the serial port's register %s costs the line it falls into, and no more",
    (_, ...which) => {
      const chip = openChip();
      chip.receive("2,o");
      flip(chip, ...which);
      chip.pass(2);
      expect(chip.send("n\r\n3,on\r\n")).toEqual(['ERROR: lost bytes in "2,o\\xFFn"', answer(3, "on")]);
      expect(chip.on()).toEqual([3]);
      // In the middle of an answer, at all points of a byte.
      chip.receive("status\r\n");
      for (let i = 0; i < 20; i++) {
        chip.pass(2.3);
        flip(chip, ...which);
      }
      chip.pass(100);
      chip.send("\n");
      expect(chip.send("3,off\r\n")).toEqual([answer(3, "off")]);
    },
  );
});
