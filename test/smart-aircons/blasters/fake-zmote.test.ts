import { describe, expect, onTestFinished, test } from "vitest";
import { startFakeZmote } from "../../../devices/smart-aircons/blasters/fake-zmote.ts";
import { durationMs, readSendir } from "../../../devices/smart-aircons/blasters/fake-zmote-sendir.ts";
import { virtualClock } from "../../support/clock.ts";
import { withCaptures, zmoteVectors } from "../ir/captures.ts";

async function zmote(setting: Parameters<typeof startFakeZmote>[0] = {}) {
  const fake = await startFakeZmote(setting);
  onTestFinished(async () => await fake[Symbol.asyncDispose]());
  const url = `http://${fake.host}:${fake.port}`;
  const post = (body: string) => fetch(`${url}/v2/${fake.uuid}`, { method: "POST", body });
  return { fake, url, post, say: async (body: string) => await (await post(body)).text() };
}

describe("a simulated Zmote", () => {
  test("says its id, and knows no other", async () => {
    const { url, say } = await zmote();
    expect(await (await fetch(`${url}/uuid`)).text()).toBe("uuid,CI00a1b2c3\r\n");
    expect((await fetch(`${url}/else`)).status).toBe(404);
    expect((await fetch(`${url}/v2/CI00000000`, { method: "POST", body: "stop_IRL" })).status).toBe(404);
    expect(await say("stop_IRL")).toBe("IR Learner Disabled\r\n");
    expect(await say("stopir,1:1")).toBe("stopir,1:1\r\n");
    expect(await say("make coffee")).toBe("unknowncommand,ERR_01\r\n");
  });

  test("sends a code, is busy for as long as it takes, and keeps it", async () => {
    const clock = virtualClock();
    const { fake, say } = await zmote({ clock });
    const command = "sendir,1:1,5,40000,2,3,400,400,400,20000";
    expect(await say(command)).toBe("completeir,1:1,5\r\n");
    expect(await say("sendir,1:1,6,40000,1,1,1,1")).toBe("busyIR,1:1,6\r\n");
    const received = { address: "1:1", id: 5, frequencyHz: 40_000, repeat: 2, offset: 3, raw: command };
    expect(fake.infrared).toMatchObject([
      {
        ...received,
        pairs: [
          [400, 400],
          [400, 20_000],
        ],
      },
    ]);
    // 21,200 periods, and 20,400 of them again.
    clock.jump(1_039);
    expect(await say("sendir,1:1,7,40000,1,1,1,1")).toBe("busyIR,1:1,7\r\n");
    clock.jump(1);
    expect(await say("sendir,1:1,8,40000,1,1,1,1")).toBe("completeir,1:1,8\r\n");
  });

  test("learns", async () => {
    const { fake, post, say } = await zmote();
    const learning = await post("get_IRL");
    expect(fake.listening).toBe(true);
    expect(await say("get_IRL")).toBe("busyIR,1:1,0\r\n");
    fake.pressRemote("sendir,1:1,0,37000,1,1,1,2");
    expect(await learning.text()).toBe("IR Learner Enabled\r\nsendir,1:1,0,37000,1,1,1,2\r\n");
    expect(fake.listening).toBe(false);
  });

  test("stops learning when it is told to, and the open answer ends", async () => {
    const { fake, post, say } = await zmote();
    const learning = await post("get_IRL");
    expect(await say("stop_IRL")).toBe("IR Learner Disabled\r\n");
    expect(await learning.text()).toBe("IR Learner Enabled\r\n");
    fake.pressRemote("sendir,1:1,0,37000,1,1,1,2");
    expect(fake.listening).toBe(false);
  });

  test.each([
    ["sendir,2:1,0,37000,1,1,1,2", 2],
    ["sendir,1:2,0,37000,1,1,1,2", 3],
    ["sendir,1:1,65536,37000,1,1,1,2", 4],
    ["sendir,1:1,,37000,1,1,1,2", 4],
    ["sendir,1:1,0,14999,1,1,1,2", 5],
    ["sendir,1:1,0,37000,0,1,1,2", 6],
    ["sendir,1:1,0,37000,51,1,1,2", 6],
    ["sendir,1:1,0,37000,1,2,1,2", 7],
    ["sendir,1:1,0,37000,1,385,1,2", 7],
    ["sendir,1:1,0,37000,1,1,", 9],
    ["sendir,1:1,0,37000,1,1,1,0,1,2", 9],
    ["sendir,1:1,0,37000,1,1,1,2x", 9],
    ["sendir,1:1,0,37000,1,1,65536,2", 9],
    ["sendir,1:1,0,37000,1,1,1,2,3", 10],
    ["sendir,1:1,0,37000,1,1,1,2,3A", 21],
    ["sendir,1:1,0,37000,1,1,1,2B", 22],
  ])("refuses %s with error %i", (command, error) => {
    expect(readSendir(command)).toBe(error);
  });
});

withCaptures("captured codes", () => {
  test("are read by the simulated Zmote as others read them", () => {
    for (const { compressed, pairs, totalMicroseconds } of zmoteVectors()) {
      const read = readSendir(`sendir,1:1,0,37000,1,1,${compressed}`);
      if (pairs === undefined || typeof read === "number") {
        expect([pairs, [10, 21, 22].includes(Number(read))]).toEqual([undefined, true]);
        continue;
      }
      expect(read.pairs).toEqual(pairs);
      if (totalMicroseconds !== undefined) expect(durationMs(read)).toBeCloseTo(totalMicroseconds / 1000, 0);
    }
  });
});
