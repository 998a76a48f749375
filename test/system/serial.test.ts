import { execFile } from "node:child_process";
import { chmod, mkdtemp, readlink, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { scriptedBoard } from "../../devices/sprinklers/fake.ts";
import { boardOnPty } from "../../devices/sprinklers/pty.ts";
import { orders } from "../sprinklers/wired.ts";
import { startAedes } from "../support/broker.ts";
import { startMosquitto } from "../support/mosquitto.ts";
import { suite } from "../support/need.ts";
import { freePort } from "../support/ports.ts";
import { cli, startDaemon } from "../support/process.ts";
import { base, type SerialHouse, serialHouse } from "./serial-house.ts";

/** Ends the daemon with SIGTERM; the valve has to be off by then because it was told so. */
async function sigterm({ daemon, board }: SerialHouse) {
  expect([...board.relays]).toEqual([2]);
  daemon.signal("SIGTERM");
  const exit = await daemon.exited;
  expect([...board.relays]).toEqual([]);
  expect(orders(board).slice(-2)).toEqual(["2,off", "3,off"]);
  expect(exit.ms).toBeLessThan(5_000);
  return exit;
}

suite("the daemon on a real serial port", ["python3"], () => {
  it("switches everything off first, and opens a valve when it is told to", async () => {
    await using broker = await startAedes();
    await using house = await serialHouse(broker.url);
    expect(orders(house.board)).toEqual(["2,off", "3,off"]);
    await house.daemon.untilLog("the board is available");
    await house.water();
    expect([...house.board.relays]).toEqual([2]);
    expect(await house.daemon.untilLog("zone opens")).toContain("Front lawn");
    await house.say("bank/2/state", "0");
    await house.shows("bank/2/state", "0");
    expect([...house.board.relays]).toEqual([]);
  });

  it("survives a pulled plug and serves the board again when it is plugged in, closed", async () => {
    await using broker = await startAedes();
    await using house = await serialHouse(broker.url);
    await house.water();
    await house.cable.unplug();
    await house.shows("availability", "offline", 5_000);
    await house.shows("connectivity", "0");
    await house.shows("problem", /plugged/);
    const lines = orders(house.board).length;
    await house.plugIn(house.board);
    await house.shows("availability", "online", 15_000);
    await house.shows("bank/2/state", "0");
    await house.shows("bank/2/reason", "board");
    expect(orders(house.board).slice(lines)).toEqual(["2,off", "3,off"]);
    await house.water();
    expect([...house.board.relays]).toEqual([2]);
  });

  it("opens the port anew when the board falls silent, which ends the run, and serves it again", async () => {
    await using broker = await startAedes();
    await using house = await serialHouse(broker.url);
    await house.water();
    house.board.faults.silent = true;
    const lines = orders(house.board).length;
    await house.say("bank/2/state", "0");
    await house.shows("problem", /does not answer/);
    house.board.faults.silent = false;
    await house.shows("availability", "online", 15_000);
    expect(orders(house.board).slice(lines, lines + 3)).toEqual(["2,off", "2,off", "2,off"]);
    expect(orders(house.board).slice(-2)).toEqual(["2,off", "3,off"]);
    expect([...house.board.relays]).toEqual([]);
  });

  it("follows a link that points to another port, though the old one is still there", async () => {
    await using broker = await startAedes();
    await using house = await serialHouse(broker.url);
    const before = await readlink(house.link);
    const other = scriptedBoard();
    const online = house.showsAgain("availability", "online", 15_000);
    await house.plugIn(other);
    expect(await readlink(house.link)).not.toBe(before);
    await online;
    expect(orders(other)).toEqual(["2,off", "3,off"]);
    await house.water();
    expect([...other.relays]).toEqual([2]);
    expect([...house.board.relays]).toEqual([]);
  });

  it("shows a board that restarts in the middle of a run closed, and resumes nothing", async () => {
    await using broker = await startAedes();
    await using house = await serialHouse(broker.url);
    await house.water();
    const lines = orders(house.board).length;
    const online = house.showsAgain("availability", "online");
    house.board.reset();
    await online;
    await house.shows("bank/2/state", "0");
    await house.shows("bank/2/reason", "board");
    expect(orders(house.board).slice(lines)).toEqual(["2,off", "3,off"]);
    expect([...house.board.relays]).toEqual([]);
  });

  it("closes the valve when it is asked to end, and leaves the truth behind", async () => {
    await using broker = await startAedes();
    await using house = await serialHouse(broker.url);
    await house.water();
    expect(await sigterm(house)).toMatchObject({ code: 0, signal: null });
    const left = await house.person.retained("#");
    expect(left.get(`${base}/bank/2/state/get`)).toBe("0");
    expect(left.get(`${base}/bank/2/reason/get`)).toBe("shutdown");
    expect(left.get(`${base}/availability/get`)).toBe("offline");
    expect(left.get("mqtt-things/sprinklers/main/availability/get")).toBe("offline");
  });

  it("closes the valve when it is asked to end while the broker is away", async () => {
    const broker = await startAedes();
    await using house = await serialHouse(broker.url);
    await house.water();
    await broker[Symbol.asyncDispose]();
    await house.daemon.untilLog("the connection to the broker is lost");
    expect(await sigterm(house)).toMatchObject({ code: 0, signal: null });
  });

  it("ends with an error that names the valve when the board has gone mute with water running", async () => {
    await using broker = await startAedes();
    await using house = await serialHouse(broker.url);
    await house.water();
    house.board.faults.silent = true;
    house.daemon.signal("SIGTERM");
    expect(await house.daemon.exited).toMatchObject({ code: 1, ms: expect.toSatisfy((ms) => ms < 5_000) });
    expect(house.daemon.log()).toContain('relay 2 did not acknowledge \\"off\\" in 4 s');
  });

  it("says who may have the port when a second daemon wants it, and the first does not notice", async () => {
    await using broker = await startAedes();
    await using house = await serialHouse(broker.url);
    await house.water();
    await house.start({ instance: "second", base_topic: "second" });
    await house.person.until("second/problem/get", /is in use: stop whatever else has it open/, 15_000);
    expect(house.person.latest("second/availability/get")).toBe("offline");
    expect([...house.board.relays]).toEqual([2]);
    expect(house.person.latest(`${base}/availability/get`)).toBe("online");
    await house.say("bank/2/state", "0");
    await house.shows("bank/2/state", "0");
  });
});

suite("the daemon with a broker that stands still", ["python3", "mosquitto"], () => {
  it("closes the valve and ends within 5 s all the same", async () => {
    await using broker = await startMosquitto();
    await using house = await serialHouse(broker.url);
    await house.water();
    broker.freeze();
    expect(await sigterm(house)).toMatchObject({ code: 0, signal: null });
    broker.thaw();
  });
});

it.each(["/dev/null", "regular file"])(
  "a port that is no serial port (%s) is shown as such, and the daemon lives",
  async (port) => {
    await using stack = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), "port-"));
    stack.defer(() => rm(folder, { recursive: true }));
    const path = port === "/dev/null" ? port : join(folder, "tty");
    if (path !== port) await writeFile(path, "");
    const broker = stack.use(await startAedes());
    const flags = ["-host", `127.0.0.1:${broker.port}`, "-port", path, "-relay", "2"];
    const daemon = stack.use(startDaemon(["sprinklers", ...flags]));
    await daemon.untilLog("is not a serial port");
    expect(await Promise.race([daemon.exited, daemon.untilLog("connected to the broker")])).toContain("connected");
    daemon.signal("SIGTERM");
    expect(await daemon.exited).toMatchObject({ code: 0, ms: expect.toSatisfy((ms) => ms < 2_000) });
  },
);

suite("a port that may not be opened", ["python3", "setpriv"], () => {
  it("ends the daemon at once, with what to change in the manifest", async () => {
    await using stack = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), "port-"));
    stack.defer(() => rm(folder, { recursive: true }));
    const cable = stack.use(await boardOnPty(scriptedBoard(), join(folder, "tty")));
    await chmod(await realpath(cable.path), 0o000);
    const daemon = [cli, "sprinklers", "-host", `127.0.0.1:${await freePort()}`, "-port", cable.path, "-relay", "2"];
    // Permissions bind root only without these capabilities.
    const humbly = ["--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all", process.execPath];
    const [command, ...words] = process.getuid?.() === 0 ? ["setpriv", ...humbly] : [process.execPath];
    const startMs = performance.now();
    const { code, said } = await new Promise<{ code: unknown; said: string }>((resolve) =>
      execFile(command ?? "", [...words, ...daemon], { timeout: 10_000 }, (error, stdout) =>
        resolve({ code: error?.code, said: stdout }),
      ),
    );
    expect(code).toBe(1);
    expect(said).toContain(`no permission to open ${cable.path}. In the pod's manifest set securityContext.privileged`);
    // That, and nothing about valves that it never had in its hands.
    expect(said).not.toContain("did not acknowledge");
    expect(performance.now() - startMs).toBeLessThan(5_000);
  });
});
