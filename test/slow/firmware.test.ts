import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { breakSketch, failuresOf } from "../firmware/broken-sketch.ts";
import { liveTogether } from "../firmware/lives.ts";
import { suite } from "../support/need.ts";

test("300 random lives of a garden on the compiled firmware: the water stops in time and the house says what is so", async () => {
  await liveTogether(300);
}, 600_000);

/** What a sketch is without, which text in it becomes which, and the tests that notice. */
const broken: [without: string, from: string, to: string, noticedBy: string][] = [
  ["a dead-man time of 30 s", "DEAD_MAN_MS = 30UL", "DEAD_MAN_MS = 60UL", "with-driver"],
  [
    "a dead-man time",
    "if (!tooLong && nowMs - relay.lastOnMs < DEAD_MAN_MS) continue;",
    "if (!tooLong) continue;",
    "with-driver",
  ],
  [
    "a ceiling",
    "const bool tooLong = nowMs - relay.onSinceMs >= CEILING_MS;",
    "const bool tooLong = false;",
    "ceiling",
  ],
  [
    "pins that are set at each pass",
    "  drive();\n  rest();",
    "  static uint8_t pass;\n  if (!pass++) drive();\n  rest();",
    "spark",
  ],
  ["low pins before they are outputs", "  drive();\n  wdt_enable", "  DDRD |= 0xfc;\n  drive();\n  wdt_enable", "chip"],
  ["a clock that is put right", "  keepClock();\n", "", "spark"],
  ["pins that are no timer's", "  TCCR1A = TCCR2A = 0;\n", "", "spark"],
  ["a chip at full speed", "  if (CLKPR != 0) clock_prescale_set(clock_div_1);\n", "", "spark"],
  ["a watchdog that is armed again", "  keepWatchdog();\n", "", "spark"],
  ["a watchdog that minds the clock", "if (nowMs != lastPassMs) wdt_reset();", "wdt_reset();", "spark"],
  ["an end of unasked interrupts", "  for (;;) {}\n}", '  asm volatile("jmp 0");\n}', "spark"],
  ["a serial port that is put right", "  port.keep();\n", "", "spark"],
  ["a serial port that goes on sending", "    sendNext();  // The end", "    // The end", "spark"],
  ["an error for the line under a spark", "    if (incoming.room() > 0) incoming.put(DAMAGED);\n", "", "spark"],
  ["an end of the old watchdog", "  wdt_disable();\n", "", "chip"],
  ["the old watchdog's permission to end", "  MCUSR = 0;\n", "", "chip"],
  ["a look at framing errors", "status & _BV(FE0) || ", "", "damage"],
  ["a look at overruns", "if (status & _BV(DOR0)) besideGap = 3;", "", "damage"],
  ["doubt about all that waited", "besideGap = 3;", "besideGap = 2;", "damage"],
  ["a mark where the buffer was full", "damaged || room == 1", "damaged", "flood"],
  ["the end of a line's buffer", "if (length < CAPACITY) bytes", "if (length <= CAPACITY) bytes", "memory"],
  ["room for the longest answer", "LONGEST_ANSWER = 110", "LONGEST_ANSWER = 90", "flood"],
  ["the end of an answer", "while (outgoing.room() == 0) {}", "if (outgoing.room() < 60) return 0;", "flood"],
  ["an end of begun lines", "nowMs - line.lastByteMs >= SILENCE_MS", "false", "torn"],
];

/** Compilers and test runners, all at once, would make everything else too slow. */
const inTurn = { concurrent: false };

suite("the tests of the firmware notice a sketch", ["avr-gcc", "make"], () => {
  test.each(broken)("without %s", inTurn, async (_, from, to, noticedBy) => {
    await using folder = await temporary();
    expect(await failuresOf(noticedBy, await breakSketch(folder.path, from, to))).not.toEqual([]);
  });

  test("only if it is broken", inTurn, async () => {
    await using folder = await temporary();
    const hex = await breakSketch(folder.path, "mqtt-things 1.0.0", "mqtt-things 1.0.0");
    expect(await failuresOf("chip", hex)).toEqual([]);
  });
});

async function temporary(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), "sketch-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}
