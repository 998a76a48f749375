import { decode } from "dns-packet";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { instancesOf } from "../../devices/discover/dns-sd.ts";
import { answer } from "../../devices/discover/fake-dns.ts";
import { type Announcement, respond } from "../../devices/discover/fake-mdns.ts";
import { bridgesAmong } from "../../devices/discover/hue.ts";

const SERVICE = "_hue._tcp.local";
const PORT = 50_123;

const bridge = (change: Partial<Announcement> = {}): Announcement => ({
  instance: "Hue Bridge - 123456",
  machine: "001788123456",
  addresses: ["192.168.137.252"],
  texts: ["bridgeid=001788FFFE123456", "modelid=BSB002"],
  ...change,
});

/** What is known after so many rounds of questions, each of them answered from `sender`. */
function asked(announcement: Announcement, { sender = "192.168.137.252", rounds = 1 } = {}) {
  const { hear, questions, list } = instancesOf(SERVICE);
  for (; rounds > 0; rounds--) {
    for (const question of questions()) for (const reply of respond(announcement, question, PORT)) hear(reply, sender);
  }
  return { list: list(), bridges: bridgesAmong(list()), left: questions().length };
}

/** A bridge of which everything is known. */
const whole = {
  kind: "bridge",
  make: "Hue",
  model: "BSB002",
  name: "Hue Bridge - 123456",
  id: "001788fffe123456",
  address: "192.168.137.252",
  supported: true,
  problem: undefined,
};

describe("a Hue bridge", () => {
  test("says all of itself in one packet, and is asked nothing more", () => {
    const { bridges, left } = asked(bridge());
    expect(bridges).toEqual([whole]);
    expect(left).toBe(1);
  });

  test("says it in several packets, the address before the name that it belongs to", () => {
    expect(asked(bridge({ splits: true })).bridges).toEqual([whole]);
  });

  test("says only what it is asked: it is asked again", () => {
    const terse = bridge({ terse: true, port: 8443 });
    const sender = "192.168.1.1";
    expect(asked(terse, { sender }).bridges[0]).toMatchObject({ id: undefined, address: sender });
    const address = "192.168.137.252:8443";
    expect(asked(terse, { sender, rounds: 3 })).toMatchObject({ bridges: [{ ...whole, address }], left: 1 });
  });

  test("is at the address that it answers from, when it does not say another", () => {
    for (const silent of [
      bridge({ silentOf: ["A"] }),
      bridge({ silentOf: ["SRV"] }),
      bridge({ addresses: ["fe80::1"] }),
    ])
      expect(asked(silent, { rounds: 3 }).bridges).toEqual([whole]);
  });

  test("is at the address that it says, when somebody else passes its answer on", () => {
    expect(asked(bridge(), { sender: "192.168.1.1" }).bridges).toEqual([whole]);
  });

  test("has an address that others can use", () => {
    const addresses = ["127.0.1.1", "169.254.7.7", "192.168.137.252", "192.168.137.253"];
    expect(asked(bridge({ addresses }), { sender: "192.168.137.253" }).bridges[0]?.address).toBe("192.168.137.253");
    expect(asked(bridge({ addresses }), { sender: "10.0.0.1" }).bridges[0]?.address).toBe("192.168.137.252");
    for (const nowhere of ["0.0.0.0", "224.0.0.251", "240.0.0.1", "255.255.255.255"])
      expect(asked(bridge({ addresses: [nowhere] })).bridges[0]?.address).toBe("192.168.137.252");
  });

  test.each([
    [undefined, "192.168.137.252", undefined],
    [0, "192.168.137.252", undefined],
    [443, "192.168.137.252", undefined],
    [80, "192.168.137.252", expect.stringContaining("--insecure-http")],
    [8443, "192.168.137.252:8443", undefined],
  ])("with port %j is at %s", (port, address, problem) => {
    expect(asked(bridge(port === undefined ? {} : { port })).bridges).toEqual([{ ...whole, address, problem }]);
  });

  test("that is round has no TLS, which pairing knows", () => {
    const round = bridge({ port: 80, texts: ["BridgeID=001788fffe123456", "modelid=BSB001", "modelid=BSB009"] });
    expect(asked(round).bridges).toEqual([{ ...whole, model: "BSB001" }]);
  });

  test.each([
    [[""]],
    [["bridgeid"]],
    [["bridgeid="]],
    [["bridgeid=001788fffe12345", "=x"]],
    [["bridgeid=001788fffe123456 "]],
    [["bridgeid=$(reboot)00000"]],
  ])("with the texts %j has no id", (texts) => {
    expect(asked(bridge({ texts })).bridges).toEqual([
      { ...whole, id: undefined, model: "bridge", problem: expect.stringContaining("does not say its bridge id") },
    ]);
  });

  test("is known by what it said in another network", () => {
    const [full] = asked(bridge()).list;
    const [part] = asked(bridge({ terse: true })).list;
    if (!full || !part) throw new Error("there is no bridge");
    expect(bridgesAmong([part, full])).toEqual([whole]);
    expect(bridgesAmong([part])).toHaveLength(1);
  });

  test("may have a dot in its name, and letters of any kind", () => {
    const instance = "Küche. Hue";
    expect(asked(bridge({ instance })).bridges).toEqual([{ ...whole, name: instance }]);
  });

  test("that leaves is not there", () => {
    expect(asked(bridge({ leaves: true })).bridges).toEqual([]);
  });
});

test("what is said of other services is nothing", () => {
  const { hear, list } = instancesOf(SERVICE);
  const printer = ["Printer", "_ipp", "_tcp", "local"];
  const head = { id: 0, questions: [], additional: [] };
  hear(answer({ ...head, answers: [{ of: printer.slice(1), ttl: 10, type: "PTR", name: printer }] }), "10.0.0.1");
  hear(
    answer({ ...head, answers: [{ of: printer, ttl: 10, type: "SRV", port: 631, target: ["p", "local"] }] }),
    "10.0.0.1",
  );
  expect(list()).toEqual([]);
});

test("a question is none of ours", () => {
  const { hear, list, questions } = instancesOf(SERVICE);
  for (const question of questions()) hear(question, "10.0.0.1");
  expect(list()).toEqual([]);
});

test("garbage is nothing, and whatever is cut or changed in an answer harms nobody", () => {
  const whole = respond(bridge(), instancesOf(SERVICE).questions()[0] ?? Buffer.alloc(0), PORT)[0] ?? Buffer.alloc(0);
  const damaged = fc
    .tuple(fc.nat(whole.length), fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 }))
    .map(([length, changes]) => {
      const bytes = Buffer.from(whole);
      for (const [at, value] of changes) bytes[at] = value;
      return bytes.subarray(0, length);
    });
  const anything = fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(fc.array(fc.oneof(damaged, anything), { maxLength: 8 }), (datagrams) => {
      const { hear, questions, list } = instancesOf(SERVICE);
      for (const datagram of datagrams) hear(datagram, "10.0.0.1");
      expect(bridgesAmong(list()).length).toBeLessThanOrEqual(list().length);
      expect(questions().length).toBeLessThanOrEqual(1 + 3 * list().length);
      hear(whole, "192.168.137.252");
      expect(bridgesAmong(list()).map(({ id }) => id)).toContain("001788fffe123456");
    }),
    { numRuns: 500 },
  );
});

test("a datagram that is longer than multicast DNS has any is nothing", () => {
  const { hear, questions, list } = instancesOf(SERVICE);
  const [whole = Buffer.alloc(0)] = respond(bridge(), questions()[0] ?? Buffer.alloc(0), PORT);
  const padded = (length: number) => Buffer.concat([whole, Buffer.alloc(length - whole.length)]);
  hear(padded(9_001), "10.0.0.1");
  expect(list()).toEqual([]);
  hear(padded(9_000), "10.0.0.1");
  expect(list()).toHaveLength(1);
});

test("somebody who answers with ever new names fills neither memory nor network", () => {
  const { hear, questions, list } = instancesOf(SERVICE);
  const [first = Buffer.alloc(0)] = questions();
  for (let i = 0; i < 1_000; i++) {
    const announcement = bridge({ instance: `Hue ${i}`, machine: `hue-${i}`, terse: true });
    for (const reply of respond(announcement, first, PORT)) hear(reply, "10.0.0.1");
  }
  expect(list()).toHaveLength(50);
  expect(questions()).toHaveLength(101);
});

test("the fake answers a question from another port as a name server does, with names that point to each other", () => {
  const [question = Buffer.alloc(0)] = instancesOf(SERVICE).questions();
  question.writeUInt16BE(0x1234);
  const [legacy = Buffer.alloc(0)] = respond(bridge(), question, PORT);
  expect(decode(legacy)).toMatchObject({
    id: 0x1234,
    questions: [{ name: SERVICE, type: "PTR", class: "IN" }],
    answers: [{ type: "PTR", ttl: 10, flush: false, data: "Hue Bridge - 123456._hue._tcp.local" }],
    additionals: [
      { type: "SRV", data: { port: 443, target: "001788123456.local" } },
      { type: "TXT" },
      { type: "A", data: "192.168.137.252" },
    ],
  });
  expect(legacy.toString("latin1").split("_hue")).toHaveLength(2);
  expect(respond(bridge(), question, 5_353).map((reply) => decode(reply).questions)).toEqual([[]]);
});
