import { describe, expect, test } from "vitest";
import { refusal } from "./model.ts";
import { allRelays, answer, onBoard, unknown } from "./on-board.ts";

/** Relays 1 to 4 on, 5 to 8 off: whatever a bad line would switch, it shows. */
async function halfOn() {
  const bench = await onBoard();
  await bench.send("1,on\r\n2,on\r\n3,on\r\n4,on\r\n");
  bench.moves.length = 0;
  return bench;
}

/** The original acted on each of these. */
const onceObeyed = ["zz!6,on", "65541,on", "5 x,only", "5,on1,off", "5,on______________6,on", "~~1,off"];
const nearCommands = [
  ...[
    "-5,on",
    "256,on",
    "261,on",
    "+5,on",
    "5.,on",
    "5,on;",
    "5,on\0",
    "5,on#",
    "1,off off",
    "5,onoff",
    "5,",
    "5,5,on",
  ],
  ...["0,on", "9,on", ":,on", "/,on", "10,off", "18,on", "01,off", "55,on", "A,on", "5,on,on", "5,o", "5,onn"],
  ...["5,ON", "5,On", " 5,on", "5,on ", "5 ,on", "5, on", "5;on", "5on", "5,", "5", ",on", "on", "1,of", "1,offf"],
  ...["1,off\0", "\x005,on", "5\0,on", "5,o\0n", "5,on\r", "\r5,on", "5,\ron", "\t5,on", "\x355,on", "\xb5,on"],
  ...["versio", "versions", "Version", "statu", "statuss", "STATUS", "1,status", "status,on", "5,version", "?"],
  ...['"5,on"', "\\5,on", "DEBUG: setup() complete", "INFO: requesting relay 5 change to state on"],
];

describe("a bad line", () => {
  test.each(onceObeyed)("that the original obeyed, %j, moves nothing and gets exactly one error", async (line) => {
    const { moves, send, wait } = await halfOn();
    expect(await send(`${line}\r\n`)).toEqual([refusal(line)]);
    expect(await wait(1_000)).toEqual([]);
    expect(moves).toEqual([]);
  });

  test("that is nearly a command moves nothing, and gets exactly one error that quotes it", async () => {
    const { moves, send } = await halfOn();
    for (const line of nearCommands) expect(await send(`${line}\r\n`)).toEqual([refusal(line)]);
    expect(moves).toEqual([]);
  });

  test.each([15, 16, 17, 18, 100, 1_000])(
    "of %d characters gets one error, with at most 16 of them",
    async (length) => {
      const { moves, send } = await halfOn();
      const line = "~".repeat(length);
      expect(await send(`${line}\r\n`)).toEqual([refusal(line)]);
      expect(moves).toEqual([]);
    },
  );

  test("with a command in front, at its end or where a counter of 8 bits begins anew does nothing", async () => {
    const { moves, send } = await halfOn();
    for (const length of [8, 12, 16, 17, 236, 240, 250, 251, 252, 253, 254, 255, 256, 257, 258, 512]) {
      const filling = "_".repeat(length);
      for (const line of [`1,off${filling}`, `${filling}1,off`, `${filling}5,on`]) {
        expect(await send(`${line}\r\n`)).toEqual([refusal(line)]);
      }
    }
    expect(moves.filter(({ on }) => on)).toEqual([]);
  });

  test("of 16 bytes and more leaves the memory behind its buffer alone", async () => {
    const { on, send, status, wait } = await halfOn();
    const before = await status();
    for (let length = 14; length < 80; length++) await send(`${"\xff".repeat(length)}\n`);
    for (const [i, field] of (await status()).entries()) expect(field.slice(0, 4)).toBe(before[i]?.slice(0, 4));
    expect(on()).toEqual([1, 2, 3, 4]);
    expect(await send("5,on\r\n1,off\r\n")).toEqual([answer(5, "on"), answer(1, "off")]);
    await wait(20_000);
    expect(on()).toEqual([5]);
  });

  test("of every byte that there is shows each as it is or as two digits", async () => {
    const { send } = await onBoard();
    for (let first = 0; first < 256; first += 8) {
      const line = Array.from({ length: 8 }, (_, i) => String.fromCharCode(first + i))
        .filter((character) => character !== "\n" && character !== "\xff")
        .join("");
      expect(await send(`x${line}x\r\n`)).toEqual([refusal(`x${line}x`)]);
    }
  });

  test("that lost its end takes the next one with it: the host gets an error instead of its answer", async () => {
    const { moves, send } = await halfOn();
    expect(await send("5,on1,off\r\n")).toEqual([unknown("5,on1,off")]);
    expect(await send("1,off\r\n")).toEqual([answer(1, "off")]);
    expect(moves).toMatchObject([{ relay: 1, on: false }]);
  });

  test("does not spoil the line after it", async () => {
    const { on, send } = await onBoard();
    for (const relay of allRelays) {
      const lines = await send(`${"x".repeat(relay * 5)}\r\n${relay},on\r\n`);
      expect(lines).toEqual([refusal("x".repeat(relay * 5)), answer(relay, "on")]);
    }
    expect(on()).toEqual(allRelays);
  });
});
