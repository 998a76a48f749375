import fc from "fast-check";
import { expect, test } from "vitest";
import type { Rules } from "../../devices/smart-aircons/aircon-model.ts";
import type { Change } from "../../devices/smart-aircons/setting.ts";
import { modes } from "../../devices/smart-aircons/setting.ts";
import { type Asked, type LivedIn, livedIn } from "./aircon-lived-in.ts";
import { abilities, readableSet, told } from "./aircon-set.ts";

/** What may happen to an aircon. */
type Act =
  | { do: "ask"; change: Change }
  | { do: "assume" | "says"; on: boolean }
  | { do: "pass"; ms: number }
  | { do: "hold" | "answer" | "fail" | "away" | "back" };

const change = fc.oneof<fc.Arbitrary<Change>[]>(
  fc.record({ kind: fc.constant("power"), on: fc.boolean() }),
  fc.record({ kind: fc.constant("mode"), mode: fc.constantFrom(...modes) }),
  fc.constant({ kind: "off-by-mode" }),
  fc.record({ kind: fc.constant("temperature"), celsius: fc.double({ min: 14, max: 32 }) }),
  fc.record({ kind: fc.constant("fan"), fan: fc.constantFrom("auto", "low", "medium", "high", "turbo") }),
  fc.record({ kind: fc.constant("swing"), swing: fc.constantFrom("off", "vertical", "both") }),
  fc.constant({ kind: "resend" }),
);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("ask"), change }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("assume"), on: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("pass"), ms: fc.constantFrom(1, 50, 399, 400, 3_000, 60_000) }) },
  { weight: 3, arbitrary: fc.constantFrom<Act>({ do: "hold" }, { do: "answer" }, { do: "fail" }) },
  { weight: 1, arbitrary: fc.constantFrom<Act>({ do: "away" }, { do: "back" }, { do: "back" }) },
);
const withFeedback: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: act },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("says"), on: fc.boolean() }) },
);
const rules: fc.Arbitrary<Partial<Rules>> = fc.record({
  quietMs: fc.constantFrom(0, 400),
  set: fc.constantFrom(readableSet(), readableSet(abilities, ["cool 24 auto off", "heat 20 low vertical"])),
});

/** Lives it, and returns what a person needs to judge. */
function live(changes: Partial<Rules>, acts: readonly Act[]) {
  const aircon = livedIn(changes);
  const asked: { one: Asked; atMs: number }[] = [];
  let away = false;
  const problems: string[] = [];
  for (const what of acts) {
    const before = aircon.aircon();
    const sentBefore = aircon.sent.length;
    switch (what.do) {
      case "ask": {
        const one = aircon.ask(what.change);
        asked.push({ one, atMs: aircon.nowMs() });
        if (away && one.is !== "refused") problems.push("was accepted while the blaster is away");
        break;
      }
      case "assume":
        aircon.assume(what.on);
        break;
      case "says":
        aircon.tell({ kind: "feedback", on: what.on });
        break;
      case "pass":
        aircon.pass(what.ms);
        break;
      case "hold":
        if (!before.flight) aircon.hold();
        break;
      case "answer":
      case "fail":
        if (before.flight) aircon.answer(what.do === "fail" ? "no answer" : undefined);
        break;
      case "away":
        away = true;
        aircon.tell({ kind: "blaster", unready: "away" });
        break;
      case "back":
        away = false;
        aircon.tell({ kind: "blaster", unready: undefined });
    }
    const { is } = aircon.aircon();
    if (is.offByMode && is.power) problems.push("is on, and off by its mode");
    const ability = changes.set?.abilities.get(is.mode);
    if (!ability?.fans.includes(is.fan) || !ability.swings.includes(is.swing)) problems.push(`can't be ${told(is)}`);
    if (away && aircon.sent.length > sentBefore) problems.push("was sent something while the blaster is away");
  }
  return { aircon, asked, problems };
}

/** Whoever was held is let go, and what can still happen happens. */
function end(aircon: LivedIn): void {
  for (let times = 0; times < 3; times++) {
    if (aircon.aircon().flight) aircon.answer();
    aircon.pass(600_000);
  }
}

const runs = { numRuns: 1_500 };
const story = fc.array(act, { maxLength: 40 });

test("what is shown is always what the blaster acknowledged last, or what a person said", () => {
  fc.assert(
    fc.property(rules, story, (changes, acts) => {
      const aircon = livedIn(changes);
      let believed = told(aircon.aircon().is);
      for (const what of acts) {
        const before = aircon.aircon();
        if (what.do === "ask") aircon.ask(what.change);
        else if (what.do === "pass") aircon.pass(what.ms);
        else if (what.do === "hold" && !before.flight) aircon.hold();
        else if (what.do === "assume" && aircon.assume(what.on).is === "done") {
          believed = what.on ? told({ ...before.is, power: true }) : "off";
        }
        // While it is held, nothing is acknowledged but by these two.
        else if (what.do === "answer" && before.flight) aircon.answer();
        else if (what.do === "fail" && before.flight) aircon.answer("no answer");
        const { is } = aircon.aircon();
        const sent = aircon.sent.splice(0).map(({ text }) => text);
        const failed = what.do === "fail" && before.flight !== undefined;
        const flying = aircon.aircon().flight;
        const done = flying ? sent.slice(0, -1) : sent;
        if (what.do === "answer" && before.flight) believed = told(before.flight.to);
        if (done.length) believed = done.at(-1) ?? believed;
        if (failed && done.length === 0) expect(told(is)).toBe(told(before.is));
        if (is.power || believed === "off") expect(comparable(told(is))).toBe(comparable(believed));
        else throw new Error(`shows ${told(is)}, and ${believed} was acknowledged`);
      }
    }),
    runs,
  );
});

/** Without the temperature that fan only does not have, and only remembers. */
const comparable = (text: string) => text.replace(/^fan_only \d+(\.\d+)?/, "fan_only");

test("nothing is sent that nobody asked for, and a frame is never closer to the one before than the quiet time", () => {
  fc.assert(
    fc.property(rules, story, (changes, acts) => {
      const { aircon, asked } = live(changes, acts);
      end(aircon);
      for (const [i, { atMs }] of aircon.sent.entries()) {
        const lastMs = aircon.sent[i - 1]?.atMs ?? 0;
        expect(asked.some((one) => one.atMs >= lastMs && one.atMs <= atMs && one.one.is !== "refused")).toBe(true);
        if (i > 0) expect(atMs - lastMs).toBeGreaterThanOrEqual(changes.quietMs ?? 0);
      }
      expect(aircon.sent.length).toBeLessThanOrEqual(asked.filter(({ one }) => one.is !== "refused").length);
    }),
    runs,
  );
});

test("every command has exactly one outcome, and what is impossible never comes to be", () => {
  fc.assert(
    fc.property(rules, story, (changes, acts) => {
      const { aircon, asked, problems } = live(changes, acts);
      expect(problems).toEqual([]);
      end(aircon);
      expect(asked.filter(({ one }) => one.is === "open")).toEqual([]);
      expect(aircon.aircon()).toMatchObject({ waiting: undefined, flight: undefined });
    }),
    runs,
  );
});

test("whatever the feedback says, a command is followed by two more of the same at most", () => {
  const feedback = fc.record({ waitMs: fc.constantFrom(1_000, 30_000), lasting: fc.boolean() });
  fc.assert(
    fc.property(rules, feedback, fc.array(withFeedback, { maxLength: 40 }), (changes, feedback, acts) => {
      const { aircon, asked, problems } = live({ ...changes, feedback }, acts);
      expect(problems).toEqual([]);
      end(aircon);
      for (let i = 0; i < 20; i++) {
        aircon.tell({ kind: "feedback", on: i % 3 > 0 });
        aircon.pass(60_000);
      }
      const commands = asked.filter(({ one }) => one.is !== "refused").length;
      expect(aircon.sent.length).toBeLessThanOrEqual(3 * commands);
      expect(asked.filter(({ one }) => one.is === "open")).toEqual([]);
    }),
    runs,
  );
});
