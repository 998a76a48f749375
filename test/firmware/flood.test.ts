import { portDConfig } from "avr8js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allRelays, answer } from "./on-board.ts";
import { cyclesPerMs, openChip } from "./open-chip.ts";

const isLost = (line: string) => line.startsWith('ERROR: lost bytes in "');

/** Whether these lines, those about lost bytes aside, are answers to some of those commands, in order. */
function answersTo(commands: readonly string[], lines: readonly string[]): boolean {
  const answers = lines.filter((line) => !isLost(line));
  let next = 0;
  for (const command of commands) {
    const [relay, state] = command.split(",");
    if (answers[next] === answer(Number(relay), String(state))) next++;
  }
  return next === answers.length;
}

describe("commands that come faster than they can be answered", () => {
  test("are all obeyed and answered while they fit: 36 in one go", () => {
    const commands = Array.from({ length: 36 }, (_, i) => `${allRelays[i % 8]},${i % 3 ? "off" : "on"}`);
    const lines = openChip().send(commands.map((command) => `${command}\n`).join(""));
    expect(lines).toHaveLength(36);
    expect(answersTo(commands, lines)).toBe(true);
  });

  test("are obeyed in part when they are too many: what is lost is an error, and no command is made of two halves", () => {
    // Relays 1 to 4 are only told on, 5 to 8 only off: half of one and half of another would show.
    const some = fc.constantFrom("1,on", "2,on", "3,on", "4,on", "5,off", "6,off", "7,off", "8,off");
    const flood = fc.array(some, { minLength: 70, maxLength: 110 });
    fc.assert(
      fc.property(flood, fc.constantFrom("\n", "\r\n"), fc.nat(40), (commands, end, pause) => {
        const chip = openChip();
        const text = commands.map((command) => command + end).join("");
        // Where the pause falls, the buffer has room again in the middle of a command.
        chip.receive(text.slice(0, 300));
        chip.pass(pause * 10);
        // What is lost last takes the rest of its line with it.
        const lines = [...chip.send(text.slice(300)), ...chip.send("\n")];
        expect(answersTo(commands, lines)).toBe(true);
        expect(lines.length).toBeLessThanOrEqual(commands.length);
        expect(chip.on().filter((relay) => relay > 4)).toEqual([]);
        expect(chip.send("1,off\r\n5,on\r\n")).toEqual([answer(1, "off"), answer(5, "on")]);
        if (lines.length < commands.length) expect(lines.some(isLost)).toBe(true);
      }),
      { numRuns: 4, seed: 20_261_122, endOnFailure: true },
    );
  });

  test("never have the program wait for the wire: the longest answers are whole, and the times are looked at every 3 ms", () => {
    const chip = openChip();
    chip.send(allRelays.map((relay) => `${relay},on\r\n`).join(""));
    // Each pass of the program sets the pins.
    let passCycles = chip.cpu.cycles;
    let longestMs = 0;
    const write = chip.cpu.writeHooks[portDConfig.PORT];
    chip.cpu.writeHooks[portDConfig.PORT] = (...what) => {
      longestMs = Math.max(longestMs, (chip.cpu.cycles - passCycles) / cyclesPerMs);
      passCycles = chip.cpu.cycles;
      return write?.(...what);
    };
    const lines = chip.send("status\r\n".repeat(8));
    expect(lines).toEqual(Array(8).fill(expect.stringMatching(/^INFO: status( \d=on:\d{5}){8}$/)));
    expect(longestMs).toBeLessThan(3);
  });

  test("do not keep a relay on that none of them is about", () => {
    const chip = openChip();
    chip.send("2,on\r\n");
    const onMs = chip.clockMs;
    chip.pass(28_500);
    while (chip.clockMs < onMs + 29_900) chip.receive("3,on\r\nstatus\r\n");
    expect(chip.on()).toEqual([2, 3]);
    while (chip.clockMs < onMs + 30_000) chip.receive("3,on\r\nstatus\r\n");
    expect(chip.on()).toEqual([3]);
  });
});
