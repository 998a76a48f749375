import { type CPU, portBConfig, portDConfig, timer0Config, usart0Config } from "avr8js";
import { describe, expect, test } from "vitest";
import { allRelays, answer } from "./on-board.ts";
import { openChip } from "./open-chip.ts";

const ports = [
  { ...portDConfig, relays: 0xfc },
  { ...portBConfig, relays: 0x03 },
];
const frameError = 0x10;
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
});

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
});

describe("a byte that the serial port reports as damaged", () => {
  /** Sends a line of which one byte comes with a framing error, as whatever byte. */
  function damaged(line: string, at: number, as: string) {
    const chip = openChip();
    chip.send("3,on\r\n");
    const flip = () => {
      chip.cpu.data[usart0Config.UCSRA] = (chip.cpu.data[usart0Config.UCSRA] ?? 0) ^ frameError;
    };
    chip.receive(line.slice(0, at));
    flip();
    chip.receive(as);
    flip();
    return { chip, lines: chip.send(line.slice(at + 1)) };
  }

  test.each([0, 1, 2, 3])("makes its line an error, even if it came through (byte %d)", (at) => {
    const line = "2,on\r\n";
    const { chip, lines } = damaged(line, at, line.charAt(at));
    const quoted = `${line.slice(0, at)}\\xFF${line.slice(at + 1, 4)}`;
    expect(lines).toEqual([`ERROR: lost bytes in "${quoted}"`]);
    expect(chip.on()).toEqual([3]);
    expect(chip.send("3,off\r\n")).toEqual([answer(3, "off")]);
  });

  test("ends no line: a false line feed makes no command of what is before it", () => {
    const { chip, lines } = damaged("2,onn\r\n", 4, "\n");
    expect(lines).toEqual(['ERROR: lost bytes in "2,on\\xFF"']);
    expect(chip.on()).toEqual([3]);
  });

  test("as its line feed takes the next line with it", () => {
    const { chip, lines } = damaged("2,on\r\n3,off\r\n", 5, "\n");
    expect(lines).toEqual(['ERROR: lost bytes in "2,on\\x0D\\xFF3,off"']);
    expect(chip.on()).toEqual([3]);
  });
});
