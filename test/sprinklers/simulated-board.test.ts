import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { AVRUSART, CPU, usart0Config } from "avr8js";
import { SerialPort } from "serialport";
import { describe, expect, test, vi } from "vitest";
import { atmega328p, chipHz } from "../../devices/sprinklers/avr.ts";
import { receiver } from "../../devices/sprinklers/avr-receiver.ts";
import { flashFromHex } from "../../devices/sprinklers/intel-hex.ts";
import { boardOnPty } from "../../devices/sprinklers/pty.ts";
import { type SimulatedBoard, simulatedBoard } from "../../devices/sprinklers/simulated-board.ts";
import { virtualClock } from "../support/clock.ts";
import { suite } from "../support/need.ts";

const hex = await readFile(new URL("../../devices/sprinklers/firmware/sprinklers.hex", import.meta.url), "latin1");
const banner = "DEBUG: setup() complete\r\n";
const answer = (relay: number, state: string) => `INFO: requesting relay ${relay} change to state ${state}\r\n`;
const timeout = (relay: number) => answer(relay, "off (due to timeout)");
/** Ten bits at 9600 baud. */
const byteMs = 10_000 / 9_600;

function listen(port: Duplex) {
  const heard = { text: "", closed: false };
  port.on("data", (bytes: Buffer) => {
    heard.text += bytes.toString("latin1");
  });
  port.on("close", () => {
    heard.closed = true;
  });
  return heard;
}

/** What the relays do, each with its time. */
function watch(board: SimulatedBoard) {
  const moves: { relay: number; on: boolean; atMs: number }[] = [];
  board.onRelay((relay, on, atMs) => moves.push({ relay, on, atMs }));
  return moves;
}

/** A board in virtual time with an open port, whose banner is over. */
async function opened() {
  const clock = virtualClock();
  const board = simulatedBoard({ hex, clock });
  const port = await board.open();
  const heard = listen(port);
  await clock.advance(100);
  expect(heard.text).toBe(banner);
  heard.text = "";
  const send = async (text: string, thenMs = 200) => {
    port.write(text);
    await clock.advance(thenMs);
  };
  return { clock, board, port, heard, moves: watch(board), send };
}

describe("in virtual time", () => {
  test("opening the port resets the chip, closing it doesn't", async () => {
    const { clock, board, port, send } = await opened();
    await send("2,on\r\n");
    port.destroy();
    await clock.advance(1_000);
    expect([...board.relays]).toEqual([2]);
    const heard = listen(await board.open());
    expect([...board.relays]).toEqual([]);
    await clock.advance(100);
    expect(heard.text).toBe(banner);
  });

  test("a relay moves when the last byte of its command has come over the wire", async () => {
    const { clock, moves, send } = await opened();
    const startMs = clock.monotonicMs();
    await send("2,on\r\n");
    await send("2,off\r\n");
    const wireMs = [startMs + 6 * byteMs, startMs + 200 + 7 * byteMs];
    expect(moves).toMatchObject([
      { relay: 2, on: true },
      { relay: 2, on: false },
    ]);
    for (const [i, { atMs }] of moves.entries()) {
      expect(atMs).toBeGreaterThan(wireMs[i] ?? 0);
      expect(atMs).toBeLessThan((wireMs[i] ?? 0) + 1);
    }
  });

  test("the host hears a byte when its last bit is out", async () => {
    const { clock, heard, port } = await opened();
    port.write("8,on\r\n");
    await clock.advance(6 * byteMs + 1);
    for (let bytes = 0; bytes < answer(8, "on").length; bytes++) {
      expect(Math.abs(heard.text.length - bytes)).toBeLessThanOrEqual(1);
      await clock.advance(byteMs);
    }
    await clock.advance(2);
    expect(heard.text).toBe(answer(8, "on"));
  });

  test("what is read at the end of 30 s is true to the millisecond", async () => {
    const { clock, board, heard, moves, send } = await opened();
    await send("5,on\r\n", 100);
    const onMs = moves[0]?.atMs ?? 0;
    await clock.advance(onMs + 29_995 - clock.monotonicMs());
    expect([...board.relays]).toEqual([5]);
    heard.text = "";
    await clock.advance(10);
    expect([...board.relays]).toEqual([]);
    expect((moves[1]?.atMs ?? 0) - onMs).toBeCloseTo(30_000, -1);
    await clock.advance(100);
    expect(heard.text).toBe(timeout(5));
  });

  test("what a host says to the bootloader is lost", async () => {
    const { clock, board, heard, send } = await opened();
    board.faults.bannerDelayMs = 1_000;
    board.reset();
    await send("2,on\r\n", 1_000);
    expect(heard.text).toBe("");
    await clock.advance(100);
    expect(heard.text).toBe(banner);
    expect([...board.relays]).toEqual([]);
  });

  test("a reset in the middle of a command loses it, a command after it does not", async () => {
    const { clock, board, heard, send } = await opened();
    await send("3,on\r\n");
    await send("2,o", 10);
    heard.text = "";
    board.reset();
    expect([...board.relays]).toEqual([]);
    await clock.advance(100);
    await send("n\r\n");
    expect(heard.text).toMatch(/^DEBUG: setup\(\) complete\r\nERROR: [^\r\n]+\r\n$/);
    await send("4,on\r\n");
    expect([...board.relays]).toEqual([4]);
  });

  test("pulling the cable drops every relay and closes the port, and the board starts anew when it is plugged in", async () => {
    const { clock, board, heard, send } = await opened();
    await send("2,on\r\n");
    board.unplug();
    expect([...board.relays]).toEqual([]);
    await clock.settle();
    expect(heard.closed).toBe(true);
    await expect(board.open()).rejects.toThrow("No such file or directory");
    board.plug();
    const again = listen(await board.open());
    await clock.advance(100);
    expect(again.text).toBe(banner);
  });

  test("the watchdog ends a hang: everything goes off, and the board starts anew", async () => {
    const { clock, board, heard, moves, send } = await opened();
    await send("2,on\r\n");
    const startMs = clock.monotonicMs();
    heard.text = "";
    board.hang();
    await send("2,off\r\n", 2_000);
    expect(moves.at(-1)).toMatchObject({ relay: 2, on: false });
    expect((moves.at(-1)?.atMs ?? 0) - startMs).toBeLessThan(1_100);
    expect(heard.text).toBe(banner);
    await send("3,on\r\n");
    expect([...board.relays]).toEqual([3]);
  });

  test("a clock that jumps is made up for", async () => {
    const { clock, board, heard, moves, send } = await opened();
    await send("2,on\r\n");
    heard.text = "";
    clock.jump(60_000);
    expect([...board.relays]).toEqual([]);
    expect((moves[1]?.atMs ?? 0) - (moves[0]?.atMs ?? 0)).toBeCloseTo(30_000, -1);
    await clock.settle();
    await clock.advance(20);
    expect(heard.text).toBe(timeout(2));
  });

  test("whoever is told of a relay may look at the board and pull its plug", async () => {
    const { clock, board, heard, moves, send } = await opened();
    const seen: number[][] = [];
    board.onRelay((_relay, on) => {
      seen.push([...board.relays]);
      if (on) board.unplug();
    });
    await send("2,on\r\n3,on\r\n", 1_000);
    expect(seen).toEqual([[2], []]);
    expect(moves).toHaveLength(2);
    expect(heard.text).toBe("");
    await clock.advance(1_000);
    expect([...board.relays]).toEqual([]);
  });

  test("the same story is the same to the microsecond when it is told again", async () => {
    const tell = async () => {
      const { clock, board, heard, moves, send } = await opened();
      for (let i = 0; i < 20; i++) await send(`${(i % 9) + 1},${i % 3 ? "on" : "off"}\r\n`, (i * 37) % 90);
      board.hang();
      await clock.advance(5_000);
      await send("1,on\r\n8,on\r\n", 40_000);
      return { moves, text: heard.text };
    };
    const first = await tell();
    expect(first.moves.length).toBeGreaterThan(10);
    expect(await tell()).toEqual(first);
  });
});

describe("with a fault of its cable", () => {
  const on = answer(2, "on");
  test.each([
    ["silent", { silent: true }, "", [2]],
    ["deaf", { deaf: true }, "", []],
    ["an answer lost", { loseAnswers: 1 }, "", [2]],
    ["answers twice", { doubleAnswers: true }, on + on, [2]],
    ["lines in pieces", { splitLines: true }, on, [2]],
  ])("%s", async (_name, faults, text, relays) => {
    const { board, heard, send } = await opened();
    Object.assign(board.faults, faults);
    await send("2,on\r\n");
    expect(heard.text).toBe(text);
    expect([...board.relays]).toEqual(relays);
    expect(board.received).toEqual(["2,on"]);
  });

  test("a late answer, a fragment before the banner, a damaged command and line noise", async () => {
    const { clock, board, heard, send } = await opened();
    board.faults.lateAnswersMs = 1_000;
    await send("2,on\r\n", 1_000);
    expect(heard.text).toBe("");
    await clock.advance(60);
    expect(heard.text).toBe(on);
    Object.assign(board.faults, { lateAnswersMs: 0, bannerFragment: true });
    heard.text = "";
    board.reset();
    await clock.advance(100);
    expect(heard.text).toBe(`DE${banner}`);
    board.faults.garbleCommands = 1;
    heard.text = "";
    await send("2,on\r\n");
    expect(heard.text).toMatch(/^ERROR: [^\r\n]+\r\n$/);
    heard.text = "";
    board.say(Buffer.from([0x00, 0xff, 0x0a]));
    await clock.settle();
    expect(heard.text).toBe("\u0000\u00ff\n");
  });
});

describe("the chip", () => {
  const nobody = { sent() {}, pinsChanged() {}, watchdogReset() {} };
  /** Instructions. */
  const [SET_PORTD_2, SET_DDRD_2, SLEEP, STAY] = [0x9a5a, 0x9a52, 0x9588, 0xcfff];
  const [LOAD_5, TO_SMCR] = [0xe005, 0xbf03];

  test("drives a pin high when it is an output and set", () => {
    const chip = atmega328p(Uint16Array.of(SET_PORTD_2, SET_DDRD_2, STAY, 0), nobody);
    chip.runTo(2);
    expect(chip.isHigh("D", 2)).toBe(false);
    chip.runTo(10);
    expect(chip.isHigh("D", 2)).toBe(true);
  });

  test("does not pretend to sleep in another mode than idle", () => {
    const chip = atmega328p(Uint16Array.of(LOAD_5, TO_SMCR, SLEEP, STAY, 0), nobody);
    expect(() => chip.runTo(100)).toThrow("SMCR is 5");
  });

  test("is reset by its watchdog again after 16 ms if it does not turn it off", () => {
    let resets = 0;
    const chip = atmega328p(Uint16Array.of(STAY, 0), { ...nobody, watchdogReset: () => void resets++ }, true);
    chip.runTo(0.015 * chipHz);
    expect(resets).toBe(0);
    chip.runTo(0.017 * chipHz);
    expect(resets).toBe(1);
    expect(chip.cycles).toBeLessThan(0.0165 * chipHz);
  });

  test("keeps three bytes for a program that is busy, loses the fourth, and says so with the next it hands over", () => {
    const { UCSRA, UCSRB, UDR } = usart0Config;
    const cpu = new CPU(new Uint16Array(16));
    const receive = receiver(cpu, new AVRUSART(cpu, usart0Config, chipHz));
    const receiverEnabled = 0x10;
    const [complete, overrun] = [0x80, 0x08];
    const pass = () => {
      cpu.cycles += 100;
      cpu.tick();
    };
    cpu.writeData(UCSRB, receiverEnabled);
    for (const byte of [1, 2, 3, 4]) {
      receive(byte);
      pass();
    }
    const read: (number | undefined)[] = [];
    for (; (cpu.readData(UCSRA) ?? 0) & complete; pass()) {
      read.push(cpu.readData(UCSRA) & overrun, cpu.readData(UDR));
    }
    expect(read).toEqual([0, 1, overrun, 2, 0, 3]);
  });

  test.each([
    [":00000001FE\n", "line 1 of the hex file does not match its checksum"],
    [":0100000000FF\n", "the hex file has no end"],
    [":0100000000FF\nhello\n:00000001FF\n", "line 2 of the hex file is no record"],
    [":0200000000FE\n:00000001FF\n", "line 1 of the hex file is too short or too long"],
    [":0280000000007E\n", "line 1 of the hex file does not fit into 32 KB"],
    [":020000040001F9\n", "line 1 of the hex file has the type 4"],
  ])("takes no damaged program: %j", (damaged, problem) => {
    expect(() => flashFromHex(damaged)).toThrow(problem);
  });
});

describe("in real time", () => {
  test("a command moves its relay and is answered", async () => {
    const board = simulatedBoard({ hex });
    try {
      const port = await board.open();
      const heard = listen(port);
      await vi.waitFor(() => expect(heard.text).toBe(banner));
      const moves = watch(board);
      const startMs = performance.now();
      port.write("2,on\r\n");
      await vi.waitFor(() => expect(heard.text).toBe(banner + answer(2, "on")));
      expect([...board.relays]).toEqual([2]);
      expect((moves[0]?.atMs ?? 0) - startMs).toBeGreaterThan(6 * byteMs);
      expect((moves[0]?.atMs ?? 0) - startMs).toBeLessThan(6 * byteMs + 2);
    } finally {
      board.unplug();
    }
  });
});

suite("on a pty", ["python3"], () => {
  test("serialport opens it, which resets it, and a pulled cable takes its power", async () => {
    await using stack = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), "board-"));
    stack.defer(() => rm(folder, { recursive: true }));
    const board = simulatedBoard({ hex });
    const cable = stack.use(await boardOnPty(board, join(folder, "ttyACM0")));
    const open = async () => {
      const port = new SerialPort({ path: cable.path, baudRate: 9_600, autoOpen: false });
      await new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())));
      const close = () => new Promise<void>((resolve) => (port.isOpen ? port.close(() => resolve()) : resolve()));
      stack.defer(close);
      return { port, close, heard: listen(port) };
    };
    const first = await open();
    await vi.waitFor(() => expect(first.heard.text).toBe(banner));
    first.port.write("2,on\r\n");
    await vi.waitFor(() => expect(first.heard.text).toBe(banner + answer(2, "on")));
    await first.close();
    expect([...board.relays]).toEqual([2]);
    const second = await open();
    await vi.waitFor(() => expect(second.heard.text).toContain(banner));
    expect([...board.relays]).toEqual([]);
    second.port.write("3,on\r\n");
    await vi.waitFor(() => expect([...board.relays]).toEqual([3]));
    await cable.unplug();
    expect([...board.relays]).toEqual([]);
  });
});
