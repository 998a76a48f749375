import type { Faults } from "./fake-faults.ts";

const lineFeed = 0x0a;
const splitBytes = 11;
/** Everything else that a board says is an answer. */
const unasked = /(DEBUG: setup\(\) complete|\(due to timeout\))\r?\n$/;

/** Does to the lines of a board what these faults do; what is left of them goes on at once, or late by `lateMs`. */
export function damageLines(faults: Faults, pass: (bytes: Buffer, lateMs: number) => void): (bytes: Buffer) => void {
  let line: number[] = [];
  /** How much of the line has gone on. */
  let passed = 0;
  let wait = false;

  function add(byte: number): void {
    if (line.length === 0) {
      // Only with its end is a line known to be an answer. A fault that comes in the middle of one is for the next.
      wait = faults.loseAnswers > 0 || faults.lateAnswersMs > 0 || faults.doubleAnswers || faults.splitLines;
      if (faults.bannerFragment && byte === "D".charCodeAt(0)) line.push(...Buffer.from("DE"));
    }
    line.push(byte);
  }

  function passOn(bytes: number[], lateMs = 0): void {
    const step = faults.splitLines ? splitBytes : bytes.length;
    for (let i = 0; i < bytes.length; i += step) pass(Buffer.from(bytes.slice(i, i + step)), lateMs);
  }

  function endLine(): void {
    const answer = wait && !unasked.test(Buffer.from(line).toString("latin1"));
    if (answer && faults.loseAnswers > 0) faults.loseAnswers--;
    else {
      const lateMs = answer ? faults.lateAnswersMs : 0;
      passOn(line.slice(passed), lateMs);
      if (answer && faults.doubleAnswers) passOn(line, lateMs);
    }
    line = [];
    passed = 0;
  }

  return (bytes) => {
    for (const byte of bytes) {
      add(byte);
      if (byte === lineFeed) endLine();
    }
    if (wait || passed === line.length) return;
    passOn(line.slice(passed));
    passed = line.length;
  };
}
