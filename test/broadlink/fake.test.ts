import { createSocket } from "node:dgram";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { type FakeBroadlink, startFakeBroadlink } from "../../src/broadlink/fake.ts";
import { afterMishap, type Mishap } from "../../src/broadlink/fake-faults.ts";
import { type Make, type SimulatedUnit, simulatedUnit } from "../../src/broadlink/fake-unit.ts";
import { factoryKey, isIntact, scramble, summed, sumOf, unscramble } from "../../src/broadlink/fake-wire.ts";
import { virtualClock } from "../support/clock.ts";
import { type Captures, captured, partners, type Vector } from "./captures.ts";

const me = "192.168.1.10:54321";
const key = Buffer.from("00112233445566778899aabbccddeeff", "hex");
const code = Buffer.from("26000c0000010f871111113311000c21", "hex");

const rm4: Make = {
  type: 0x51da,
  framing: "len16",
  sensors: "cable",
  mac: "78:0f:77:11:22:33",
  address: "192.168.1.50",
  name: "Lounge",
  locked: false,
  session: { id: 1, key },
};

function familyOf(type: number, { deviceTypes }: Captures) {
  const families = Object.values(deviceTypes);
  const family = families.find(({ types }) => `0x${type.toString(16)}` in types);
  const sensors = family?.sensors ?? "none";
  return {
    framing: family?.framing === "cmd32" ? ("cmd32" as const) : ("len16" as const),
    sensors:
      sensors === "none" ? ("none" as const) : sensors.includes("0x24") ? ("cable" as const) : ("inside" as const),
  };
}

captured("the recorded bytes: what the simulated unit answers", (captures) => {
  const { vectors } = captures;

  /** Makes the unit what it was when it was recorded. */
  function prepare(unit: SimulatedUnit, { name, op, devtype, expected }: Vector, { framing }: Make): void {
    const { errno = 0, responsePlaintextHex: said = Buffer.alloc(0) } = expected;
    if (op === "checkSensors" || op === "checkTemperature" || op === "checkHumidity") {
      unit.measured = framing === "cmd32" ? said.subarray(4, 6) : said.subarray(6, 2 + said.readUInt16LE(0));
    }
    if (op === "checkData" && errno === 0) {
      const learning = vectors.find((other) => other.op === "enterLearning" && other.devtype === devtype);
      unit.receive(learning?.packetHex ?? Buffer.alloc(0), me);
      unit.ear.hear(code);
    }
    unit.faults.saysStorageFull = name.includes("-5, zero body");
    unit.locked = name.includes("locked device");
    if (op === "sendData" && errno < 0 && !onTheWay(errno)) unit.faults.refusals.push(errno);
  }

  test.each(vectors.filter(({ op }) => op === "discoverResponse"))("$name", ({ packetHex, responseHex, expected }) => {
    const { devtype, mac, name, isLocked } = expected;
    const own = { type: Number(devtype), mac: String(mac), name: String(name), locked: isLocked === true };
    expect(simulatedUnit({ ...rm4, ...own }, virtualClock()).receive(packetHex, me)).toEqual(responseHex);
  });

  test.each(vectors.filter(({ op }) => !op.startsWith("discover")))("$name", (vector) => {
    const { type } = partners(vector);
    const make = { ...rm4, type, ...familyOf(type, captures) };
    const unit = simulatedUnit(make, virtualClock());
    prepare(unit, vector, make);
    const reply = unit.receive(vector.packetHex, me) ?? Buffer.alloc(0);
    const { errno } = vector.expected;
    const mishap = errno === -4008 ? "wrong-checksum" : errno === -4007 ? "short" : "fine";
    if (vector.responseHex === null) expect(afterMishap("lost", reply)).toBeUndefined();
    else expect(afterMishap(mishap, reply)).toEqual(vector.responseHex);
    const obeyed = errno === undefined || onTheWay(errno);
    if (vector.op === "sendData") expect(unit.infrared).toEqual(obeyed ? [vector.expected.irHex ?? code] : []);
  });
});

/** Codes that no unit says: the answer was lost, cut off or damaged. */
const onTheWay = (errno: number) => [-4000, -4007, -4008].includes(errno);

/** A datagram as the specification lays it out. */
function request(payload: string, { counter = 0x8001, command = 0x6a, id = 1, with: by = key } = {}): Buffer {
  const plain = Buffer.from(payload.replaceAll(" ", ""), "hex");
  const header = Buffer.alloc(0x38);
  header.write("5aa5aa555aa5aa55", "hex");
  header.write("da51", 0x24, "hex");
  header.writeUInt16LE(command, 0x26);
  header.writeUInt16LE(counter, 0x28);
  header.write("332211770f78", 0x2a, "hex");
  header.writeUInt32LE(id, 0x30);
  header.writeUInt16LE(sumOf(plain), 0x34);
  return summed(Buffer.concat([header, scramble(by, plain)]));
}
const send = `1400 02000000 ${code.toString("hex")}`;
const authentication = request("00".repeat(0x50), { command: 0x65, counter: 0x8fff, id: 0, with: factoryKey });
const codeOf = (reply: Buffer | undefined) => reply?.readInt16LE(0x22);
const bodyOf = (reply: Buffer | undefined, by = key) => unscramble(by, reply?.subarray(0x38) ?? key)?.toString("hex");

describe("the simulated unit", () => {
  const plug = (own: Partial<Make> = {}) => {
    const clock = virtualClock();
    return { clock, unit: simulatedUnit({ ...rm4, ...own }, clock) };
  };

  test("sends what it is told, and answers a repeat without sending again", () => {
    const { unit } = plug();
    const first = unit.receive(request(send), me);
    expect([codeOf(first), bodyOf(first)]).toEqual([0, `040002${"00".repeat(13)}`]);
    expect(unit.receive(request(send), me)).toEqual(first);
    expect(unit.infrared).toEqual([code]);
    unit.receive(request(send), "192.168.1.11:54321");
    unit.receive(request(send, { counter: 0x8002 }), me);
    expect(unit.infrared).toHaveLength(3);
    expect(unit.received.map(({ kind }) => kind)).toEqual(["command", "command", "command", "command"]);
  });

  test("grants a session with the factory's key, and obeys nobody without one", () => {
    const { unit } = plug();
    unit.restart();
    expect(codeOf(unit.receive(request(send), me))).toBe(-7);
    const reply = unit.receive(authentication, me);
    const granted = bodyOf(reply, factoryKey) ?? "";
    expect([codeOf(reply), granted.slice(0, 8), granted.slice(40)]).toEqual([0, "01000000", "00".repeat(12)]);
    const session = Buffer.from(granted.slice(8, 40), "hex");
    expect(codeOf(unit.receive(request(send, { counter: 0x8002, with: key }), me))).toBe(-7);
    expect(codeOf(unit.receive(request(send, { counter: 0x8003, with: session, id: 2 }), me))).toBe(-7);
    expect(codeOf(unit.receive(request(send, { counter: 0x8004, with: session }), me))).toBe(0);
    expect(unit.infrared).toHaveLength(1);
  });

  test("that is locked grants none, and still says who it is", () => {
    const { unit } = plug({ locked: true });
    expect(codeOf(unit.receive(authentication, me))).toBe(-1);
    const hello = Buffer.alloc(0x30);
    hello[0x26] = 6;
    expect(unit.receive(hello, me)?.at(-1)).toBe(1);
  });

  test("learns one press within 30 s", async () => {
    const { clock, unit } = plug();
    const read = (counter: number) => unit.receive(request("0400 04000000", { counter }), me);
    unit.ear.hear(code);
    expect(codeOf(read(0x8001))).toBe(-10);
    unit.receive(request("0400 03000000", { counter: 0x8002 }), me);
    unit.faults.saysStorageFull = true;
    const empty = read(0x8003);
    expect([codeOf(empty), bodyOf(empty)]).toEqual([-5, "00".repeat(16)]);
    unit.ear.hear(code);
    unit.ear.hear(Buffer.from("2600"));
    expect(bodyOf(read(0x8004))?.slice(0, 44)).toBe(`140004000000${code.toString("hex")}`);
    unit.receive(request("0400 03000000", { counter: 0x8005 }), me);
    await clock.advance(29_999);
    expect(unit.ear.listening).toBe(true);
    await clock.advance(1);
    unit.ear.hear(code);
    expect(codeOf(read(0x8006))).toBe(-5);
  });

  test("measures below zero with both signs, and nothing without its cable", () => {
    const { unit } = plug();
    const measure = (counter: number) => bodyOf(unit.receive(request("0400 24000000", { counter }), me))?.slice(0, 24);
    unit.measured = { temperatureCelsius: -3.5, humidityPercent: 80.05 };
    expect(measure(0x8001)).toBe("0a0024000000fdce50050500");
    unit.measured = undefined;
    expect(measure(0x8002)).toBe("0a0024000000000000000500");
  });

  test.each([
    ["0400 24000000", "len16", "none", -4],
    ["0400 01000000", "len16", "cable", -4],
    ["24000000", "cmd32", "none", -4],
    ["01000000", "cmd32", "inside", 0],
    ["04000000", "len16", "cable", -5],
    ["0f00 24000000", "len16", "cable", -6],
    ["0300 24000000", "len16", "cable", -6],
    ["0800 02000000 26000100", "len16", "cable", -6],
    ["0900 02000000 2700010011", "len16", "cable", -6],
  ] as const)("asked %s (%s, sensors: %s) answers %i", (payload, framing, sensors, expected) => {
    const { unit } = plug({ framing, sensors });
    expect(codeOf(unit.receive(request(payload), me))).toBe(expected);
  });

  test("answers nothing to a damaged request", () => {
    const { unit } = plug();
    const damaged = request(send);
    damaged.writeUInt8(7, 0x39);
    expect(unit.receive(damaged, me)).toBeUndefined();
    expect(unit.received.map(({ kind }) => kind)).toEqual(["noise"]);
  });

  test("survives any bytes", () => {
    const { unit } = plug();
    const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
    const payload = fc.uint8Array({ minLength: 1, maxLength: 90 }).map((array) => Buffer.from(array).toString("hex"));
    fc.assert(
      fc.property(bytes, payload, fc.nat(0xffff), (noise, inside, counter) => {
        unit.receive(noise, me);
        expect(unit.receive(request(inside, { counter }), me)).toBeDefined();
      }),
    );
  });
});

describe("on the network", () => {
  /** What comes back to somebody who sends this: each datagram, and whether it came from the unit's own port. */
  async function ask(mishap: Mishap): Promise<{ unit: FakeBroadlink; came: [Buffer, boolean][] }> {
    await using unit = await startFakeBroadlink({ ...rm4 });
    await using person = await openPerson();
    unit.faults.mishaps.push(mishap);
    person.socket.send(request(send), unit.port, unit.host);
    await vi.waitUntil(() => unit.received.length > 0 || unit.faults.mishaps.length === 0);
    // What is fine comes after whatever the mishap left.
    person.socket.send(request("0400 24000000", { counter: 0x9000 }), unit.port, unit.host);
    await vi.waitUntil(() => person.came.some(([reply]) => reply.length > 0x2a && reply.readUInt16LE(0x28) === 0x9000));
    return { unit, came: person.came.filter(([reply]) => reply.readUInt16LE(0x28) !== 0x9000 || reply.length === 100) };

    async function openPerson() {
      const socket = createSocket("udp4");
      const came: [Buffer, boolean][] = [];
      socket.on("message", (reply, { port }) => came.push([reply, port === unit.port]));
      await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
      return { socket, came, [Symbol.asyncDispose]: () => new Promise<void>((closed) => socket.close(closed)) };
    }
  }
  const good = simulatedUnit(rm4, virtualClock()).receive(request(send), me) ?? Buffer.alloc(0);

  test.each([
    ["fine", 1, [[good, true]]],
    ["unheard", 0, []],
    ["lost", 1, []],
    ["doubled", 1, [[good, true], [good, true]]], // biome-ignore format: one row, one case
    ["short", 1, [[good.subarray(0, 47), true]]],
    ["restart", 0, []],
  ] as [Mishap, number, [Buffer, boolean][]][])("%s: %i packets of infrared", async (mishap, sent, replies) => {
    const { unit, came } = await ask(mishap);
    expect(came).toEqual(replies);
    expect(unit.infrared).toHaveLength(sent);
  });

  test("an answer from elsewhere comes from elsewhere", async () => {
    const { came } = await ask("foreign");
    expect(came).toEqual([[good, false]]);
  });

  test("a wrong counter is an intact answer to something else", async () => {
    const [[reply] = []] = (await ask("wrong-counter")).came;
    expect(reply?.readUInt16LE(0x28)).toBe(0x8002);
    expect(isIntact(reply ?? good)).toBe(true);
  });

  test("garbage is no answer", async () => {
    const [[reply] = []] = (await ask("garbage")).came;
    expect(reply).toHaveLength(100);
  });
});
