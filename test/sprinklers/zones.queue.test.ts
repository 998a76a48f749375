import { describe, expect, test } from "vitest";
import { aGarden, MINUTE, SECOND, zone } from "./rules-garden.ts";

describe("when all places are taken, a further zone waits", () => {
  test("and says so; it opens for its full time when the place is free", () => {
    const garden = aGarden();
    garden.open(1);
    garden.pass(MINUTE);
    expect(garden.open(2, 5 * MINUTE)).toBeUndefined();
    expect(garden.is(2)).toBe("closed");
    expect(garden.reason(2)).toBe("queued");
    expect(garden.wanted()).toEqual([1]);
    garden.pass(9 * MINUTE);
    expect(garden.wanted()).toEqual([2]);
    expect(garden.reason(2)).toBe("command");
    expect(garden.left(2)).toBe(5 * MINUTE);
    garden.pass(5 * MINUTE);
    expect(garden.reason(2)).toBe("deadline");
  });

  test("a zone that waited and was cut to max_run says so at its end", () => {
    const garden = aGarden();
    garden.open(1);
    garden.open(2, 31 * MINUTE);
    garden.pass(10 * MINUTE);
    garden.pass(30 * MINUTE);
    expect(garden.reason(2)).toBe("max_run");
  });

  test("zones open in the order they were asked for", () => {
    const garden = aGarden();
    for (const relay of [3, 1, 2]) garden.open(relay);
    expect(garden.waiting()).toEqual([1, 2]);
    garden.pass(10 * MINUTE);
    expect(garden.wanted()).toEqual([1]);
    garden.pass(10 * MINUTE);
    expect(garden.wanted()).toEqual([2]);
  });

  test("with two places, two are open and the third waits", () => {
    const garden = aGarden({ maxConcurrent: 2 });
    for (const relay of [1, 2, 3]) garden.open(relay);
    expect(garden.wanted()).toEqual([1, 2]);
    expect(garden.waiting()).toEqual([3]);
  });

  test("a place is free only when the board has said that it closed the zone before", () => {
    const garden = aGarden();
    garden.open(1);
    garden.open(2);
    garden.silence(true);
    garden.close(1);
    expect(garden.wanted()).toEqual([]);
    garden.pass(2 * SECOND);
    expect(garden.wanted()).toEqual([]);
    garden.silence(false);
    expect(garden.wanted()).toEqual([2]);
  });

  test("asking again for a zone that waits changes how long it will run, not its place", () => {
    const garden = aGarden();
    for (const relay of [1, 2, 3]) garden.open(relay);
    garden.open(2, MINUTE);
    expect(garden.waiting()).toEqual([2, 3]);
    garden.pass(10 * MINUTE);
    expect(garden.left(2)).toBe(MINUTE);
  });

  test("a zone that is asked for while the board still closes it opens again afterwards", () => {
    const garden = aGarden();
    garden.open(1);
    garden.silence(true);
    garden.close(1);
    garden.open(1);
    expect(garden.is(1)).toBe("closing");
    expect(garden.reason(1)).toBe("queued");
    garden.silence(false);
    expect(garden.wanted()).toEqual([1]);
  });

  test("and a zone that still closes does not hold up the next one in the queue", () => {
    const garden = aGarden({ maxConcurrent: 2 });
    garden.open(1);
    garden.silence(true);
    garden.close(1);
    garden.open(1);
    garden.open(2);
    expect(garden.waiting()).toEqual([1]);
    expect(garden.wanted()).toEqual([2]);
  });

  test("closing a zone that waits takes it out of the queue, by command", () => {
    const garden = aGarden();
    for (const relay of [1, 2, 3]) garden.open(relay);
    garden.close(2);
    expect(garden.waiting()).toEqual([3]);
    expect(garden.reason(2)).toBe("command");
    garden.pass(10 * MINUTE);
    expect(garden.wanted()).toEqual([3]);
  });

  test("a refused wish for a zone that waits leaves it waiting, and says so", () => {
    const garden = aGarden();
    garden.open(1);
    garden.open(2);
    garden.tell({ kind: "broker", connected: false });
    expect(garden.open(2)).toBe("there is no connection to the broker");
    expect(garden.waiting()).toEqual([2]);
    expect(garden.reason(2)).toBe("queued");
  });

  test("an open zone that waits as well, because it still closed, keeps its reason when it closes for good", () => {
    const garden = aGarden();
    garden.open(1);
    garden.silence(true);
    garden.close(1);
    garden.open(1);
    garden.close(1);
    expect(garden.waiting()).toEqual([]);
    expect(garden.reason(1)).toBe("command");
  });

  test("one that has had its water meanwhile lets the next one open", () => {
    const garden = aGarden({ zones: [zone(1), zone(2, { dayCapMs: 5 * MINUTE }), zone(3)] });
    garden.open(2, 4 * MINUTE);
    garden.silence(true);
    garden.pass(4 * MINUTE);
    garden.open(2);
    garden.open(3);
    garden.sleep(MINUTE);
    garden.silence(false);
    expect(garden.reason(2)).toBe("day_cap");
    expect(garden.wanted()).toEqual([3]);
  });
});

describe("when all places are taken and `replace` is chosen", () => {
  test("a further zone closes the one that has been open longest", () => {
    const garden = aGarden({ whenBusy: "replace", maxConcurrent: 2 });
    garden.open(2);
    garden.pass(MINUTE);
    garden.open(1);
    garden.pass(MINUTE);
    garden.open(3);
    expect(garden.wanted()).toEqual([1, 3]);
    expect(garden.reason(2)).toBe("replaced");
    expect(garden.is(2)).toBe("closed");
  });

  test("it waits for the board to close that one", () => {
    const garden = aGarden({ whenBusy: "replace" });
    garden.open(1);
    garden.silence(true);
    garden.open(2);
    expect(garden.wanted()).toEqual([]);
    expect(garden.reason(2)).toBe("queued");
    garden.silence(false);
    expect(garden.wanted()).toEqual([2]);
  });

  test("one that waited for that is replaced as well", () => {
    const garden = aGarden({ whenBusy: "replace" });
    garden.open(1);
    garden.silence(true);
    garden.open(2);
    garden.open(3);
    expect(garden.waiting()).toEqual([3]);
    expect(garden.reason(2)).toBe("replaced");
    garden.silence(false);
    expect(garden.wanted()).toEqual([3]);
  });

  test("with a free place nothing is replaced", () => {
    const garden = aGarden({ whenBusy: "replace", maxConcurrent: 2 });
    garden.open(1);
    garden.open(2);
    expect(garden.wanted()).toEqual([1, 2]);
  });

  test("open while open replaces nothing", () => {
    const garden = aGarden({ whenBusy: "replace" });
    garden.open(1);
    garden.pass(MINUTE);
    garden.open(1);
    expect(garden.wanted()).toEqual([1]);
    expect(garden.left(1)).toBe(10 * MINUTE);
  });

  test("a refused zone replaces nothing", () => {
    const garden = aGarden({ whenBusy: "replace" });
    garden.open(1);
    garden.tell({ kind: "rain-delay", hours: 1 });
    garden.open(2);
    expect(garden.wanted()).toEqual([1]);
  });
});

describe("all off", () => {
  test("closes what is open and empties the queue, by command", () => {
    const garden = aGarden({ maxConcurrent: 2 });
    for (const relay of [1, 2, 3]) garden.open(relay);
    garden.tell({ kind: "all-off" });
    expect(garden.wanted()).toEqual([]);
    expect(garden.waiting()).toEqual([]);
    expect([1, 2, 3].map(garden.reason)).toEqual(["command", "command", "command"]);
    garden.pass(20 * MINUTE);
    expect(garden.wanted()).toEqual([]);
  });

  test("leaves the last reason of a zone that was closed already", () => {
    const garden = aGarden();
    garden.open(1, SECOND);
    garden.pass(SECOND);
    garden.tell({ kind: "all-off" });
    expect(garden.reason(1)).toBe("deadline");
    expect(garden.reason(2)).toBeUndefined();
  });
});
