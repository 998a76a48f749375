import { request } from "node:https";
import { expect, onTestFinished, test } from "vitest";
import * as z from "zod";
import { type FakeBridge, startFakeBridge } from "../../../devices/sensors/hue/fake-bridge.ts";
import { captured, errors, withCaptures } from "./captures.ts";
import { until } from "./wired.ts";

async function plugIn(setting: Parameters<typeof startFakeBridge>[0] = {}): Promise<FakeBridge> {
  const fake = await startFakeBridge(setting);
  onTestFinished(() => fake[Symbol.asyncDispose]());
  return fake;
}

/** What a client of its own, which checks nothing, reads; `text` grows while more comes. */
function ask({ host, port }: FakeBridge, path: string, key?: string) {
  const answer = { status: 0, text: "", ended: false };
  const headers = key === undefined ? {} : { "hue-application-key": key };
  request({ host, port, path, headers, agent: false, rejectUnauthorized: false }, (response) => {
    answer.status = response.statusCode ?? 0;
    response.setEncoding("utf8").on("data", (chunk: string) => (answer.text += chunk));
    response.on("close", () => (answer.ended = true)).on("error", () => {});
  })
    .on("error", () => {})
    .end();
  return answer;
}

async function asked(...how: Parameters<typeof ask>) {
  const answer = ask(...how);
  await until(() => answer.ended);
  return { status: answer.status, body: JSON.parse(answer.text) };
}

withCaptures("a simulated bridge", () => {
  const like = (name: string) => errors().find((one) => one.name.startsWith(name))?.body;

  test("answers who it does not know as a real one does", async () => {
    const fake = await plugIn();
    expect(await asked(fake, "/api/bad/sensors")).toEqual({ status: 200, body: like("unknown key") });
    expect((await asked(fake, "/clip/v2/resource")).status).toBe(403);
    expect((await asked(fake, "/eventstream/clip/v2", "bad")).status).toBe(403);
    expect((await asked(fake, "/clip/v2/resource/motion/none", fake.key)).status).toBe(404);
  });

  test("says what happens in the form of the recorded stream", async () => {
    const fake = await plugIn();
    const stream = ask(fake, "/eventstream/clip/v2", fake.key);
    await until(() => stream.text.length > 0);
    expect(captured("eventstream_SYNTHETIC_motion.sse")).toMatch(/^: hi\n\n/);
    expect(stream.text).toBe(": hi\n\n");
    fake.house.set("Hall", { motion: true });
    const form = /^id: \d+:\d+\ndata: (\[.*\])\n\n$/;
    await until(() => form.test(stream.text.slice(6)));
    const keysOf = (text: string) => {
      const [container] = z.array(z.object({ data: z.array(z.looseObject({})) }).loose()).parse(JSON.parse(text));
      return [Object.keys(container ?? {}).sort(), Object.keys(container?.data[0] ?? {}).sort()];
    };
    const real = captured("eventstream_SYNTHETIC_motion.sse").match(/data: (.*)/)?.[1] ?? "";
    expect(keysOf(form.exec(stream.text.slice(6))?.[1] ?? "")).toEqual(keysOf(real));
  });
});

test("a Bridge Pro sends everybody from HTTP to HTTPS, whatever the method", async () => {
  const fake = await plugIn({ kind: "pro" });
  const answer = await fetch(`http://${fake.host}:${fake.httpPort}/api`, {
    method: "POST",
    body: "{}",
    redirect: "manual",
  });
  expect([answer.status, answer.headers.get("location")]).toEqual([301, expect.stringMatching(/^https:.*\/api$/)]);
});

test("a bridge whose plug was pulled lists the same things in another order", async () => {
  const fake = await plugIn();
  const before = (await asked(fake, "/clip/v2/resource", fake.key)).body.data;
  const ids = (list: { id: string }[]) => list.map(({ id }) => id);
  await fake.powerOff();
  await fake.powerOn();
  const after = (await asked(fake, "/clip/v2/resource", fake.key)).body.data;
  expect(ids(after)).not.toEqual(ids(before));
  expect(ids(after).sort()).toEqual(ids(before).sort());
});

test("somebody who walks is seen in one room at a time", async () => {
  const fake = await plugIn();
  const moving = async () => {
    const { data } = (await asked(fake, "/clip/v2/resource/motion", fake.key)).body;
    return data.map(({ motion }: { motion: { motion: boolean } }) => motion.motion);
  };
  fake.house.walk("Hallway");
  expect(await moving()).toEqual([true, false]);
  fake.house.walk("Living room");
  expect(await moving()).toEqual([false, true]);
  fake.house.walk("nowhere");
  expect(await moving()).toEqual([false, false]);
});
