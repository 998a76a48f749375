import { expect, test } from "vitest";
import { answer, byteMs, timeout } from "./on-board.ts";
import { type OpenChip, openChip } from "./open-chip.ts";

const hourMs = 3_600_000;
const wrapMs = 2 ** 32;
const refused = "ERROR: relay 2 was on for 4 h and takes no on before an off";

/** A chip whose clock is that late. */
function chipAt(ms: number): OpenChip {
  const chip = openChip();
  chip.turnClock(0);
  chip.turnClock(ms - chip.clockMs);
  return chip;
}

/** Lets so much time pass by the chip's clock, with these commands every 29 s; what the chip says. */
function live(chip: OpenChip, ms: number, commands: string): string[] {
  const endMs = chip.clockMs + ms;
  const lines: string[] = [];
  while (chip.clockMs < endMs) {
    lines.push(...chip.send(commands));
    chip.turnClock(Math.max(0, Math.min(29_000, endMs - chip.clockMs)));
  }
  chip.pass(10);
  return lines;
}

test.each([
  ["after power-on", 10_000],
  ["over the wrap of the clock after 49.7 days", wrapMs - hourMs],
])("a relay that is told on again and again goes off after 4 h, %s, and refuses until it is told off", (_, ms) => {
  const chip = chipAt(ms);
  const onMs = chip.clockMs + 6 * byteMs;
  live(chip, 4 * hourMs - 1_000, "2,on\r\n");
  chip.pass(onMs + 4 * hourMs - 5 - chip.clockMs);
  expect(chip.on()).toEqual([2]);
  chip.pass(10);
  expect(chip.on()).toEqual([]);
  expect(chip.send("")).toEqual([timeout(2)]);
  expect(chip.send("2,on\r\n")).toEqual([refused]);
  expect(chip.send("status\r\n")).toEqual(["INFO: status 1=off 2=refused 3=off 4=off 5=off 6=off 7=off 8=off"]);
  expect(new Set(live(chip, hourMs / 2, "2,on\r\n"))).toEqual(new Set([refused]));
  expect(chip.on()).toEqual([]);
  expect(chip.send("3,on\r\n")).toEqual([answer(3, "on")]);
  expect(chip.send("2,off\r\n2,on\r\n")).toEqual([answer(2, "off"), answer(2, "on")]);
  expect(new Set(live(chip, hourMs / 2, "2,on\r\n"))).toEqual(new Set([answer(2, "on"), timeout(3)]));
  expect(chip.on()).toEqual([2]);
});

test("each relay has 4 h of its own, which begin anew after it was off", () => {
  const chip = chipAt(10_000);
  live(chip, hourMs, "2,on\r\n");
  live(chip, 2 * hourMs, "2,on\r\n3,on\r\n4,on\r\n");
  chip.send("4,off\r\n");
  live(chip, hourMs, "2,on\r\n3,on\r\n4,on\r\n");
  expect(chip.on()).toEqual([3, 4]);
  live(chip, hourMs, "3,on\r\n4,on\r\n");
  expect(chip.on()).toEqual([4]);
});

test("the 4 h begin anew after a relay timed out", () => {
  const chip = chipAt(10_000);
  live(chip, 3 * hourMs, "2,on\r\n");
  expect(live(chip, 60_000, "")).toContain(timeout(2));
  live(chip, 3 * hourMs, "2,on\r\n");
  expect(chip.on()).toEqual([2]);
});

test("the clock's wrap after 49.7 days changes no other time", () => {
  const chip = chipAt(wrapMs - 20_000);
  chip.send("5,on\r\n");
  chip.pass(18_000);
  chip.send("6,o");
  chip.pass(4_000);
  expect(chip.send("n\r\n")).toEqual([answer(6, "on")]);
  expect(chip.send("status\r\n")).toEqual([expect.stringMatching(/ 5=on:7\d\d\d 6=on:29\d\d\d /)]);
  chip.pass(7_500);
  expect(chip.on()).toEqual([5, 6]);
  chip.pass(500);
  expect(chip.on()).toEqual([6]);
  chip.pass(22_000);
  expect(chip.on()).toEqual([]);
});
