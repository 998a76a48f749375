import fc from "fast-check";
import { expect, test } from "vitest";
import { model } from "./model.ts";
import { byteMs } from "./on-board.ts";
import { openChip } from "./open-chip.ts";

const relay = fc.integer({ min: 1, max: 8 });
const command = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(relay, fc.constantFrom("on", "on", "off")).map((pair) => pair.join(",")) },
  { weight: 1, arbitrary: fc.constantFrom("version", "status", "status") },
);
// FF stands for lost bytes, which the model leaves out.
const character = fc.integer({ min: 0, max: 0xfe }).map((code) => (code === 0x0a ? "?" : String.fromCharCode(code)));
/** A command with one character too many, too few or wrong. */
const nearly = fc
  .tuple(command, fc.nat(8), character, fc.constantFrom(0, 1), fc.boolean())
  .map(([text, at, c, cut, put]) => {
    return text.slice(0, at) + (put ? c : "") + text.slice(at + cut);
  });
const nonsense = fc.array(character, { maxLength: 40 }).map((characters) => characters.join(""));
const line = fc.oneof(
  { weight: 5, arbitrary: command },
  { weight: 3, arbitrary: nearly },
  { weight: 1, arbitrary: nonsense },
);
const pause = fc.oneof({ weight: 5, arbitrary: fc.nat(100) }, { weight: 1, arbitrary: fc.nat(9_000) });

test("300 random lines are each answered as the README says, and the pins are as status says", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(line, pause), { minLength: 20, maxLength: 20 }), (steps) => {
      const chip = openChip();
      const board = model();
      for (const [text, pauseMs] of steps) {
        const arrivedMs = chip.clockMs + (text.length + 1) * byteMs;
        const lines = chip.send(`${text}\r\n`);
        const said = [...board.timeouts(arrivedMs), ...board.line(text, arrivedMs), ...board.timeouts(chip.clockMs)];
        expect(lines).toEqual(said.map((line) => (line instanceof RegExp ? expect.stringMatching(line) : line)));
        expect(chip.on()).toEqual(board.on());
        chip.pass(pauseMs);
        const late = board.timeouts(chip.clockMs);
        expect(chip.send("")).toEqual(late);
        expect(chip.on()).toEqual(board.on());
      }
    }),
    { numRuns: 15, seed: 20_261_122, endOnFailure: true },
  );
});
