import { setImmediate as turn } from "node:timers/promises";
import { pino } from "pino";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Place } from "../../devices/sensors/broadlink/poll-unit.ts";
import { openUnits, type SensingUnit, type Units, type Wanted } from "../../devices/sensors/broadlink/units.ts";
import { type FakeBroadlink, startFakeBroadlink } from "../../src/broadlink/fake.ts";
import { type VirtualClock, virtualClock } from "../support/clock.ts";

const MAC = "78:0f:77:11:22:33";
const OTHER = "78:0f:77:44:55:66";
const [SECOND, MINUTE] = [1_000, 60_000];

interface World {
  clock: VirtualClock;
  units: Units;
  lines: string[];
  /** The unit with this MAC; undefined while it is not shown. */
  unit(mac?: string): SensingUnit | undefined;
  /** What is shown of it: availability, °C, %. */
  shown(mac?: string): [available: boolean, celsius: number | undefined, percent: number | undefined] | undefined;
  /** Lets time pass, and all that is on its way arrive. */
  pass(ms: number): Promise<void>;
}

/** More than a question, its answer and what follows from it take. */
const TURNS = 40;

async function world(wanted: (clock: VirtualClock) => Promise<Wanted>, pollMs = 30 * SECOND): Promise<World> {
  const clock = virtualClock();
  const lines: string[] = [];
  const log = pino({ level: "info", base: null }, { write: (line: string) => void lines.push(JSON.parse(line).msg) });
  const units = openUnits(await wanted(clock), { pollMs, log, clock });
  onTestFinished(() => units[Symbol.asyncDispose]());
  const unit = (mac = MAC) => units.known.get().sensing.get(mac);
  const settle = async () => {
    for (let i = 0; i < TURNS; i++) await turn();
  };
  const self: World = {
    ...{ clock, units, lines, unit },
    shown(mac) {
      const { available = false, reading } = unit(mac)?.measured.get() ?? {};
      return unit(mac) && [available, reading?.temperatureCelsius, reading?.humidityPercent];
    },
    async pass(ms) {
      for (let leftMs = ms; leftMs > 0; leftMs -= SECOND) {
        await clock.advance(Math.min(SECOND, leftMs));
        await settle();
      }
    },
  };
  await settle();
  return self;
}

async function fake(clock: VirtualClock, setting: Parameters<typeof startFakeBroadlink>[0] = {}) {
  const unit = await startFakeBroadlink({ clock, name: "Cellar", ...setting });
  onTestFinished(() => unit[Symbol.asyncDispose]());
  return unit;
}
const placeOf = ({ host, port }: FakeBroadlink): Place => ({ host, port });

/** A world with one unit, which is asked every 30 s. */
async function oneUnit(setting: Parameters<typeof startFakeBroadlink>[0] = {}, pollMs?: number) {
  let plugged: FakeBroadlink | undefined;
  const around = await world(async (clock) => {
    plugged = await fake(clock, setting);
    return { places: [placeOf(plugged)] };
  }, pollMs);
  if (!plugged) throw new Error("nothing is plugged in");
  return { ...around, rm4: plugged };
}

describe("the sensors of a Broadlink unit", () => {
  test("are shown with its first answer, and every 30 s after that", async () => {
    const { rm4, unit, shown, pass, units } = await oneUnit();
    expect(unit()).toMatchObject({ mac: MAC, name: "Cellar", model: { name: "RM4 mini" } });
    expect(shown()).toEqual([true, 21.37, 48.65]);
    expect(units.known.get()).toMatchObject({ complete: true });
    rm4.measured = { temperatureCelsius: 22.01, humidityPercent: 50.5 };
    await pass(29 * SECOND);
    expect(shown()).toEqual([true, 21.37, 48.65]);
    await pass(2 * SECOND);
    expect(shown()).toEqual([true, 22.01, 50.5]);
  });

  test("are asked as often as it is wished", async () => {
    const { rm4, pass } = await oneUnit({}, 2 * SECOND);
    rm4.forget();
    await pass(10 * SECOND);
    expect(rm4.received.filter(({ kind }) => kind === "command")).toHaveLength(5);
  });

  test("the temperature inside an old unit is shown without a humidity", async () => {
    const { rm4, unit, shown, pass } = await oneUnit({ make: "RM pro" });
    expect(unit()?.model.sensors).toBe("inside");
    rm4.measured = Buffer.from([23, 4, 0, 0]);
    await pass(31 * SECOND);
    expect(shown()).toEqual([true, 23.4, undefined]);
  });

  test("another name makes it another object, another value does not", async () => {
    const { rm4, unit, pass } = await oneUnit();
    const before = unit();
    rm4.measured = { temperatureCelsius: 22, humidityPercent: 50 };
    await pass(31 * SECOND);
    expect(unit()).toBe(before);
    rm4.name = "Attic";
    await pass(31 * SECOND);
    expect(unit()).toMatchObject({ name: "Attic", measured: before?.measured });
  });

  test("an unknown model that can't measure is left alone, and everybody else is known then", async () => {
    const { unit, units, lines } = await oneUnit({ make: "RM mini 3" });
    expect(unit()).toBeUndefined();
    expect(units.known.get()).toMatchObject({ complete: true });
    expect(lines).toEqual([expect.stringMatching(/^there is nothing to measure at .*a RM mini 3 has no sensors/)]);
  });
});

describe("N7 and N8: glitches and silence", () => {
  test("a unit without a cable is not shown, and who else may come is not known", async () => {
    let bare: FakeBroadlink | undefined;
    const { unit, units, lines, shown, pass } = await world(async (clock) => {
      bare = await fake(clock);
      bare.measured = undefined;
      return { places: [placeOf(bare)] };
    });
    expect(unit()).toBeUndefined();
    expect(units.known.get()).toMatchObject({ complete: false });
    expect(lines).toEqual([expect.stringMatching(/measures nothing: is the cable with the sensors plugged in\?$/)]);
    if (bare) bare.measured = { temperatureCelsius: 19, humidityPercent: 60 };
    await pass(31 * SECOND);
    expect(shown()).toEqual([true, 19, 60]);
    expect(units.known.get().complete).toBe(true);
  });

  test("an unplugged cable never shows 0 °C, and is unavailable after 3 min", async () => {
    const { rm4, shown, pass, lines } = await oneUnit();
    rm4.measured = undefined;
    await pass(2 * MINUTE + 58 * SECOND);
    expect(shown()).toEqual([true, 21.37, 48.65]);
    await pass(4 * SECOND);
    expect(shown()).toEqual([false, 21.37, 48.65]);
    expect(lines.at(-1)).toMatch(/measures nothing/);
    rm4.measured = { temperatureCelsius: 8, humidityPercent: 60 };
    await pass(30 * SECOND);
    expect(shown()).toEqual([true, 8, 60]);
    expect(lines.at(-1)).toMatch(/available$/);
  });

  test("a spike of 130 °C is not shown, and is no line for next week", async () => {
    const { rm4, shown, pass, lines } = await oneUnit();
    lines.length = 0;
    rm4.measured = Buffer.from([127, 99, 40, 0]);
    await pass(31 * SECOND);
    rm4.measured = { temperatureCelsius: 21.5, humidityPercent: 48 };
    expect(shown()).toEqual([true, 21.37, 48.65]);
    await pass(30 * SECOND);
    expect(shown()).toEqual([true, 21.5, 48]);
    expect(lines).toEqual([]);
  });

  test("a true fall of 6 °C is shown with the second further reading, and is available all the time", async () => {
    const { rm4, shown, pass } = await oneUnit({}, MINUTE);
    rm4.measured = { temperatureCelsius: 15.3, humidityPercent: 50 };
    await pass(2 * MINUTE + SECOND);
    expect(shown()).toEqual([true, 21.37, 48.65]);
    await pass(MINUTE);
    expect(shown()).toEqual([true, 15.3, 50]);
  });

  test("-3.5 °C is -3.5 °C", async () => {
    const { shown } = await world(async (clock) => {
      const cold = await fake(clock);
      cold.measured = { temperatureCelsius: -3.5, humidityPercent: 80 };
      return { places: [placeOf(cold)] };
    });
    expect(shown()).toEqual([true, -3.5, 80]);
  });

  test("a unit that is silent is unavailable after 3 min, not sooner, and says so once", async () => {
    const { rm4, shown, pass, lines } = await oneUnit();
    rm4.faults.silent = true;
    await pass(2 * MINUTE + 55 * SECOND);
    expect(shown()?.[0]).toBe(true);
    await pass(20 * SECOND);
    expect(shown()?.[0]).toBe(false);
    expect(lines.slice(1)).toEqual([expect.stringMatching(/does not answer: is it plugged in, and is that still its/)]);
    rm4.faults.silent = false;
    await pass(31 * SECOND);
    expect(shown()?.[0]).toBe(true);
    expect(lines.at(-1)).toMatch(/are available$/);
  });

  test("a unit that is asked every 5 min has 15 min", async () => {
    const { rm4, shown, pass } = await oneUnit({}, 5 * MINUTE);
    rm4.faults.silent = true;
    await pass(14 * MINUTE + 58 * SECOND);
    expect(shown()?.[0]).toBe(true);
    await pass(15 * SECOND);
    expect(shown()?.[0]).toBe(false);
  });

  test("a unit that is locked to its app is unavailable at once, with the way out", async () => {
    const { rm4, shown, pass, lines } = await oneUnit();
    rm4.locked = true;
    rm4.restart();
    await pass(31 * SECOND);
    expect(shown()?.[0]).toBe(false);
    expect(lines.at(-1)).toMatch(/can't be read: it is locked .*switch off “Lock device”/);
    rm4.locked = false;
    await pass(2 * MINUTE);
    expect(shown()?.[0]).toBe(true);
  });

  test("a refusal counts at once, a single failure does not", async () => {
    const { rm4, shown, pass } = await oneUnit();
    rm4.faults.refusals = [-9];
    await pass(31 * SECOND);
    expect(shown()?.[0]).toBe(true);
    rm4.faults.refusals = [-1];
    await pass(30 * SECOND);
    expect(shown()?.[0]).toBe(false);
    await pass(30 * SECOND);
    expect(shown()?.[0]).toBe(true);
  });

  test("after a long silence the first reading counts, however far it is from the last", async () => {
    const { rm4, shown, pass } = await oneUnit();
    rm4.faults.silent = true;
    await pass(4 * MINUTE);
    rm4.measured = { temperatureCelsius: 3, humidityPercent: 70 };
    rm4.faults.silent = false;
    await pass(45 * SECOND);
    expect(shown()).toEqual([true, 3, 70]);
  });
});

describe("several units", () => {
  test("one that is silent from the beginning holds up nobody", async () => {
    const { shown, units, pass } = await world(async (clock) => {
      const [dead, well] = [await fake(clock), await fake(clock, { mac: OTHER })];
      dead.faults.silent = true;
      return { places: [placeOf(dead), placeOf(well)] };
    });
    expect(shown(OTHER)).toEqual([true, 21.37, 48.65]);
    await pass(11 * SECOND);
    expect(units.known.get()).toMatchObject({ complete: false });
  });

  test("what was read at an address is not mixed with what another unit says there", async () => {
    const { shown, pass, rm4 } = await oneUnit();
    const { port } = rm4;
    await rm4[Symbol.asyncDispose]();
    const heir = await startFakeBroadlink({ port, mac: OTHER, name: "Attic" });
    onTestFinished(() => heir[Symbol.asyncDispose]());
    heir.measured = { temperatureCelsius: 30, humidityPercent: 20 };
    await pass(45 * SECOND);
    expect(shown(OTHER)).toEqual([true, 30, 20]);
    expect(shown()).toEqual([true, 21.37, 48.65]);
    await pass(3 * MINUTE);
    expect(shown()).toEqual([false, 21.37, 48.65]);
  });
});

describe("units that answer to a broadcast", () => {
  const everywhere = (unit: FakeBroadlink): Wanted => ({ everywhere: { address: unit.host, port: unit.port } });

  test("are shown, and nobody knows whether there are others", async () => {
    const { shown, units, pass } = await world(async (clock) => everywhere(await fake(clock)));
    await pass(SECOND);
    expect(shown()).toEqual([true, 21.37, 48.65]);
    expect(units.known.get()).toMatchObject({ complete: false });
  });

  test("are found when they are plugged in later", async () => {
    let late: FakeBroadlink | undefined;
    const { shown, pass } = await world(async (clock) => {
      late = await fake(clock);
      late.faults.silent = true;
      return everywhere(late);
    });
    await pass(MINUTE);
    expect(shown()).toBeUndefined();
    if (late) late.faults.silent = false;
    await pass(MINUTE);
    expect(shown()).toEqual([true, 21.37, 48.65]);
  });

  test("are asked at the address where they were found last", async () => {
    let moved: FakeBroadlink | undefined;
    const { shown, pass } = await world(async (clock) => {
      moved = await fake(clock);
      // The answer to the first call comes from a port where nobody listens.
      moved.faults.mishaps = ["foreign"];
      return everywhere(moved);
    });
    expect(shown()).toBeUndefined();
    await pass(2 * SECOND);
    expect(shown()).toEqual([true, 21.37, 48.65]);
  });

  test.each([
    ["a plug", { type: 0x7544 }],
    ["a blaster without sensors", { make: "RM mini 3" }],
  ] as const)("%s is asked nothing", async (_, setting) => {
    let asked: FakeBroadlink | undefined;
    const { pass, lines } = await world(async (clock) => {
      asked = await fake(clock, setting);
      return everywhere(asked);
    });
    await pass(5 * SECOND);
    expect(new Set(asked?.received.map(({ kind }) => kind))).toEqual(new Set(["hello"]));
    expect(lines).toEqual([]);
  });

  test("a network that takes no broadcast is a network without units", async () => {
    const { units, lines, pass } = await world(async () => ({ everywhere: { address: "240.0.0.1", port: 9 } }));
    await pass(3 * SECOND);
    expect([units.known.get().sensing.size, lines]).toEqual([0, []]);
  });
});
