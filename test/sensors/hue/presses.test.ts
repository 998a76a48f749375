import { expect, test } from "vitest";
import { pressBoard } from "../../../devices/sensors/hue/presses.ts";
import type { Press } from "../../../devices/sensors/hue/sensor.ts";

const press = (button: number): Press => ({ sensorId: "a", button, event: "initial_press" });

test("presses wait for a reader who is busy, in their order, each reader for itself", async () => {
  const board = pressBoard();
  const ended = new AbortController();
  board.tell(press(0));
  const readers = [board.follow(ended.signal), board.follow(ended.signal)];
  for (const button of [1, 1, 2]) board.tell(press(button));
  setImmediate(() => {
    board.tell(press(3));
    ended.abort();
    board.tell(press(4));
  });
  for (const reader of readers) {
    const read: number[] = [];
    for await (const { button } of reader) read.push(button);
    expect(read).toEqual([1, 1, 2, 3]);
  }
});

test("a reader who never reads holds no more than a thousand presses", async () => {
  const board = pressBoard();
  const ended = new AbortController();
  const reader = board.follow(ended.signal);
  for (let button = 0; button < 1_500; button++) board.tell(press(button));
  ended.abort();
  const read: number[] = [];
  for await (const { button } of reader) read.push(button);
  expect([read.length, read[0], read.at(-1)]).toEqual([1_000, 500, 1_499]);
});

test("who comes after the end reads nothing", async () => {
  const board = pressBoard();
  const reader = board.follow(AbortSignal.abort());
  board.tell(press(1));
  for await (const { button } of reader) expect(button).toBeUndefined();
});
