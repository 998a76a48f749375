import { describe, expect, test } from "vitest";
import { startFakeZmote } from "../../../devices/smart-aircons/blasters/fake-zmote.ts";
import { startFakeBroadlink } from "../../../src/broadlink/fake.ts";
import { code, packet, readyBroadlink, readyZmote, until, type Wired, wireBroadlink, wireZmote } from "./wired.ts";

/** A blaster, and hands on its hardware. */
interface Rig extends Omit<Wired<unknown>, "fake"> {
  /** How often it did send something into the room. */
  shone(): number;
  /** Everything that reached it. */
  heard(): number;
  /** Says nothing any more, or speaks again. */
  mute(yes: boolean): void;
  /** Answers the next questions, repeats too, with nonsense. */
  babble(): void;
  unplug(): Promise<void>;
  plugIn(): Promise<void>;
  /** Its learner is on, and hears a remote control. */
  listens(): boolean;
  press(): void;
}

async function broadlink(wired: Wired<Awaited<ReturnType<typeof startFakeBroadlink>>>): Promise<Rig> {
  let { fake } = wired;
  return Object.assign(wired, {
    shone: () => fake.infrared.length,
    heard: () => fake.received.filter(({ kind }) => kind !== "ping").length,
    mute(yes: boolean) {
      fake.faults.silent = yes;
    },
    babble: () => void fake.faults.mishaps.push(...Array(10).fill("garbage")),
    unplug: async () => await fake[Symbol.asyncDispose](),
    async plugIn() {
      fake = await startFakeBroadlink({ make: "RM4 pro", port: fake.port, clock: wired.clock });
    },
    listens: () => fake.ear.listening,
    press: () => fake.ear.hear(packet),
  });
}

async function zmote(wired: Wired<Awaited<ReturnType<typeof startFakeZmote>>>): Promise<Rig> {
  let { fake } = wired;
  return Object.assign(wired, {
    shone: () => fake.infrared.length,
    heard: () => fake.requests.length,
    mute(yes: boolean) {
      fake.faults.silent = yes;
    },
    babble: () => void fake.faults.mishaps.push("garbage"),
    unplug: async () => await fake[Symbol.asyncDispose](),
    async plugIn() {
      fake = await startFakeZmote({ port: fake.port, clock: wired.clock, fast: true });
    },
    listens: () => fake.listening,
    press: () => fake.pressRemote("sendir,1:1,0,37000,1,1,122,62,15,0"),
  });
}

describe.each([
  {
    name: "a Broadlink",
    fresh: async () => broadlink(await wireBroadlink({ make: "RM4 pro" })),
    ready: async () => broadlink(await readyBroadlink({ make: "RM4 pro" })),
    patienceMs: 10_000,
  },
  {
    name: "a Zmote",
    fresh: async () => zmote(await wireZmote()),
    ready: async () => zmote(await readyZmote()),
    patienceMs: 5_000,
  },
])("$name", ({ fresh, ready, patienceMs }) => {
  test("is not ready before it has answered, and refuses at once", async () => {
    const rig = await fresh();
    expect(rig.says()).toEqual([false, undefined]);
    await expect(rig.blaster.send(code)).rejects.toThrow(/^the blaster at 127.0.0.1:\d+ was not greeted yet$/);
    await until(() => rig.blaster.health.get().ready);
    expect(rig.says()).toEqual([true, undefined]);
    expect(rig.lines()).toEqual([expect.objectContaining({ msg: expect.stringMatching(/ is ready$/) })]);
    expect(rig.shone()).toBe(0);
  });

  test("sends a code with one question and its answer", async () => {
    const rig = await ready();
    for (const times of [1, 2, 3]) {
      await rig.blaster.send(code);
      expect([rig.shone(), rig.heard()]).toEqual([times, times]);
    }
  });

  test("is greeted every 30 s, and only greeted", async () => {
    const rig = await ready();
    await rig.pass(29_500);
    expect(rig.heard()).toBe(0);
    await rig.pass(500);
    expect(rig.heard()).toBe(1);
    await rig.pass(60_000);
    expect([rig.heard(), rig.shone()]).toEqual([3, 0]);
    expect(rig.says()).toEqual([true, undefined]);
  });

  test("that is well for an hour is one line in the log", async () => {
    const rig = await ready();
    await rig.pass(60 * 60_000);
    expect(rig.heard()).toBe(120);
    expect(rig.lines()).toHaveLength(1);
  });

  test("that falls silent is not ready, with what a person can do; it is asked again until it answers", async () => {
    const rig = await ready();
    rig.mute(true);
    await rig.pass(30_000 + patienceMs);
    expect(rig.says()).toEqual([
      false,
      expect.stringMatching(
        /^the blaster does not answer at 127\.0\.0\.1:\d+: is it plugged in, and is that still its address\? \(since \d{4}-\d\d-\d\d \d\d:\d\d\)$/,
      ),
    ]);
    const { identity, problem } = rig.blaster.health.get();
    expect(identity).toBeDefined();
    await rig.pass(60_000);
    expect(rig.blaster.health.get().problem).toBe(problem);
    rig.mute(false);
    await rig.pass(5_000 + patienceMs);
    expect(rig.says()).toEqual([true, undefined]);
    expect(rig.lines().map(({ msg }) => msg.replace(/ at 127\.0\.0\.1:\d+/, ""))).toEqual([
      "the blaster is ready",
      expect.stringContaining("the blaster is not ready: the blaster does not answer"),
      "the blaster is ready",
    ]);
  });

  test("that is silent is logged again only every 10 minutes", async () => {
    const rig = await ready();
    rig.mute(true);
    await rig.pass(25 * 60_000);
    const troubles = rig.lines().filter(({ msg }) => msg.includes("not ready"));
    expect(troubles.map(({ repeated }) => repeated !== undefined)).toEqual([false, true, true]);
  });

  test("that falls silent under a command is not ready at once, and the command is never sent later", async () => {
    const rig = await ready();
    rig.mute(true);
    const sending = rig.follow(rig.blaster.send(code));
    const another = rig.follow(rig.blaster.send(code));
    await rig.pass(patienceMs - 500);
    expect(sending.state).toBe("pending");
    await rig.pass(500);
    expect(sending).toMatchObject({ state: "failed", name: "BlasterError" });
    // The one behind it was not even tried.
    expect(another).toMatchObject({ state: "failed", name: "NothingSent", message: sending.message });
    expect(sending.message).toContain("does not answer");
    expect(rig.says()).toEqual([false, expect.stringContaining(sending.message)]);
    await expect(rig.blaster.send(code)).rejects.toThrow(sending.message);
    rig.mute(false);
    await rig.pass(60_000);
    expect([rig.says(), rig.shone()]).toEqual([[true, undefined], 0]);
    await rig.blaster.send(code);
    expect(rig.shone()).toBe(1);
  });

  test("is asked again a second after a command has failed", async () => {
    const rig = await ready();
    rig.mute(true);
    const sending = rig.follow(rig.blaster.send(code));
    await rig.pass(patienceMs);
    expect(sending.state).toBe("failed");
    rig.mute(false);
    await rig.pass(500);
    expect(rig.says()[0]).toBe(false);
    await rig.pass(500);
    expect(rig.says()).toEqual([true, undefined]);
  });

  test("that is not ready is sent nothing, however often it is asked", async () => {
    const rig = await ready();
    rig.mute(true);
    await rig.pass(30_000 + patienceMs);
    expect(rig.says()[0]).toBe(false);
    const before = rig.heard();
    const refused = await Promise.all(Array.from({ length: 20 }, () => rig.ended(rig.blaster.send(code))));
    expect(new Set(refused.map(({ state, name }) => `${state} ${name}`))).toEqual(new Set(["failed NothingSent"]));
    const learning = await rig.ended(rig.blaster.learn(new AbortController().signal));
    expect(learning.state).toBe("failed");
    expect(rig.heard()).toBe(before);
    rig.mute(false);
    await rig.pass(60_000);
    expect([rig.says(), rig.shone()]).toEqual([[true, undefined], 0]);
  });

  test("what waits behind a command that fails is refused with it, and never sent", async () => {
    const rig = await ready();
    rig.mute(true);
    const all = [1, 2, 3].map(() => rig.follow(rig.blaster.send(code)));
    await rig.pass(patienceMs);
    expect(all.map(({ state }) => state)).toEqual(["failed", "failed", "failed"]);
    rig.mute(false);
    await rig.pass(120_000);
    expect(rig.shone()).toBe(0);
  });

  test("what has waited for its turn for more than a minute, because the process stood still, is not sent", async () => {
    const rig = await ready();
    const first = rig.follow(rig.blaster.send(code));
    const second = rig.follow(rig.blaster.send(code));
    await until(() => rig.heard() > 0);
    rig.clock.jump(60_001);
    await until(() => second.state !== "pending");
    expect(first.state).toBe("done");
    expect(second).toMatchObject({ state: "failed", name: "NothingSent" });
    expect(second.message).toContain("more than a minute");
    expect([rig.says(), rig.shone()]).toEqual([[true, undefined], 1]);
  });

  test("sends one code at a time, in their order", async () => {
    const rig = await ready();
    const order: number[] = [];
    await Promise.all([1, 2, 3, 4].map((at) => rig.blaster.send(code).then(() => order.push(at))));
    expect([order, rig.shone()]).toEqual([[1, 2, 3, 4], 4]);
  });

  test("that talks nonsense fails the command, and says so", async () => {
    const rig = await ready();
    rig.babble();
    const sending = rig.follow(rig.blaster.send(code));
    await rig.pass(patienceMs);
    expect(sending).toMatchObject({ state: "failed", name: "BlasterError", message: expect.stringMatching(/answer/) });
    await rig.pass(15_000);
    expect(rig.says()).toEqual([true, undefined]);
    await rig.blaster.send(code);
  });

  test("that is unplugged is not ready within 30 s and its patience, and ready again 15 s after it is back", async () => {
    const rig = await ready();
    await rig.unplug();
    await rig.pass(30_000 + patienceMs);
    expect(rig.says()).toEqual([
      false,
      expect.stringMatching(/^nothing listens at 127\.0\.0\.1:\d+ \(connection refused\)/),
    ]);
    await expect(rig.blaster.send(code)).rejects.toThrow("nothing listens");
    await rig.plugIn();
    await rig.pass(15_000);
    expect(rig.says()).toEqual([true, undefined]);
    await rig.blaster.send(code);
    expect(rig.shone()).toBe(1);
  });

  test("that lost its power for a moment between two commands sends the second", async () => {
    const rig = await ready();
    await rig.blaster.send(code);
    await rig.unplug();
    await rig.pass(500);
    await rig.plugIn();
    const sending = rig.follow(rig.blaster.send(code));
    await rig.pass(2_000);
    expect([sending.state, rig.shone()]).toEqual(["done", 1]);
  });

  test("a code that no format can hold is refused, and the blaster is not to blame", async () => {
    const rig = await ready();
    const wrong = await rig.ended(rig.blaster.send({ waveform: [400, 400], repeats: 300 }));
    expect(wrong).toMatchObject({ state: "failed", name: "NothingSent" });
    const empty = await rig.ended(rig.blaster.send({ waveform: [], repeats: 0 }));
    expect(empty).toMatchObject({ state: "failed", name: "NothingSent" });
    expect([rig.says(), rig.heard()]).toEqual([[true, undefined], 0]);
  });

  describe("learning", () => {
    test("ends with the first key, and the learner is off", async () => {
      const rig = await ready();
      const learning = rig.follow(rig.blaster.learn(new AbortController().signal));
      await until(() => rig.listens());
      await rig.pass(3_000);
      expect(learning.state).toBe("pending");
      rig.press();
      await rig.pass(1_000);
      expect(learning).toMatchObject({ state: "done", value: { repeats: 0 } });
      expect(rig.listens()).toBe(false);
    });

    test("ends after 30 s without a key, with the learner off", async () => {
      const rig = await ready();
      const learning = rig.follow(rig.blaster.learn(new AbortController().signal));
      await until(() => rig.listens());
      await rig.pass(29_500);
      expect(learning.state).toBe("pending");
      await rig.pass(500);
      expect(learning).toMatchObject({ state: "done", value: undefined });
      expect(rig.listens()).toBe(false);
      expect(rig.says()).toEqual([true, undefined]);
    });

    test("ends when nobody wants it any more, with the learner off", async () => {
      const rig = await ready();
      const wanted = new AbortController();
      const learning = rig.follow(rig.blaster.learn(wanted.signal));
      await until(() => rig.listens());
      await rig.pass(500);
      wanted.abort();
      await until(() => learning.state !== "pending");
      expect(learning).toMatchObject({ state: "done", value: undefined });
      expect(rig.listens()).toBe(false);
      await rig.blaster.send(code);
    });

    test("does not begin when nobody wants it", async () => {
      const rig = await ready();
      expect(await rig.blaster.learn(AbortSignal.abort())).toBeUndefined();
      expect(rig.heard()).toBe(0);
    });

    test("ends when we close, with the learner off", async () => {
      const rig = await ready();
      const learning = rig.follow(rig.blaster.learn(new AbortController().signal));
      await until(() => rig.listens());
      const closed = rig.follow(rig.close());
      await until(() => closed.state !== "pending");
      expect([closed.state, learning.state, rig.listens()]).toEqual(["done", "done", false]);
    });

    test("refuses to send and to learn meanwhile, and greets nobody", async () => {
      const rig = await ready();
      const learning = rig.follow(rig.blaster.learn(new AbortController().signal));
      await until(() => rig.listens());
      await expect(rig.blaster.send(code)).rejects.toThrow("is listening to a remote control");
      await expect(rig.blaster.learn(new AbortController().signal)).rejects.toThrow("is listening to a remote control");
      await rig.pass(30_000);
      expect([learning.state, rig.shone(), rig.says()]).toEqual(["done", 0, [true, undefined]]);
      await rig.blaster.send(code);
      expect(rig.shone()).toBe(1);
    });

    test("of a blaster that falls silent fails", async () => {
      const rig = await ready();
      rig.mute(true);
      const learning = rig.follow(rig.blaster.learn(new AbortController().signal));
      await rig.pass(2 * patienceMs);
      expect(learning).toMatchObject({ state: "failed", name: "BlasterError" });
      expect(rig.says()[0]).toBe(false);
    });
  });

  describe("closing", () => {
    test("ends everything within 1 s with a command in flight, and nothing is sent afterwards", async () => {
      const rig = await ready();
      rig.mute(true);
      const sending = [1, 2].map(() => rig.follow(rig.blaster.send(code)));
      await rig.pass(500);
      const heard = rig.heard();
      const closed = rig.follow(rig.close());
      await rig.pass(1_000);
      expect(closed.state).toBe("done");
      expect(closed.atMs).toBeLessThanOrEqual(1_500);
      expect(sending.map(({ state, name }) => `${state} ${name}`)).toEqual([
        "failed BlasterError",
        "failed NothingSent",
      ]);
      for (const { message } of sending) expect(message).toContain("we are closing");
      rig.mute(false);
      await rig.pass(60_000);
      expect([rig.heard() - heard <= 1, rig.shone()]).toEqual([true, 0]);
      expect(rig.lines()).toHaveLength(1);
    });

    test("ends at once with a greeting in flight", async () => {
      const rig = await ready();
      rig.mute(true);
      await rig.pass(30_500);
      await rig.close();
      expect(rig.lines()).toHaveLength(1);
    });

    test("ends at once when nothing is asked, and is final", async () => {
      const rig = await ready();
      await rig.close();
      await expect(rig.blaster.send(code)).rejects.toThrow("we are closing");
      await rig.pass(120_000);
      expect([rig.heard(), rig.shone()]).toEqual([0, 0]);
    });

    test("lets a command that is on its way be answered", async () => {
      const rig = await ready();
      const sending = rig.follow(rig.blaster.send(code));
      await until(() => rig.heard() === 1);
      await rig.close();
      await until(() => sending.state !== "pending");
      expect([sending.state, rig.shone()]).toEqual(["done", 1]);
    });
  });
});
