import { describe, expect, test } from "vitest";
import { problemOf } from "../../devices/smart-aircons/feedback.ts";
import type { Change } from "../../devices/smart-aircons/setting.ts";
import { type LivedIn, livedIn } from "./aircon-lived-in.ts";
import { fussySet, setWithManyOffs } from "./aircon-set.ts";

const WAIT = 30_000;
const lasting = { waitMs: WAIT, lasting: true };
const momentary = { waitMs: WAIT, lasting: false };
const cool: Change = { kind: "mode", mode: "cool" };
const off: Change = { kind: "power", on: false };
const switchOn: Change = { kind: "power", on: true };

const problem = (aircon: LivedIn) => problemOf(aircon.aircon());
const says = (aircon: LivedIn, on: boolean) => aircon.tell({ kind: "feedback", on });

/** Asks and lets the quiet time pass: it was sent. */
function send(aircon: LivedIn, change: Change) {
  const asked = aircon.ask(change);
  aircon.pass(400);
  return asked;
}

describe("A9: feedback that agrees", () => {
  test.each([lasting, momentary])("sends nothing more: %j", (feedback) => {
    const aircon = livedIn({ feedback });
    send(aircon, cool);
    aircon.pass(5_000);
    says(aircon, true);
    aircon.pass(600_000);
    says(aircon, true);
    expect(aircon.takeSent()).toEqual(["cool 24 auto off"]);
    expect(problem(aircon)).toBeUndefined();
  });

  test("may take its time", () => {
    const aircon = livedIn({ feedback: lasting });
    says(aircon, false);
    send(aircon, cool);
    says(aircon, false);
    aircon.pass(WAIT - 1);
    says(aircon, true);
    aircon.pass(600_000);
    expect(aircon.takeSent()).toEqual(["cool 24 auto off"]);
    expect(aircon.shows()).toBe("cool 24 auto off");
  });

  test("that never says anything, sends nothing more", () => {
    const aircon = livedIn({ feedback: lasting });
    send(aircon, cool);
    aircon.pass(600_000);
    expect(aircon.takeSent()).toEqual(["cool 24 auto off"]);
  });

  test("is not there unless it is configured", () => {
    const aircon = livedIn();
    send(aircon, cool);
    says(aircon, false);
    aircon.pass(600_000);
    says(aircon, false);
    expect(aircon.takeSent()).toEqual(["cool 24 auto off"]);
    expect(aircon.shows()).toBe("cool 24 auto off");
  });
});

describe("A9: an aircon that does not do what it was told", () => {
  test("is told again, twice at most; then the truth is shown, and the problem", () => {
    const aircon = livedIn({ feedback: lasting });
    says(aircon, false);
    const asked = send(aircon, cool);
    // It was sent, and that is all that can be promised.
    expect(asked).toEqual({ is: "done" });
    aircon.pass(WAIT - 1);
    expect(aircon.takeSent()).toHaveLength(1);
    aircon.pass(1);
    expect(aircon.takeSent()).toEqual(["cool 24 auto off"]);
    aircon.pass(WAIT);
    expect(aircon.takeSent()).toEqual(["cool 24 auto off"]);
    expect(aircon.shows()).toBe("cool 24 auto off");
    expect(problem(aircon)).toBeUndefined();
    aircon.pass(WAIT);
    expect(aircon.shows()).toBe("off (cool 24 auto off)");
    expect(problem(aircon)).toBe("it was told 3 times to switch on, and is off: can the blaster see it?");
    aircon.pass(3_600_000);
    says(aircon, false);
    expect(aircon.takeSent()).toEqual([]);
  });

  test("and does it after all, is shown so, without a problem", () => {
    const aircon = livedIn({ feedback: lasting });
    says(aircon, false);
    send(aircon, cool);
    aircon.pass(3 * WAIT);
    expect(problem(aircon)).toBeDefined();
    says(aircon, true);
    expect(aircon.shows()).toBe("cool 24 auto off");
    expect(problem(aircon)).toBeUndefined();
  });

  test("has no problem any more when the next command is sent", () => {
    const aircon = livedIn({ feedback: lasting });
    says(aircon, false);
    send(aircon, cool);
    aircon.pass(3 * WAIT);
    aircon.takeSent();
    send(aircon, switchOn);
    expect(aircon.takeSent()).toEqual(["cool 24 auto off"]);
    expect(problem(aircon)).toBeUndefined();
    says(aircon, true);
    aircon.pass(600_000);
    expect(aircon.takeSent()).toEqual([]);
  });

  test("is only told again for what its power says after the time it has, where that is not a lasting word", () => {
    const aircon = livedIn({ feedback: momentary });
    send(aircon, cool);
    aircon.pass(10_000);
    says(aircon, false);
    aircon.pass(600_000);
    expect(aircon.takeSent()).toHaveLength(1);
    says(aircon, false);
    expect(aircon.takeSent()).toEqual(["cool 24 auto off"]);
    aircon.pass(WAIT);
    says(aircon, false);
    aircon.pass(WAIT);
    says(aircon, false);
    expect(aircon.takeSent()).toHaveLength(1);
    expect(aircon.shows()).toBe("off (cool 24 auto off)");
  });

  test("is told again what it was told, and a command of a person goes first", () => {
    const aircon = livedIn({ feedback: lasting });
    says(aircon, false);
    send(aircon, cool);
    aircon.pass(WAIT - 100);
    aircon.ask({ kind: "temperature", celsius: 20 });
    aircon.pass(400);
    expect(aircon.takeSent()).toEqual(["cool 24 auto off", "cool 20 auto off"]);
    // Its time begins anew, and so do its chances.
    aircon.pass(3 * WAIT);
    expect(aircon.takeSent()).toEqual(["cool 20 auto off", "cool 20 auto off"]);
    expect(problem(aircon)).toMatch(/3 times/);
  });

  test("is told off again as well", () => {
    const aircon = livedIn({ feedback: lasting });
    send(aircon, cool);
    says(aircon, true);
    send(aircon, off);
    aircon.pass(3 * WAIT);
    expect(aircon.takeSent()).toEqual(["cool 24 auto off", "off", "off", "off"]);
    expect(aircon.shows()).toBe("cool 24 auto off");
    expect(problem(aircon)).toBe("it was told 3 times to switch off, and is on: can the blaster see it?");
  });

  test("is told again with the code that switches it on, where it has one, and with the prelude", () => {
    const aircon = livedIn({ feedback: lasting, set: fussySet(), prelude: true });
    says(aircon, false);
    send(aircon, cool);
    const first = aircon.takeSent();
    expect(first).toEqual(["on", "fan_only 24 low off at 90", "cool 24 auto off at 90"]);
    aircon.pass(WAIT);
    expect(aircon.takeSent()).toEqual(first);
    says(aircon, true);
    send(aircon, off);
    aircon.pass(WAIT);
    expect(aircon.takeSent()).toEqual(["off at 90", "off at 90"]);
  });

  test("is told off again with the code that its mode has for that", () => {
    const aircon = livedIn({ feedback: lasting, set: setWithManyOffs() });
    says(aircon, true);
    send(aircon, cool);
    send(aircon, off);
    aircon.takeSent();
    aircon.pass(WAIT);
    expect(aircon.takeSent()).toEqual(["off from cool"]);
  });

  test("is not told again on the word of a plug that spoke too early, whatever else happens", () => {
    const aircon = livedIn({ feedback: momentary });
    send(aircon, cool);
    says(aircon, false);
    aircon.pass(10 * WAIT);
    send(aircon, cool);
    aircon.tell({ kind: "tick" });
    expect(aircon.takeSent()).toEqual(["cool 24 auto off"]);
  });

  test("has its time although the blaster is away meanwhile", () => {
    const aircon = livedIn({ feedback: lasting });
    says(aircon, false);
    send(aircon, cool);
    aircon.tell({ kind: "blaster", unready: "away" });
    aircon.pass(3 * WAIT - 1);
    expect(problem(aircon)).toBeUndefined();
    aircon.pass(1);
    expect(problem(aircon)).toMatch(/3 times/);
  });

  test("a blaster that fails, or is away, does not get more than those two chances", () => {
    for (const trouble of ["fails", "is away"]) {
      const aircon = livedIn({ feedback: lasting });
      says(aircon, false);
      send(aircon, cool);
      aircon.takeSent();
      if (trouble === "fails") aircon.break("no answer");
      else aircon.tell({ kind: "blaster", unready: "away" });
      aircon.pass(3 * WAIT);
      expect(aircon.takeSent()).toHaveLength(trouble === "fails" ? 2 : 0);
      expect(aircon.shows()).toBe("off (cool 24 auto off)");
      aircon.break(undefined);
      aircon.tell({ kind: "blaster", unready: undefined });
      aircon.pass(600_000);
      expect(aircon.takeSent()).toEqual([]);
    }
  });

  test("is not told again when the daemon is stopping", () => {
    const aircon = livedIn({ feedback: lasting });
    says(aircon, false);
    send(aircon, cool);
    aircon.takeSent();
    aircon.tell({ kind: "shutdown" });
    aircon.tell({ kind: "tick" });
    says(aircon, false);
    expect(aircon.takeSent()).toEqual([]);
  });
});

describe("A9: an aircon that somebody else has switched", () => {
  test("is shown as it is, with its last setting and a mark, and nothing is sent", () => {
    const aircon = livedIn({ feedback: momentary });
    says(aircon, true);
    expect(aircon.shows()).toBe("fan_only 24 low off");
    expect(problem(aircon)).toBe("it was switched on, but not from here: what is shown is a guess");
    says(aircon, false);
    expect(aircon.shows()).toBe("off (fan_only 24 low off)");
    expect(problem(aircon)).toBe("it was switched off, but not from here");
    aircon.pass(600_000);
    expect(aircon.sent).toEqual([]);
  });

  test("does what it is told: the same as is shown is sent, because it may be otherwise", () => {
    const aircon = livedIn({ feedback: lasting });
    says(aircon, true);
    send(aircon, { kind: "mode", mode: "fan_only" });
    expect(aircon.takeSent()).toEqual(["fan_only 24 low off"]);
    expect(problem(aircon)).toBeUndefined();
    send(aircon, { kind: "mode", mode: "fan_only" });
    expect(aircon.takeSent()).toEqual([]);
  });

  test("gets the code that switches it on when a person says that it is off, whatever its plug said before", () => {
    const aircon = livedIn({ feedback: lasting, set: fussySet() });
    says(aircon, true);
    aircon.assume(false);
    send(aircon, switchOn);
    expect(aircon.takeSent()).toEqual(["on", "fan_only 24 low off at 90"]);
  });

  test("loses its mark when a person says how it is, and the person is believed until the feedback speaks", () => {
    const aircon = livedIn({ feedback: lasting });
    says(aircon, true);
    aircon.assume(false);
    aircon.pass(600_000);
    expect(aircon.shows()).toBe("off (fan_only 24 low off)");
    expect(problem(aircon)).toBeUndefined();
    says(aircon, true);
    expect(aircon.shows()).toBe("fan_only 24 low off");
  });

  test("by a send that failed and was heard all the same is shown as it is, and nothing is sent", () => {
    const aircon = livedIn({ feedback: lasting });
    send(aircon, cool);
    says(aircon, true);
    aircon.break("no answer");
    send(aircon, off);
    aircon.break(undefined);
    aircon.takeSent();
    says(aircon, false);
    expect(aircon.shows()).toBe("off (cool 24 auto off)");
    aircon.pass(600_000);
    expect(aircon.takeSent()).toEqual([]);
  });

  test("by such a send is shown at once, and not told again, also where the feedback had not spoken before", () => {
    const aircon = livedIn({ feedback: lasting });
    send(aircon, cool);
    aircon.break("no answer");
    send(aircon, off);
    aircon.break(undefined);
    aircon.takeSent();
    says(aircon, false);
    expect(aircon.shows()).toBe("off (cool 24 auto off)");
    aircon.pass(600_000);
    expect(aircon.takeSent()).toEqual([]);
  });

  test.each([lasting, momentary])("hours after it was told something is not overruled: %j", (feedback) => {
    const aircon = livedIn({ feedback });
    send(aircon, cool);
    aircon.takeSent();
    // The plug was not there in the evening. Meanwhile somebody has switched it off by hand.
    aircon.pass(7 * 3_600_000);
    says(aircon, false);
    aircon.pass(3 * WAIT);
    says(aircon, false);
    expect(aircon.takeSent()).toEqual([]);
    expect(aircon.shows()).toBe("off (cool 24 auto off)");
    expect(problem(aircon)).toBe("it was switched off, but not from here");
  });

  test("while this process stood still is not overruled either", () => {
    const aircon = livedIn({ feedback: lasting });
    says(aircon, false);
    send(aircon, cool);
    aircon.takeSent();
    aircon.sleep(7 * 3_600_000);
    aircon.tell({ kind: "tick" });
    expect(aircon.takeSent()).toEqual([]);
    expect(aircon.shows()).toBe("off (cool 24 auto off)");
  });

  test.each(["tick", "feedback"] as const)("that was due more than a minute ago brings no code (%s)", (kind) => {
    for (const [lateMs, resent] of [
      [60_000, 1],
      [60_001, 0],
    ] as const) {
      const aircon = livedIn({ feedback: lasting });
      says(aircon, false);
      send(aircon, cool);
      aircon.takeSent();
      // This process stands still. Somebody switches it off by hand, or it just has not said yet that it is on.
      aircon.sleep(WAIT + lateMs);
      aircon.tell(kind === "tick" ? { kind } : { kind, on: false });
      expect(aircon.takeSent()).toHaveLength(resent);
    }
  });

  test("after a send behind which something waited for more than a minute, is still told again", () => {
    const aircon = livedIn({ feedback: lasting });
    says(aircon, false);
    aircon.hold();
    send(aircon, cool);
    const late = aircon.ask({ kind: "temperature", celsius: 20 });
    aircon.pass(62_000);
    aircon.answer();
    expect(late.is).toBe("refused");
    aircon.pass(3 * WAIT);
    expect(aircon.takeSent()).toEqual(Array(3).fill("cool 24 auto off"));
    expect(problem(aircon)).toContain("told 3 times");
  });

  test("is looked for as long as a slow plug may need, and no longer", () => {
    for (const [lateMs, resent] of [
      [600_000, 1],
      [600_001, 0],
    ] as const) {
      const aircon = livedIn({ feedback: momentary });
      send(aircon, cool);
      aircon.takeSent();
      aircon.pass(WAIT + lateMs);
      says(aircon, false);
      expect(aircon.takeSent()).toHaveLength(resent);
    }
  });

  test("is not shown as an old word of its plug has it, only because time has passed", () => {
    const aircon = livedIn({ feedback: momentary });
    says(aircon, false);
    send(aircon, cool);
    aircon.pass(7 * 3_600_000);
    aircon.tell({ kind: "tick" });
    expect(aircon.shows()).toBe("cool 24 auto off");
  });

  test("after a send that failed is not looked for before the feedback speaks again", () => {
    const aircon = livedIn({ feedback: lasting });
    says(aircon, false);
    aircon.break("no answer");
    send(aircon, cool);
    aircon.break(undefined);
    aircon.takeSent();
    aircon.pass(600_000);
    expect(aircon.takeSent()).toEqual([]);
    // It was heard after all.
    says(aircon, true);
    expect(aircon.shows()).toBe("fan_only 24 low off");
    expect(problem(aircon)).toMatch(/not from here/);
  });
});
