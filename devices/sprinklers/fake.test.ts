import { spawnSync } from "node:child_process";
import { mkdtemp, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { SerialPort } from "serialport";
import { describe, expect, test, vi } from "vitest";
import { virtualClock } from "../../test/support/clock.ts";
import { scriptedBoard } from "./fake.ts";
import { boardOnPty } from "./pty.ts";

const banner = "DEBUG: setup() complete\r\n";
const answer = (relay: number, state: string) => `INFO: requesting relay ${relay} change to state ${state}\r\n`;
const timeout = (relay: number) => answer(relay, "off (due to timeout)");

/** Everything the host hears, as one text. */
function listen(port: Duplex) {
  const heard = { text: "", chunks: 0, closed: false, error: undefined as Error | undefined };
  port.on("data", (bytes: Buffer) => {
    heard.text += bytes.toString("latin1");
    heard.chunks++;
  });
  port.on("error", (error) => {
    heard.error = error;
  });
  port.on("close", () => {
    heard.closed = true;
  });
  return heard;
}

/** A board in virtual time whose port is open and whose banner is over. */
async function opened() {
  const clock = virtualClock();
  const board = scriptedBoard({ clock });
  const port = await board.open();
  const heard = listen(port);
  await clock.advance(100);
  heard.text = "";
  heard.chunks = 0;
  const send = async (text: string, thenMs = 200) => {
    port.write(text);
    await clock.advance(thenMs);
  };
  return { clock, board, port, heard, send };
}

describe("in memory", () => {
  test("opening the port resets the board: everything goes off and the banner follows", async () => {
    const { clock, board, port, send } = await opened();
    await send("2,on\r\n");
    port.destroy();
    await clock.advance(100);
    expect([...board.relays]).toEqual([2]);
    const heard = listen(await board.open());
    expect([...board.relays]).toEqual([]);
    await clock.advance(100);
    expect(heard.text).toBe(banner);
  });

  test("the relay moves 5 ms after the command and the answer is there 47 ms later", async () => {
    const { clock, board, port, heard } = await opened();
    const moves: unknown[] = [];
    board.onRelay((relay, on, atMs) => moves.push([relay, on, Math.round(atMs)]));
    port.write("2,on\r\n");
    await clock.advance(51);
    expect(moves).toEqual([[2, true, 105]]);
    expect(heard.text).toBe("");
    await clock.advance(2);
    expect(heard.text).toBe(answer(2, "on"));
  });

  test("a command that changes nothing is answered all the same", async () => {
    const { board, heard, send } = await opened();
    const moved = vi.fn();
    board.onRelay(moved);
    await send("7,off\r\n");
    expect(heard.text).toBe(answer(7, "off"));
    expect(moved).not.toHaveBeenCalled();
  });

  test("a relay goes off by itself 30.8 s after its own last on, and says so", async () => {
    const { clock, board, heard, send } = await opened();
    await send("2,on\r\n", 20_000);
    await send("2,on\r\n", 10_000);
    await send("3,on\r\n", 20_700);
    expect([...board.relays]).toEqual([2, 3]);
    heard.text = "";
    await clock.advance(300);
    expect([...board.relays]).toEqual([3]);
    expect(heard.text).toBe(timeout(2));
    await send("3,off\r\n", 60_000);
    expect(heard.text).toBe(timeout(2) + answer(3, "off"));
  });

  test("a host that closes the port leaves the relay on until its dead-man timer ends", async () => {
    const { clock, board, port, send } = await opened();
    await send("2,on\r\n");
    port.destroy();
    await clock.advance(30_000);
    expect([...board.relays]).toEqual([2]);
    await clock.advance(1_000);
    expect([...board.relays]).toEqual([]);
  });

  test.each(["hello\r\n", "9,on\r\n", "0,off\r\n", "2,maybe\r\n", "2\r\n", "on\r\n"])(
    "the bad line %j gets two errors and moves nothing",
    async (line) => {
      const { board, heard, send } = await opened();
      await send(line);
      expect(heard.text).toMatch(/^(ERROR: [^\r\n]+\r\n){2}$/);
      expect([...board.relays]).toEqual([]);
    },
  );

  test.each([
    ["zz!3,on\r\n", [3]],
    ["65538,on\r\n", [2]],
    ["2 x,only\r\n", [2]],
    ["4,on", [4]],
    ["2,on3,off\r\n", [2]],
    ["2,on______________3,on\r\n", [2, 3]],
  ])("it acts on the garbage %j", async (bytes, relays) => {
    const { board, heard, send } = await opened();
    await send(bytes);
    expect([...board.relays]).toEqual(relays);
    expect(heard.text).toBe(relays.map((relay) => answer(relay, "on")).join(""));
  });

  test("16 commands back to back give 13 answers, the rest is lost without a trace", async () => {
    const { board, heard, send } = await opened();
    await send(Array.from({ length: 16 }, (_, i) => `${(i % 8) + 1},on\r\n`).join(""), 2_000);
    expect(heard.text.match(/INFO: [^\r\n]+\r\n/g)).toHaveLength(13);
    expect(heard.text).not.toContain("ERROR");
    expect(board.received).toHaveLength(16);
  });

  test("line noise freezes the dead-man timer", async () => {
    const { board, clock, send } = await opened();
    await send("2,on\r\n");
    for (let i = 0; i < 1_700; i++) await send("~", 30);
    expect([...board.relays]).toEqual([2]);
    await clock.advance(200);
    expect([...board.relays]).toEqual([]);
  });

  test("a pause inside a command breaks it in two bad lines from 40 ms on", async () => {
    const { board, heard, send } = await opened();
    await send("2,o", 30);
    await send("n\r\n");
    expect(heard.text).toBe(answer(2, "on"));
    await send("3,o", 50);
    await send("n\r\n", 500);
    expect(heard.text).toMatch(/on\r\n(ERROR: [^\r\n]+\r\n){4}$/);
    expect([...board.relays]).toEqual([2]);
  });

  test("a reset while the port is open loses the half-received command and brings the banner again", async () => {
    const { clock, board, heard, send } = await opened();
    await send("2,on\r\n");
    await send("3,o", 10);
    board.reset();
    expect([...board.relays]).toEqual([]);
    heard.text = "";
    await clock.advance(100);
    expect(heard.text).toBe(banner);
    await send("4,on\r\n");
    expect([...board.relays]).toEqual([4]);
  });

  test("pulling the cable drops every relay and closes the host's port without an error", async () => {
    const { clock, board, heard, send } = await opened();
    await send("2,on\r\n");
    board.unplug();
    expect([...board.relays]).toEqual([]);
    await clock.settle();
    expect(heard).toMatchObject({ closed: true, error: undefined });
    await expect(board.open()).rejects.toThrow("No such file or directory");
    board.plug();
    const again = listen(await board.open());
    await clock.advance(100);
    expect(again.text).toBe(banner);
  });

  test("a port that is open can't be opened again", async () => {
    const { board, port } = await opened();
    await expect(board.open()).rejects.toThrow("Cannot lock port");
    port.destroy();
    await expect(board.open()).resolves.toBeDefined();
  });

  test("what the host has sent is kept to the last 10,000 lines", async () => {
    const { board, port } = await opened();
    port.write(Array.from({ length: 10_001 }, (_, i) => `${i},x\r\n`).join(""));
    expect(board.received).toHaveLength(10_000);
    expect(board.received[0]).toBe("1,x");
  });
});

describe("with a fault", () => {
  test("a silent board acts and times out, and says nothing", async () => {
    const { clock, board, heard, send } = await opened();
    board.faults.silent = true;
    await send("2,on\r\n");
    expect([...board.relays]).toEqual([2]);
    await clock.advance(31_000);
    expect([...board.relays]).toEqual([]);
    board.reset();
    await clock.advance(100);
    expect(heard.text).toBe("");
  });

  test("a deaf board does not act, but its dead-man timer still does", async () => {
    const { clock, board, heard, send } = await opened();
    await send("2,on\r\n");
    board.faults.deaf = true;
    await send("2,off\r\n");
    expect([...board.relays]).toEqual([2]);
    expect(board.received).toEqual(["2,on", "2,off"]);
    await clock.advance(31_000);
    expect(heard.text).toBe(answer(2, "on") + timeout(2));
  });

  test("a lost answer is lost once, though the relay moved", async () => {
    const { board, heard, send } = await opened();
    board.faults.loseAnswers = 1;
    await send("2,on\r\n");
    expect([...board.relays]).toEqual([2]);
    expect(heard.text).toBe("");
    await send("2,on\r\n");
    expect(heard.text).toBe(answer(2, "on"));
  });

  test("a late answer comes late and in order, and not at all once the port was closed", async () => {
    const { clock, board, port, heard, send } = await opened();
    board.faults.lateAnswersMs = 2_000;
    await send("2,on\r\n", 1_000);
    board.faults.lateAnswersMs = 0;
    await send("3,on\r\n", 1_000);
    expect(heard.text).toBe("");
    await clock.advance(100);
    expect(heard.text).toBe(answer(2, "on") + answer(3, "on"));
    board.faults.lateAnswersMs = 2_000;
    await send("4,on\r\n");
    port.destroy();
    const again = listen(await board.open());
    await clock.advance(5_000);
    expect(again.text).toBe(banner);
  });

  test("answers come twice", async () => {
    const { board, heard, send } = await opened();
    board.faults.doubleAnswers = true;
    await send("2,on\r\n");
    expect(heard.text).toBe(answer(2, "on").repeat(2));
  });

  test("lines arrive in pieces, cut even inside their end", async () => {
    const { board, heard, send } = await opened();
    board.faults.splitLines = true;
    await send("2,on\r\n");
    expect(heard.text).toBe(answer(2, "on"));
    expect(heard.chunks).toBe(5);
  });

  test("the banner comes after the bootloader, which swallows commands, and with a fragment before it", async () => {
    const { clock, board, heard, send } = await opened();
    board.faults.bannerFragment = true;
    board.faults.bannerDelayMs = 1_000;
    board.reset();
    await send("2,on\r\n", 1_000);
    expect(heard.text).toBe("");
    await clock.advance(100);
    expect(heard.text).toBe(`DE${banner}`);
    expect([...board.relays]).toEqual([]);
  });

  test("a damaged command gets two errors and does not move the relay", async () => {
    const { board, heard, send } = await opened();
    board.faults.garbleCommands = 2;
    await send("2,on\r\n");
    await send("3,off\r\n");
    await send("4,on\r\n");
    expect(heard.text).toMatch(/^(ERROR: [^\r\n]+\r\n){4}INFO: [^\r\n]+\r\n$/);
    expect([...board.relays]).toEqual([4]);
    expect(board.received).toEqual(["2,on", "3,off", "4,on"]);
  });

  test("opening is refused with the given message", async () => {
    const { board, port } = await opened();
    port.destroy();
    board.faults.refuseOpen = "Error: Permission denied, cannot open /dev/ttyACM0";
    await expect(board.open()).rejects.toThrow("Permission denied");
  });

  test("noise reaches the host as it is, even from a silent board", async () => {
    const { board, clock, heard } = await opened();
    board.faults.silent = true;
    board.say(Buffer.from([0x00, 0xff, 0x0a]));
    await clock.settle();
    expect(heard.text).toBe("\u0000\u00ff\n");
  });
});

const noPty =
  process.platform !== "linux"
    ? "a pty that reports opening and closing needs Linux"
    : spawnSync("python3", ["--version"]).status !== 0
      ? "python3 is needed for a board on a pty"
      : undefined;

describe("on a pty", () => {
  /** A board on a pty of its own, and serialport to open it with. */
  async function plugged() {
    const stack = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), "board-"));
    stack.defer(() => rm(folder, { recursive: true }));
    const link = join(folder, "ttyACM0");
    const board = scriptedBoard();
    const plugIn = async () => stack.use(await boardOnPty(board, link));
    const cable = await plugIn();
    const open = async () => {
      const port = new SerialPort({ path: link, baudRate: 9_600, autoOpen: false });
      await new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())));
      const close = () => new Promise<void>((resolve) => (port.isOpen ? port.close(() => resolve()) : resolve()));
      stack.defer(close);
      return { port, close, heard: listen(port) };
    };
    return { board, link, cable, plugIn, open, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  }

  // In CI a missing python3 is a failure: these tests would quietly stop to protect anybody.
  const onPty = (name: string, body: () => Promise<void>) =>
    test(name, async ({ skip }) => {
      if (noPty !== undefined && process.env.CI !== "true") skip(noPty);
      await body();
    });

  onPty("serialport opens it, hears the banner, moves a relay and gets the answer", async () => {
    await using house = await plugged();
    const { port, heard } = await house.open();
    await vi.waitFor(() => expect(heard.text).toBe(banner));
    port.write("2,on\r\n");
    await vi.waitFor(() => expect(heard.text).toBe(banner + answer(2, "on")));
    expect([...house.board.relays]).toEqual([2]);
  });

  onPty("closing and opening again at once resets it", async () => {
    await using house = await plugged();
    const first = await house.open();
    await vi.waitFor(() => expect(first.heard.text).toBe(banner));
    first.port.write("2,on\r\n");
    await vi.waitFor(() => expect([...house.board.relays]).toEqual([2]));
    await first.close();
    const second = await house.open();
    await vi.waitFor(() => expect([...house.board.relays]).toEqual([]));
    await vi.waitFor(() => expect(second.heard.text).toContain(banner));
  });

  onPty("what is written just before closing still arrives", async () => {
    await using house = await plugged();
    const { port, close, heard } = await house.open();
    await vi.waitFor(() => expect(heard.text).toBe(banner));
    port.write("2,on\r\n");
    await new Promise<void>((resolve) => port.drain(() => resolve()));
    await close();
    await vi.waitFor(() => expect([...house.board.relays]).toEqual([2]));
  });

  onPty("pulling the cable removes the link and drops the relays, and it can be plugged in again", async () => {
    await using house = await plugged();
    const { port, heard } = await house.open();
    await vi.waitFor(() => expect(heard.text).toBe(banner));
    port.write("2,on\r\n");
    await vi.waitFor(() => expect([...house.board.relays]).toEqual([2]));
    await house.cable.unplug();
    expect([...house.board.relays]).toEqual([]);
    await expect(house.open()).rejects.toThrow("No such file or directory");
    await house.plugIn();
    const again = await house.open();
    await vi.waitFor(() => expect(again.heard.text).toContain(banner));
  });

  onPty("a board that loses its cable by itself takes the pty with it", async () => {
    await using house = await plugged();
    house.board.unplug();
    await vi.waitFor(() => expect(readlink(house.link)).rejects.toThrow("ENOENT"));
  });

  onPty("a newer pty's link is left alone by the older one", async () => {
    await using house = await plugged();
    const older = await readlink(house.link);
    await using other = await boardOnPty(scriptedBoard(), house.link);
    await house.cable.unplug();
    expect(await readlink(other.path)).not.toBe(older);
  });

  onPty("a link that can't be made is an error with its reason", async () => {
    await expect(boardOnPty(scriptedBoard(), "/no/such/folder/tty")).rejects.toThrow(/no pty at .*No such file/s);
  });

  test("a machine without python3 is told that it is needed", async () => {
    vi.stubEnv("PATH", "/no/such/folder");
    try {
      await expect(boardOnPty(scriptedBoard(), "/no/such/folder/tty")).rejects.toThrow("python3 is needed");
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
