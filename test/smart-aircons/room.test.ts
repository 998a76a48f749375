import { describe, expect, onTestFinished, test } from "vitest";
import type { AirconEvent } from "../../devices/smart-aircons/aircon-model.ts";
import type { Feedback } from "../../devices/smart-aircons/readings.ts";
import { roomOf } from "../../devices/smart-aircons/room.ts";
import { virtualClock } from "../support/clock.ts";
import { captureLog } from "../support/toy.ts";

const MINUTE_MS = 60_000;

/** The room of an aircon, and what reaches it: live, or as the broker had kept it. */
function roomWith(feedback?: Feedback) {
  const clock = virtualClock();
  const over = new AbortController();
  onTestFinished(() => over.abort());
  const told: AirconEvent[] = [];
  const settings = { temperature: { topic: "t", path: undefined }, humidity: undefined, feedback };
  const control = { tell: (event: AirconEvent) => void told.push(event) };
  const room = roomOf(settings, control, { log: captureLog("info").log, clock, signal: over.signal });
  const hears = (topic: string, payload: string, retained: boolean) => {
    for (const input of room.inputs) if (input.topic === topic) input.receive(payload, retained);
  };
  return {
    clock,
    said: () => told.map((event) => event.kind === "feedback" && event.on),
    degrees: () => room.temperature?.get(),
    live: (topic: string, payload: string) => hears(topic, payload, false),
    kept: (topic: string, payload: string) => hears(topic, payload, true),
  };
}

describe("a thermometer whose messages the broker keeps", () => {
  test("is believed at the start, when nobody can tell how old that is", () => {
    const { kept, degrees } = roomWith();
    kept("t", "21.5");
    expect(degrees()).toBe(21.5);
  });

  test("is not young again because the broker came back", async () => {
    const { kept, live, degrees, clock } = roomWith();
    live("t", "21.5");
    await clock.advance(20 * MINUTE_MS);
    kept("t", "21.5");
    await clock.advance(10 * MINUTE_MS);
    expect(degrees()).toBeUndefined();
    kept("t", "21.5");
    expect(degrees()).toBeUndefined();
    live("t", "21.5");
    expect(degrees()).toBe(21.5);
  });

  test("has spoken while the broker was away where it says something else", async () => {
    const { kept, live, degrees, clock } = roomWith();
    live("t", "21.5");
    await clock.advance(20 * MINUTE_MS);
    kept("t", "22");
    await clock.advance(20 * MINUTE_MS);
    expect(degrees()).toBe(22);
  });
});

describe("feedback that the broker keeps", () => {
  const words: Feedback = { topic: "f", path: undefined, waitMs: 1_000, on: ["ON"], off: ["OFF"] };
  const watts: Feedback = { topic: "f", path: undefined, waitMs: 1_000, onAbove: 30, offBelow: 8 };

  test("is believed when it is a word, which holds until the next, and once", () => {
    const { kept, live, said } = roomWith(words);
    kept("f", "ON");
    kept("f", "ON");
    live("f", "ON");
    kept("f", "OFF");
    expect(said()).toEqual([true, true, false]);
  });

  test("is not believed when it is watts, which may be older than the last send", () => {
    const { kept, live, said } = roomWith(watts);
    kept("f", "900");
    live("f", "2");
    kept("f", "900");
    expect(said()).toEqual([false]);
  });
});
