import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { startFakeZmote } from "../../../devices/smart-aircons/blasters/fake-zmote.ts";
import type { ZmoteMishap } from "../../../devices/smart-aircons/blasters/fake-zmote-faults.ts";
import { zmoteBlaster } from "../../../devices/smart-aircons/blasters/zmote.ts";
import { httpTo } from "../../../devices/smart-aircons/blasters/zmote-http.ts";
import { parseSendir, sendirWaveform } from "../../../devices/smart-aircons/ir/sendir.ts";
import { formatPairs, type Pair } from "../../../devices/smart-aircons/ir/sendir-pairs.ts";
import { virtualClock } from "../../support/clock.ts";
import { slowNames } from "../../support/slow-names.ts";
import { withCaptures, zmoteVectors } from "../ir/captures.ts";
import { code, readyZmote, until, wireNobody, wireZmote } from "./wired.ts";

const asked = ({ requests }: { requests: readonly { method: string; path: string }[] }) =>
  requests.map(({ method, path }) => `${method} ${path}`);
const POST = "POST /v2/CI00a1b2c3";

describe("a Zmote", () => {
  test("says who it is", async () => {
    const { blaster } = await readyZmote();
    expect(blaster.health.get()).toEqual({
      ready: true,
      problem: undefined,
      identity: { manufacturer: "zmote.io", model: "Zmote", serialNumber: "CI00a1b2c3" },
    });
  });

  test("sends what a code says, with a final off of 0 and 37000 Hz, and one connection for everything", async () => {
    const { blaster, fake, pass } = await readyZmote();
    await blaster.send({ waveform: [3297, 1676, 405, 0], repeats: 0 });
    await pass(60_000);
    await blaster.send({ waveform: [3297, 1676, 405], repeats: 0 });
    const pairs = [
      [122, 62],
      [15, 0],
    ];
    const command = { address: "1:1", frequencyHz: 37_000, repeat: 1, offset: 1, pairs };
    expect(fake.infrared).toEqual([expect.objectContaining(command), expect.objectContaining(command)]);
    expect(asked(fake)).toEqual([POST, "GET /uuid", "GET /uuid", POST]);
    expect(new Set(fake.requests.map(({ connection }) => connection)).size).toBe(1);
  });

  test("gives each command another id, and 0 comes after 65535", async () => {
    const { blaster, fake } = await readyZmote();
    const ids = async () => {
      await blaster.send(code);
      return fake.infrared.at(-1)?.id ?? Number.NaN;
    };
    const first = await ids();
    expect([await ids(), await ids()]).toEqual([(first + 1) % 65_536, (first + 2) % 65_536]);
  });

  test("repeats by itself, with silence between, at the code's own carrier", async () => {
    const { blaster, fake } = await readyZmote();
    for (const waveform of [
      [1000, 500, 1000, 0],
      [1000, 500, 1000],
      [1000, 500, 1000, 2000],
    ]) {
      await blaster.send({ waveform, repeats: 2, frequencyHz: 40_000.4 });
    }
    expect(fake.infrared.map(({ repeat, frequencyHz }) => [repeat, frequencyHz])).toEqual(Array(3).fill([3, 40_000]));
    expect(fake.infrared.map(({ pairs }) => pairs.at(-1))).toEqual([
      [40, 4060],
      [40, 4060],
      [40, 80],
    ]);
  });

  test("is not asked for its id again to send, nor after a connection that it has closed in good order", async () => {
    const { blaster, fake } = await readyZmote();
    fake.faults.closes = true;
    fake.faults.lineEnd = "";
    await blaster.send(code);
    await blaster.send(code);
    expect([asked(fake), fake.infrared.length]).toEqual([[POST, POST], 2]);
    expect(new Set(fake.requests.map(({ connection }) => connection)).size).toBe(2);
  });

  test("that is busy ten times sends the code after 2 s", async () => {
    const { blaster, fake, follow, pass } = await readyZmote();
    fake.faults.mishaps.push(...Array<ZmoteMishap>(10).fill("busy"));
    const sending = follow(blaster.send(code));
    await pass(5_000);
    expect([sending.state, sending.atMs, fake.infrared.length]).toEqual(["done", 2_000, 1]);
    expect(fake.requests.map(({ atMs }) => atMs)).toEqual(Array.from({ length: 11 }, (_, at) => at * 200));
  });

  test("that is busy all the time fails after 3 s, and nothing is sent later", async () => {
    const { blaster, fake, follow, pass, says } = await readyZmote();
    fake.faults.mishaps.push(...Array<ZmoteMishap>(16).fill("busy"));
    const sending = follow(blaster.send(code));
    await pass(3_500);
    expect(sending).toMatchObject({ state: "failed", name: "NothingSent", atMs: 3_000 });
    expect(sending.message).toContain("is busy all the time");
    expect([says()[0], fake.requests.length]).toEqual([false, 16]);
    await pass(30_000);
    expect([says()[0], fake.infrared.length]).toEqual([true, 0]);
  });

  test("that takes its time to say that it is busy is not asked for longer than 10 s", async () => {
    const { blaster, fake, follow, pass } = await readyZmote();
    fake.faults.mishaps.push(...Array<ZmoteMishap>(16).fill("busy"));
    fake.faults.busyLateMs = 4_000;
    const sending = follow(blaster.send(code));
    await pass(13_000);
    expect([sending.state, fake.requests.length, fake.infrared.length]).toEqual(["failed", 3, 0]);
  });

  test("that is busy is not asked again after the process stood still", async () => {
    const { blaster, clock, fake, follow, pass } = await readyZmote();
    fake.faults.mishaps.push("busy");
    const sending = follow(blaster.send(code));
    await until(() => fake.requests.length === 1);
    await pass(100);
    clock.jump(8 * 3_600_000);
    await pass(1_000);
    expect(sending).toMatchObject({ state: "failed", name: "NothingSent" });
    expect(fake.infrared).toHaveLength(0);
  });

  test("that does not know its id any more is not asked again after the process stood still", async () => {
    for (const [stoodMs, sent] of [
      [20_000, 1],
      [8 * 3_600_000, 0],
    ] as const) {
      const { blaster, clock, fake, follow } = await readyZmote();
      fake.faults.mishaps.push("404");
      const sending = follow(blaster.send(code));
      await until(() => fake.requests.length === 1);
      clock.jump(stoodMs);
      await until(() => sending.state !== "pending");
      expect([sending.name, fake.infrared.length]).toEqual([sent ? "" : "NothingSent", sent]);
    }
  });

  test("that is still sending is asked again until it is done", async () => {
    const { blaster, fake, follow, pass } = await readyZmote({ fast: false });
    const both = [1, 2].map(() => follow(blaster.send({ waveform: [250_000, 250_000], repeats: 0 })));
    await pass(2_000);
    expect(both.map(({ state, atMs }) => [state, atMs])).toEqual([
      ["done", 0],
      ["done", 600],
    ]);
    expect(fake.infrared).toHaveLength(2);
  });
});

describe("an answer", () => {
  test.each<[ZmoteMishap, string, number]>([
    ["500", "the Zmote at HOST answers with HTTP 500", 0],
    ["redirect", "the Zmote at HOST answers with HTTP 302", 0],
    ["empty", "the Zmote at HOST: its answer is empty", 1],
    ["garbage", 'the Zmote at HOST: its answer makes no sense: "<html><title>Router</title>"', 0],
    ["endless", "what answers at HOST is no Zmote: its answer does not end", 0],
    ["stale", "the Zmote at HOST: it answered to another command", 1],
    ["hang up", "the blaster at HOST broke off the connection before it had answered", 0],
    ["cut", "the blaster at HOST broke off the connection before it had answered", 1],
  ])("of %s fails the command with words, and the next is its own", async (mishap, words, shone) => {
    const { blaster, fake, ended, says, pass } = await readyZmote();
    fake.faults.mishaps.push(mishap);
    const sending = await ended(blaster.send(code));
    const message = words.replace("HOST", `127.0.0.1:${fake.port}`);
    expect(sending).toMatchObject({ state: "failed", name: "BlasterError", message });
    expect(says()).toEqual([false, expect.stringContaining(message)]);
    expect(fake.infrared).toHaveLength(shone);
    await pass(1_000);
    expect(says()).toEqual([true, undefined]);
    await blaster.send(code);
    expect(fake.infrared).toHaveLength(shone + 1);
  });

  test.each<[ZmoteMishap, string]>([
    ["error text", 'it refuses the command: "error: bad pulse"'],
    ["ERR_1:1,005", "the carrier's frequency is out of range (error 5)"],
  ])("of %s is about this code, and not about the blaster's health", async (mishap, why) => {
    const { blaster, fake, ended, says } = await readyZmote();
    fake.faults.mishaps.push(mishap);
    const message = `the Zmote at 127.0.0.1:${fake.port}: ${why}`;
    expect(await ended(blaster.send(code))).toMatchObject({ state: "failed", name: "NothingSent", message });
    expect(says()).toEqual([true, undefined]);
    await blaster.send(code);
    expect(fake.infrared).toHaveLength(1);
  });

  test.each<ZmoteMishap>(["hang", "lost"])("that never comes (%s) fails the command after 5 s", async (mishap) => {
    const { blaster, fake, follow, pass, says } = await readyZmote();
    fake.faults.mishaps.push(mishap);
    const sending = follow(blaster.send(code));
    await pass(5_000);
    expect(sending).toMatchObject({
      state: "failed",
      atMs: 5_000,
      message: expect.stringContaining("does not answer"),
    });
    await pass(1_000);
    expect(says()).toEqual([true, undefined]);
    await blaster.send(code);
    expect(fake.infrared).toHaveLength(mishap === "lost" ? 2 : 1);
    expect(fake.requests).toHaveLength(3);
  });

  test("that never comes leaves no connection open", async () => {
    const { fake, pass } = await readyZmote();
    fake.faults.silent = true;
    for (let asked = 0; asked < 5; asked++) await pass(20_000);
    expect(fake.requests.length).toBeGreaterThan(5);
    expect(fake.connections).toBeLessThanOrEqual(1);
  });

  test("that comes after its 5 s is no answer to what is asked next", async () => {
    const { blaster, fake, follow, pass, ended } = await readyZmote();
    fake.faults.lateMs = 6_100;
    fake.faults.mishaps.push("late", "fine", "error text");
    const first = follow(blaster.send(code));
    await pass(6_000);
    expect(first.state).toBe("failed");
    const second = follow(blaster.send(code));
    await pass(500);
    expect([second.state, fake.infrared.length]).toEqual(["failed", 1]);
    expect(second.message).toContain("error: bad pulse");
    await pass(1_000);
    expect(await ended(blaster.send(code))).toMatchObject({ state: "done" });
    expect(fake.infrared).toHaveLength(2);
  });

  test("of 404 has the Zmote asked for its id, and the command sent to that", async () => {
    const { blaster, fake, ended } = await readyZmote();
    fake.uuid = "CI00ffffff";
    expect(await ended(blaster.send(code))).toMatchObject({ state: "done" });
    expect(asked(fake)).toEqual([POST, "GET /uuid", "POST /v2/CI00ffffff"]);
    expect(fake.infrared).toHaveLength(1);
  });

  test("of 404 again is an error", async () => {
    const { blaster, fake, ended } = await readyZmote();
    fake.faults.mishaps.push("404", "fine", "404");
    const sending = await ended(blaster.send(code));
    expect(sending).toMatchObject({ state: "failed", message: expect.stringMatching(/answers with HTTP 404$/) });
    expect(asked(fake)).toEqual([POST, "GET /uuid", POST]);
  });

  test("on a kept connection that the Zmote has forgotten is asked for anew", async () => {
    const { blaster, fake, ended } = await readyZmote();
    fake.faults.mishaps.push("reset");
    expect(await ended(blaster.send(code))).toMatchObject({ state: "done" });
    expect([asked(fake), fake.infrared.length]).toEqual([[POST, POST], 1]);
  });
});

describe("a greeting", () => {
  test("that another Zmote answers: it is the one that is shown and asked", async () => {
    const { blaster, fake, pass, lines } = await readyZmote();
    fake.uuid = "CI00ffffff";
    await pass(30_000);
    expect(blaster.health.get().identity?.serialNumber).toBe("CI00ffffff");
    expect(lines()).toContainEqual(expect.objectContaining({ was: "CI00a1b2c3", is: "CI00ffffff" }));
    await blaster.send(code);
    expect(asked(fake)).toEqual(["GET /uuid", "POST /v2/CI00ffffff"]);
  });

  test("that firmware v1 answers says so", async () => {
    const { fake, pass, says } = await wireZmote();
    fake.faults.isV1 = true;
    await pass(500);
    expect(says()).toEqual([
      false,
      expect.stringMatching(/has firmware v1, which is not supported: v2 answers at \/uuid/),
    ]);
  });

  test.each<[ZmoteMishap, RegExp]>([
    ["garbage", /^what answers at \S+ is no Zmote: it says "<html><title>Router<\/title>\\r\\n" \(since /],
    ["500", /^the blaster at \S+ answers with HTTP 500 \(since /],
    ["redirect", /^the blaster at \S+ answers with HTTP 302 \(since /],
    ["empty", /^what answers at \S+ is no Zmote: it says "" \(since /],
    ["hang up", /^the blaster at \S+ broke off the connection/],
    ["endless", /^what answers at \S+ is no Zmote: its answer does not end/],
  ])("of %s is none, and it is asked again after 5 s", async (mishap, problem) => {
    const { fake, pass, says } = await wireZmote();
    fake.faults.mishaps.push(mishap);
    await pass(4_500);
    expect(says()).toEqual([false, expect.stringMatching(problem)]);
    await pass(500);
    expect(says()).toEqual([true, undefined]);
  });

  test.each([
    ["no such host", /^the name no such host:9 does not resolve \(since /],
    ["no such host.local", /use the blaster's address instead/],
  ])("at %s fails, and the problem names it", async (host, problem) => {
    const { says, blaster } = wireNobody((log, clock) => zmoteBlaster({ host, port: 9 }, { log, clock }));
    await until(() => says()[1] !== undefined);
    expect(says()).toEqual([false, expect.stringMatching(problem)]);
    await expect(blaster.send(code)).rejects.toThrow(host);
  });
});

test("a question is not asked when the host's name is found only after the machine slept", async () => {
  const clock = virtualClock();
  await using fake = await startFakeZmote({ clock });
  const http = httpTo({ host: "localhost", port: fake.port, place: "it" }, clock);
  const busy = slowNames();
  const asked = http.ask({ method: "GET", path: "/uuid" }).catch((error) => error.message);
  await clock.settle();
  clock.jump(8 * 3_600_000);
  await busy;
  expect(await asked).toContain("does not answer at it");
  expect(fake.requests).toEqual([]);
  http.close();
});

test("a question is not asked again when its connection breaks only after the machine slept", async () => {
  const clock = virtualClock();
  let questions = 0;
  const server = createHttpServer((_request, response) => {
    questions += 1;
    if (questions === 1) response.end("CI00a1b2c3");
    if (questions !== 2) return;
    clock.jump(8 * 3_600_000);
    response.socket?.resetAndDestroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const http = httpTo({ host: "127.0.0.1", port, place: "it" }, clock);
  expect(await http.ask({ method: "GET", path: "/uuid" })).toMatchObject({ status: 200 });
  await clock.settle();
  await expect(http.ask({ method: "POST", path: "/v2/x", body: "sendir" })).rejects.toThrow("broke off the connection");
  expect(questions).toBe(2);
  http.close();
  await new Promise((resolve) => server.close(resolve));
});

test("something that speaks no HTTP is named as that", async () => {
  const server = createServer(
    (socket) =>
      void socket
        .on("error", () => {})
        .resume()
        .end("SSH-2.0-dropbear\r\n"),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const { says, close } = wireNobody((log, clock) => zmoteBlaster({ host: "127.0.0.1", port }, { log, clock }));
  await until(() => says()[1] !== undefined);
  expect(says()).toEqual([false, expect.stringContaining("is no Zmote: it speaks no HTTP")]);
  await close();
  await new Promise((resolve) => server.close(resolve));
});

withCaptures("captured codes", () => {
  test("reach the Zmote as they were, character for character but for their id", async () => {
    const { blaster, fake } = await readyZmote();
    const learned = zmoteVectors().filter(({ sendir }) => sendir !== undefined);
    expect(learned).toHaveLength(8);
    for (const { sendir = "", pairs } of learned) {
      await blaster.send({ waveform: sendirWaveform(parseSendir(sendir)), repeats: 0 });
      const { id = 0, raw = "", pairs: received } = fake.infrared.at(-1) ?? {};
      expect(received).toEqual(pairs);
      expect(raw).toBe(sendir.replace(",0,37000,", `,${id},37000,`));
    }
  });

  test("that were made up reach the Zmote too", async () => {
    const { blaster, fake } = await readyZmote();
    const made = zmoteVectors().filter(({ sendir, pairs }) => sendir === undefined && pairs !== undefined);
    expect(made).toHaveLength(3);
    for (const { pairs = [] } of made) {
      const text = `sendir,1:1,0,37000,1,1,${formatPairs(pairs as Pair[], false)}`;
      await blaster.send({ waveform: sendirWaveform(parseSendir(text)), repeats: 0 });
      expect(fake.infrared.at(-1)?.pairs).toEqual(pairs);
    }
  });

  test("that a remote control sends are learned, and sent again as they were", async () => {
    const { blaster, fake, follow } = await readyZmote();
    for (const { sendir = "", pairs } of zmoteVectors().filter(({ raw }) => raw !== undefined)) {
      const learning = follow(blaster.learn(new AbortController().signal));
      await until(() => fake.listening);
      fake.pressRemote(sendir);
      await until(() => learning.state !== "pending");
      expect(learning.value).toEqual({
        waveform: sendirWaveform(parseSendir(sendir)),
        repeats: 0,
        frequencyHz: 37_000,
      });
      await blaster.send({ waveform: sendirWaveform(parseSendir(sendir)), repeats: 0 });
      expect(fake.infrared.at(-1)?.pairs).toEqual(pairs);
    }
    expect(asked(fake)).toEqual(Array(16).fill(POST));
  });
});
