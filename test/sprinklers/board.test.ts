import { readFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { look, type Options } from "../../devices/sprinklers/board-look.ts";
import { type ScriptedBoard, scriptedBoard } from "../../devices/sprinklers/fake.ts";
import { simulatedBoard } from "../../devices/sprinklers/simulated-board.ts";
import { UsageError } from "../../src/flags.ts";
import { type VirtualClock, virtualClock } from "../support/clock.ts";
import { memoryLink, truly, watch } from "./wired.ts";

const hex = readFileSync(new URL("../../devices/sprinklers/firmware/sprinklers.hex", import.meta.url), "utf8");
const ours = (clock: VirtualClock): ScriptedBoard => simulatedBoard({ hex, clock });
const original = (clock: VirtualClock): ScriptedBoard => scriptedBoard({ clock });

interface Setting {
  firmware?: typeof ours;
  json?: boolean;
  /** A person types, instead of a script. */
  terminal?: boolean;
  prepare?(board: ScriptedBoard): void;
}

/** Somebody looks at a board, in virtual time. */
function lookAt({ firmware = original, json = false, terminal = false, prepare }: Setting = {}) {
  const clock = virtualClock();
  const board = firmware(clock);
  prepare?.(board);
  const input = Object.assign(new PassThrough(), { isTTY: terminal });
  const output = Object.assign(new PassThrough({ encoding: "latin1" }), { isTTY: terminal });
  let said = "";
  output.on("data", (text: string) => {
    said += text;
  });
  const stopping = new AbortController();
  const options: Options = { port: "/dev/board", json };
  const link = memoryLink(board, clock);
  const end = watch(look(link, options, { input, output, signal: stopping.signal, clock }), clock);
  async function until(holds: () => boolean, ms = 5_000): Promise<void> {
    for (const over = clock.monotonicMs() + ms; !holds(); await clock.advance(10)) {
      if (clock.monotonicMs() > over) throw new Error(`waited ${ms} ms; it said:\n${said}`);
    }
  }
  return {
    clock,
    board,
    link,
    end,
    stop: () => stopping.abort(),
    said: () => said,
    until,
    shows: (text: string, ms?: number) => until(() => said.includes(text), ms),
    ends: (ms?: number) => until(() => end.state !== "pending", ms),
    type: (text: string) => input.write(text),
    /** The script is over. */
    eof: () => input.end(),
  };
}

/** The wire as it is shown: `> 2,on`. */
const wire = (said: string) => said.match(/(?<=^\d\d:\d\d:\d\d )[<>].*$/gm);
const answer = (relay: number, state: string) => `< INFO: requesting relay ${relay} change to state ${state}`;

describe.each([
  ["our firmware", ours],
  ["the original firmware", original],
])("%s", (_, firmware) => {
  test("a script's commands are sent one after the other, and all is off at its end", async () => {
    const { board, type, eof, ends, said, end } = lookAt({ firmware });
    const moves: string[] = [];
    board.onRelay((relay, on) => moves.push(`${relay} ${on ? "on" : "off"}`));
    type("2,on\n\n 3,on \r\n2,off");
    eof();
    await ends();
    expect(end).toMatchObject({ state: "resolved" });
    expect(moves).toEqual(["2 on", "3 on", "2 off", "3 off"]);
    expect(wire(said())).toEqual(
      [
        [2, "on"],
        [3, "on"],
        [2, "off"],
        [3, "off"],
      ].flatMap(([relay, state]) => [`> ${relay},${state}`, answer(Number(relay), String(state))]),
    );
  });

  test("a relay that nobody refreshes goes off by itself, as was said, and it is shown", async () => {
    const { board, type, shows, clock } = lookAt({ firmware });
    type("2,on\n");
    await shows(answer(2, "on"));
    await clock.advance(29_500);
    expect(truly(board)).toEqual([2]);
    await shows("2 change to state off (due to timeout)");
    expect(truly(board)).toEqual([]);
  });

  test("a line that means nothing is not sent, and ends a script: the relays go off", async () => {
    const { board, type, ends, end, said } = lookAt({ firmware });
    type("4,on\nzz!3,on\n5,on\n");
    await ends();
    expect(end.error).toBeInstanceOf(UsageError);
    expect(end.error?.message).toContain('"zz!3,on" is none of these');
    expect(wire(said())?.filter((line) => line.startsWith(">"))).toEqual(["> 4,on", "> 4,off"]);
    expect(truly(board)).toEqual([]);
  });

  test("Ctrl-C while the board starts ends it at once, and frees the port", async () => {
    const { board, stop, clock, end } = lookAt({ firmware, prepare: ({ faults }) => (faults.bannerDelayMs = 2_000) });
    await clock.advance(500);
    stop();
    await clock.settle();
    expect(end).toMatchObject({ state: "resolved" });
    await board.open();
  });
});

describe("what is found", () => {
  test("our firmware says its version and how its relays are", async () => {
    const { shows, said } = lookAt({ firmware: ours });
    await shows("goes off by itself after 30 s");
    expect(said().split("\n").slice(0, 3)).toEqual([
      "/dev/board: waiting for the board to start, up to 3 s",
      expect.stringMatching(/^firmware {2}mqtt-things \d+\.\d+\.\d+$/),
      "relays    1 off, 2 off, 3 off, 4 off, 5 off, 6 off, 7 off, 8 off",
    ]);
  });

  test("the original is known by not knowing what a version is, and its complaint is not shown", async () => {
    const { shows, said } = lookAt();
    await shows("firmware  the original firmware, it knows no version\nrelays    unknown: it can't be asked\n");
    expect(said()).not.toContain("ERROR");
  });

  test("one line of JSON has it all, and the board is left alone", async () => {
    const relays = Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8].map((relay) => [relay, "off"]));
    const version = expect.stringMatching(/^mqtt-things \d/);
    const port = "/dev/board";
    for (const [firmware, found] of [
      [ours, { port, firmware: version, started: true, relays }],
      [original, { port, firmware: "original", started: true, relays: null }],
    ] as const) {
      const { board, ends, end, said } = lookAt({ firmware, json: true });
      await ends();
      expect(end.state).toBe("resolved");
      expect(said()).toMatch(/^[^\n]+\n$/);
      expect(JSON.parse(said())).toEqual(found);
      expect(board.received).not.toContain("1,off");
    }
  });

  test("a board that opening the port does not reset is told, with a relay that is on", async () => {
    const { board, shows, clock } = lookAt({ firmware: ours, prepare: ({ faults }) => (faults.silent = true) });
    await clock.advance(2_000);
    board.receive(Buffer.from("7,on\r\n"));
    await clock.advance(950);
    board.faults.silent = false;
    await shows("opening the port did not reset it");
    await shows("6 off, 7 on, 8 off");
  });

  test("a board that starts later than it is waited for is found all the same", async () => {
    const { shows } = lookAt({ firmware: ours, prepare: ({ faults }) => (faults.bannerDelayMs = 3_500) });
    await shows("firmware  mqtt-things");
  });

  test("an answer about the version that got lost makes no original of our firmware", async () => {
    const { shows } = lookAt({ firmware: ours, prepare: ({ faults }) => (faults.loseAnswers = 1) });
    await shows("firmware  mqtt-things");
  });
});

describe("trouble", () => {
  test("a silent port is called that", async () => {
    const { ends, end } = lookAt({ prepare: ({ faults }) => (faults.silent = true) });
    await ends(10_000);
    expect(end.error?.message).toBe("the board does not answer: check its power and its cable");
  });

  test("what speaks, but not as a board, is shown so that it can't harm the terminal", async () => {
    const { board, ends, end, said, clock } = lookAt({ prepare: ({ faults }) => (faults.silent = true) });
    await clock.advance(100);
    board.say(Buffer.from("\x1b]0;gotcha\x07\x9b2J\0\tplain \\ text\r\n", "latin1"));
    await ends(10_000);
    expect(end.error?.message).toContain("speaks, but not as a sprinkler board");
    expect(wire(said())).toEqual(["< \\x1B]0;gotcha\\x07\\x9B2J\\x00\\x09plain \\ text"]);
  });

  test("no byte of a board reaches the terminal as anything but plain text", async () => {
    const { board, shows, said } = lookAt({ firmware: ours });
    await shows("goes off by itself");
    board.say(Buffer.from([...Array(256).keys()].filter((byte) => byte !== 10)));
    board.say("\r\n");
    await shows("\\xFF");
    expect(said()).toMatch(/^[ -~\n]*$/);
  });

  test("a version with control characters stays harmless, in JSON too", async () => {
    const { board, clock, ends, said } = lookAt({ json: true, prepare: ({ faults }) => (faults.silent = true) });
    await clock.advance(3_010);
    board.say(Buffer.from("INFO: version \x9b2J\r\n", "latin1"));
    await clock.advance(10);
    board.say(`INFO: status ${[1, 2, 3, 4, 5, 6, 7, 8].map((relay) => `${relay}=off`).join(" ")}\r\n`);
    await ends();
    expect(JSON.parse(said())).toMatchObject({ firmware: "\\x9B2J", started: false });
  });

  test("a lost answer is asked for again, for all to see", async () => {
    const { board, shows, type, said } = lookAt();
    await shows("goes off by itself");
    board.faults.loseAnswers = 1;
    type("2,on\n");
    await shows(answer(2, "on"));
    expect(wire(said())).toEqual(["> 2,on", "> 2,on", answer(2, "on")]);
  });

  test("a board that falls silent with a relay on is an error that names the relay", async () => {
    const { board, shows, type, ends, end, eof } = lookAt({ firmware: ours });
    type("2,on\n");
    await shows(answer(2, "on"));
    board.faults.silent = true;
    eof();
    await ends();
    expect(end.error?.message).toBe(
      'the board does not answer: check its power and its cable\nno answer to "off": relay 2 may be on for up to 35 s more',
    );
  });

  test("a pulled plug ends it", async () => {
    const { board, shows, ends, end } = lookAt({ terminal: true });
    await shows("board> ");
    board.unplug();
    await ends();
    expect(end.error?.message).toBe("the serial port is closed: is the board unplugged?");
  });

  test("a port that can't be opened is said as the daemon says it", async () => {
    const { ends, end } = lookAt({ prepare: ({ faults }) => (faults.refuseOpen = "Cannot lock port") });
    await ends();
    expect(end.error).toMatchObject({ name: "LinkError", trouble: "busy" });
  });
});

describe("a person at a terminal", () => {
  test("has a prompt that what the board says does not disturb", async () => {
    const { board, shows, type } = lookAt({ terminal: true, firmware: ours });
    await shows("board> ");
    type("sta");
    await shows("sta");
    board.reset();
    await shows("DEBUG: setup() complete\n\x1b[1G\x1b[0Jboard> sta");
    type("tus\r");
    await shows("< INFO: status 1=off");
  });

  test("is told of a mistake, of a board that restarts or is silent, and may go on", async () => {
    const { board, shows, type } = lookAt({ terminal: true });
    type("2,onn\r");
    await shows('"2,onn" is none of these');
    board.faults.silent = true;
    type("2,on\r");
    await shows("the board does not answer: check its power and its cable");
    board.faults.silent = false;
    type("status\r");
    await shows("the original firmware can't be asked that");
    board.faults.loseAnswers = 1;
    type("3,on\r");
    await shows("> 3,on");
    board.reset();
    await shows("the board restarted");
    type("3,on\r");
    await shows(answer(3, "on"));
  });

  test.each([
    ["Ctrl-C", "\x03"],
    ["Ctrl-D", "\x04"],
    ["quit", "quit\r"],
  ])("leaves with %s, and everything goes off", async (_, keys) => {
    const { board, shows, type, ends, end } = lookAt({ terminal: true, firmware: ours });
    type("2,on\r8,on\r");
    await shows(answer(8, "on"));
    expect(truly(board)).toEqual([2, 8]);
    type(keys);
    await ends();
    expect(end.state).toBe("resolved");
    expect(truly(board)).toEqual([]);
  });

  test("is helped, and hears again what the version is", async () => {
    const { shows, type } = lookAt({ terminal: true, firmware: ours });
    type("version\rhelp\r");
    await shows("< INFO: version mqtt-things");
    await shows("relay 2 (1 to 8) on");
  });

  test("SIGTERM ends it with everything off, whatever is still to be read", async () => {
    const { board, shows, type, ends, end, stop } = lookAt({ firmware: ours });
    type("2,on\n");
    await shows("> 2,on");
    type("3,on\n4,on\n");
    stop();
    await ends();
    expect(end.state).toBe("resolved");
    expect(truly(board)).toEqual([]);
    expect(board.received).not.toContain("3,on");
  });
});
