import { describe, expect, test } from "vitest";
import type { Rules } from "../../devices/smart-aircons/aircon-model.ts";
import { control } from "../../devices/smart-aircons/control.ts";
import { Refused } from "../../src/device.ts";
import { virtualClock } from "../support/clock.ts";
import { captureLog } from "../support/toy.ts";
import { type ToyBlaster, toyBlaster } from "./aircon-blaster.ts";
import { fussySet, readableSet, said, told } from "./aircon-set.ts";

/** An aircon on a blaster in memory, in virtual time. */
function wired(changes: Partial<Rules> = {}, epochMs?: number) {
  const clock = virtualClock(epochMs);
  const blaster = toyBlaster(undefined, clock.monotonicMs);
  const { log, logged } = captureLog("info");
  const rules: Rules = {
    set: readableSet(),
    quietMs: 400,
    prelude: false,
    repeats: 1,
    feedback: undefined,
    ...changes,
  };
  const aircon = control(rules, blaster, { log, clock });
  const shows = () => told(aircon.aircon.get().is);
  return { clock, blaster, aircon, logged, shows };
}

const texts = ({ sent }: ToyBlaster) => sent.map(({ code }) => said(code));
const why = (promise: Promise<void>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

test("command: resolves when the blaster has sent it, and is shown then", async () => {
  const { clock, blaster, aircon, logged, shows } = wired();
  blaster.hold();
  let done = false;
  const asked = aircon.ask({ kind: "mode", mode: "cool" }).then(() => {
    done = true;
  });
  await clock.advance(399);
  expect(blaster.asked).toBe(0);
  await clock.advance(1);
  expect(blaster.asked).toBe(1);
  await clock.advance(5_000);
  expect([done, shows()]).toEqual([false, "off"]);
  blaster.release();
  await asked;
  expect(texts(blaster)).toEqual(["cool 24 auto off"]);
  expect(shows()).toBe("cool 24 auto off");
  expect(logged.lines).toMatchObject([{ level: "info", msg: "sent", mode: "cool", celsius: 24 }]);
});

test("command: with no quiet time it is at the blaster before anything else happens", () => {
  const { blaster, aircon } = wired({ quietMs: 0 });
  void aircon.ask({ kind: "mode", mode: "cool" });
  expect(blaster.asked).toBe(1);
});

test("A3: ten set-points within a second are one frame, and all ten learn of it", async () => {
  const { clock, blaster, aircon } = wired();
  await Promise.all([aircon.ask({ kind: "mode", mode: "cool" }), clock.advance(400)]);
  const asked: Promise<void>[] = [];
  for (const celsius of [25, 26, 27, 28, 29, 30, 23, 22, 21, 20]) {
    asked.push(aircon.ask({ kind: "temperature", celsius }));
    await clock.advance(100);
  }
  await clock.advance(300);
  await Promise.all(asked);
  expect(texts(blaster)).toEqual(["cool 24 auto off", "cool 20 auto off"]);
});

test.each([
  ["failing", "may have been heard: what was shown before it is sent when it is asked for again", ["off"]],
  ["refusing", "was not heard for sure: what was shown before it is still so", []],
] as const)("a command at a blaster that is %s %s", async (how, _, sent) => {
  const { clock, blaster, aircon, shows } = wired({ quietMs: 0 });
  blaster[how] = "no";
  expect(String(await why(aircon.ask({ kind: "mode", mode: "cool" })))).toBe("Error: no");
  blaster[how] = undefined;
  await Promise.all([aircon.ask({ kind: "power", on: false }), clock.advance(1_000)]);
  expect([shows(), texts(blaster)]).toEqual(["off", sent]);
});

test("of several codes of which the first was sent, the rest being refused is as good as any failure", async () => {
  const { clock, blaster, aircon } = wired({ quietMs: 0, repeats: 2 });
  const asked = why(aircon.ask({ kind: "mode", mode: "cool" }));
  await clock.advance(100);
  blaster.refusing = "no";
  await clock.advance(1_000);
  expect(String(await asked)).toBe("Error: no (it has heard 1 of 2 codes)");
  expect(aircon.aircon.get().doubt).toEqual({ kind: "unheard" });
});

test("and when that frame fails, all of them fail", async () => {
  const { clock, blaster, aircon, shows } = wired();
  blaster.failing = "it does not answer";
  const asked = [20, 21, 22].map((celsius) => why(aircon.ask({ kind: "temperature", celsius })));
  const cool = why(aircon.ask({ kind: "mode", mode: "cool" }));
  await clock.advance(400);
  // The temperatures are remembered at once: it is off.
  expect(await Promise.all(asked)).toEqual([undefined, undefined, undefined]);
  expect(await cool).toMatchObject({ message: "it does not answer" });
  expect(await cool).not.toBeInstanceOf(Refused);
  expect(shows()).toBe("off");
});

test("a command while another is being sent waits for it, and one frame is ever under way", async () => {
  const { clock, blaster, aircon } = wired();
  blaster.hold();
  const first = aircon.ask({ kind: "mode", mode: "cool" });
  await clock.advance(400);
  const second = aircon.ask({ kind: "mode", mode: "heat" });
  await clock.advance(10_000);
  expect(blaster.asked).toBe(1);
  blaster.release();
  await Promise.all([first, second]);
  expect(texts(blaster)).toEqual(["cool 24 auto off", "heat 24 auto off"]);
});

describe("several codes of one change", () => {
  test("are sent half a second apart, and the time of day is in them", async () => {
    // 14:05 on the clock of this machine.
    const { clock, blaster, aircon } = wired({ set: fussySet(), repeats: 2 }, new Date(2026, 10, 22, 14, 5).getTime());
    const asked = aircon.ask({ kind: "mode", mode: "cool" });
    await clock.advance(2_000);
    await asked;
    const cool = "cool 24 auto off at 845";
    expect(blaster.sent.map(({ code, atMs }) => [atMs, said(code)])).toEqual([
      [400, "on"],
      [900, "on"],
      [1_400, cool],
      [1_900, cool],
    ]);
  });

  test("carry midnight where the clock of the machine was never set", async () => {
    const { clock, blaster, aircon } = wired({ set: fussySet() }, Date.UTC(1970, 0, 1, 14, 5));
    void aircon.ask({ kind: "mode", mode: "cool" });
    await clock.advance(2_000);
    expect(texts(blaster)).toEqual(["on", "cool 24 auto off at 0"]);
  });

  test("of which only the first was sent are not shown, and the failure says so", async () => {
    const { clock, blaster, aircon, shows } = wired({ set: fussySet() });
    const asked = why(aircon.ask({ kind: "mode", mode: "cool" }));
    await clock.advance(500);
    blaster.failing = "it is busy";
    await clock.advance(500);
    expect(await asked).toMatchObject({ message: "it is busy (it has heard 1 of 2 codes)" });
    expect(shows()).toBe("off");
    // It is on, as likely as not: off is sent although off is shown.
    blaster.failing = undefined;
    const off = aircon.ask({ kind: "power", on: false });
    await clock.advance(400);
    await off;
    expect(texts(blaster)).toEqual(
      ["on", "off at 120"].map((text) => expect.stringContaining(text.split(" ")[0] ?? "")),
    );
  });
});

test("several codes of one change: after a standstill of more than a minute the rest is not sent", async () => {
  for (const [stoodMs, sent] of [
    [59_000, ["on", "cool 24 auto off at 120"]],
    [8 * 3_600_000, ["on"]],
  ] as const) {
    const { clock, blaster, aircon } = wired({ set: fussySet(), quietMs: 0 });
    const asked = why(aircon.ask({ kind: "mode", mode: "cool" }));
    await clock.advance(100);
    clock.jump(stoodMs);
    await clock.advance(60_000);
    expect(texts(blaster)).toEqual(sent.map((text) => expect.stringContaining(text.replace(/ at .*/, ""))));
    const reason = expect.stringMatching(/more than a minute ago.*heard 1 of 2 codes/);
    expect(await asked).toEqual(sent.length === 2 ? undefined : expect.objectContaining({ message: reason }));
  }
});

test("several codes of one change: all are sent, however long those of other aircons take in between", async () => {
  const { clock, blaster, aircon } = wired({ prelude: true, repeats: 5 });
  const asked = why(aircon.ask({ kind: "mode", mode: "cool" }));
  blaster.hold();
  await clock.advance(400);
  for (let sent = 1; sent <= 10; sent++) {
    await clock.advance(20_000);
    blaster.release();
    await clock.settle();
    blaster.hold();
    await clock.advance(500);
  }
  expect(await asked).toBeUndefined();
  expect(blaster.sent).toHaveLength(10);
});

test("several codes of one change: after a standstill while one was being sent the rest is not sent", async () => {
  const { clock, blaster, aircon } = wired({ set: fussySet() });
  const asked = why(aircon.ask({ kind: "mode", mode: "cool" }));
  blaster.hold();
  await clock.advance(400);
  clock.jump(8 * 3_600_000);
  blaster.release();
  await clock.advance(60_000);
  expect(texts(blaster)).toEqual(["on"]);
  expect(await asked).toMatchObject({ message: expect.stringMatching(/more than a minute ago.*heard 1 of 2 codes/) });
});

describe("A4: a blaster that is away", () => {
  test("refuses at once with what is wrong, also what waited, and sends nothing when it is back", async () => {
    const { clock, blaster, aircon, shows } = wired();
    const waits = why(aircon.ask({ kind: "mode", mode: "cool" }));
    await clock.advance(100);
    blaster.away("it does not answer: is it plugged in?");
    const refused = new Refused("it does not answer: is it plugged in?");
    expect(await waits).toEqual(refused);
    expect(await why(aircon.ask({ kind: "mode", mode: "cool" }))).toEqual(refused);
    blaster.back();
    await clock.advance(60_000);
    expect([blaster.asked, shows()]).toEqual([0, "off"]);
  });

  test("that was never there yet says so", async () => {
    const clock = virtualClock();
    const blaster = toyBlaster({ ready: false, problem: undefined, identity: undefined });
    const rules = { set: readableSet(), quietMs: 0, prelude: false, repeats: 1, feedback: undefined };
    const aircon = control(rules, blaster, { log: captureLog().log, clock });
    expect(await why(aircon.ask({ kind: "power", on: true }))).toEqual(new Refused("the blaster has not answered yet"));
  });
});

test("A9: an aircon that does not obey is told again, which the log says", async () => {
  const { clock, blaster, aircon, logged } = wired({ feedback: { waitMs: 30_000, lasting: true } });
  aircon.tell({ kind: "feedback", on: false });
  void aircon.ask({ kind: "mode", mode: "cool" });
  await clock.advance(100_000);
  expect(texts(blaster)).toEqual(Array(3).fill("cool 24 auto off"));
  expect(logged.said("warn")).toEqual([
    "the feedback says otherwise: it is sent again",
    "the feedback says otherwise: it is sent again",
    "it was told 3 times to switch on, and is off: can the blaster see it?",
  ]);
});

test("C15: a plug whose power goes up and down all the time does not fill the log", async () => {
  const { clock, aircon, logged } = wired({ feedback: { waitMs: 30_000, lasting: false } });
  for (let seconds = 0; seconds < 3_600; seconds += 10) {
    aircon.tell({ kind: "feedback", on: seconds % 20 === 0 });
    await clock.advance(10_000);
  }
  expect(logged.lines.length).toBeLessThanOrEqual(12);
  expect(new Set(logged.said("warn"))).toEqual(
    new Set([
      "it was switched on, but not from here: what is shown is a guess",
      "it was switched off, but not from here",
    ]),
  );
});

test("A10: marking as off is logged, and sends nothing", async () => {
  const { clock, blaster, aircon, logged, shows } = wired();
  void aircon.ask({ kind: "mode", mode: "cool" });
  await clock.advance(400);
  await aircon.assume(false);
  await clock.advance(60_000);
  expect([texts(blaster), shows()]).toEqual([["cool 24 auto off"], "off"]);
  expect(logged.said("info")).toEqual(["sent", "marked by hand, nothing is sent"]);
});

describe("closing", () => {
  const closing = (aircon: ReturnType<typeof wired>["aircon"]) => aircon[Symbol.asyncDispose]();

  test("refuses what waits, and nothing is sent any more", async () => {
    const { clock, blaster, aircon } = wired();
    const waits = why(aircon.ask({ kind: "mode", mode: "cool" }));
    await closing(aircon);
    expect(await waits).toEqual(new Refused("the daemon is stopping"));
    expect(await why(aircon.ask({ kind: "mode", mode: "heat" }))).toEqual(new Refused("the daemon is stopping"));
    blaster.away("gone");
    blaster.back();
    await clock.advance(60_000);
    expect(blaster.asked).toBe(0);
  });

  test("lets what is being sent end, and shows it", async () => {
    const { clock, blaster, aircon, shows } = wired();
    blaster.hold();
    const asked = aircon.ask({ kind: "mode", mode: "cool" });
    await clock.advance(400);
    const closed = closing(aircon);
    blaster.release();
    await Promise.all([asked, closed]);
    expect(shows()).toBe("cool 24 auto off");
  });

  test("sends no second code after the first", async () => {
    const { clock, blaster, aircon } = wired({ set: fussySet() });
    const asked = why(aircon.ask({ kind: "mode", mode: "cool" }));
    await clock.advance(500);
    await closing(aircon);
    await clock.advance(60_000);
    expect(await asked).toMatchObject({ message: expect.stringContaining("the daemon is stopping") });
    expect(texts(blaster)).toEqual(["on"]);
  });

  test("waits a second for a blaster that says nothing, and then for nobody", async () => {
    const { clock, blaster, aircon, shows } = wired();
    blaster.hold();
    const asked = why(aircon.ask({ kind: "mode", mode: "cool" }));
    await clock.advance(400);
    let closed = false;
    const closes = closing(aircon).then(() => {
      closed = true;
    });
    await clock.advance(999);
    expect(closed).toBe(false);
    await clock.advance(1);
    await closes;
    expect(await asked).toMatchObject({ message: "the daemon is stopping" });
    // Whatever it says now.
    blaster.release();
    await clock.advance(60_000);
    expect(blaster.asked).toBe(1);
    expect(shows()).toBe("cool 24 auto off");
  });

  test("leaves nobody waiting and nothing listening", async () => {
    const { clock, blaster, aircon } = wired();
    let naps = 0;
    const counted = {
      ...clock,
      async sleep(ms: number, signal?: AbortSignal) {
        naps += 1;
        await clock.sleep(ms, signal);
        naps -= 1;
      },
    };
    const rules = { set: readableSet(), quietMs: 400, prelude: false, repeats: 1, feedback: undefined };
    const other = control(rules, blaster, { log: captureLog().log, clock: counted });
    const asked = [25, 26, 27].map((celsius) => why(other.ask({ kind: "temperature", celsius })));
    void why(other.ask({ kind: "mode", mode: "cool" }));
    for (const fan of ["low", "high", "auto"]) void why(other.ask({ kind: "fan", fan }));
    await clock.settle();
    expect(naps).toBe(1);
    await Promise.all([...asked, closing(other), closing(aircon)]);
    await clock.settle();
    expect(naps).toBe(0);
    let changes = 0;
    other.aircon.onChange(() => changes++);
    blaster.away("gone");
    expect(changes).toBe(0);
  });
});
