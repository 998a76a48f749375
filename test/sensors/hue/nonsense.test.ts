import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { openHouse } from "../../../devices/sensors/hue/house.ts";
import { readIdentity } from "../../../devices/sensors/hue/identity.ts";
import { jsonOf, v1Of, v2Of } from "../../../devices/sensors/hue/json.ts";
import { readChanges } from "../../../devices/sensors/hue/merge.ts";
import { readV1 } from "../../../devices/sensors/hue/v1.ts";
import { usualThresholds } from "../../../devices/sensors/hue/values.ts";
import { errors, withCaptures } from "./captures.ts";
import { resources } from "./houses.ts";
import { met, wire } from "./wired.ts";

const typed = expect.objectContaining({ name: "HueError", trouble: expect.any(String) });

/** Runs it; anything that is thrown must be a typed problem. */
function tries(attempt: () => unknown): void {
  try {
    attempt();
  } catch (error) {
    expect(error).toEqual(typed);
  }
}

const bodies = [
  ["nothing", ""],
  ["half a JSON", '{"errors":[],"data":[{"id":"a"'],
  ["HTML", "<!DOCTYPE html><html><body>503</body></html>"],
  ["null", "null"],
  ["a number", "7"],
  ["a list", "[]"],
  ["an object of nothing", "{}"],
  ["an empty list of resources", '{"errors":[],"data":[]}'],
  ["a list of things that are none", '{"errors":[],"data":[1,{},{"id":7}]}'],
  ["no list of resources", '{"errors":[],"data":{"id":"x"}}'],
  ["bytes that are no UTF-8", Buffer.from([0xff, 0xfe, 0x00, 0x80])],
  ["a JSON of a million levels", "[".repeat(1_000_000)],
] as const;

describe("a bridge whose answer is", () => {
  test.each(bodies)("%s ends in a problem, and is asked again", async (_name, body) => {
    const { bridge, fake, passUntil, sensor } = await met({}, { reconcileMs: 5_000 });
    fake.faults.body = Buffer.from(body);
    await passUntil(() => bridge.status.get().problem?.trouble === "nonsense", 6_000);
    expect(bridge.status.get()).toMatchObject({ reachable: true, sensors: { size: 3 } });
    fake.faults.body = undefined;
    fake.house.set("Hall", { motion: true });
    await passUntil(() => bridge.status.get().problem === undefined && sensor("Hall")?.occupancy === true, 10_000);
  });

  test.each(bodies.filter(([name]) => name !== "an object of nothing"))(
    "%s, in v1, ends in a problem",
    async (_name, body) => {
      const { bridge, fake, passUntil } = await met({ kind: "round" });
      fake.faults.body = Buffer.from(body);
      await passUntil(() => bridge.status.get().problem?.trouble === "nonsense", 6_000);
      fake.faults.body = undefined;
      await passUntil(() => bridge.status.get().problem === undefined, 10_000);
    },
  );

  test.each([...bodies.map(([, body]) => body), '{"bridgeid":7}'])("no Hue bridge's is none: $0", async (body) => {
    const { bridge, fake, until } = await wire();
    fake.faults.config = Buffer.from(body);
    await until(() => bridge.status.get().problem !== undefined);
    expect(bridge.status.get().problem?.trouble).toBe("nonsense");
  });

  test("longer than any house ends in a problem", async () => {
    const { bridge, fake, until } = await wire();
    fake.faults.config = Buffer.alloc(100_000, " ");
    await until(() => bridge.status.get().problem !== undefined);
    expect(bridge.status.get().problem).toMatchObject({
      trouble: "nonsense",
      message: expect.stringMatching(/more than 65536 bytes/),
    });
  });
});

test("things that can't be understood are left out, counted and mentioned once, and the rest is served", async () => {
  const { bridge, fake, lines, sensor, until, pass } = await wire();
  for (const thing of [{ id: "", type: "motion" }, JSON.parse("null"), JSON.parse("[7]")])
    fake.house.resources.push(thing);
  await until(() => bridge.status.get().reachable);
  await pass(300_000, 1_000);
  expect(bridge.status.get()).toMatchObject({ skipped: 3, problem: undefined });
  expect(sensor("Hall")?.occupancy).toBe(false);
  expect(lines.filter((line) => line.includes("can't be understood"))).toHaveLength(1);
});

// hue.md 4.2
describe("an error of v1, which comes with HTTP 200,", () => {
  const error = (type: number) => ({ error: { type, address: "/sensors", description: "no" } });
  const outcomes = [
    [1, "unpaired"],
    [2, "nonsense"],
    [3, "absent"],
    [4, "absent"],
    [101, "unpressed"],
    [901, "busy"],
    [7, "nonsense"],
  ] as const;

  test.each(outcomes)("of type %i is %s, also in place of v2 and after something else", (type, trouble) => {
    for (const list of [[error(type)], [{ success: {} }, error(type)]]) {
      const answer = { status: 200, text: JSON.stringify(list) };
      for (const read of [v1Of, v2Of]) expect(() => read(answer)).toThrow(expect.objectContaining({ trouble }));
    }
  });

  test.each([[[{ success: {} }]], [[{ error: {} }]], [[{ error: { type: "1" } }]], [[null]], [{ error: { type: 1 } }]])(
    "is not what %j is",
    (body) => {
      expect(v1Of({ status: 200, text: JSON.stringify(body) })).toEqual(body);
    },
  );
});

withCaptures("the recorded errors", () => {
  const outcomes: Record<string, string> = { 1: "unpaired", 2: "nonsense", 3: "absent", 101: "unpressed" };

  test("each end in a problem of their own", () => {
    for (const { status, body } of errors()) {
      const answer = { status, text: JSON.stringify(body) };
      const type = Array.isArray(body) ? body[0]?.error?.type : undefined;
      const expected = status === 200 ? outcomes[type] : { 403: "unpaired", 404: "absent", 429: "busy" }[status];
      if (expected === undefined) expect(v1Of(answer)).toEqual(body);
      else
        expect(() => (status === 200 ? v1Of(answer) : v2Of(answer))).toThrow(
          expect.objectContaining({ trouble: expected }),
        );
    }
  });
});

describe("an event stream that brings", () => {
  test("nonsense goes on, and what it may have meant is read", async () => {
    const { fake, sensor, until, pass } = await met();
    const before = fake.received.length;
    for (const bytes of [
      "data: {\n\n",
      "data: <html>\n\n",
      ": comment\n\nid: 7\n\n",
      "retry: x\nfoo: bar\n\n",
      "\0\n\n",
    ]) {
      fake.streams.send(Buffer.from(bytes));
    }
    await pass(2_500);
    expect(fake.received.slice(before).every(({ kind }) => kind === "resources")).toBe(true);
    expect(fake.received.length).toBeGreaterThan(before);
    fake.house.set("Hall", { motion: true });
    await until(() => sensor("Hall")?.occupancy === true);
    expect(fake.streams.count()).toBe(1);
  });

  test("a line without an end is given up and opened anew", async () => {
    const { fake, passUntil, bridge, sensor } = await met();
    fake.streams.send(Buffer.concat([Buffer.from("data: "), Buffer.alloc(5 * 1024 * 1024, "x")]));
    await passUntil(() => fake.received.filter(({ kind }) => kind === "events").length === 2, 5_000);
    fake.house.set("Hall", { motion: true });
    await passUntil(() => sensor("Hall")?.occupancy === true && bridge.status.get().reachable, 5_000);
  });

  test.each([1, 2, 3, 7])(
    "pieces of %i bytes brings them whole, also in the middle of a letter",
    async (splitBytes) => {
      const { fake, sensor, until } = await met();
      fake.faults.splitBytes = splitBytes;
      fake.house.rename("Hall", "Küche 🚪: “Öl”");
      await until(() => sensor("Küche 🚪: “Öl”") !== undefined);
    },
  );

  test.each(["", "Dimmer", "x".repeat(300), "🚪"])(
    'the name "$0" brings it as it is, and the sensor keeps its id',
    async (name) => {
      const { fake, bridge, until } = await met();
      fake.house.rename("Hall", name);
      await until(() => bridge.sensor("0017880100000010").get()?.name === name);
      expect(bridge.status.get().sensors?.size).toBe(3);
    },
  );
});

test("any bytes as an answer are an answer or a typed problem", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json(),
    fc.uint8Array().map((bytes) => Buffer.from(bytes).toString("utf8")),
  );
  const status = fc.oneof(fc.constant(200), fc.nat(999));
  fc.assert(
    fc.property(status, text, (code, body) => {
      const answer = { status: code, text: body };
      tries(() => jsonOf(answer));
      tries(() => readIdentity(jsonOf(answer)));
      tries(() => v1Of(answer));
      tries(() => openHouse(usualThresholds).replace(v2Of(answer).items, [], true));
      tries(() => readChanges(body));
    }),
    { numRuns: 500 },
  );
});

test("any JSON in the place of a resource spoils nothing else", () => {
  const items = resources();
  const known = fc.constantFrom(
    "device",
    "room",
    "motion",
    "light_level",
    "temperature",
    "device_power",
    "zigbee_connectivity",
    "button",
    "toString",
  );
  const feature = fc.constantFrom(
    "motion",
    "light",
    "temperature",
    "button",
    "metadata",
    "services",
    "children",
    "owner",
    "status",
    "mac_address",
    "id_v1",
    "power_state",
    "product_data",
    "enabled",
  );
  const strange = fc
    .tuple(fc.string({ minLength: 1 }), known, fc.dictionary(feature, fc.jsonValue()))
    .map(([id, type, rest]) => ({ ...rest, id: `strange ${id}`, type }));
  fc.assert(
    fc.property(fc.array(fc.oneof(strange, fc.jsonValue()), { maxLength: 10 }), (more) => {
      const house = openHouse(usualThresholds);
      house.replace([...more, ...items], [], true);
      for (const id of ["0017880100000010", "0017880100000020", "0017880100000030"])
        expect(house.sensors().get(id)?.name).toBeTruthy();
      for (const change of readChanges(JSON.stringify([{ type: "update", data: more }])).changes) house.apply(change);
      expect(house.sensors().size).toBeGreaterThanOrEqual(3);
    }),
    { numRuns: 500 },
  );
});

test("any JSON object as the sensors of v1 is read", () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (body) => void readV1(body)));
});

test("random bytes on the event stream, for a while, end in a house that is right", async () => {
  const { fake, bridge, sensor, pass, passUntil } = await met({}, { reconcileMs: 5_000 });
  const failures: unknown[] = [];
  const fail = (error: unknown) => failures.push(error);
  process.on("unhandledRejection", fail);
  onTestFinished(() => void process.off("unhandledRejection", fail));
  const bytes = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 200 }), 200);
  for (const some of bytes) {
    fake.streams.send(Buffer.from(some));
    fake.streams.send(Buffer.from("\n\ndata: "));
    await pass(50, 50);
  }
  fake.house.set("Hall", { motion: true, temperatureCelsius: 7 });
  await passUntil(() => sensor("Hall")?.temperatureCelsius === 7 && sensor("Hall")?.occupancy === true, 10_000);
  expect([failures, bridge.status.get().reachable]).toEqual([[], true]);
});
