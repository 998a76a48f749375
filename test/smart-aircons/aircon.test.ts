import { describe, expect, test } from "vitest";
import type { Change } from "../../devices/smart-aircons/setting.ts";
import { type LivedIn, livedIn } from "./aircon-lived-in.ts";
import { abilities, fussySet, readableSet } from "./aircon-set.ts";

const QUIET = 400;
const on: Change = { kind: "power", on: true };
const off: Change = { kind: "power", on: false };
const byMode: Change = { kind: "off-by-mode" };
const again: Change = { kind: "resend" };
const mode = (mode: "cool" | "heat" | "dry" | "fan_only" | "auto"): Change => ({ kind: "mode", mode });
const warmth = (celsius: number): Change => ({ kind: "temperature", celsius });
const fan = (fan: string): Change => ({ kind: "fan", fan });
const swing = (swing: string): Change => ({ kind: "swing", swing });

/** Asks for all of it, and lets the quiet time pass. */
function does(aircon: LivedIn, ...changes: Change[]) {
  const asked = changes.map(aircon.ask);
  aircon.pass(QUIET);
  return asked;
}

/** Cooling at 24 °C, with nothing of how it came there left to see. */
function cooling(changes: Parameters<typeof livedIn>[0] = {}): LivedIn {
  const aircon = livedIn(changes);
  does(aircon, mode("cool"));
  aircon.sent.length = 0;
  return aircon;
}

describe("an aircon without any history", () => {
  test("is shown off, fan only, 24 °C", () => {
    expect(livedIn().shows()).toBe("off (fan_only 24 low off)");
  });

  test("is shown with the nearest that its code set has", () => {
    const only = abilities.filter(([mode]) => mode === "dry" || mode === "heat");
    expect(livedIn({ set: readableSet(only) }).shows()).toBe("off (dry 24 auto off)");
    const cold: typeof abilities = [["heat", { temperaturesCelsius: [16, 17, 18], fans: ["auto"], swings: ["off"] }]];
    expect(livedIn({ set: readableSet(cold) }).shows()).toBe("off (heat 18 auto off)");
  });
});

describe("power", () => {
  test("on sends the last mode and temperature, and is shown when the blaster has sent it", () => {
    const aircon = cooling();
    does(aircon, warmth(21));
    does(aircon, off);
    expect(aircon.takeSent()).toEqual(["cool 21 auto off", "off"]);
    aircon.hold();
    const [asked] = does(aircon, on);
    expect(aircon.takeSent()).toEqual(["cool 21 auto off"]);
    expect(aircon.shows()).toBe("off (cool 21 auto off)");
    aircon.answer();
    expect(aircon.shows()).toBe("cool 21 auto off");
    expect(asked).toEqual({ is: "done" });
  });

  test("off leaves the mode as it was", () => {
    const aircon = cooling();
    does(aircon, off);
    expect(aircon.shows()).toBe("off (cool 24 auto off)");
  });

  test("off by the mode is shown as the mode, until it is switched on again by whatever", () => {
    for (const back of [on, mode("cool")]) {
      const aircon = cooling();
      does(aircon, byMode);
      expect(aircon.shows()).toBe("off by mode (cool 24 auto off)");
      does(aircon, back);
      expect(aircon.shows()).toBe("cool 24 auto off");
      does(aircon, off);
      expect(aircon.shows()).toBe("off (cool 24 auto off)");
    }
  });

  test("off by the mode of one that is off changes what is shown and sends nothing", () => {
    const aircon = livedIn();
    const [asked] = does(aircon, byMode);
    expect(asked).toEqual({ is: "done" });
    expect(aircon.shows()).toBe("off by mode (fan_only 24 low off)");
    expect(aircon.sent).toEqual([]);
    does(aircon, off);
    expect(aircon.shows()).toBe("off by mode (fan_only 24 low off)");
  });

  test("a mode other than off switches it on", () => {
    const aircon = livedIn();
    does(aircon, mode("heat"));
    expect(aircon.takeSent()).toEqual(["heat 24 auto off"]);
    expect(aircon.shows()).toBe("heat 24 auto off");
  });
});

describe("while it is off", () => {
  test.each([
    ["a temperature", warmth(21), "cool 21 auto off"],
    ["a fan mode", fan("high"), "cool 24 high off"],
    ["a swing mode", swing("vertical"), "cool 24 auto vertical"],
  ])("%s is remembered at once, and nothing is sent", (_, change, then) => {
    const aircon = cooling();
    does(aircon, off);
    aircon.sent.length = 0;
    expect(aircon.ask(change)).toEqual({ is: "done" });
    expect(aircon.shows()).toBe(`off (${then})`);
    aircon.pass(60_000);
    expect(aircon.takeSent()).toEqual([]);
    does(aircon, on);
    expect(aircon.takeSent()).toEqual([then]);
  });
});

describe("each part of a setting", () => {
  test.each<[Change, string]>([
    [warmth(25), "cool 25 auto off"],
    [fan("high"), "cool 24 high off"],
    [swing("vertical"), "cool 24 auto vertical"],
    [mode("dry"), "dry 24 auto off"],
  ])("%j alone is sent", (change, then) => {
    const aircon = cooling();
    does(aircon, change);
    expect(aircon.takeSent()).toEqual([then]);
  });
});

describe("A2: the same again", () => {
  test.each([
    ["power", on],
    ["mode", mode("cool")],
    ["temperature", warmth(24)],
    ["fan mode", fan("auto")],
    ["swing mode", swing("off")],
  ])("%s sends nothing, and is done at once", (_, change) => {
    const aircon = cooling();
    expect(aircon.ask(change)).toEqual({ is: "done" });
    aircon.pass(60_000);
    expect(aircon.sent).toEqual([]);
  });

  test("off sends nothing when it is off", () => {
    const aircon = livedIn();
    expect(aircon.ask(off)).toEqual({ is: "done" });
    expect(aircon.sent).toEqual([]);
  });

  test("there and back within the quiet time sends nothing, and both are done", () => {
    const aircon = cooling();
    const asked = [aircon.ask(warmth(25)), aircon.ask(warmth(24))];
    expect(asked).toEqual([{ is: "done" }, { is: "done" }]);
    aircon.pass(60_000);
    expect(aircon.sent).toEqual([]);
  });

  test("resend sends one although the other commands change nothing", () => {
    const aircon = cooling();
    const asked = [aircon.ask(again), aircon.ask(mode("cool"))];
    aircon.pass(QUIET);
    expect(asked).toEqual([{ is: "done" }, { is: "done" }]);
    expect(aircon.takeSent()).toEqual(["cool 24 auto off"]);
  });

  test("resend sends exactly one: what is shown", () => {
    const aircon = cooling();
    const asked = does(aircon, again, again, again);
    expect(asked).toEqual([{ is: "done" }, { is: "done" }, { is: "done" }]);
    expect(aircon.takeSent()).toEqual(["cool 24 auto off"]);
    does(aircon, off);
    aircon.sent.length = 0;
    does(aircon, again);
    aircon.pass(60_000);
    expect(aircon.takeSent()).toEqual(["off"]);
    expect(aircon.shows()).toBe("off (cool 24 auto off)");
  });
});

describe("A3: the quiet time", () => {
  test("ten set-points within a second send one frame, the last, and all of them are told so", () => {
    const aircon = cooling();
    const asked = [18, 19, 20, 21, 22, 23, 25, 26, 28, 27].map((celsius) => {
      const one = aircon.ask(warmth(celsius));
      aircon.pass(99);
      return one;
    });
    expect(aircon.sent).toEqual([]);
    expect(asked.map(({ is }) => is)).toEqual(Array(10).fill("open"));
    aircon.pass(10_000);
    expect(aircon.takeSent()).toEqual(["cool 27 auto off"]);
    expect(asked.map(({ is }) => is)).toEqual(Array(10).fill("done"));
  });

  test("counts from the last command, and is over after it", () => {
    const aircon = cooling();
    aircon.ask(warmth(20));
    aircon.pass(300);
    aircon.ask(fan("low"));
    aircon.pass(399);
    expect(aircon.sent).toEqual([]);
    aircon.pass(1);
    expect(aircon.takeSent()).toEqual(["cool 20 low off"]);
  });

  test("somebody who never stops asking is heard every fifth quiet time", () => {
    const aircon = livedIn({ quietMs: 200 });
    does(aircon, mode("heat"));
    aircon.sent.length = 0;
    const startMs = aircon.nowMs();
    for (let celsius = 16; celsius <= 26; celsius += 0.5) {
      aircon.ask(warmth(celsius));
      aircon.pass(100);
    }
    expect(aircon.sent.map(({ atMs }) => atMs - startMs)).toEqual([1_000, 2_000]);
  });

  test("of 0 sends at once", () => {
    const aircon = livedIn({ quietMs: 0 });
    expect(aircon.ask(mode("heat"))).toEqual({ is: "done" });
    expect(aircon.takeSent()).toEqual(["heat 24 auto off"]);
  });

  test("a mode and a temperature that it alone has become one frame", () => {
    const aircon = cooling();
    const asked = does(aircon, mode("heat"), warmth(16.5));
    expect(asked).toEqual([{ is: "done" }, { is: "done" }]);
    expect(aircon.takeSent()).toEqual(["heat 16.5 auto off"]);
  });

  test("that ends more than a minute late, because the process stood still, sends nothing any more", () => {
    for (const [lateMs, sent] of [
      [60_000, ["heat 24 auto off"]],
      [60_001, []],
    ] as const) {
      const aircon = cooling();
      const asked = aircon.ask(mode("heat"));
      aircon.sleep(QUIET + lateMs);
      aircon.tell({ kind: "tick" });
      aircon.pass(3_600_000);
      expect(aircon.takeSent()).toEqual(sent);
      expect(asked.is).toBe(sent.length ? "done" : "refused");
      expect(asked.reason ?? "more than a minute ago").toMatch(/more than a minute ago/);
      expect(aircon.shows()).toBe(sent.length ? "heat 24 auto off" : "cool 24 auto off");
    }
  });

  test("a hundred commands may wait: of more the first that are pointless by now are refused, and the last word counts", () => {
    const aircon = cooling();
    const tooMany = { is: "refused", reason: "too many commands at once" };
    const warmer = aircon.ask(mode("heat"));
    const asked = Array.from({ length: 110 }, (_, i) => aircon.ask(warmth(18 + (i % 6))));
    const off = aircon.ask({ kind: "power", on: false });
    expect(asked.slice(0, 12)).toEqual(Array(12).fill(tooMany));
    aircon.pass(QUIET);
    expect([warmer, ...asked.slice(12), off].every(({ is }) => is === "done")).toBe(true);
    expect(aircon.sent.map(({ text }) => text)).toEqual(["off"]);
    expect(aircon.shows()).toBe("off (heat 19 auto off)");
  });
});

describe("a command while another is being sent", () => {
  test("is sent after it, when the quiet time is over as well", () => {
    const aircon = cooling();
    aircon.hold();
    const [first] = does(aircon, warmth(20));
    const second = aircon.ask(warmth(21));
    const third = aircon.ask(fan("low"));
    aircon.pass(10_000);
    expect(aircon.takeSent()).toEqual(["cool 20 auto off"]);
    expect([first?.is, second.is, third.is]).toEqual(["open", "open", "open"]);
    aircon.answer();
    expect([first?.is, second.is, third.is]).toEqual(["done", "done", "done"]);
    expect(aircon.takeSent()).toEqual(["cool 21 low off"]);
    expect(aircon.shows()).toBe("cool 21 low off");
  });

  test("waits for its own quiet time where the other was quick", () => {
    const aircon = cooling();
    aircon.hold();
    does(aircon, warmth(20));
    aircon.ask(warmth(21));
    aircon.pass(100);
    aircon.answer();
    expect(aircon.takeSent()).toEqual(["cool 20 auto off"]);
    aircon.pass(299);
    expect(aircon.takeSent()).toEqual([]);
    aircon.pass(1);
    expect(aircon.takeSent()).toEqual(["cool 21 auto off"]);
  });

  test("does not bring back what failed", () => {
    const aircon = cooling();
    aircon.hold();
    const [first] = does(aircon, mode("heat"));
    const second = aircon.ask(warmth(20));
    aircon.answer("it is away");
    expect(first).toEqual({ is: "failed", reason: "it is away" });
    aircon.pass(QUIET);
    expect(second).toEqual({ is: "done" });
    expect(aircon.takeSent()).toEqual(["heat 24 auto off", "cool 20 auto off"]);
    expect(aircon.shows()).toBe("cool 20 auto off");
  });

  test("is refused when it needed what failed", () => {
    const aircon = cooling();
    aircon.hold();
    does(aircon, mode("heat"));
    const second = aircon.ask(warmth(16));
    const third = aircon.ask(fan("high"));
    aircon.answer("it is away");
    expect(second).toEqual({ is: "refused", reason: "cool goes from 18 to 30 °C" });
    expect(third).toEqual({ is: "open" });
    // What comes now is measured by what is left.
    expect(aircon.ask(warmth(17))).toMatchObject({ is: "refused" });
    aircon.pass(QUIET);
    expect(third).toEqual({ is: "done" });
    expect(aircon.takeSent()).toEqual(["heat 24 auto off", "cool 24 high off"]);
  });

  test("is refused at once when the setting that is being sent can't have it", () => {
    const aircon = cooling();
    aircon.hold();
    does(aircon, mode("dry"));
    expect(aircon.ask(fan("high"))).toEqual({ is: "refused", reason: "dry has no fan mode high: it has auto" });
    expect(aircon.ask(warmth(19))).toEqual({ is: "refused", reason: "dry goes from 20 to 28 °C" });
  });

  test("is refused after more than a minute, and what was asked for since is not", () => {
    const aircon = cooling();
    aircon.hold();
    does(aircon, warmth(20));
    aircon.takeSent();
    const old = aircon.ask(mode("heat"));
    aircon.pass(QUIET + 59_000);
    const fresh = aircon.ask({ kind: "power", on: false });
    aircon.pass(3_000);
    aircon.answer();
    expect(old).toEqual({ is: "refused", reason: expect.stringContaining("more than a minute ago") });
    expect(fresh).toEqual({ is: "done" });
    expect(aircon.takeSent()).toEqual(["off"]);
    expect(aircon.shows()).toBe("off (cool 20 auto off)");
  });

  test("that asks for what is being sent sends nothing more", () => {
    const aircon = cooling();
    aircon.hold();
    does(aircon, warmth(20));
    const second = aircon.ask(warmth(20));
    aircon.answer();
    expect(second).toEqual({ is: "done" });
    aircon.pass(60_000);
    expect(aircon.takeSent()).toEqual(["cool 20 auto off"]);
  });
});

describe("A6: what the code set can't do is refused, and nothing moves", () => {
  test.each<[string, Change, string]>([
    ["an unknown mode", mode("auto"), "there is no mode auto: there is off, cool, heat, dry, fan_only"],
    ["too cold", warmth(17.49), "cool goes from 18 to 30 °C"],
    ["too warm", warmth(30.5), "cool goes from 18 to 30 °C"],
    ["no number", warmth(Number.NaN), "cool goes from 18 to 30 °C"],
    ["infinitely warm", warmth(Number.POSITIVE_INFINITY), "cool goes from 18 to 30 °C"],
    ["an unknown fan mode", fan("turbo"), "cool has no fan mode turbo: it has auto, low, medium, high"],
    ["an unknown swing mode", swing("both"), "cool has no swing mode both: it has off, vertical"],
  ])("%s", (_, change, reason) => {
    const aircon = cooling();
    expect(aircon.ask(change)).toEqual({ is: "refused", reason });
    aircon.pass(60_000);
    expect(aircon.sent).toEqual([]);
    expect(aircon.shows()).toBe("cool 24 auto off");
  });

  test.each([
    [23.6, 24],
    [23.5, 24],
    [23.4, 23],
    [18, 18],
    [17.5, 18],
    [30, 30],
    [30.49, 30],
  ])("a set-point of %d snaps to the nearest step, %d", (asked, set) => {
    const aircon = cooling();
    does(aircon, warmth(asked));
    expect(aircon.shows()).toBe(`cool ${set} auto off`);
  });

  test.each([
    [20.3, 20.5],
    [20.2, 20],
    [20.25, 20.5],
  ])("and where there are half degrees, %d becomes %d", (asked, set) => {
    const aircon = livedIn();
    does(aircon, mode("heat"), warmth(asked));
    expect(aircon.shows()).toBe(`heat ${set} auto off`);
  });

  test("a setting that the set has no code for is refused with the set's own words", () => {
    const aircon = cooling({ set: readableSet(abilities, ["cool 25 high off"]) });
    const asked = does(aircon, warmth(25), fan("high"));
    const outcome = { is: "refused", reason: "there is no code for cool 25 high off" };
    expect(asked).toEqual([outcome, outcome]);
    expect(aircon.shows()).toBe("cool 24 auto off");
    does(aircon, fan("high"));
    expect(aircon.shows()).toBe("cool 24 high off");
  });

  test("a set that breaks fails the command and nothing else", () => {
    const set = readableSet();
    let broken = false;
    const codes: typeof set.codes = (change) => {
      if (broken) throw new RangeError("a bug");
      return set.codes(change);
    };
    const aircon = cooling({ set: { ...set, codes } });
    broken = true;
    expect(does(aircon, warmth(25))).toEqual([{ is: "failed", reason: "a bug" }]);
    broken = false;
    does(aircon, warmth(26));
    expect(aircon.takeSent()).toEqual(["cool 26 auto off"]);
  });

  test("without any temperatures there is none to set", () => {
    const own: typeof abilities = [["fan_only", { temperaturesCelsius: [], fans: ["low"], swings: ["off"] }]];
    const aircon = livedIn({ set: readableSet(own) });
    expect(aircon.ask(warmth(24))).toEqual({ is: "refused", reason: "it has no temperature to set" });
    expect(aircon.shows()).toBe("off (fan_only 24 low off)");
  });
});

describe("a mode that lacks what is set", () => {
  test.each<[string, Change[], Change, string]>([
    ["takes the nearest temperature", [warmth(30)], mode("heat"), "heat 26 auto off"],
    ["takes the nearest temperature from below", [warmth(18)], mode("dry"), "dry 20 auto off"],
    ["takes its only fan and swing", [fan("high"), swing("vertical")], mode("dry"), "dry 24 auto off"],
    ["takes the speed that is as far between slow and fast", [fan("medium")], mode("heat"), "heat 24 high off"],
    ["takes the same speed where it has it", [fan("high")], mode("fan_only"), "fan_only 24 high off"],
    ["takes the first fan mode for auto", [], mode("fan_only"), "fan_only 24 low off"],
    ["keeps the temperature for later where it has none", [warmth(28)], mode("fan_only"), "fan_only 28 low off"],
    ["gives back what was liked", [fan("high"), swing("vertical"), mode("dry")], mode("cool"), "cool 24 high vertical"],
    ["gives back only what was liked last", [fan("high"), mode("heat"), fan("low")], mode("cool"), "cool 24 low off"],
  ])("%s", (_, before, change, then) => {
    const aircon = cooling();
    does(aircon, ...before);
    does(aircon, change);
    expect(aircon.shows()).toBe(then);
  });

  test("has the same word where it has it, wherever that is, and no swing rather than another one", () => {
    const warm = { temperaturesCelsius: [24] };
    const own: typeof abilities = [
      ["cool", { ...warm, fans: ["auto", "low", "medium", "high"], swings: ["off", "both", "vertical"] }],
      ["heat", { ...warm, fans: ["quiet", "low", "medium", "high", "highest"], swings: ["vertical", "off"] }],
      ["dry", { ...warm, fans: ["a", "b", "c", "d"], swings: ["up", "down"] }],
    ];
    const aircon = livedIn({ set: readableSet(own) });
    does(aircon, mode("cool"), fan("low"), swing("vertical"));
    does(aircon, mode("heat"));
    expect(aircon.shows()).toBe("heat 24 low vertical");
    does(aircon, mode("cool"), fan("medium"), swing("both"));
    does(aircon, mode("heat"));
    expect(aircon.shows()).toBe("heat 24 medium off");
    does(aircon, mode("dry"));
    expect(aircon.shows()).toBe("dry 24 c up");
  });

  test("of temperatures remembers one for the next mode, and sends nothing", () => {
    const aircon = livedIn();
    does(aircon, on);
    aircon.sent.length = 0;
    expect(aircon.ask(warmth(29))).toEqual({ is: "done" });
    expect(aircon.ask(warmth(31))).toEqual({ is: "refused", reason: "it goes from 16 to 30 °C" });
    aircon.pass(60_000);
    expect(aircon.takeSent()).toEqual([]);
    does(aircon, mode("cool"));
    expect(aircon.takeSent()).toEqual(["cool 29 auto off"]);
  });

  test("finds the slowest of speeds that it does not know, where there was one speed only", () => {
    const own: typeof abilities = [
      ["cool", { temperaturesCelsius: [24], fans: ["auto", "breeze"], swings: ["both"] }],
      ["heat", { temperaturesCelsius: [24], fans: ["auto", "slow", "fast"], swings: ["up", "down"] }],
    ];
    const aircon = livedIn({ set: readableSet(own) });
    does(aircon, mode("cool"), fan("breeze"));
    does(aircon, mode("heat"));
    expect(aircon.shows()).toBe("heat 24 slow up");
  });
});

describe("A4: a blaster that is away", () => {
  const away = "Bedroom blaster: it does not answer";

  test.each([on, off, mode("heat"), warmth(20), warmth(24), fan("low"), again])("refuses %j at once", (change) => {
    const aircon = cooling();
    aircon.tell({ kind: "blaster", unready: away });
    expect(aircon.ask(change)).toEqual({ is: "refused", reason: away });
    aircon.tell({ kind: "blaster", unready: undefined });
    aircon.pass(60_000);
    expect(aircon.sent).toEqual([]);
    expect(aircon.shows()).toBe("cool 24 auto off");
  });

  test("what waits for the quiet time when it goes is refused and never sent", () => {
    const aircon = cooling();
    const asked = aircon.ask(warmth(20));
    aircon.pass(100);
    aircon.tell({ kind: "blaster", unready: away });
    expect(asked).toEqual({ is: "refused", reason: away });
    aircon.tell({ kind: "blaster", unready: undefined });
    aircon.pass(60_000);
    expect(aircon.sent).toEqual([]);
  });

  test("a send that fails leaves what is shown, and sends nothing by itself", () => {
    const aircon = cooling();
    aircon.break("the blaster is busy");
    expect(does(aircon, warmth(20))).toEqual([{ is: "failed", reason: "the blaster is busy" }]);
    expect(aircon.shows()).toBe("cool 24 auto off");
    aircon.break(undefined);
    aircon.sent.length = 0;
    aircon.pass(60_000);
    expect(aircon.sent).toEqual([]);
  });

  test("what was shown before a send that failed is sent when it is asked for again: it may have been heard", () => {
    const aircon = cooling();
    aircon.break("no answer");
    does(aircon, off);
    aircon.break(undefined);
    aircon.sent.length = 0;
    does(aircon, mode("cool"));
    expect(aircon.takeSent()).toEqual(["cool 24 auto off"]);
    // And then it is sure again.
    does(aircon, mode("cool"));
    expect(aircon.takeSent()).toEqual([]);
  });

  test("what waits is not dropped because the blaster says once more that it is there", () => {
    const aircon = cooling();
    const asked = aircon.ask(warmth(20));
    aircon.tell({ kind: "blaster", unready: undefined });
    aircon.pass(QUIET);
    expect(asked).toEqual({ is: "done" });
    expect(aircon.takeSent()).toEqual(["cool 20 auto off"]);
  });

  test("a command that can't be granted any more is no reason to send what is shown", () => {
    const aircon = cooling();
    aircon.hold();
    does(aircon, mode("heat"));
    const second = aircon.ask(warmth(16));
    aircon.answer("no answer");
    expect(second).toMatchObject({ is: "refused" });
    aircon.pass(60_000);
    expect(aircon.takeSent()).toEqual(["heat 24 auto off"]);
  });

  test.each([[[off]], [[byMode]], [[fan("high"), off]], [[off, fan("high")]]])(
    "off after a send that failed is sent, although off is shown: %j",
    (changes) => {
      const aircon = livedIn();
      aircon.break("no answer");
      does(aircon, on);
      aircon.break(undefined);
      aircon.sent.length = 0;
      const asked = does(aircon, ...changes);
      expect(aircon.takeSent()).toEqual(["off"]);
      expect(asked.every(({ is }) => is === "done")).toBe(true);
    },
  );

  test("off too, but a temperature while it is off is still only remembered", () => {
    const aircon = livedIn();
    aircon.break("no answer");
    does(aircon, on);
    aircon.break(undefined);
    aircon.sent.length = 0;
    does(aircon, fan("high"));
    expect(aircon.takeSent()).toEqual([]);
    does(aircon, off);
    expect(aircon.takeSent()).toEqual(["off"]);
  });
});

describe("A10: marked by hand", () => {
  test("as off changes what is shown at once, and sends nothing", () => {
    const aircon = cooling();
    expect(aircon.assume(false)).toEqual({ is: "done" });
    expect(aircon.shows()).toBe("off (cool 24 auto off)");
    aircon.pass(60_000);
    expect(aircon.sent).toEqual([]);
    does(aircon, on);
    expect(aircon.takeSent()).toEqual(["cool 24 auto off"]);
  });

  test("as on too, also after it was switched off by its mode", () => {
    const aircon = cooling();
    does(aircon, byMode);
    aircon.sent.length = 0;
    aircon.assume(true);
    expect(aircon.shows()).toBe("cool 24 auto off");
    expect(aircon.sent).toEqual([]);
  });

  test("works while the blaster is away", () => {
    const aircon = cooling();
    aircon.tell({ kind: "blaster", unready: "away" });
    expect(aircon.assume(false)).toEqual({ is: "done" });
    expect(aircon.shows()).toBe("off (cool 24 auto off)");
  });

  test("is sure: what is shown then and asked for again is not sent", () => {
    const aircon = cooling();
    aircon.break("no answer");
    does(aircon, off);
    aircon.break(undefined);
    aircon.sent.length = 0;
    aircon.assume(false);
    does(aircon, off);
    expect(aircon.sent).toEqual([]);
  });

  test("is refused while something waits or is being sent", () => {
    const aircon = cooling();
    aircon.ask(warmth(20));
    const reason = "it is being told something: say it again when that is sent";
    expect(aircon.assume(false)).toEqual({ is: "refused", reason });
    aircon.hold();
    aircon.pass(QUIET);
    expect(aircon.assume(false)).toEqual({ is: "refused", reason });
    aircon.answer();
    expect(aircon.shows()).toBe("cool 20 auto off");
  });
});

describe("a prelude", () => {
  test.each<[string, Change[], Change, string[]]>([
    ["goes before power on", [off], on, ["fan_only 24 low off", "cool 24 auto off"]],
    ["goes before a change to heat", [], mode("heat"), ["fan_only 24 low off", "heat 24 auto off"]],
    ["goes before a change to cool", [mode("dry")], mode("cool"), ["fan_only 24 low off", "cool 24 auto off"]],
    ["goes before a power on by a mode", [off], mode("dry"), ["fan_only 24 low off", "dry 24 auto off"]],
    ["is none for a change to dry", [], mode("dry"), ["dry 24 auto off"]],
    ["is none for fan only itself", [off], mode("fan_only"), ["fan_only 24 low off"]],
    ["is none for a temperature", [], warmth(20), ["cool 20 auto off"]],
    ["is none for off", [], off, ["off"]],
    ["is none for sending the same again", [], again, ["cool 24 auto off"]],
  ])("%s", (_, before, change, then) => {
    const aircon = livedIn({ prelude: true });
    does(aircon, mode("cool"));
    does(aircon, ...before);
    aircon.sent.length = 0;
    does(aircon, change);
    expect(aircon.takeSent()).toEqual(then);
  });

  test("is not there unless it is asked for", () => {
    const aircon = livedIn();
    does(aircon, mode("heat"));
    expect(aircon.takeSent()).toEqual(["heat 24 auto off"]);
  });

  test("has switched it on: the code that switches on is not sent again", () => {
    const aircon = livedIn({ prelude: true, set: fussySet() });
    does(aircon, mode("cool"));
    expect(aircon.takeSent()).toEqual(["on", "fan_only 24 low off at 90", "cool 24 auto off at 90"]);
  });
});

describe("repeats", () => {
  test("send each code so often, and the codes in their order", () => {
    const aircon = livedIn({ repeats: 3, prelude: true });
    does(aircon, mode("heat"));
    const [prelude, heat] = ["fan_only 24 low off", "heat 24 auto off"];
    expect(aircon.takeSent()).toEqual([prelude, prelude, prelude, heat, heat, heat]);
  });
});

describe("when the daemon stops", () => {
  test("what waits is refused, what is being sent may end, and nothing is sent any more", () => {
    const aircon = cooling();
    aircon.hold();
    const [flying] = does(aircon, warmth(20));
    const waits = aircon.ask(warmth(21));
    aircon.tell({ kind: "shutdown" });
    expect(waits).toEqual({ is: "refused", reason: "the daemon is stopping" });
    expect(aircon.ask(off)).toEqual({ is: "refused", reason: "the daemon is stopping" });
    aircon.answer();
    expect(flying).toEqual({ is: "done" });
    expect(aircon.shows()).toBe("cool 20 auto off");
    aircon.tell({ kind: "blaster", unready: undefined });
    expect(aircon.ask(off)).toEqual({ is: "refused", reason: "the daemon is stopping" });
    aircon.pass(60_000);
    expect(aircon.takeSent()).toEqual(["cool 20 auto off"]);
  });

  test("answers that nobody waits for change nothing", () => {
    const aircon = cooling();
    const before = aircon.aircon();
    aircon.tell({ kind: "sent" });
    aircon.tell({ kind: "failed", reason: "late" });
    expect(aircon.aircon()).toEqual(before);
  });
});
