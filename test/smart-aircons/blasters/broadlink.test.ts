import { describe, expect, test } from "vitest";
import { broadlinkBlaster } from "../../../devices/smart-aircons/blasters/broadlink.ts";
import { makes, startFakeBroadlink } from "../../../src/broadlink/fake.ts";
import type { Mishap } from "../../../src/broadlink/fake-faults.ts";
import { code, packet, readyBroadlink, until, wireBroadlink, wireNobody } from "./wired.ts";

const kinds = ({ received }: { received: readonly { kind: string }[] }) =>
  received.map(({ kind }) => kind).filter((kind) => kind !== "ping");

describe.each(Object.keys(makes) as (keyof typeof makes)[])("a %s", (make) => {
  test("says who it is, sends a code byte for byte, and learns it", async () => {
    const { blaster, fake, follow, pass } = await readyBroadlink({ make });
    expect(blaster.health.get()).toEqual({
      ready: true,
      problem: undefined,
      identity: {
        manufacturer: "Broadlink",
        model: make.replace("red ", ""),
        serialNumber: "78:0f:77:11:22:33",
        firmware: "44075",
      },
    });
    await blaster.send(code);
    expect(fake.infrared).toEqual([packet]);
    const learning = follow(blaster.learn(new AbortController().signal));
    await until(() => fake.ear.listening);
    fake.ear.hear(Buffer.concat([packet, Buffer.alloc(7)]));
    await pass(1_000);
    expect(learning.value).toEqual(code);
  });
});

describe("a Broadlink", () => {
  test("repeats by itself what a code wants repeated, at its own carrier", async () => {
    const { blaster, fake } = await readyBroadlink();
    await blaster.send({ ...code, repeats: 2, frequencyHz: 40_000 });
    expect(fake.infrared[0]?.toString("hex")).toBe(packet.toString("hex").replace(/^2600/, "2602"));
  });

  test("is asked for its firmware once per meeting", async () => {
    const { fake, pass, says } = await wireBroadlink();
    await pass(90_000);
    expect(kinds(fake)).toEqual(["hello", "authentication", "command", "hello", "hello", "hello"]);
    fake.faults.silent = true;
    await pass(40_000);
    expect(says()[0]).toBe(false);
    fake.faults.silent = false;
    fake.firmware = 44_999;
    fake.forget();
    await pass(15_000);
    expect(kinds(fake)).toEqual(["hello", "command"]);
    expect(says()[0]).toBe(true);
  });

  test("that has a new firmware says so after it was away", async () => {
    const { blaster, fake, pass } = await readyBroadlink();
    fake.faults.silent = true;
    await pass(40_000);
    fake.faults.silent = false;
    fake.firmware = 44_999;
    await pass(15_000);
    expect(blaster.health.get().identity?.firmware).toBe("44999");
  });

  test.each([-4, -5, -6, -8])("that answers %i when it is asked for its firmware is ready without", async (refusal) => {
    const { blaster, fake, says } = await wireBroadlink();
    fake.faults.refusals.push(refusal);
    await until(() => blaster.health.get().ready);
    expect(says()).toEqual([true, undefined]);
    expect(blaster.health.get().identity).not.toHaveProperty("firmware");
  });

  test("of a model that we guess wrong can be told its framing", async () => {
    await using fake = await startFakeBroadlink({ type: 0x9999, framing: "cmd32" });
    const { blaster } = wireNobody((log, clock) =>
      broadlinkBlaster({ host: fake.host, port: fake.port, framing: "cmd32" }, { log, clock }),
    );
    await until(() => blaster.health.get().ready);
    await blaster.send(code);
    expect(fake.infrared).toEqual([packet]);
  });

  test("that is restarted between two commands is met anew, and sends the second once", async () => {
    const { blaster, fake, says } = await readyBroadlink();
    await blaster.send(code);
    fake.restart();
    await blaster.send(code);
    expect(kinds(fake)).toEqual(["command", "command", "hello", "authentication", "command"]);
    expect([fake.infrared, says()]).toEqual([
      [packet, packet],
      [true, undefined],
    ]);
  });

  test("whose place is taken by another unit: the other one sends, and is the one that is shown", async () => {
    const { blaster, fake, clock, follow, pass, lines } = await readyBroadlink();
    await fake[Symbol.asyncDispose]();
    await using other = await startFakeBroadlink({
      make: "RM mini 3",
      mac: "78:0f:77:44:55:66",
      port: fake.port,
      clock,
    });
    other.firmware = 44_999;
    const sending = follow(blaster.send(code));
    await pass(2_000);
    expect([sending.state, other.infrared]).toEqual(["done", [packet]]);
    await pass(30_000);
    expect(blaster.health.get().identity).toEqual({
      manufacturer: "Broadlink",
      model: "RM mini 3",
      serialNumber: "78:0f:77:44:55:66",
      firmware: "44999",
    });
    expect(lines()).toContainEqual(
      expect.objectContaining({
        level: 40,
        msg: expect.stringMatching(/^another blaster answers at .* now$/),
        was: "78:0f:77:11:22:33",
        is: "78:0f:77:44:55:66",
      }),
    );
  });

  test.each([
    [-3, "it says that it is offline"],
    [-8, "it could not send"],
    [-12, "it failed"],
  ])("that refuses a command with %i is not ready for a second, with the reason", async (refusal, reason) => {
    const { blaster, fake, ended, says, pass } = await readyBroadlink();
    fake.faults.refusals.push(refusal);
    const sending = await ended(blaster.send(code));
    expect(sending).toMatchObject({ state: "failed", name: "BlasterError" });
    expect(sending.message).toBe(`the Broadlink unit: ${reason} (${refusal})`);
    expect(says()).toEqual([false, expect.stringContaining(reason)]);
    expect(kinds(fake)).toEqual(["command"]);
    await pass(1_000);
    expect([says(), fake.infrared]).toEqual([[true, undefined], []]);
  });

  test("no key is ever logged", async () => {
    const { blaster, log } = await readyBroadlink({ session: { id: 1, key: Buffer.alloc(16, "k") } });
    await blaster.send(code);
    const key = Buffer.alloc(16, "k");
    for (const secret of [key.toString(), key.toString("hex"), key.toString("base64"), "107,107,107"]) {
      expect(log.join("")).not.toContain(secret);
    }
  });
});

describe("a locked Broadlink", () => {
  test("is not ready, with the way out, and is asked again every 60 s until it is unlocked", async () => {
    const { blaster, fake, says, pass } = await wireBroadlink({ locked: true });
    await until(() => says()[1] !== undefined);
    expect(says()[0]).toBe(false);
    for (const word of ["locked", "Broadlink app", "switch off “Lock device”", "reset", "(since "]) {
      expect(says()[1]).toContain(word);
    }
    await expect(blaster.send(code)).rejects.toThrow("locked");
    await pass(59_000);
    expect(kinds(fake)).toEqual(["hello", "authentication"]);
    await pass(6_000);
    expect(kinds(fake)).toEqual(["hello", "authentication", "hello", "authentication"]);
    fake.locked = false;
    await pass(65_000);
    expect([says(), fake.infrared]).toEqual([[true, undefined], []]);
  });

  test("that still obeys is ready, with the problem that it will not for long", async () => {
    const { blaster, fake, says, pass, lines } = await readyBroadlink();
    fake.locked = true;
    await pass(30_000);
    expect(says()).toEqual([true, expect.stringContaining("switch off “Lock device”")]);
    await pass(120_000);
    expect(lines().filter(({ msg }) => msg.includes("Lock device"))).toHaveLength(1);
    await blaster.send(code);
    fake.restart();
    await expect(blaster.send(code)).rejects.toThrow("locked");
    expect(says()).toEqual([false, expect.stringContaining("Broadlink app")]);
    fake.locked = false;
    await pass(70_000);
    expect([says(), fake.infrared]).toEqual([[true, undefined], [packet]]);
  });
});

describe("a network", () => {
  test.each<[string, Mishap[]]>([
    ["loses", ["unheard", "lost"]],
    ["doubles", ["doubled"]],
    ["delays and reorders", ["late"]],
    ["damages", ["wrong-checksum", "short", "garbage"]],
    ["brings from somebody else", ["foreign", "wrong-counter"]],
  ])("that $0 30 % of the datagrams: each code is sent once", async (_, mishaps) => {
    const { blaster, fake, follow, pass, says } = await readyBroadlink();
    let seed = 1;
    const luck = () => {
      seed = (seed * 48_271) % 0x7fffffff;
      return seed / 0x7fffffff;
    };
    const next = (): Mishap => (luck() < 0.3 ? (mishaps[Math.floor(luck() * mishaps.length)] ?? "fine") : "fine");
    fake.faults.mishaps.push(...Array.from({ length: 400 }, next));
    const sent: string[] = [];
    for (let at = 0; at < 40; at++) {
      const waveform = [9000, 4500, 1000 + 100 * at, 101_500];
      const sending = follow(blaster.send({ waveform, repeats: 0 }));
      for (let ms = 0; sending.state === "pending" && ms < 20_000; ms += 500) await pass(500);
      expect(sending.state).toBe("done");
      sent.push(fake.infrared.at(-1)?.toString("hex") ?? "");
    }
    expect(fake.infrared.map((bytes) => bytes.toString("hex"))).toEqual(sent);
    expect([new Set(sent).size, says()]).toEqual([40, [true, undefined]]);
  });

  test("whose answers are all damaged is no network: the command fails, and says why", async () => {
    const { blaster, fake, follow, pass, says } = await readyBroadlink();
    fake.faults.mishaps.push(...Array(10).fill("wrong-checksum"));
    const sending = follow(blaster.send(code));
    await pass(10_000);
    expect(sending).toMatchObject({ state: "failed", message: expect.stringContaining("wrong checksum") });
    expect([says()[0], fake.infrared]).toEqual([false, [packet]]);
  });

  test.each([
    ["no such host", /^the name no such host:9 does not resolve \(since /],
    [
      "no such host.local",
      /\.local are found by multicast, which does not reach into containers: use the blaster's address/,
    ],
  ])("without %s: not ready, and the problem names it", async (host, problem) => {
    const wired = wireNobody((log, clock) => broadlinkBlaster({ host, port: 9 }, { log, clock }));
    await until(() => wired.log.some((line) => line.includes("could not deliver")));
    await wired.pass(10_000);
    expect(wired.says()).toEqual([false, expect.stringMatching(problem)]);
    await expect(wired.blaster.send(code)).rejects.toThrow(host);
  });
});

describe("learning", () => {
  const learn = async (make: keyof typeof makes) => {
    const wired = await readyBroadlink({ make });
    const wanted = new AbortController();
    const learning = wired.follow(wired.blaster.learn(wanted.signal));
    await until(() => wired.fake.ear.listening);
    return { ...wired, wanted, learning };
  };

  test("asks every second, and a pro is told to stop listening after 30 s", async () => {
    const { fake, pass, learning } = await learn("RM4 pro");
    await pass(30_000);
    expect([learning.state, learning.atMs, learning.value]).toEqual(["done", 30_000, undefined]);
    // Enter, thirty looks, leave; and the greeting that had to wait.
    expect(kinds(fake)).toEqual([...Array(32).fill("command"), "hello"]);
  });

  test("of a model that can't be told to stop ends all the same, and the unit's own 30 s end the rest", async () => {
    const { fake, pass, clock, wanted, learning, says } = await learn("RM4 mini");
    await pass(2_000);
    wanted.abort();
    await until(() => learning.state !== "pending");
    expect([learning.value, kinds(fake), fake.ear.listening]).toEqual([undefined, Array(3).fill("command"), true]);
    await clock.advance(30_000);
    expect([fake.ear.listening, says()]).toEqual([false, [true, undefined]]);
  });

  test("leaves a pro's learning when a look fails", async () => {
    const { fake, pass, learning, says } = await learn("RM pro");
    fake.faults.refusals.push(-8);
    await pass(1_000);
    expect(learning).toMatchObject({ state: "failed", message: expect.stringContaining("could not send") });
    expect([fake.ear.listening, says()[0]]).toEqual([false, false]);
  });

  test("does not wait for a unit that does not say that it has left", async () => {
    const { fake, pass, wanted, learning } = await learn("RM pro");
    fake.faults.silent = true;
    wanted.abort();
    await pass(2_500);
    expect(learning).toMatchObject({ state: "done", value: undefined });
  });

  test("that is not wanted any more does not wait for a look at a unit that was unplugged", async () => {
    const { fake, pass, wanted, learning } = await learn("RM pro");
    fake.faults.silent = true;
    await pass(2_000);
    wanted.abort();
    await pass(2_500);
    expect(learning).toMatchObject({ state: "done", value: undefined });
  });

  test("is left although what says so to a pro was lost", async () => {
    const { fake, pass, wanted, learning } = await learn("RM4 pro");
    fake.faults.mishaps.push("unheard");
    wanted.abort();
    await pass(1_500);
    expect(learning).toMatchObject({ state: "done", value: undefined });
    expect(fake.ear.listening).toBe(false);
  });

  test("of a radio remote control says that it is none of infrared", async () => {
    const { fake, pass, learning, says } = await learn("RM4 pro");
    fake.ear.hear(Buffer.from("b2000c0000010f871111113311000c21", "hex"));
    await pass(1_000);
    expect(learning).toMatchObject({ state: "failed", name: "BlasterError" });
    expect(learning.message).toContain("433 MHz radio, not infrared");
    expect(says()).toEqual([true, undefined]);
  });

  test("polls on while the unit says that its storage is full", async () => {
    const { fake, pass, learning } = await learn("RM4 mini");
    fake.faults.saysStorageFull = true;
    await pass(3_000);
    expect(learning.state).toBe("pending");
    fake.ear.hear(packet);
    await pass(1_000);
    expect(learning.value).toEqual(code);
  });
});
