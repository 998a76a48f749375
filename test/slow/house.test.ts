import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ExpectStatic, test } from "vitest";
import { scriptedBoard } from "../../devices/sprinklers/fake.ts";
import { boardOnPty } from "../../devices/sprinklers/pty.ts";
import { startMosquitto } from "../support/mosquitto.ts";
import { suite } from "../support/need.ts";
import { connectPerson } from "../support/person.ts";
import { startDaemon } from "../support/process.ts";

const base = "home/outside/sprinklers";

/** A house with a real broker, a board on a real pty, and the daemon as a process, watering with relay 2. */
async function watering() {
  const stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "mqtt-things-slow-"));
  stack.defer(() => rm(folder, { recursive: true }));
  const broker = stack.use(await startMosquitto({}));
  const board = scriptedBoard();
  const port = join(folder, "tty");
  const pty = stack.use(await boardOnPty(board, port));
  const person = stack.use(await connectPerson(broker.url));
  const flags = ["-host", `127.0.0.1:${broker.port}`, "-port", port, "-relay", "2", "-relay", "3"];
  const daemon = stack.use(startDaemon(["sprinklers", ...flags]));
  await person.until(`${base}/availability/get`, "online");
  await person.publish(`${base}/bank/2/state/set`, "1");
  await person.until(`${base}/bank/2/state/get`, "1");
  return { broker, board, pty, person, daemon, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

function between(expect: ExpectStatic, value: number, from: number, to: number): void {
  expect(value).toBeGreaterThanOrEqual(from);
  expect(value).toBeLessThanOrEqual(to);
}

suite("the long times of a house", ["mosquitto", "python3"], () => {
  test("a port that is not there for 60 s ends the daemon, and it says why", async ({ expect }) => {
    await using broker = await startMosquitto({});
    const flags = ["-host", `127.0.0.1:${broker.port}`, "-port", "/dev/mqtt-things-nowhere", "-relay", "2"];
    await using daemon = startDaemon(["sprinklers", ...flags]);
    const { code, ms } = await daemon.exited;
    expect(code).toBe(1);
    between(expect, ms, 60_000, 70_000);
    expect(daemon.log()).toContain("there is no serial port /dev/mqtt-things-nowhere: is the board plugged in?");
  });

  test("an unplugged board is unavailable within 5 s, closed after 35 s, and ends the daemon after 60 s", async ({
    expect,
  }) => {
    await using house = await watering();
    const { person, pty, daemon } = house;
    const unpluggedMs = performance.now();
    await pty.unplug();
    await person.until(`${base}/availability/get`, "offline", 5_000);
    expect(person.latest(`${base}/bank/2/state/get`)).toBe("1");
    await person.until(`${base}/bank/2/state/get`, "0", 40_000);
    // The last `on` was written at most 5 s before the plug was pulled.
    between(expect, performance.now() - unpluggedMs, 29_900, 37_000);
    expect(person.latest(`${base}/bank/2/reason/get`)).toBe("board");
    expect((await daemon.exited).code).toBe(1);
    between(expect, performance.now() - unpluggedMs, 60_000, 70_000);
  });

  test("without a broker for 120 s the water stops, and its return shows why", async ({ expect }) => {
    await using house = await watering();
    const { broker, board, person } = house;
    const closed = new Promise<number>((resolve) => board.onRelay((_, on) => on || resolve(performance.now())));
    const lostMs = performance.now();
    await broker.kill();
    between(expect, (await closed) - lostMs, 119_000, 125_000);
    await broker.start();
    await person.until(`${base}/bank/2/reason/get`, "broker", 10_000);
    await person.until(`${base}/bank/2/state/get`, "0", 10_000);
    await person.until("mqtt-things/sprinklers/main/availability/get", "online", 10_000);
  });
});
