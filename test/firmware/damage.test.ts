import { usart0Config } from "avr8js";
import { describe, expect, test } from "vitest";
import { answer } from "./on-board.ts";
import { openChip } from "./open-chip.ts";

const frameError = 0x10;

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

describe("bytes that the serial port loses because nobody reads the three that it keeps", () => {
  // Neither relay 5 on nor relay 1 off is said by anybody: only the halves of two commands would be that.
  test.each(["\r\n5,off\r\n1,on\r\n", "\r\n1,on\r\n5,off\r\n"])(
    "make no command of two, wherever they are missing in %j, and their line is an error",
    (text) => {
      const chip = openChip();
      for (let from = 0; from + 3 < text.length; from++) {
        for (let to = from + 4; to <= text.length; to++) {
          chip.receive(text.slice(0, from));
          chip.cram(text.slice(from, to));
          const lines = [...chip.send(text.slice(to)), ...chip.send("\n")];
          const lost = lines.filter((line) => line.startsWith('ERROR: lost bytes in "'));
          expect(lost, `without what is between the bytes ${from + 3} and ${to}`).toHaveLength(1);
          const said = lines.filter((line) => !lost.includes(line));
          expect([answer(5, "off"), answer(1, "on")]).toEqual(expect.arrayContaining(said));
        }
      }
    },
  );
});
