import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { scriptedBoard } from "../../devices/sprinklers/fake.ts";
import type { RelayBoard } from "../../devices/sprinklers/fake-board.ts";
import { boardOnPty } from "../../devices/sprinklers/pty.ts";
import { simulatedBoard } from "../../devices/sprinklers/simulated-board.ts";
import { endWithUs } from "../support/children.ts";
import { suite } from "../support/need.ts";
import { cli } from "../support/process.ts";

const hex = readFileSync(new URL("../../devices/sprinklers/firmware/sprinklers.hex", import.meta.url), "utf8");

/** A board on a pty, unplugged at the end. */
async function plugged<B extends RelayBoard>(board: B) {
  const stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "board-"));
  stack.defer(() => rm(folder, { recursive: true }));
  const cable = stack.use(await boardOnPty(board, join(folder, "tty")));
  return { board, path: cable.path, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** `mqtt-things board …` with what is piped into it, or a terminal around it. */
function start(argv: string[], before: string[] = []) {
  const [command = "", ...words] = [...before, process.execPath, cli, "board", ...argv];
  const child: ChildProcess = spawn(command, words, { env: { PATH: process.env.PATH, TERM: "xterm" } });
  endWithUs(child);
  const said = { out: "", err: "" };
  child.stdout?.on("data", (text) => {
    said.out += text;
  });
  child.stderr?.on("data", (text) => {
    said.err += text;
  });
  const exited = new Promise((resolve) => child.once("close", resolve));
  return {
    said,
    shows: (text: string) => vi.waitFor(() => expect(said.out).toContain(text), { timeout: 10_000 }),
    type: (text: string) => child.stdin?.write(text),
    eof: () => child.stdin?.end(),
    signal: (name: NodeJS.Signals) => child.kill(name),
    exited,
  };
}

suite("a look at a board on a real serial port", ["python3"], () => {
  it.each([
    [
      "our firmware",
      () => simulatedBoard({ hex }),
      /"firmware":"mqtt-things \d\S+","started":true,"relays":\{"1":"off"/,
    ],
    ["the original", () => scriptedBoard(), /"firmware":"original","started":true,"relays":null/],
  ])("says in one line that it is %s", async (_, make, line) => {
    await using house = await plugged(make());
    const { exited, said, eof } = start(["--port", house.path, "--json"]);
    eof();
    expect(await exited).toBe(0);
    expect(said).toEqual({ out: expect.stringMatching(line), err: "" });
  });

  it("does what a pipe brings, ends with it, and leaves everything off", async () => {
    await using house = await plugged(simulatedBoard({ hex }));
    const moves: [number, boolean][] = [];
    house.board.onRelay((relay, on) => moves.push([relay, on]));
    const { exited, said, type, eof } = start(["--port", house.path]);
    type("2,on\nstatus\n");
    eof();
    expect(await exited).toBe(0);
    expect(said.err).toBe("");
    expect(said.out).toMatch(/< INFO: status 1=off 2=on:\d+ 3=off/);
    expect(moves).toEqual([
      [2, true],
      [2, false],
    ]);
  });

  it("switches everything off on SIGTERM, with the pipe still open", async () => {
    await using house = await plugged(simulatedBoard({ hex }));
    const { exited, shows, type, signal } = start(["--port", house.path]);
    type("2,on\n3,on\n");
    await shows("relay 3 change to state on");
    expect([...house.board.relays]).toEqual([2, 3]);
    signal("SIGTERM");
    expect(await exited).toBe(0);
    expect([...house.board.relays]).toEqual([]);
  });

  it("switches everything off when its terminal is closed", async () => {
    await using house = await plugged(scriptedBoard());
    const terminal = ["python3", "-c", "import pty, sys; pty.spawn(sys.argv[1:])"];
    const { exited, shows, type, signal } = start(["--port", house.path], terminal);
    await shows("board> ");
    type("2,on\r");
    await shows("relay 2 change to state on");
    signal("SIGKILL");
    await exited;
    await vi.waitFor(() => expect([...house.board.relays]).toEqual([]), { timeout: 5_000 });
  });

  it("says that somebody else has the port, who does not notice", async () => {
    await using house = await plugged(simulatedBoard({ hex }));
    const first = start(["--port", house.path]);
    first.type("2,on\n");
    await first.shows("relay 2 change to state on");
    const second = start(["--port", house.path, "--json"]);
    expect(await second.exited).toBe(1);
    expect(second.said).toEqual({ out: "", err: expect.stringContaining("is in use: stop whatever else has it open") });
    first.type("status\n");
    await first.shows("2=on");
    first.eof();
    expect(await first.exited).toBe(0);
  });
});

it.each([
  [["--port", "/dev/nowhere"], 1, "there is no serial port /dev/nowhere: is the board plugged in?"],
  [["--port", "/dev/null"], 1, "/dev/null is not a serial port"],
  [[], 64, "--port needs the path of a serial port"],
  [["--port"], 64, "--port needs the path of a serial port"],
  [["--port=/dev/null", "-bogus"], 64, "unknown flag -bogus"],
])("board %j ends with a sentence", async (argv, code, sentence) => {
  const { exited, said } = start(argv);
  expect(await exited).toBe(code);
  expect(said).toEqual({ out: code === 1 ? expect.any(String) : "", err: expect.stringContaining(sentence) });
});
