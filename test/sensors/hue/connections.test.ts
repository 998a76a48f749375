import { expect, test } from "vitest";
import { type Wired, watchConnections, wire } from "./wired.ts";

const HALL = "Hall";
const troubles: Record<string, (fake: Wired["fake"]) => void> = {
  "whose event stream is closed at once": ({ faults }) => (faults.hangsUp = "at-once"),
  "whose event stream is closed after its greeting": ({ faults }) => (faults.hangsUp = "after-greeting"),
  "whose event stream is mute": ({ faults }) => (faults.mute = true),
  "that answers 429": ({ faults }) => (faults.status = 429),
  "that answers 503": ({ faults }) => (faults.status = 503),
};

test.each([
  ...Object.keys(troubles).map((trouble) => [trouble, 60_000] as const),
  ["whose event stream is closed at once", 1_000] as const,
])(
  "N3: a bridge %s and that keeps no connection is called 10 times in 3 minutes, read every %i ms",
  async (trouble, reconcileMs) => {
    const wired = await wire({}, { reconcileMs });
    const { fake, pass, passUntil, sensor } = wired;
    fake.faults.keepsNone = true;
    const watch = watchConnections(wired);
    let celsius = 0;
    const watchFor = async (ms: number) => {
      for (let leftMs = ms; leftMs > 0; leftMs -= 1_000) {
        if (leftMs % 30_000 === 0) fake.house.set(HALL, { temperatureCelsius: ++celsius });
        await pass(1_000, 500);
        watch.note();
      }
    };
    if (trouble.includes("closed")) troubles[trouble]?.(fake);
    await watchFor(10_000);
    troubles[trouble]?.(fake);
    fake.streams.hangUp();
    await watchFor(540_000);
    expect(watch.most()).toBeGreaterThan(3);
    expect(watch.most()).toBeLessThanOrEqual(10);
    Object.assign(fake.faults, { hangsUp: "never", mute: false, status: undefined });
    await passUntil(() => sensor(HALL)?.temperatureCelsius === celsius, 180_000, 500);
  },
);

test("a bridge in good health that keeps no connection is read as often as is wanted", async () => {
  const { fake, pass } = await wire({}, { reconcileMs: 1_000 });
  fake.faults.keepsNone = true;
  await pass(60_000, 250);
  expect(fake.received.filter(({ kind }) => kind === "resources").length).toBeGreaterThan(55);
});
