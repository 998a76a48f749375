import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { blasterUrl } from "../../devices/smart-aircons/blasters/open-blaster.ts";
import { listProblems } from "../../devices/smart-aircons/lists.ts";
import { endWithUs } from "../support/children.ts";
import { type Cable, type Lan, withLan } from "../support/namespace.ts";
import { cli } from "../support/process.ts";
import type { Plan } from "./units.ts";

/** Starts a program of ours on one of the machines. */
function start(machine: readonly string[], ...words: string[]) {
  const [program = "", ...rest] = [...machine, process.execPath, ...words];
  const child = spawn(program, rest, { env: { PATH: process.env.PATH } });
  endWithUs(child);
  const said = { out: "", err: "" };
  child.stdout.on("data", (text) => {
    said.out += text;
  });
  child.stderr.on("data", (text) => {
    said.err += text;
  });
  const exited = new Promise<unknown>((resolve) => child.once("close", (code, signal) => resolve(signal ?? code)));
  return { child, said, exited };
}

/** Plugs units in over there. */
async function plug({ there }: Lan, plan: Plan): Promise<void> {
  const { child, said, exited } = start(there, join(import.meta.dirname, "units.ts"), JSON.stringify(plan));
  onTestFinished(async () => {
    child.stdin.end();
    await exited;
  });
  const early = exited.then(() => Promise.reject(new Error(`no units: ${said.err}`)));
  await Promise.race([early, new Promise((resolve) => child.stdout.once("data", resolve))]);
  early.catch(() => {});
}

async function discover({ here }: Lan, ...flags: string[]) {
  const { said, exited } = start(here, cli, "discover", "--seconds", "1", ...flags);
  return { code: await exited, ...said };
}

withLan("what can be seen from here", (openLan) => {
  async function house(...cables: Cable[]): Promise<Lan> {
    const lan = await openLan(cables);
    onTestFinished(async () => await lan[Symbol.asyncDispose]());
    return lan;
  }
  const wired = () => house({ here: "10.7.1.1/24", there: ["10.7.1.20/24", "10.7.1.21/24"] });

  test("is a Broadlink and a Zmote, with lines to paste", async () => {
    const lan = await wired();
    await plug(lan, {
      broadlinks: [{ address: "10.7.1.20", mac: "78:0f:77:11:22:33", name: "Bedroom" }],
      zmotes: [{ address: "10.7.1.21", uuid: "CI00a1b2c3" }],
    });
    const { code, out, err } = await discover(lan);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toBe(`blaster  Broadlink RM4 mini, "Bedroom", 78:0f:77:11:22:33, at 10.7.1.20, not locked
blaster  Zmote ZV-2, CI00a1b2c3, at 10.7.1.21

For the configuration of smart-aircons:

blasters:
  - { name: Bedroom, url: broadlink://10.7.1.20 }
  - { name: Zmote ZV-2, url: zmote://10.7.1.21 }
`);
  });

  test("is in every network that this machine is in, and each once", async () => {
    const lan = await house(
      { here: "10.7.1.1/24", there: ["10.7.1.20/24", "10.7.1.21/24"] },
      { here: "192.168.9.5/24", there: ["192.168.9.20/24", "192.168.9.21/24"] },
    );
    await plug(lan, {
      broadlinks: [
        { address: "10.7.1.20", mac: "78:0f:77:11:22:33", name: "智能遥控" },
        { address: "192.168.9.20", mac: "78:0f:77:44:55:66", name: "智能遥控" },
      ],
      zmotes: [
        { address: "10.7.1.21", uuid: "CI00a1b2c3" },
        { address: "192.168.9.21", uuid: "CI00d4e5f6" },
      ],
    });
    const { out } = await discover(lan);
    const { blasters } = parse(out.slice(out.indexOf("blasters:")));
    expect(blasters).toEqual([
      { name: "Broadlink RM4 mini 2233", url: "broadlink://10.7.1.20" },
      { name: "Broadlink RM4 mini 5566", url: "broadlink://192.168.9.20" },
      { name: "Zmote ZV-2 b2c3", url: "zmote://10.7.1.21" },
      { name: "Zmote ZV-2 e5f6", url: "zmote://192.168.9.21" },
    ]);
    expect(listProblems({ blasters, aircons: [] })).toEqual([]);
    for (const { url } of blasters) expect(blasterUrl.safeParse(url).success).toBe(true);
  });

  test("may hear only one kind of broadcast", async () => {
    const lan = await wired();
    await plug(lan, {
      broadlinks: [
        { address: "10.7.1.20", mac: "78:0f:77:11:22:33", name: "Bedroom", hears: "network" },
        { address: "10.7.1.21", mac: "78:0f:77:44:55:66", name: "Lounge", hears: "all" },
      ],
    });
    const { out } = await discover(lan, "--json");
    expect(JSON.parse(out).map(({ name }: { name: string }) => name)).toEqual(["Bedroom", "Lounge"]);
  });

  test("may have missed the first question", async () => {
    const lan = await wired();
    await plug(lan, { broadlinks: [{ address: "10.7.1.20", mac: "78:0f:77:11:22:33", name: "Bedroom", loses: 2 }] });
    const { out } = await discover(lan, "--seconds", "2");
    expect(out).toContain("broadlink://10.7.1.20");
  });

  test("can be locked, of an unknown kind, or too old, which is said", async () => {
    const lan = await wired();
    await plug(lan, {
      broadlinks: [{ address: "10.7.1.20", mac: "78:0f:77:11:22:33", name: "Plug", locked: true, type: 0x7544 }],
      zmotes: [{ address: "10.7.1.21", uuid: "GlobalCache_18FE34F2E958", isV1: true }],
    });
    const [text, { out, err, code }] = await Promise.all([discover(lan), discover(lan, "--json")]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out.trim().split("\n")).toHaveLength(1);
    expect(JSON.parse(out)).toEqual([
      {
        kind: "blaster",
        make: "Broadlink",
        model: "type 0x7544",
        name: "Plug",
        id: "78:0f:77:11:22:33",
        address: "10.7.1.20",
        locked: true,
        supported: false,
        problem: expect.stringMatching(/none of the blasters that we know.*switch off “Lock device”/),
        configuration: { name: "Plug", url: "broadlink://10.7.1.20" },
      },
      {
        kind: "blaster",
        make: "Zmote",
        model: "ZV-2",
        name: "",
        id: "GlobalCache_18FE34F2E958",
        address: "10.7.1.21",
        locked: null,
        supported: false,
        problem: expect.stringContaining("firmware v1"),
        configuration: { name: "Zmote ZV-2", url: "zmote://10.7.1.21" },
      },
    ]);
    expect(text.out).toContain("  # - { name: Plug, url: broadlink://10.7.1.20 }\n");
    expect(text.out).toContain("locked\n  it is none of the blasters");
  });

  const hue = {
    address: "10.7.1.21",
    instance: "Hue Bridge - 123456",
    machine: "001788123456",
    addresses: ["10.7.1.21"],
    texts: ["bridgeid=001788fffe123456", "modelid=BSB002"],
  };

  test("is a Hue bridge beside a blaster, with lines to paste and what to do next", async () => {
    const lan = await wired();
    await plug(lan, {
      broadlinks: [{ address: "10.7.1.20", mac: "78:0f:77:11:22:33", name: "Bedroom" }],
      bridges: [hue],
    });
    const [text, json] = await Promise.all([discover(lan), discover(lan, "--json")]);
    expect(text).toMatchObject({ code: 0, err: "" });
    expect(text.out).toBe(`blaster  Broadlink RM4 mini, "Bedroom", 78:0f:77:11:22:33, at 10.7.1.20, not locked
bridge  Hue BSB002, "Hue Bridge - 123456", 001788fffe123456, at 10.7.1.21

For the configuration of smart-aircons:

blasters:
  - { name: Bedroom, url: broadlink://10.7.1.20 }

For the configuration of sensors:

hue: { host: 10.7.1.21, bridge_id: 001788fffe123456 }

It needs a key as well. This gets one from the bridge, and prints the lines with it:

  mqtt-things hue pair --host 10.7.1.21 --out hue-key
`);
    expect(JSON.parse(json.out)[1]).toEqual({
      kind: "bridge",
      make: "Hue",
      model: "BSB002",
      name: "Hue Bridge - 123456",
      id: "001788fffe123456",
      address: "10.7.1.21",
      locked: null,
      supported: true,
      problem: null,
      configuration: { host: "10.7.1.21", bridge_id: "001788fffe123456" },
      pair: "mqtt-things hue pair --host 10.7.1.21 --out hue-key",
    });
  });

  test("is a bridge that missed the first question, says only what it is asked, and sends garbage", async () => {
    const lan = await wired();
    await plug(lan, {
      bridges: [
        { ...hue, loses: 1, terse: true, garbage: "loops" },
        {
          ...hue,
          address: "10.7.1.20",
          addresses: ["fd00::20"],
          machine: "emulator",
          instance: "Hue Emulator",
          texts: [],
          garbage: "noise",
        },
      ],
    });
    const { err, out } = await discover(lan, "--seconds", "4", "--json");
    expect(err).toBe("");
    expect(JSON.parse(out)).toMatchObject([
      { name: "Hue Emulator", id: null, configuration: { host: "10.7.1.20" } },
      { name: "Hue Bridge - 123456", id: "001788fffe123456", configuration: { host: "10.7.1.21" } },
    ]);
  });

  test("is a bridge once, although it is in both networks", async () => {
    const lan = await house(
      { here: "10.7.1.1/24", there: ["10.7.1.21/24"] },
      { here: "192.168.9.5/24", there: ["192.168.9.21/24"] },
    );
    await plug(lan, {
      bridges: [hue, { ...hue, address: "192.168.9.21", addresses: ["192.168.9.21"], terse: true }],
    });
    const { out } = await discover(lan);
    expect(parse(out.slice(out.indexOf("hue:"), out.indexOf("It needs")))).toEqual({
      hue: { host: "10.7.1.21", bridge_id: "001788fffe123456" },
    });
    expect(out.match(/^bridge /gm)).toHaveLength(1);
  });

  test("is nothing: what that can mean is said, and it is no error", async () => {
    const lan = await wired();
    const [text, json] = await Promise.all([discover(lan), discover(lan, "--json")]);
    expect(text).toMatchObject({
      code: 0,
      out: "",
      err: expect.stringMatching(/^nothing was found\. That can mean:\n/),
    });
    expect(json).toMatchObject({ code: 0, out: "[]\n", err: expect.stringContaining("nothing was found") });
  });

  test("is nothing where there is no network, and nobody waits for it", async () => {
    const lan = await house();
    expect(await discover(lan, "--seconds=60")).toEqual({
      code: 0,
      out: "",
      err: "this machine is in no network: it has no IPv4 address but its own\n",
    });
  });

  test("is found by one network although the other is cut", async () => {
    const lan = await house(
      { here: "10.7.1.1/24", there: ["10.7.1.20/24"] },
      { here: "10.8.0.1/32", there: ["10.8.0.2/32"] },
    );
    await plug(lan, { broadlinks: [{ address: "10.7.1.20", mac: "78:0f:77:11:22:33", name: "Bedroom" }] });
    expect((await discover(lan)).out).toContain("broadlink://10.7.1.20");
  });

  test("is said when the search is interrupted", async () => {
    const lan = await wired();
    await plug(lan, { zmotes: [{ address: "10.7.1.21", uuid: "CI00a1b2c3" }] });
    const { child, said, exited } = start(lan.here, cli, "discover", "--seconds", "60");
    // Its question has been answered when others have heard the answer.
    const witness = await discover(lan);
    expect(witness.out).toContain("zmote://10.7.1.21");
    child.kill("SIGINT");
    expect(await exited).toBe(0);
    expect(said.out).toContain("zmote://10.7.1.21");
  });

  test("is not lost without a word when it can't be written", async () => {
    const { here } = await house();
    const full = [...here, "sh", "-c", 'exec "$0" "$@" > /dev/full'];
    const { said, exited } = start(full, cli, "discover", "--seconds", "1", "--json");
    expect(await exited).toBe(74);
    expect(said.err).toContain("standard output can't be written: ENOSPC");
  });

  test("is found but for Zmotes, when another program has their port for itself", async () => {
    const lan = await wired();
    await plug(lan, {
      broadlinks: [{ address: "10.7.1.20", mac: "78:0f:77:11:22:33", name: "Bedroom" }],
      zmotes: [{ address: "10.7.1.21", uuid: "CI00a1b2c3" }],
    });
    const hog = start(lan.here, "-e", "require('dgram').createSocket('udp4').bind(9131, () => console.log('bound'))");
    await new Promise((resolve) => hog.child.stdout.once("data", resolve));
    const { code, out, err } = await discover(lan);
    expect({ code, err }).toEqual({
      code: 0,
      err: "Zmotes can't be listened to, UDP port 9131: another program has it for itself\n",
    });
    expect(out).toContain("broadlink://10.7.1.20");
    expect(out).not.toContain("zmote://");
    hog.child.kill();
    await hog.exited;
  });
});

test.each([
  [["--seconds"], "--seconds needs a number from 1 to 60"],
  [["--seconds", "0"], "--seconds needs a number from 1 to 60"],
  [["--seconds=61"], "--seconds needs a number from 1 to 60"],
  [["--seconds", "long"], "--seconds needs a number from 1 to 60"],
  [["--bogus"], "unknown flag --bogus"],
  [["now"], "unexpected argument now"],
])("discover %j is a usage error", async (flags, line) => {
  const { said, exited } = start([], cli, "discover", ...flags);
  expect(await exited).toBe(64);
  expect(said.err.split("\n")[0]).toBe(line);
});

test("discover --help says what it does", async () => {
  const { said, exited } = start([], cli, "discover", "--help");
  expect([await exited, said.err]).toEqual([0, ""]);
  expect(said.out).toContain("mqtt-things discover [--seconds 5] [--json]");
});
