import { describe, expect, test } from "vitest";
import type { ZmoteMishap } from "../../../devices/smart-aircons/blasters/fake-zmote-faults.ts";
import { code, readyZmote, until } from "./wired.ts";

const CODE = "sendir,1:1,0,37000,1,1,122,62,15,0";
const learned = { waveform: [3297, 1676, 405, 0], repeats: 0, frequencyHz: 37_000 };

async function learn() {
  const wired = await readyZmote();
  const wanted = new AbortController();
  const learning = wired.follow(wired.blaster.learn(wanted.signal));
  await until(() => wired.fake.listening);
  const over = async () => {
    await until(() => learning.state !== "pending");
    return learning;
  };
  return { ...wired, wanted, learning, over };
}

const bodies = ({ requests }: { requests: readonly { body: string }[] }) => requests.map(({ body }) => body);

describe("a Zmote that learns", () => {
  test("is asked once, and told nothing when it has heard a code", async () => {
    const { fake, over } = await learn();
    fake.pressRemote(CODE);
    expect(await over()).toMatchObject({ state: "done", value: learned });
    expect(bodies(fake)).toEqual(["get_IRL"]);
  });

  test("is heard however its lines are torn", async () => {
    const { fake, over, pass, learning } = await learn();
    for (const part of ["\r\nsen", "dir,1:1,0,37000,1", ",1,122,62", ",15,0"]) {
      fake.say(part);
      await pass(500);
      expect(learning.state).toBe("pending");
    }
    fake.say("\r");
    expect(await over()).toMatchObject({ state: "done", value: learned });
  });

  test("is heard in no time, however small the pieces are", { timeout: 5_000 }, async () => {
    const { fake, over } = await learn();
    for (let i = 0; i < 15_000; i++) fake.say("\n");
    fake.pressRemote(CODE);
    expect(await over()).toMatchObject({ state: "done", value: learned });
  });

  test("is heard when its last line has no end", async () => {
    const { fake, over } = await learn();
    fake.say(CODE);
    fake.tire();
    expect((await over()).value).toEqual(learned);
  });

  test("learns the first of two codes", async () => {
    const { fake, over } = await learn();
    fake.say(`${CODE}\r\nsendir,1:1,0,37000,1,1,1,2\r\n`);
    expect((await over()).value).toEqual(learned);
  });

  test("that ends without a code has learned nothing, and is told to stop", async () => {
    const { fake, over } = await learn();
    fake.tire();
    expect(await over()).toMatchObject({ state: "done", value: undefined });
    expect(bodies(fake)).toEqual(["get_IRL", "stop_IRL"]);
  });

  test("that somebody else told to stop has learned nothing", async () => {
    const { fake, over } = await learn();
    fake.say("IR Learner Disabled\r\n");
    expect(await over()).toMatchObject({ state: "done", value: undefined });
    expect(bodies(fake)).toEqual(["get_IRL"]);
  });

  test.each([
    ["sendir,1:1,0,37000,1,1,122,62,15", "the number of durations is odd"],
    ["sendir,nonsense", "sendir wants address"],
  ])("and hears %s says what is wrong with it", async (text, message) => {
    const { fake, over, says } = await learn();
    fake.pressRemote(text);
    expect(await over()).toMatchObject({ state: "failed", name: "BlasterError" });
    expect((await over()).message).toContain(message);
    expect(says()).toEqual([true, undefined]);
  });

  test.each([
    ["IR Learner Unavailable", "it can't learn at the moment"],
    ["error 7", 'it refuses the command: "error 7"'],
    ["completeir,1:1,3", "its answer makes no sense"],
  ])("and says %s is told to stop, and the words are told", async (text, message) => {
    const { fake, over, says } = await learn();
    fake.say(`${text}\r\n`);
    expect((await over()).message).toBe(`the Zmote at 127.0.0.1:${fake.port}: ${message}`);
    expect(bodies(fake)).toEqual(["get_IRL", "stop_IRL"]);
    expect([fake.listening, says()]).toEqual([false, [true, undefined]]);
  });

  test("for somebody else is told to stop, so that the next try succeeds", async () => {
    const { blaster, fake, ended, follow } = await readyZmote();
    fake.faults.mishaps.push("busy");
    const first = await ended(blaster.learn(new AbortController().signal));
    expect(first).toMatchObject({
      state: "failed",
      message: expect.stringMatching(/was in use, and was told to stop$/),
    });
    const second = follow(blaster.learn(new AbortController().signal));
    await until(() => fake.listening);
    fake.pressRemote(CODE);
    await until(() => second.state !== "pending");
    expect(second.value).toEqual(learned);
  });

  test.each<ZmoteMishap>(["hang", "500", "hang up"])("and meets %s is told to stop", async (mishap) => {
    const { blaster, fake, follow, pass, says } = await readyZmote();
    fake.faults.mishaps.push(mishap);
    const learning = follow(blaster.learn(new AbortController().signal));
    await pass(5_000);
    expect(learning).toMatchObject({ state: "failed", name: "BlasterError" });
    expect(bodies(fake).slice(0, 2)).toEqual(["get_IRL", "stop_IRL"]);
    await pass(1_000);
    expect(says()).toEqual([true, undefined]);
  });

  test("and whose network goes down says so", async () => {
    const { fake, over, says } = await learn();
    await fake[Symbol.asyncDispose]();
    expect(await over()).toMatchObject({
      state: "failed",
      message: expect.stringContaining("broke off the connection"),
    });
    expect(says()[0]).toBe(false);
  });

  test("and never comes to an end of its line is stopped", async () => {
    const { fake, over } = await learn();
    for (let i = 0; i < 70; i++) fake.say("x".repeat(1024));
    expect(await over()).toMatchObject({ state: "failed", message: expect.stringContaining("does not end") });
    expect([fake.listening, bodies(fake)]).toEqual([false, ["get_IRL", "stop_IRL"]]);
  });

  test.each<[ZmoteMishap, string]>([
    ["500", "answers with HTTP 500"],
    ["garbage", "its answer makes no sense"],
    ["hang", "the blaster does not answer"],
  ])("and answers %s when it is told to stop: that is said", async (mishap, why) => {
    const { fake, wanted, learning, pass } = await learn();
    fake.faults.mishaps.push(mishap);
    wanted.abort();
    await pass(5_000);
    expect(learning).toMatchObject({ state: "failed", name: "BlasterError" });
    expect(learning.message).toMatch(/^the Zmote at 127\.0\.0\.1:\d+ may still be learning: /);
    expect(learning.message).toContain(why);
  });

  test("may take its 30 s for a key although an answer has 5", async () => {
    const { fake, over, pass } = await learn();
    await pass(29_000);
    fake.pressRemote(CODE);
    expect((await over()).value).toEqual(learned);
  });

  test("can send afterwards", async () => {
    const { blaster, fake, over } = await learn();
    fake.pressRemote(CODE);
    await over();
    await blaster.send(code);
    expect(fake.infrared).toHaveLength(1);
  });
});
