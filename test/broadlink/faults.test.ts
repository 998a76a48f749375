import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { encodeHello } from "../../src/broadlink/discovery.ts";
import { exchangeWith } from "../../src/broadlink/exchange.ts";
import { startFakeBroadlink } from "../../src/broadlink/fake.ts";
import type { Mishap } from "../../src/broadlink/fake-faults.ts";
import { openUnit } from "../../src/broadlink/unit.ts";
import { virtualClock } from "../support/clock.ts";
import { code, met, until, wire, wireLog } from "./wired.ts";

const mishaps: Mishap[] = [
  "unheard",
  "lost",
  "late",
  "doubled",
  "foreign",
  "wrong-counter",
  "wrong-checksum",
  "short",
  "garbage",
  "restart",
];
/** The answer comes in time all the same. */
const harmless: Mishap[] = ["doubled"];
const hurting = mishaps.filter((mishap) => !harmless.includes(mishap));

describe("an answer to a command", () => {
  test.each(hurting)("that is %s is dropped, and the repeat's is taken", async (mishap) => {
    const { unit, fake, clock, follow } = await met();
    fake.faults.mishaps.push(mishap);
    const sending = follow(unit.sendInfrared(code));
    await clock.advance(999);
    expect(sending.said).toBeUndefined();
    await clock.advance(1);
    await until(() => sending.said !== undefined);
    expect([sending.said, fake.infrared]).toEqual(["done", [code]]);
  });

  test("that comes twice counts once: the second is no answer to the next question", async () => {
    const { unit, fake } = await met();
    fake.faults.mishaps.push("doubled", "doubled", "doubled");
    await unit.sendInfrared(code);
    expect(await unit.readFirmware()).toBe(44_075);
    expect(await unit.readSensors()).toMatchObject({ temperatureCelsius: 21.37 });
    expect(fake.received).toHaveLength(3);
  });

  test("that comes late is no answer to the next question", async () => {
    const { unit, fake, clock, follow } = await met();
    fake.faults.mishaps.push("late", "fine", "lost");
    const first = follow(unit.sendInfrared(code));
    await clock.advance(1_000);
    await until(() => first.said === "done");
    const second = follow(unit.readFirmware());
    // The first one's late answer comes after half of that.
    await clock.advance(999);
    expect(second.said).toBeUndefined();
    await clock.advance(1);
    await until(() => second.said !== undefined);
    expect(second.value).toBe(44_075);
  });

  test("that is always damaged ends in an error that says so", async () => {
    const { unit, fake, clock, follow } = await met();
    fake.faults.mishaps.push(...Array(10).fill("wrong-checksum"));
    const sending = follow(unit.sendInfrared(code));
    await clock.advance(10_000);
    expect(sending).toMatchObject({ said: "damaged", error: { code: -4008 } });
    fake.faults.mishaps.push(...Array(10).fill("lost"));
    const next = follow(unit.sendInfrared(code));
    await clock.advance(10_000);
    expect(next.said).toBe("silent");
  });
});

test("what is dropped is in the log of the wire", async () => {
  const { unit, fake, clock, follow, lines } = await met();
  fake.faults.mishaps.push("wrong-counter", "wrong-checksum", "doubled");
  const sending = follow(unit.sendInfrared(code));
  await clock.advance(2_000);
  await until(() => sending.said === "done" && lines.some((line) => line.includes("nothing waits for")));
  const dropped = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg.startsWith("dropped"));
  const reply = { host: fake.host, bytes: 0x38 + 16 };
  expect(dropped).toMatchObject([
    { ...reply, msg: "dropped a reply to something else" },
    { ...reply, msg: "dropped a damaged reply", code: -4008 },
    { ...reply, msg: "dropped a reply that nothing waits for" },
  ]);
});

test("a bug in how answers are read fails the question at once", async () => {
  const { fake, clock } = await wire();
  const exchange = exchangeWith(fake, { clock, log: wireLog().log });
  onTestFinished(() => exchange.close());
  const asked = exchange.ask(encodeHello({ epochMs: 0, eastMinutes: 0 }), () => {
    throw new RangeError("a bug");
  });
  await expect(asked).rejects.toThrow(new RangeError("a bug"));
});

test("an answer that is intact and makes no sense is an error at once: a repeat would say the same", async () => {
  const { unit, fake, heard } = await met();
  fake.measured = Buffer.of(1);
  await expect(unit.readSensors()).rejects.toMatchObject({ trouble: "damaged" });
  expect(heard()).toEqual(["command"]);
});

test.each(hurting)("a greeting and an authentication survive %s as well", async (mishap) => {
  const { unit, fake, clock, follow } = await wire();
  fake.faults.mishaps.push(mishap, "fine", mishap);
  const sending = follow(unit.sendInfrared(code));
  for (let second = 0; second < 4 && sending.said === undefined; second++) await clock.advance(1_000);
  await until(() => sending.said !== undefined);
  expect([sending.said, fake.infrared]).toEqual(["done", [code]]);
});

test("whatever happens to the answers, a command ends within its time, and is sent once unless the unit restarts", async () => {
  const { log } = wireLog();
  const plan = fc.array(fc.constantFrom<Mishap>("fine", "fine", ...mishaps), { maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(plan, fc.integer({ min: 1, max: 4_000 }), async (happening, lateMs) => {
      const clock = virtualClock();
      await using fake = await startFakeBroadlink({ clock });
      await using unit = openUnit(fake.host, { port: fake.port, clock, log });
      fake.faults.mishaps.push(...happening);
      fake.faults.lateMs = lateMs;
      let ended = "";
      const end = (how: string) => () => {
        ended = how;
      };
      unit.sendInfrared(code).then(end("sent"), end("failed"));
      for (let second = 0; second < 61 && ended === ""; second++) await clock.advance(1_000);
      expect(ended).not.toBe("");
      if (ended === "sent") expect(fake.infrared.length).toBeGreaterThan(0);
      if (!happening.includes("restart")) expect(fake.infrared.length).toBeLessThanOrEqual(1);
      expect(fake.infrared.every((packet) => packet.equals(code))).toBe(true);
    }),
    { numRuns: 60 },
  );
});
