import { describe, expect, it } from "vitest";
import { z } from "zod";
import { obey } from "../../src/commands.ts";
import { complaints } from "../../src/complaints.ts";
import { command, Refused } from "../../src/device.ts";
import { metrics } from "../../src/metrics.ts";
import { wordPayload } from "../../src/payloads.ts";
import { virtualClock } from "../support/clock.ts";
import { captureLog } from "../support/toy.ts";

function desk(run: (open: boolean) => Promise<void> = async () => {}) {
  const clock = virtualClock();
  const { log, logged } = captureLog();
  const counters = metrics();
  const done: boolean[] = [];
  const cleared: string[] = [];
  let again = 0;
  const handle = async (open: boolean) => {
    await run(open);
    done.push(open);
  };
  const valve = command(wordPayload({ OPEN: true, CLOSE: false }), handle, (open) => !open);
  const context = {
    log,
    clock,
    metrics: counters,
    troubles: complaints(log, clock),
    clear: (t: string) => void cleared.push(t),
  };
  const send = (payload: string | Buffer, { retained = false, subscribedMs = 60_000 } = {}) =>
    obey(
      valve,
      { topic: "valve/set", payload: Buffer.from(payload), retained, subscribedMs },
      () => {
        again += 1;
      },
      context,
    );
  const outcome = (name: string) => Number(new RegExp(`outcome="${name}"} (\\d+)`).exec(counters.text())?.[1] ?? 0);
  return { clock, send, done, cleared, logged, counters, outcome, again: () => again };
}

describe("a command", () => {
  it("that is understood is obeyed, counted and timed, and no line for next week", async () => {
    const { send, done, outcome, again, counters, logged } = desk();
    await send("OPEN");
    await send(" close ");
    expect(done).toEqual([true, false]);
    expect(outcome("done")).toBe(2);
    expect(again()).toBe(0);
    expect(counters.text()).toContain("mqtt_things_command_seconds_count 2");
    expect(logged.said("info", "warn", "error")).toEqual([]);
  });

  it("that is empty is ignored without a word: it is somebody's clearing", async () => {
    const { send, done, cleared, logged, counters, again } = desk();
    const before = counters.text();
    await send("");
    await send("", { retained: true });
    expect([done, cleared, logged.lines, again()]).toEqual([[], [], [], 0]);
    expect(counters.text()).toBe(before);
  });

  it("that is a replay is dropped, counted and cleared each time, and logged once", async () => {
    const { send, done, cleared, logged, outcome } = desk();
    await send("OPEN", { retained: true });
    await send("OPEN", { retained: true });
    expect(done).toEqual([]);
    expect(cleared).toEqual(["valve/set", "valve/set"]);
    expect(outcome("replayed")).toBe(2);
    expect(logged.said()).toEqual([
      "a retained command on valve/set is dropped and cleared: publish commands without retain",
    ]);
  });

  it("within 1 s of a subscription is refused, and what is true is told again", async () => {
    const { send, done, outcome, again, logged } = desk();
    await send("OPEN", { subscribedMs: 0 });
    await send("OPEN", { subscribedMs: 999 });
    expect([done, outcome("late"), again()]).toEqual([[], 2, 2]);
    expect(logged.said("warn")).toHaveLength(1);
    await send("OPEN", { subscribedMs: 1_000 });
    expect(done).toEqual([true]);
  });

  it("within 1 s of a subscription is obeyed if it can only make things safer", async () => {
    const { send, done } = desk();
    await send("CLOSE", { subscribedMs: 0 });
    expect(done).toEqual([false]);
  });

  it("that is refused, or fails, is told again and logged with topic, payload and reason", async () => {
    const { send, outcome, again, logged } = desk(async (open) => {
      if (open) throw new Error("no answer from the board");
      throw new Refused("it is Sunday");
    });
    await send("OPEN");
    await send("CLOSE");
    await send("EXPLODE");
    await send(Buffer.from([0xff, 0xfe]));
    await send("x".repeat(5_000));
    expect([outcome("failed"), outcome("refused"), again()]).toEqual([1, 4, 5]);
    const lines = logged.lines.map(({ msg }) => String(msg));
    expect(lines.slice(0, 4)).toEqual([
      'command failed: valve/set "OPEN": no answer from the board',
      'command refused: valve/set "CLOSE": it is Sunday',
      'command refused: valve/set "EXPLODE": must be one of OPEN, CLOSE',
      'command refused: valve/set "\ufffd\ufffd": not UTF-8 text',
    ]);
    expect(lines[4]).toMatch(/"x{60}"… \(5000 bytes\): longer than 4096 bytes$/);
  });

  it("whose handling throws something odd never throws out of here", async () => {
    const odd = command(z.string(), () => {
      throw "text";
    });
    const { log } = captureLog();
    const clock = virtualClock();
    const context = { log, clock, metrics: metrics(), troubles: complaints(log, clock), clear: () => {} };
    const message = { topic: "t", payload: Buffer.from("1"), retained: false, subscribedMs: 5_000 };
    await expect(obey(odd, message, () => {}, context)).resolves.toBeUndefined();
  });
});
