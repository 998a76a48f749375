import { lookup } from "node:dns/promises";
import { beforeEach, describe, expect, test } from "vitest";
import { encrypt } from "../../src/broadlink/cipher.ts";
import { makes, startFakeBroadlink } from "../../src/broadlink/fake.ts";
import { openUnit } from "../../src/broadlink/unit.ts";
import { virtualClock } from "../support/clock.ts";
import { slowNames } from "../support/slow-names.ts";
import { code, met, until, wire, wireLog } from "./wired.ts";

const counterOf = (datagram: Buffer) => datagram.readUInt16LE(0x28);

describe.each(Object.keys(makes) as (keyof typeof makes)[])("a %s", (make) => {
  test("says what it is, sends infrared and learns it", async () => {
    const { unit, fake } = await wire({ make });
    expect(await unit.identify()).toEqual({
      type: makes[make].type,
      mac: "78:0f:77:11:22:33",
      address: "127.0.0.1",
      name: `${make} in the house`,
      locked: false,
      model: expect.objectContaining({ name: make.replace("red ", ""), framing: makes[make].framing }),
    });
    await unit.sendInfrared(code);
    expect(fake.infrared).toEqual([code]);
    expect(await unit.readFirmware()).toBe(44_075);
    await unit.enterLearning();
    expect(await unit.readLearned()).toBeUndefined();
    fake.faults.saysStorageFull = true;
    expect(await unit.readLearned()).toBeUndefined();
    fake.ear.hear(code);
    expect(await unit.readLearned()).toEqual(code);
  });

  test("leaves learning when it is told to, if it knows how", async () => {
    const { unit, fake, follow } = await met({ make });
    await unit.enterLearning();
    const leaving = follow(unit.leaveLearning());
    await until(() => leaving.said !== undefined);
    const left = make.includes("pro");
    expect([leaving.said, fake.ear.listening]).toEqual([left ? "done" : "unsupported", !left]);
  });

  test("measures what it can", async () => {
    const { unit, fake, follow } = await wire({ make });
    fake.measured = { temperatureCelsius: -3.5, humidityPercent: 80.05 };
    const { sensors } = makes[make];
    const reading = follow(unit.readSensors());
    await until(() => reading.said !== undefined);
    const humidityPercent = sensors === "cable" ? 80.05 : undefined;
    if (sensors === "none") expect(reading.said).toBe("unsupported");
    else expect(reading.value).toEqual({ temperatureCelsius: -3.5, humidityPercent });
  });
});

test("without its cable there is nothing to measure", async () => {
  const { unit, fake } = await wire();
  fake.measured = undefined;
  expect(await unit.readSensors()).toBeUndefined();
});

test("a unit that fails while it learns is not one that has heard nothing yet", async () => {
  const { unit, fake } = await met();
  await unit.enterLearning();
  fake.faults.refusals.push(-8);
  await expect(unit.readLearned()).rejects.toMatchObject({ code: -8, trouble: "failed" });
});

test("a unit is greeted with the time here", async () => {
  const { unit, fake, clock } = await wire();
  const here = new Date(clock.epochMs());
  await unit.identify();
  const [hello = Buffer.alloc(0)] = fake.received.map(({ datagram }) => datagram);
  expect([hello[0x12], hello[0x0f], hello[0x0e]]).toEqual([here.getDate(), here.getHours(), here.getMinutes()]);
});

test("a model that is guessed wrong can be told its framing", async () => {
  const wrong = await wire({ type: 0x9999, framing: "cmd32" });
  const guessed = wrong.follow(wrong.unit.sendInfrared(code));
  await until(() => guessed.said !== undefined);
  expect([guessed.said, wrong.fake.infrared]).toEqual(["unsupported", []]);
  const told = await wire({ type: 0x9999, framing: "cmd32" }, { framing: "cmd32" });
  await told.unit.sendInfrared(code);
  expect(told.fake.infrared).toEqual([code]);
});

describe("a session", () => {
  test("speaks only with the configured host, whatever address a unit calls its own", async () => {
    const { unit, fake } = await wire({ address: "192.0.2.1" });
    expect((await unit.identify()).address).toBe("192.0.2.1");
    await unit.sendInfrared(code);
    expect(fake.infrared).toHaveLength(1);
  });

  test("begins with the first question, and not before", async () => {
    const { clock, heard } = await wire();
    await clock.advance(119_999);
    expect(heard()).toEqual([]);
  });

  test("is authenticated once, however much is asked", async () => {
    const { unit, heard } = await wire();
    for (let i = 0; i < 3; i++) await unit.sendInfrared(code);
    await unit.readSensors();
    expect(heard()).toEqual(["hello", "authentication", "command", "command", "command", "command"]);
  });

  test("once open, a command is one datagram there and one back", async () => {
    const { unit, heard } = await met();
    await unit.sendInfrared(code);
    expect(heard()).toEqual(["command"]);
  });

  test("counts its questions from 8000 up", async () => {
    const { unit, fake } = await met();
    for (let i = 0; i < 3; i++) await unit.sendInfrared(code);
    const [first = 0, ...others] = fake.received.map(({ datagram }) => counterOf(datagram));
    const stepped = (steps: number) => 0x8000 + ((first - 0x8000 + steps) % 0x8000);
    expect(first).toBeGreaterThanOrEqual(0x8000);
    expect(others).toEqual([stepped(1), stepped(2)]);
  });

  test.each([-2, -7, -4012])("is authenticated again on %i, and the question asked again", async (refusal) => {
    const { unit, fake, heard } = await met();
    fake.faults.refusals.push(refusal);
    await unit.sendInfrared(code);
    expect(heard()).toEqual(["command", "hello", "authentication", "command"]);
    expect(fake.infrared).toEqual([code]);
    await unit.sendInfrared(code);
    expect(heard()).toHaveLength(5);
  });

  test("is authenticated again after the machine slept, and the question of before is not asked again", async () => {
    for (const [sleptMs, sent] of [
      [20_000, 1],
      [8 * 3_600_000, 0],
    ] as const) {
      const { unit, fake, clock } = await met();
      fake.faults.refusals.push(-7);
      const asked = unit.sendInfrared(code).catch((error) => error);
      await until(() => fake.received.length > 0);
      clock.jump(sleptMs);
      expect(await asked).toEqual(sent ? undefined : expect.objectContaining({ trouble: "busy" }));
      expect(fake.infrared).toHaveLength(sent);
      await unit.sendInfrared(code);
      expect(fake.infrared).toHaveLength(sent + 1);
    }
  });

  test.each([-2, -7, -4012])("is not authenticated a third time when %i comes again", async (refusal) => {
    const { unit, fake, heard } = await met();
    fake.faults.refusals.push(refusal, refusal);
    await expect(unit.sendInfrared(code)).rejects.toMatchObject({ code: refusal, trouble: "session" });
    expect(heard()).toEqual(["command", "hello", "authentication", "command"]);
    expect(fake.infrared).toEqual([]);
    // The next question begins anew.
    await unit.sendInfrared(code);
    expect(heard().slice(4)).toEqual(["hello", "authentication", "command"]);
  });

  test.each([-3, -4, -5, -6, -8, -9, -10, -11, -12, -2040])("stands when a command fails with %i", async (refusal) => {
    const { unit, fake, heard } = await met();
    fake.faults.refusals.push(refusal);
    await expect(unit.sendInfrared(code)).rejects.toMatchObject({ code: refusal });
    expect(heard()).toEqual(["command"]);
    await unit.sendInfrared(code);
    expect(heard()).toEqual(["command", "command"]);
  });

  test("is doubted when a command is refused with -1: the next question asks whether the unit is locked", async () => {
    const { unit, fake, heard } = await met();
    fake.faults.refusals.push(-1);
    await expect(unit.sendInfrared(code)).rejects.toMatchObject({ code: -1, trouble: "failed" });
    expect(heard()).toEqual(["command"]);
    fake.locked = true;
    await expect(unit.sendInfrared(code)).rejects.toMatchObject({ trouble: "locked" });
  });

  test("survives a restart of the unit", async () => {
    const { unit, fake } = await met();
    fake.restart();
    await unit.sendInfrared(code);
    expect(fake.infrared).toEqual([code]);
  });

  test("meets whoever has taken the unit's place, in its own framing", async () => {
    const { unit, fake, clock } = await met();
    const { port } = fake;
    await fake[Symbol.asyncDispose]();
    await using other = await startFakeBroadlink({ make: "RM mini 3", mac: "78:0f:77:44:55:66", port, clock });
    await unit.sendInfrared(code);
    expect(other.infrared).toEqual([code]);
    expect(await unit.identify()).toMatchObject({ mac: "78:0f:77:44:55:66", type: 0x2737 });
  });

  test("is not authenticated again by a greeting, unless somebody else answers", async () => {
    const { unit, fake, clock, heard } = await met();
    await unit.identify();
    expect(heard()).toEqual(["hello"]);
    const { port } = fake;
    await fake[Symbol.asyncDispose]();
    await using other = await startFakeBroadlink({ make: "RM4 pro", port, clock });
    await unit.identify();
    expect(other.received.map(({ kind }) => kind)).toEqual(["hello", "authentication"]);
  });
});

describe("a locked unit", () => {
  test("is named as locked, with the way out", async () => {
    const { unit } = await wire({ locked: true });
    const error = await unit.sendInfrared(code).catch((error) => error);
    expect(error).toMatchObject({ code: -1, trouble: "locked" });
    for (const word of ["locked", "Broadlink app", "switch off", "reset"]) expect(error.message).toContain(word);
  });

  test("is asked again after 60 s, and not before", async () => {
    const { unit, fake, clock, heard, follow } = await wire({ locked: true });
    await expect(unit.identify()).rejects.toMatchObject({ trouble: "locked" });
    fake.locked = false;
    await clock.advance(59_999);
    for (const question of [unit.identify(), unit.sendInfrared(code), unit.readSensors()]) {
      await expect(question).rejects.toMatchObject({ trouble: "locked" });
    }
    expect(heard()).toEqual(["hello", "authentication"]);
    await clock.advance(1);
    const unlocked = follow(unit.sendInfrared(code));
    await until(() => unlocked.said !== undefined);
    expect([unlocked.said, heard().length]).toEqual(["done", 5]);
  });

  test("is locked for another 60 s when it still is", async () => {
    const { unit, clock, heard } = await wire({ locked: true });
    for (const asked of [1, 2, 3]) {
      await expect(unit.identify()).rejects.toMatchObject({ trouble: "locked" });
      await expect(unit.identify()).rejects.toMatchObject({ trouble: "locked" });
      expect(heard().filter((kind) => kind === "authentication")).toHaveLength(asked);
      await clock.advance(60_000);
    }
  });

  test("is another thing than a unit that fails to authenticate", async () => {
    const { unit, fake, heard } = await wire();
    fake.faults.authenticationRefusals.push(-3);
    await expect(unit.sendInfrared(code)).rejects.toMatchObject({ code: -3, trouble: "failed" });
    await unit.sendInfrared(code);
    expect(heard()).toEqual(["hello", "authentication", "hello", "authentication", "command"]);
  });
});

describe("time", () => {
  test("a question is repeated every second for 10 s, with the same bytes", async () => {
    const { unit, fake, clock, follow, heard } = await met();
    fake.faults.mishaps.push(...Array(10).fill("lost"));
    const sending = follow(unit.sendInfrared(code));
    await until(() => heard().length === 1);
    const askedMs = clock.monotonicMs();
    await clock.advance(9_999);
    expect(sending.said).toBeUndefined();
    expect(fake.received.map(({ atMs }) => atMs - askedMs)).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((s) => s * 1_000),
    );
    expect(new Set(fake.received.map(({ datagram }) => datagram.toString("hex"))).size).toBe(1);
    await clock.advance(1);
    expect(sending).toMatchObject({ said: "silent", error: { code: -4000 } });
    expect(sending.error?.message).toBe("the Broadlink unit: no answer from 127.0.0.1 in 10 s");
    expect([heard().length, fake.infrared.length]).toEqual([10, 1]);
  });

  test.each([
    ["hello", ["hello"]],
    ["authentication", ["hello", "authentication"]],
  ] as const)("so are the %s's repeats, and nothing follows them", async (_, before) => {
    const { unit, fake, clock, follow, heard } = await wire();
    fake.faults.mishaps.push(...before.slice(1).map(() => "fine" as const), ...Array(10).fill("lost"));
    const sending = follow(unit.sendInfrared(code));
    await until(() => heard().length === before.length);
    await clock.advance(10_000);
    expect(sending.said).toBe("silent");
    expect(heard()).toEqual([...before.slice(0, -1), ...Array(10).fill(before.at(-1))]);
  });

  test("the tenth repeat's answer is in time", async () => {
    const { unit, fake, clock, follow, heard } = await met();
    fake.faults.mishaps.push(...Array(9).fill("unheard"));
    const sending = follow(unit.sendInfrared(code));
    await clock.advance(9_000);
    await until(() => sending.said !== undefined);
    expect([sending.said, heard().length, fake.infrared.length]).toEqual(["done", 1, 1]);
  });

  test("nothing is repeated once it is answered", async () => {
    const { unit, clock, heard } = await met();
    await unit.sendInfrared(code);
    await clock.advance(20_000);
    expect(heard()).toEqual(["command"]);
  });

  test("after a silence the unit is greeted, and its session goes on", async () => {
    const { unit, fake, clock, follow, heard, forget } = await met();
    fake.faults.silent = true;
    const sending = follow(unit.sendInfrared(code));
    await clock.advance(10_000);
    expect(sending.said).toBe("silent");
    fake.faults.silent = false;
    forget();
    await unit.sendInfrared(code);
    expect(heard()).toEqual(["hello", "command"]);
  });

  test("so it is after a greeting that nobody answered", async () => {
    const { unit, fake, clock, follow, heard, forget } = await met();
    fake.faults.silent = true;
    const greeting = follow(unit.identify());
    await clock.advance(10_000);
    expect(greeting.said).toBe("silent");
    fake.faults.silent = false;
    forget();
    await unit.sendInfrared(code);
    expect(heard()).toEqual(["hello", "command"]);
  });

  test("a ping goes out every 120 s, and nothing waits for it", async () => {
    const { unit, fake, clock, heard } = await wire();
    await clock.advance(120_000);
    await until(() => heard().length === 1);
    await clock.advance(119_999);
    expect(heard()).toEqual(["ping"]);
    await clock.advance(1);
    await until(() => heard().length === 2);
    expect(fake.received.map(({ atMs }) => atMs)).toEqual([120_000, 240_000]);
    expect(fake.received[0]?.datagram.toString("hex")).toBe(`${"00".repeat(0x26)}01${"00".repeat(9)}`);
    await unit[Symbol.asyncDispose]();
    await clock.advance(500_000);
    expect(heard()).toEqual(["ping", "ping"]);
  });
});

describe("turns", () => {
  test("one question at a time, infrared before polls, each kind in its order", async () => {
    const { unit, fake, clock, heard } = await met({ make: "RM4 pro" });
    fake.faults.mishaps.push("unheard");
    const order: string[] = [];
    const note = (name: string) => () => void order.push(name);
    const all = [
      unit.readSensors().then(note("sensors")),
      unit.readFirmware().then(note("firmware")),
      unit.identify().then(note("identify")),
      unit.readSensors().then(note("sensors again")),
      unit.sendInfrared(code).then(note("first")),
      unit.enterLearning().then(note("learn")),
      unit.readLearned().then(note("learned")),
      unit.leaveLearning().then(note("leave")),
      unit.sendInfrared(code).then(note("second")),
    ];
    await clock.advance(999);
    expect(heard()).toEqual([]);
    await clock.advance(1);
    await Promise.all(all);
    const infrared = ["first", "learn", "learned", "leave", "second"];
    expect(order).toEqual(["sensors", ...infrared, "firmware", "identify", "sensors again"]);
    expect(heard()).toHaveLength(9);
    await unit.readFirmware();
  });

  test("what waited 10 s for its turn is refused and never sent", async () => {
    const { unit, fake, clock, follow } = await met();
    fake.faults.silent = true;
    const outcomes = [unit.readSensors(), unit.sendInfrared(code), unit.sendInfrared(code)].map(follow);
    await clock.advance(1);
    const later = follow(unit.sendInfrared(code));
    await clock.advance(9_999);
    expect(outcomes.map(({ said }) => said)).toEqual(["silent", "busy", "busy"]);
    expect(outcomes[1]?.error).toMatchObject({ code: -4000, message: "the Broadlink unit: it was busy for 10 s" });
    fake.faults.silent = false;
    await clock.advance(1_000);
    await until(() => later.said !== undefined);
    await clock.advance(60_000);
    expect([later.said, fake.infrared.length]).toEqual(["done", 1]);
  });

  test("one that fails does not hold up the next", async () => {
    const { unit, fake } = await met({ make: "RM mini 3" });
    fake.faults.refusals.push(-8);
    const first = unit.sendInfrared(code);
    const second = unit.readSensors();
    const third = unit.sendInfrared(code);
    await expect(first).rejects.toMatchObject({ code: -8 });
    await expect(second).rejects.toMatchObject({ trouble: "unsupported" });
    await third;
  });
});

describe("the end", () => {
  test("comes at once, to what is asked and to what waits", async () => {
    const { unit, fake, follow, clock, heard } = await met();
    fake.faults.mishaps.push("lost");
    const outcomes = [unit.sendInfrared(code), unit.readSensors()].map(follow);
    await until(() => heard().length === 1);
    await unit[Symbol.asyncDispose]();
    await until(() => outcomes.every(({ said }) => said !== undefined));
    expect(outcomes.map(({ said }) => said)).toEqual(["closed", "closed"]);
    expect(outcomes[0]?.error).toMatchObject({ code: -4000, message: "the Broadlink unit: we are closing" });
    await expect(unit.sendInfrared(code)).rejects.toMatchObject({ trouble: "closed" });
    await clock.advance(60_000);
    expect(heard()).toEqual(["command"]);
  });
});

/** How many UDP sockets this process has. */
const sockets = () => process.getActiveResourcesInfo().filter((resource) => resource === "UDPWrap").length;

describe("sockets", () => {
  // Those of earlier tests are closed, and gone some turns of the event loop later.
  beforeEach(() => until(() => sockets() === 0));

  test("are one at a time, another one after a silence, and none after the end", async () => {
    const { unit, fake, clock, follow } = await wire();
    const others = sockets();
    await unit.sendInfrared(code);
    await until(() => sockets() === others + 1);
    fake.faults.mishaps.push(...Array(10).fill("lost"));
    const silent = follow(unit.sendInfrared(code));
    await clock.advance(10_000);
    expect(silent.said).toBe("silent");
    await until(() => sockets() === others);
    await unit.sendInfrared(code);
    await until(() => sockets() === others + 1);
    await unit[Symbol.asyncDispose]();
    await until(() => sockets() === others);
    // No ping opens one again.
    await clock.advance(500_000);
    expect(sockets()).toBe(others);
  });

  test("no way to an address is a silence that says why, and leaves no socket behind", async () => {
    const clock = virtualClock();
    const { log, lines } = wireLog();
    // Nobody may speak to everybody without asking for it.
    await using unit = openUnit("255.255.255.255", { clock, log });
    const failed = unit.sendInfrared(code).catch((error) => error);
    await clock.advance(10_000);
    const message = expect.stringMatching(/^the Broadlink unit: no answer from 255\.255\.255\.255 in 10 s: .*E[A-Z]+/);
    expect(await failed).toMatchObject({ trouble: "silent", message });
    const [told] = lines.map((line) => JSON.parse(line)).filter(({ trouble }) => trouble !== undefined);
    expect(told).toMatchObject({ host: "255.255.255.255", msg: "the network could not deliver a datagram" });
    await until(() => sockets() === 0);
  });
});

describe("the network", () => {
  test("nobody at that port is a silence that says why", async () => {
    const { unit, fake, clock, follow } = await wire();
    await fake[Symbol.asyncDispose]();
    const sending = follow(unit.sendInfrared(code));
    await clock.advance(10_000);
    expect(sending.said).toBe("silent");
    expect(sending.error?.message).toContain("ECONNREFUSED");
    expect(sending.error?.cause).toMatchObject({ code: "ECONNREFUSED" });
  });

  test("a packet that no datagram can hold is a silence that says why", async () => {
    const { unit, clock, follow } = await met();
    const sending = follow(unit.sendInfrared(Buffer.alloc(65_500)));
    await clock.advance(10_000);
    expect(sending).toMatchObject({ said: "silent", error: { cause: { code: "EMSGSIZE" } } });
  });

  test("a host without an address is a silence after 10 s, and nothing is sent later", async () => {
    const clock = virtualClock();
    const { log } = wireLog();
    await using unit = openUnit("no such host", { clock, log });
    const failed = unit.sendInfrared(code).catch((error) => error);
    await clock.advance(10_000);
    expect(await failed).toMatchObject({ trouble: "silent" });
  });

  test("after a silence the host's name is looked up anew, with another socket", async () => {
    const { unit, fake, clock, follow, heard } = await met();
    fake.faults.mishaps.push(...Array(10).fill("lost"));
    const sending = follow(unit.sendInfrared(code));
    await clock.advance(10_000);
    expect(sending.said).toBe("silent");
    await unit.sendInfrared(code);
    const senders = fake.received.map(({ sender }) => sender);
    expect(heard()).toEqual([...Array(10).fill("command"), "hello", "command"]);
    expect([new Set(senders.slice(0, 10)).size, new Set(senders).size]).toEqual([1, 2]);
  });

  test("a command that was refused is not sent when the host's name is found at last", async () => {
    const clock = virtualClock();
    await using fake = await startFakeBroadlink({ clock });
    await using unit = openUnit("localhost", { port: fake.port, clock, log: wireLog().log });
    const busy = slowNames();
    const failed = unit.sendInfrared(code).catch((error) => error);
    await clock.advance(10_000);
    expect(await failed).toMatchObject({ trouble: "silent" });
    await busy;
    await lookup("localhost");
    await clock.settle();
    expect(fake.received).toEqual([]);
  });

  test("a command is not sent when the host's name is found only after the machine slept", async () => {
    const clock = virtualClock();
    await using fake = await startFakeBroadlink({ clock });
    await using unit = openUnit("localhost", { port: fake.port, clock, log: wireLog().log });
    const busy = slowNames();
    const failed = unit.sendInfrared(code).catch((error) => error);
    await clock.settle();
    clock.jump(8 * 3_600_000);
    await busy;
    await lookup("localhost");
    await clock.settle();
    expect(fake.received).toEqual([]);
    await clock.advance(1_000);
    expect(await failed).toMatchObject({ trouble: "silent" });
    // A ping was due in the night as well.
    expect(fake.received.filter(({ kind }) => kind !== "ping")).toEqual([]);
  });

  test("nothing is sent when the host's name is found only after the end", async () => {
    const clock = virtualClock();
    await using fake = await startFakeBroadlink({ clock });
    const unit = openUnit("localhost", { port: fake.port, clock, log: wireLog().log });
    const busy = slowNames();
    const failed = unit.sendInfrared(code).catch((error) => error);
    const closed = unit[Symbol.asyncDispose]();
    expect(await failed).toMatchObject({ trouble: "closed" });
    await busy;
    await closed;
    // What was sent at the end would be there before this.
    await using another = openUnit("127.0.0.1", { port: fake.port, clock, log: wireLog().log });
    await another.identify();
    expect(fake.received.map(({ kind }) => kind)).toEqual(["hello", "authentication"]);
  });

  test("no key is ever logged", async () => {
    const { unit, fake, lines } = await wire({ session: { id: 1, key: Buffer.alloc(16, "a") } });
    await unit.sendInfrared(code);
    const text = lines.join("");
    for (const asked of ["authenticate", "send infrared"]) expect(text).toContain(`"asked":"${asked}"`);
    expect(text).toContain("asked a Broadlink unit");
    expect(fake.infrared).toHaveLength(1);
    const key = Buffer.alloc(16, "a");
    for (const secret of [key.toString(), key.toString("hex"), key.toString("base64"), "97,97,97"]) {
      expect(text).not.toContain(secret);
    }
    expect(text).not.toContain(encrypt(key, key).toString("hex").slice(0, 16));
  });
});
