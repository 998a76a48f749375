import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { cell, follow } from "../../src/cell.ts";

const never = new AbortController().signal;

/** Reads values into a list until the signal aborts. */
function reader<T>(values: AsyncIterable<T>) {
  const read: T[] = [];
  const ended = (async () => {
    for await (const value of values) read.push(value);
  })();
  return { read, ended };
}

describe("a cell", () => {
  it("holds the latest value", () => {
    const level = cell(1);
    expect(level.get()).toBe(1);
    level.set(2);
    expect(level.get()).toBe(2);
  });

  it("gives a follower the value there is, then each change", async () => {
    const stop = new AbortController();
    const level = cell(1);
    const { read, ended } = reader(level.values(stop.signal));
    await turn();
    expect(read).toEqual([1]);
    level.set(2);
    await turn();
    level.set(2);
    await turn();
    expect(read).toEqual([1, 2, 2]);
    stop.abort();
    await ended;
  });

  it("loses no change that is made while the reader is busy, and skips to the latest", async () => {
    const level = cell(1);
    const values = level.values(never)[Symbol.asyncIterator]();
    expect(await values.next()).toEqual({ done: false, value: 1 });
    level.set(2);
    level.set(3);
    expect(await values.next()).toEqual({ done: false, value: 3 });
    const next = values.next();
    level.set(4);
    expect(await next).toEqual({ done: false, value: 4 });
  });

  it("ends a follower when the signal aborts, after the last change", async () => {
    const stop = new AbortController();
    const level = cell(1);
    const values = level.values(stop.signal)[Symbol.asyncIterator]();
    await values.next();
    level.set(2);
    stop.abort();
    expect(await values.next()).toEqual({ done: false, value: 2 });
    expect(await values.next()).toEqual({ done: true, value: undefined });
  });

  it("gives a follower that comes after the abort the value there is, once", async () => {
    const { read, ended } = reader(cell(1).values(AbortSignal.abort()));
    await ended;
    expect(read).toEqual([1]);
  });

  it("waits until a value satisfies, or gives up with the signal", async () => {
    const stop = new AbortController();
    const level = cell(1);
    expect(await level.until((value) => value === 1, never)).toBe(1);
    const three = level.until((value) => value === 3, never);
    const nine = level.until((value) => value === 9, stop.signal);
    for (const value of [2, 3, 4]) {
      level.set(value);
      await turn();
    }
    expect(await three).toBe(3);
    stop.abort();
    expect(await nine).toBeUndefined();
  });

  it("tells a listener of each change until it is taken off", () => {
    const level = cell(1);
    const heard: number[] = [];
    const off = level.onChange(() => heard.push(level.get()));
    level.set(2);
    level.set(2);
    off();
    level.set(3);
    expect(heard).toEqual([2, 2]);
  });
});

describe("several cells", () => {
  it("are read together after a change of any of them", async () => {
    const stop = new AbortController();
    const a = cell("a");
    const b = cell(1);
    const { read, ended } = reader(follow([a, b], () => `${a.get()}${b.get()}`, stop.signal));
    await turn();
    b.set(2);
    await turn();
    a.set("b");
    b.set(3);
    await turn();
    stop.abort();
    await ended;
    expect(read).toEqual(["a1", "a2", "b3"]);
  });

  it("are left alone by a follower that has gone", async () => {
    let followers = 0;
    const counted = {
      onChange: () => {
        followers += 1;
        return () => {
          followers -= 1;
        };
      },
    };
    const listening = new Set<string>();
    const { signal } = new AbortController();
    signal.addEventListener = (type: string) => void listening.add(type);
    signal.removeEventListener = (type: string) => void listening.delete(type);
    const values = follow([counted, counted], () => 1, signal);
    await values.next();
    expect([followers, [...listening]]).toEqual([2, ["abort"]]);
    await values.return(undefined);
    expect([followers, [...listening]]).toEqual([0, []]);
  });
});
