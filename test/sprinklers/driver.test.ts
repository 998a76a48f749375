import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { Fatal } from "../../src/fatal.ts";
import { believed, orders, ready, truly, type Wired, watch, wire } from "./wired.ts";

const hourMs = 3_600_000;
const answer = (relay: number, state: string) => `INFO: requesting relay ${relay} change to state ${state}\r\n`;
const allOff = ["2,off", "3,off", "4,off"];

/** Wants these relays for an hour. */
const want = ({ driver, clock }: Wired, ...relays: number[]) =>
  driver.want(new Map(relays.map((relay) => [relay, clock.monotonicMs() + hourMs])));

const available = ({ driver }: Wired) => driver.status.get().available;

const turns = ({ events }: Wired) => events.flatMap(({ kind }) => (kind === "confirmed" ? [] : [kind]));

/** A board with these relays on, as asked and answered. */
async function watering(...relays: number[]): Promise<Wired> {
  const wired = await ready();
  want(wired, ...relays);
  await wired.until(() => believed(wired.driver).length === relays.length, 1_000);
  expect(truly(wired.board)).toEqual(relays);
  wired.events.length = 0;
  return wired;
}

describe("starting", () => {
  test("every relay is switched off, one after the other and answered, before the board is available", async () => {
    const wired = wire();
    expect(wired.driver.status.get()).toMatchObject({ available: false, relays: new Map() });
    await wired.clock.advance(100);
    expect(orders(wired.board)).toEqual(["2,off", "3,off"]);
    expect(available(wired)).toBe(false);
    await wired.until(() => available(wired), 1_000);
    expect(orders(wired.board)).toEqual(allOff);
    expect([...wired.driver.status.get().relays]).toEqual([2, 3, 4].map((relay) => [relay, false]));
    expect(wired.events).toMatchObject([{ kind: "ready" }]);
  });

  test("a real Uno's bootloader is waited for, so that nothing is said into the void", async () => {
    const wired = wire({ faults: { bannerDelayMs: 2_000 } });
    await wired.clock.advance(2_000);
    expect(orders(wired.board)).toEqual([]);
    await wired.clock.advance(500);
    expect(orders(wired.board)).toEqual(allOff);
    expect(available(wired)).toBe(true);
  });

  test("a board that says no banner is spoken to after 3 s", async () => {
    const wired = wire({ faults: { silent: true } });
    await wired.clock.advance(2_900);
    expect(orders(wired.board)).toEqual([]);
    wired.board.faults.silent = false;
    await wired.clock.advance(400);
    expect(available(wired)).toBe(true);
  });

  test("a banner that comes later than that begins the switching off anew", async () => {
    const wired = wire({ faults: { bannerDelayMs: 3_500 } });
    await wired.clock.advance(4_000);
    expect(orders(wired.board)).toEqual(allOff);
    expect(available(wired)).toBe(true);
    expect(wired.link.opened).toBe(1);
  });

  test("a banner behind a piece of an aborted one is a banner", async () => {
    const wired = wire({ faults: { bannerFragment: true } });
    await wired.clock.advance(400);
    expect(available(wired)).toBe(true);
  });

  test("what was wanted before the board was there is not done when it comes", async () => {
    const wired = wire();
    want(wired, 2);
    await wired.clock.advance(60_000);
    expect(orders(wired.board)).not.toContain("2,on");
  });
});

describe("a relay", () => {
  test("is on once the board has said so, not when it was told", async () => {
    const wired = await ready();
    want(wired, 2);
    await wired.clock.advance(40);
    expect(truly(wired.board)).toEqual([2]);
    expect(believed(wired.driver)).toEqual([]);
    await wired.clock.advance(20);
    expect(believed(wired.driver)).toEqual([2]);
    expect(wired.events).toMatchObject([{ kind: "confirmed", relay: 2, on: true }]);
    want(wired);
    await wired.clock.advance(40);
    expect(truly(wired.board)).toEqual([]);
    expect(believed(wired.driver)).toEqual([2]);
    await wired.clock.advance(20);
    expect(believed(wired.driver)).toEqual([]);
    expect(wired.lies).toEqual([]);
  });

  test("stays on for ten minutes, told again every 5 s", async () => {
    const wired = await watering(2);
    const moves: unknown[] = [];
    wired.board.onRelay((relay, on) => moves.push([relay, on]));
    const sent = await wired.sent(() => wired.clock.advance(600_000));
    expect(moves).toEqual([]);
    expect(new Set(sent)).toEqual(new Set(["2,on"]));
    expect(sent.length).toBeGreaterThanOrEqual(115);
    expect(sent.length).toBeLessThanOrEqual(120);
  });

  test("ends at the limit it was wanted with, even if nobody ever takes the wish back", async () => {
    const wired = await ready();
    const limitMs = wired.clock.monotonicMs() + 60_000;
    wired.driver.want(new Map([[2, limitMs]]));
    await wired.clock.advance(59_990);
    expect(truly(wired.board)).toEqual([2]);
    await wired.clock.advance(20);
    expect(truly(wired.board)).toEqual([]);
    const before = wired.rounds();
    await wired.clock.advance(60_000);
    expect(truly(wired.board)).toEqual([]);
    expect(believed(wired.driver)).toEqual([]);
    // A wish whose time is over keeps nobody busy: the port is looked at once a second.
    expect(wired.rounds() - before).toBeLessThan(100);
  });

  test("is not opened for a wish that is over already", async () => {
    const wired = await ready();
    wired.driver.want(new Map([[2, wired.clock.monotonicMs()]]));
    const sent = await wired.sent(() => wired.clock.advance(10_000));
    expect(sent).not.toContain("2,on");
  });

  test("is not told on again after the end of a wish that the board did not hear", async () => {
    const wired = await ready();
    const opened: number[] = [];
    wired.board.onRelay((relay, on) => on && opened.push(relay));
    wired.board.faults.deaf = true;
    wired.driver.want(new Map([[2, wired.clock.monotonicMs() + 1_500]]));
    await wired.clock.advance(1_600);
    wired.board.faults.deaf = false;
    const sent = await wired.sent(() => wired.clock.advance(3_000));
    expect(sent).toEqual(["2,off"]);
    expect(opened).toEqual([]);
  });

  test("goes off by the board's own timer when the driver stands still", async () => {
    let dead = false;
    const wired = await ready({
      driverClock: (clock) => ({
        ...clock,
        sleep: (ms, signal) => clock.sleep(ms, signal).then(() => (dead ? new Promise(() => {}) : undefined)),
      }),
    });
    want(wired, 2);
    await wired.clock.advance(12_000);
    dead = true;
    await wired.clock.advance(25_000);
    expect(truly(wired.board)).toEqual([2]);
    await wired.clock.advance(10_000);
    expect(truly(wired.board)).toEqual([]);
    // The board's own line is believed although nobody asked.
    expect(believed(wired.driver)).toEqual([]);
    expect(wired.events.at(-1)).toMatchObject({ kind: "timed-out", relay: 2 });
  });

  test("that timed out is told to go off, unless it is still wanted", async () => {
    const wired = await watering(2, 3);
    wired.driver.listen((event) => void (event.kind === "timed-out" && event.relay === 2 && want(wired, 3)));
    const sent = await wired.sent(async () => {
      wired.board.say(answer(2, "off (due to timeout)"));
      wired.board.say(answer(3, "off (due to timeout)"));
      expect(believed(wired.driver)).toEqual([]);
      await wired.clock.advance(500);
    });
    expect(sent).toEqual(["2,off", "3,on"]);
    expect(truly(wired.board)).toEqual([3]);
    expect(believed(wired.driver)).toEqual([3]);
  });

  test("that is not in the configuration is none of our business", async () => {
    const wired = await ready();
    wired.board.say(answer(8, "on") + answer(8, "off (due to timeout)"));
    const sent = await wired.sent(() => wired.clock.advance(5_000));
    expect(sent).toEqual([]);
    expect(wired.driver.status.get().relays.has(8)).toBe(false);
    expect(wired.events).toEqual([]);
  });

  test("is asked again when a line contradicts what is known, and the line alone changes nothing", async () => {
    const wired = await watering(3);
    const sent = await wired.sent(async () => {
      wired.board.say(answer(2, "on") + answer(3, "off"));
      expect(believed(wired.driver)).toEqual([3]);
      await wired.clock.advance(500);
    });
    expect(sent).toEqual(["2,off", "3,on"]);
    expect(believed(wired.driver)).toEqual(truly(wired.board));
    expect(wired.lies).toEqual([]);
  });
});

describe("the order of things", () => {
  test("eight relays are wanted at once and told one at a time, none lost", async () => {
    const wired = await ready({ relays: [1, 2, 3, 4, 5, 6, 7, 8] });
    want(wired, 1, 2, 3, 4, 5, 6, 7, 8);
    await wired.clock.advance(500);
    expect(truly(wired.board)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(believed(wired.driver)).toEqual(truly(wired.board));
    await wired.clock.advance(120_000);
    expect(truly(wired.board)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test("what a person wants goes before refreshes", async () => {
    const wired = await ready({ relays: [1, 2, 3, 4, 5, 6, 7, 8] });
    want(wired, 1, 2, 3, 4, 5, 6);
    await wired.clock.advance(1_000);
    const refreshing = orders(wired.board).length;
    await wired.until(() => orders(wired.board).length > refreshing, 10_000);
    const sent = await wired.sent(async () => {
      want(wired, 1, 2, 3, 4, 5, 7);
      await wired.clock.advance(500);
    });
    expect(sent.slice(0, 2)).toEqual(["6,off", "7,on"]);
    expect(sent.slice(2)).toEqual(["2,on", "3,on", "4,on", "5,on"]);
  });

  test("a valve is closed before another is opened", async () => {
    const wired = await watering(4);
    const sent = await wired.sent(async () => {
      want(wired, 2);
      await wired.clock.advance(200);
    });
    expect(sent).toEqual(["4,off", "2,on"]);
  });

  test("the master, wanted first, is opened first", async () => {
    const wired = await ready();
    const sent = await wired.sent(async () => {
      want(wired, 4, 2);
      await wired.clock.advance(200);
    });
    expect(sent).toEqual(["4,on", "2,on"]);
  });
});

describe("answers", () => {
  test("a lost one is asked for again after 1 s, and the relay that did move is on by then", async () => {
    const wired = await ready();
    wired.board.faults.loseAnswers = 2;
    want(wired, 2);
    await wired.clock.advance(2_000);
    expect(truly(wired.board)).toEqual([2]);
    expect(believed(wired.driver)).toEqual([]);
    await wired.clock.advance(100);
    expect(believed(wired.driver)).toEqual([2]);
    expect(orders(wired.board).slice(3)).toEqual(["2,on", "2,on", "2,on"]);
    expect(available(wired)).toBe(true);
  });

  test("three lost ones lose the board: it says why, is opened anew and switched off, and the relay was never said on", async () => {
    const wired = await ready();
    wired.board.faults.loseAnswers = 3;
    want(wired, 2);
    await wired.clock.advance(2_900);
    expect(available(wired)).toBe(true);
    await wired.clock.advance(200);
    expect(wired.driver.status.get()).toMatchObject({
      available: false,
      problem: "the board does not answer: check its power and its cable",
    });
    expect(wired.events).toMatchObject([{ kind: "lost" }]);
    expect(truly(wired.board)).toEqual([2]);
    const sent = await wired.sent(() => wired.until(() => available(wired), 2_000));
    expect(sent).toEqual(allOff);
    expect(wired.link.opened).toBe(2);
    await wired.clock.advance(60_000);
    expect(orders(wired.board).filter((line) => line === "2,on")).toHaveLength(3);
    expect(truly(wired.board)).toEqual([]);
    expect(wired.lies).toEqual([]);
  });

  test("a board that says what is wrong with each of three is lost with what it says", async () => {
    const wired = await ready();
    wired.board.faults.garbleCommands = 3;
    want(wired, 2);
    await wired.clock.advance(3_100);
    expect(wired.driver.status.get()).toMatchObject({
      available: false,
      problem: "the board does not do what it is told: unknown state for relay 2",
    });
  });

  test("a board that went mute keeps its relay shown as on until 35 s after the last on", async () => {
    const wired = await watering(2);
    wired.board.faults.silent = true;
    await wired.until(() => !available(wired), 9_000);
    const lastOnMs = wired.clock.monotonicMs() - 1_000;
    await wired.clock.advance(lastOnMs + 34_900 - wired.clock.monotonicMs());
    expect(believed(wired.driver)).toEqual([2]);
    await wired.clock.advance(200);
    expect(believed(wired.driver)).toEqual([]);
    expect(wired.driver.status.get().relays.get(2)).toBe(false);
    expect(wired.lies).toEqual([]);
  });

  test("a board that went mute and is heard again after its reset shows its relay off with the banner", async () => {
    const wired = await watering(2);
    wired.board.faults.deaf = true;
    await wired.until(() => !available(wired), 9_000);
    expect(believed(wired.driver)).toEqual([2]);
    await wired.clock.advance(1_100);
    expect(wired.driver.status.get().relays.get(2)).toBe(false);
    expect(available(wired)).toBe(false);
    expect(wired.lies).toEqual([]);
  });

  test.each([900, 1_500, 2_500])("that are %d ms late are no disaster", async (lateMs) => {
    const wired = await ready();
    wired.board.faults.lateAnswersMs = lateMs;
    want(wired, 2);
    await wired.clock.advance(lateMs + 100);
    expect(believed(wired.driver)).toEqual([2]);
    want(wired, 3);
    await wired.clock.advance(30_000);
    expect(truly(wired.board)).toEqual([3]);
    expect(believed(wired.driver)).toEqual([3]);
    want(wired);
    await wired.clock.advance(30_000);
    expect(truly(wired.board)).toEqual([]);
    expect(believed(wired.driver)).toEqual([]);
    expect(wired.turns).toEqual([]);
    expect(wired.lies).toEqual([]);
  });

  test("that come twice count once", async () => {
    const wired = await ready();
    wired.board.faults.doubleAnswers = true;
    for (const relays of [[2], [3, 4], [], [2, 3, 4], []]) {
      want(wired, ...relays);
      await wired.clock.advance(2_000);
      expect(truly(wired.board)).toEqual(relays);
      expect(believed(wired.driver)).toEqual(relays);
    }
    expect(wired.turns).toEqual([]);
    expect(wired.lies).toEqual([]);
  });

  test("an off does not wait behind an on that gets no answer", async () => {
    const wired = await ready();
    const { board, clock } = wired;
    board.faults.loseAnswers = 1;
    want(wired, 2);
    await clock.advance(200);
    want(wired);
    await clock.advance(1_100);
    expect(orders(board).slice(-3)).toEqual(["4,off", "2,on", "2,off"]);
    expect(truly(board)).toEqual([]);
  });

  test("a machine that stood still for longer than the board waits opens nothing anew", async () => {
    const wired = await watering(2);
    const sent = await wired.sent(async () => {
      wired.clock.jump(40_000);
      await wired.clock.advance(10_000);
    });
    expect(sent).not.toContain("2,on");
    expect(wired.driver.status.get().available).toBe(true);
    expect(truly(wired.board)).toEqual([]);
  });

  test("a machine that stood still while it opened a relay does not try again afterwards", async () => {
    const wired = await ready();
    wired.board.faults.loseAnswers = 1;
    want(wired, 2);
    await wired.clock.advance(200);
    const sent = await wired.sent(async () => {
      wired.clock.jump(40_000);
      await wired.clock.advance(10_000);
    });
    expect(sent).not.toContain("2,on");
    expect(truly(wired.board)).toEqual([]);
  });

  test("a board that floods us with errors and time-outs, or restarts all the time, is few lines in the log", async () => {
    const wired = await ready();
    const before = wired.lines.length;
    for (let second = 0; second < 60; second++) {
      wired.board.say("ERROR: relay 77 is not between 1 and 8\r\n".repeat(20));
      wired.board.say("INFO: requesting relay 3 change to state off (due to timeout)\r\n".repeat(10));
      if (second % 3 === 0) wired.board.reset();
      await wired.clock.advance(1_000);
    }
    expect(wired.lines.length - before).toBeLessThanOrEqual(6);
  });

  test("two errors for one damaged line are one failed try", async () => {
    const wired = await ready();
    wired.board.faults.garbleCommands = 1;
    want(wired, 2);
    await wired.clock.advance(900);
    expect(truly(wired.board)).toEqual([]);
    await wired.clock.advance(200);
    expect(believed(wired.driver)).toEqual([2]);
    want(wired);
    await wired.clock.advance(100);
    expect(truly(wired.board)).toEqual([]);
    expect(wired.lines.filter((line) => line.includes("could not use a command"))).toHaveLength(1);
  });

  test("are not to be confused with a time-out's line, which begins the same: the next command waits for the real one", async () => {
    const wired = await watering(2, 3);
    const sent = await wired.sent(async () => {
      want(wired);
      await wired.clock.advance(10);
      wired.board.say(answer(2, "off (due to timeout)"));
      await wired.clock.advance(30);
    });
    expect(sent).toEqual(["2,off"]);
    await wired.clock.advance(200);
    expect(truly(wired.board)).toEqual([]);
  });

  test.each([
    ["of another relay", answer(3, "off")],
    ["to the opposite", answer(2, "on")],
  ])("are not to be confused with a late one %s: the next command waits for the real one", async (_, late) => {
    const wired = await watering(2, 3);
    const sent = await wired.sent(async () => {
      want(wired);
      await wired.clock.advance(10);
      wired.board.say(late);
      await wired.clock.advance(30);
    });
    expect(sent).toEqual(["2,off"]);
    await wired.clock.advance(200);
    expect(truly(wired.board)).toEqual([]);
  });

  test("to an off that come late, after an on was written, don't keep the relay from being closed", async () => {
    const wired = await ready();
    wired.board.faults.loseAnswers = 1;
    want(wired, 2);
    await wired.clock.advance(10);
    want(wired);
    wired.board.say(answer(2, "off"));
    await wired.clock.advance(1_500);
    expect(orders(wired.board)).toContain("2,on");
    expect(truly(wired.board)).toEqual([]);
  });

  test("that arrive in pieces are understood", async () => {
    const wired = await ready();
    wired.board.faults.splitLines = true;
    want(wired, 2, 3);
    await wired.clock.advance(200);
    expect(believed(wired.driver)).toEqual([2, 3]);
    want(wired);
    await wired.clock.advance(200);
    expect(truly(wired.board)).toEqual([]);
    expect(believed(wired.driver)).toEqual([]);
  });

  test("stand among line noise, and the noise is no answer", async () => {
    const wired = await ready();
    want(wired, 2);
    wired.board.say(Buffer.from([0, 255, 10, 13, 10, 128]));
    wired.board.say(`x${answer(2, "on")}${answer(2, "on").trim()}!\r\n`);
    await wired.clock.settle();
    expect(believed(wired.driver)).toEqual([]);
    await wired.clock.advance(100);
    expect(believed(wired.driver)).toEqual([2]);
  });
});

describe("something else on the port", () => {
  test.each([
    ["lines", "$GPGGA,123519,4807.038,N\r\n"],
    ["bytes without line ends", "~~~~~~~~~~~~~"],
  ])("that babbles in %s is said to be no sprinkler board, and is unavailable for ever", async (_, text) => {
    const wired = wire({ faults: { silent: true } });
    for (let second = 0; second < 600; second++) {
      wired.board.say(text);
      await wired.clock.advance(1_000);
    }
    expect(wired.driver.status.get().problem).toMatch(/speaks, but not as a sprinkler board: check `port`/);
    expect(wired.turns).toEqual([]);
    expect(wired.failed.state).toBe("pending");
  });

  test("a board that has spoken properly and falls silent is not taken for something else because of a noise", async () => {
    const wired = await ready();
    wired.board.say("~#\r\n");
    wired.board.faults.silent = true;
    want(wired, 2);
    await wired.clock.advance(4_000);
    expect(wired.turns[0]?.problem).toMatch(/does not answer/);
  });

  test("64 MiB without a line end are not kept, and the board is heard afterwards", async () => {
    setFlagsFromString("--expose-gc");
    const collect: () => void = runInNewContext("gc");
    const wired = await ready();
    want(wired, 2);
    const babble = Buffer.alloc(1 << 20, "x");
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 64; i++) wired.board.say(babble);
    await wired.clock.settle();
    collect();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(8 << 20);
    wired.board.say("\r\n");
    await wired.clock.advance(1_200);
    expect(believed(wired.driver)).toEqual([2]);
  });

  test("a port that stays silent is unavailable for ever, and never fatal", async () => {
    const wired = wire({ faults: { silent: true } });
    await wired.clock.advance(hourMs);
    expect(wired.driver.status.get()).toMatchObject({
      available: false,
      problem: "the board does not answer: check its power and its cable",
    });
    expect(wired.failed.state).toBe("pending");
    wired.board.faults.silent = false;
    await wired.clock.advance(20_000);
    expect(available(wired)).toBe(true);
  });
});

describe("a reset", () => {
  test("in the middle of a run ends the run: everything off again, available again on the same port, nothing resumed", async () => {
    const wired = await watering(2, 3);
    wired.board.reset();
    const sent = await wired.sent(async () => {
      await wired.clock.advance(30);
      expect(wired.driver.status.get()).toMatchObject({
        available: false,
        problem: expect.stringMatching(/restarted/),
      });
      expect(believed(wired.driver)).toEqual([]);
      await wired.clock.advance(970);
      expect(available(wired)).toBe(true);
      await wired.clock.advance(600_000);
    });
    expect(sent.slice(0, 3)).toEqual(allOff);
    expect(sent).not.toContain("2,on");
    expect(sent).not.toContain("3,on");
    expect(turns(wired)).toEqual(["lost", "ready"]);
    expect(wired.link.opened).toBe(1);
    expect(wired.lies).toEqual([]);
    want(wired, 2);
    await wired.clock.advance(100);
    expect(believed(wired.driver)).toEqual([2]);
  });

  test.each([2, 20, 51])("%d ms after a command does not repeat the command", async (afterMs) => {
    const wired = await ready();
    want(wired, 2);
    await wired.clock.advance(afterMs);
    wired.board.reset();
    await wired.clock.advance(60_000);
    expect(orders(wired.board).filter((line) => line === "2,on")).toHaveLength(1);
    expect(truly(wired.board)).toEqual([]);
    expect(believed(wired.driver)).toEqual([]);
    expect(available(wired)).toBe(true);
    expect(turns(wired)).toEqual(["lost", "ready"]);
    expect(wired.lies).toEqual([]);
  });

  test.each([500, 2_000])(
    "whose banner is %d ms late is noticed by the missing answer or the banner",
    async (delayMs) => {
      const wired = await watering(2);
      wired.board.faults.bannerDelayMs = delayMs;
      wired.board.reset();
      await wired.clock.advance(15_000);
      expect(available(wired)).toBe(true);
      expect(truly(wired.board)).toEqual([]);
      expect(believed(wired.driver)).toEqual([]);
      expect(orders(wired.board).slice(-3)).not.toContain("2,on");
    },
  );

  test("while everything is being switched off begins that anew", async () => {
    const wired = wire();
    await wired.clock.advance(100);
    wired.board.reset();
    await wired.clock.advance(500);
    expect(orders(wired.board)).toEqual(["2,off", "3,off", ...allOff]);
    expect(available(wired)).toBe(true);
  });

  test("again and again, as with a weak power supply, is not taken for a board that can be used", async () => {
    const wired = wire();
    const problems = new Set<string | undefined>();
    wired.driver.status.onChange(() => problems.add(wired.driver.status.get().problem));
    for (let i = 0; i < 200; i++) {
      await wired.clock.advance(120);
      wired.board.reset();
    }
    expect(wired.turns).toEqual([]);
    expect([...problems].filter((problem) => problem?.includes("check its power supply"))).toHaveLength(1);
    await wired.clock.advance(15_000);
    expect(available(wired)).toBe(true);
  });
});

describe("the cable", () => {
  test("is pulled: unavailable at once, off after 35 s, and after a minute only a restart can help", async () => {
    const wired = await watering(2);
    wired.board.unplug();
    await wired.clock.advance(100);
    expect(wired.driver.status.get()).toMatchObject({ available: false, problem: expect.stringMatching(/unplugged/) });
    expect(believed(wired.driver)).toEqual([2]);
    expect(turns(wired)).toEqual(["lost"]);
    await wired.clock.advance(29_000);
    expect(believed(wired.driver)).toEqual([2]);
    await wired.clock.advance(6_000);
    expect(wired.driver.status.get().relays.get(2)).toBe(false);
    await wired.clock.advance(20_000);
    expect(wired.failed.state).toBe("pending");
    await wired.clock.advance(10_000);
    expect(wired.failed.error).toBeInstanceOf(Fatal);
    expect(wired.failed.error?.message).toMatch(/there was no board for 60 s: .*No such file or directory/);
    const attempts = wired.link.attempts.length;
    await wired.clock.advance(60_000);
    expect(wired.link.attempts).toHaveLength(attempts);
  });

  test("is pulled in the middle of a command, and what was written does not come back with it", async () => {
    const wired = await ready();
    want(wired, 2);
    await wired.clock.advance(1);
    wired.board.unplug();
    await wired.clock.advance(500);
    wired.board.plug();
    await wired.clock.advance(60_000);
    expect(available(wired)).toBe(true);
    expect(orders(wired.board).filter((line) => line === "2,on")).toHaveLength(1);
    expect(truly(wired.board)).toEqual([]);
  });

  test("comes back: tried every 1 to 10 s, switched off, and nothing is resumed", async () => {
    const wired = await watering(2);
    wired.board.unplug();
    await wired.clock.advance(40_000);
    wired.board.plug();
    const sent = await wired.sent(() => wired.until(() => available(wired), 10_500));
    expect(sent).toEqual(allOff);
    const gaps = wired.link.attempts.slice(1).map((atMs, i) => Math.round(atMs - (wired.link.attempts[i] ?? 0)));
    expect(gaps.slice(1, 5)).toEqual([2_000, 4_000, 8_000, 10_000]);
    await wired.clock.advance(60_000);
    expect(truly(wired.board)).toEqual([]);
    wired.board.unplug();
    await wired.clock.advance(1_500);
    wired.board.plug();
    // A board that was available is tried after 1 s again.
    await wired.clock.advance(2_500);
    expect(available(wired)).toBe(true);
    expect(wired.failed.state).toBe("pending");
  });

  test("that loses contact now and then for less than a minute is never fatal", async () => {
    const wired = await ready();
    for (let i = 0; i < 5; i++) {
      wired.board.unplug();
      await wired.clock.advance(50_000);
      wired.board.plug();
      await wired.clock.advance(15_000);
      expect(available(wired)).toBe(true);
    }
    expect(wired.failed.state).toBe("pending");
  });

  test("is pulled and the stream does not notice: unavailable within 5 s all the same", async () => {
    const wired = await watering(2);
    wired.board.faults.silent = true;
    wired.board.faults.refuseOpen = "Error: No such file or directory, cannot open /dev/ttyACM0";
    wired.link.vanished = true;
    await wired.clock.advance(1_100);
    expect(wired.driver.status.get()).toMatchObject({ available: false, problem: "the board is unplugged" });
    expect(turns(wired)).toEqual(["lost"]);
  });

  test("is swapped unnoticed, twice in an hour: that is no board missing for an hour", async () => {
    const wired = await ready();
    for (let i = 0; i < 2; i++) {
      wired.link.vanished = true;
      await wired.clock.advance(5_000);
      expect(available(wired)).toBe(true);
      await wired.clock.advance(hourMs);
    }
    expect(wired.link.opened).toBe(3);
    expect(wired.failed.state).toBe("pending");
  });

  test("was never plugged in: fatal after a minute", async () => {
    const wired = wire({ prepare: (board) => board.unplug() });
    await wired.clock.advance(59_000);
    expect(wired.failed.state).toBe("pending");
    await wired.clock.advance(2_000);
    expect(wired.failed.error).toBeInstanceOf(Fatal);
  });

  test("leads to a port we may not open: fatal at once, in the words of the link", async () => {
    const refuse = "Error: Permission denied, cannot open /dev/ttyACM0";
    const wired = wire({ faults: { refuseOpen: refuse } });
    await wired.clock.settle();
    expect(wired.failed.error).toBeInstanceOf(Fatal);
    expect(wired.failed.error?.message).toBe(refuse);
    await wired.clock.advance(60_000);
    expect(wired.link.attempts).toEqual([0]);
  });

  test("leads to a port somebody else has open: unavailable until they close it, never fatal", async () => {
    const refuse = "Error Resource temporarily unavailable Cannot lock port";
    const wired = wire({ faults: { refuseOpen: refuse } });
    await wired.clock.advance(hourMs);
    expect(wired.driver.status.get()).toMatchObject({ available: false, problem: refuse });
    expect(wired.failed.state).toBe("pending");
    wired.board.faults.refuseOpen = undefined;
    await wired.clock.advance(11_000);
    expect(available(wired)).toBe(true);
  });

  test("does not fill the log: a trouble that lasts is said once per ten minutes", async () => {
    const wired = wire({ faults: { silent: true } });
    await wired.clock.advance(hourMs);
    expect(wired.lines.length).toBeLessThanOrEqual(7);
  });
});

describe("closing", () => {
  /** Closes the driver; how it went, after 10 s. */
  async function close(wired: Wired) {
    const startMs = wired.clock.monotonicMs();
    const closed = watch(wired.driver[Symbol.asyncDispose](), wired.clock);
    await wired.clock.advance(10_000);
    return { ...closed, tookMs: closed.atMs - startMs };
  }

  test("switches everything off, hears the answers, and closes the port", async () => {
    const wired = await watering(2, 3);
    const sent = await wired.sent(async () => {
      const { state, tookMs } = await close(wired);
      expect(state).toBe("resolved");
      expect(tookMs).toBeLessThan(500);
    });
    expect(sent).toEqual(allOff);
    expect(truly(wired.board)).toEqual([]);
    expect(believed(wired.driver)).toEqual([]);
    await expect(wired.board.open()).resolves.toBeDefined();
    expect(wired.failed.state).toBe("pending");
  });

  test("obeys nobody any more", async () => {
    const wired = await watering(2);
    const closed = close(wired);
    want(wired, 2, 3);
    expect((await closed).state).toBe("resolved");
    expect(truly(wired.board)).toEqual([]);
  });

  test("asks again for answers that are lost, after everything was told once", async () => {
    const wired = await watering(2);
    wired.board.faults.loseAnswers = 2;
    expect(await close(wired)).toMatchObject({ state: "resolved" });
    expect(truly(wired.board)).toEqual([]);
    expect(orders(wired.board).slice(-5)).toEqual(["2,off", "3,off", "4,off", "2,off", "3,off"]);
  });

  test("tells every relay of a board that obeys and says nothing", async () => {
    const wired = await watering(3, 4);
    wired.board.faults.silent = true;
    const { state, tookMs } = await close(wired);
    expect(state).toBe("rejected");
    expect(tookMs).toBeLessThan(4_100);
    expect(truly(wired.board)).toEqual([]);
  });

  test("resets a board that hears nothing, by opening its port again", async () => {
    const wired = await watering(3, 4);
    wired.board.faults.deaf = true;
    expect(await close(wired)).toMatchObject({ state: "resolved" });
    expect(wired.link.opened).toBe(2);
    expect(truly(wired.board)).toEqual([]);
  });

  test("with a mute board and an open relay takes 4 s and says which relay it left", async () => {
    const wired = await watering(2);
    wired.board.faults.silent = true;
    const { state, error, tookMs } = await close(wired);
    expect(state).toBe("rejected");
    expect(error).toBeInstanceOf(Fatal);
    expect(error?.message).toBe('relay 2 did not acknowledge "off" in 4 s: the firmware closes it within 35 s');
    expect(Math.round(tookMs)).toBe(4_000);
    await expect(wired.board.open()).resolves.toBeDefined();
  });

  test("right after the cable was pulled from an open relay waits for it, and says so", async () => {
    const wired = await watering(2);
    wired.board.unplug();
    await wired.clock.advance(500);
    const { error, tookMs } = await close(wired);
    expect(error?.message).toMatch(/relay 2 did not acknowledge/);
    expect(Math.round(tookMs)).toBe(4_000);
  });

  test("finds a board that comes back in time, and switches it off", async () => {
    const wired = await watering(2);
    wired.board.unplug();
    await wired.clock.advance(500);
    wired.board.plug();
    const { state, tookMs } = await close(wired);
    expect(state).toBe("resolved");
    expect(tookMs).toBeLessThan(4_000);
    expect(orders(wired.board).slice(-3)).toEqual(allOff);
  });

  test("is quick when nothing was open", async () => {
    const wired = await ready();
    expect(await close(wired)).toMatchObject({ state: "resolved", tookMs: expect.toSatisfy((ms) => ms < 500) });
  });

  test("is clean with a board that went mute with everything off", async () => {
    const wired = await ready();
    wired.board.faults.silent = true;
    await wired.clock.advance(60_000);
    expect(available(wired)).toBe(false);
    expect(await close(wired)).toMatchObject({ state: "resolved", tookMs: expect.toSatisfy((ms) => ms < 500) });
  });

  test("is quick and clean without a port, with one that is taken, and with one that is forbidden", async () => {
    for (const refuse of ["No such file or directory", "Cannot lock port", "Permission denied"]) {
      const wired = wire({ faults: { refuseOpen: refuse } });
      await wired.clock.advance(2_000);
      expect(await close(wired), refuse).toMatchObject({ state: "resolved", tookMs: 0 });
    }
  });

  test("before the board has said anything waits for it, and switches everything off", async () => {
    const wired = wire({ faults: { bannerDelayMs: 1_000 } });
    await wired.clock.advance(100);
    expect(await close(wired)).toMatchObject({ state: "resolved" });
    expect(orders(wired.board)).toEqual(allOff);
  });

  test("on a port that never said anything is not called clean: whoever was here before us may have left water on", async () => {
    const wired = wire({ faults: { silent: true } });
    await wired.clock.advance(100);
    const { error, tookMs } = await close(wired);
    expect(error?.message).toMatch(/relay 2, 3, 4 did not acknowledge/);
    expect(Math.round(tookMs)).toBe(4_000);
  });

  test("while the port is being opened closes it again, and says nothing to the board", async () => {
    const wired = await ready();
    const { open } = wired.link;
    const opening = Promise.withResolvers<void>();
    wired.link.open = () => opening.promise.then(open);
    wired.board.unplug();
    await wired.clock.advance(500);
    wired.board.plug();
    await wired.clock.advance(5_000);
    const closed = watch(wired.driver[Symbol.asyncDispose](), wired.clock);
    await wired.clock.advance(100);
    const sent = await wired.sent(async () => {
      opening.resolve();
      await wired.clock.advance(100);
    });
    expect(closed.state).toBe("resolved");
    expect(sent).toEqual([]);
    await expect(wired.board.open()).resolves.toBeDefined();
  });
});
