import type { NetworkInterfaceInfo } from "node:os";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { type Blaster, type Bridge, finds } from "../../devices/discover/found.ts";
import { waysIn } from "../../devices/discover/interfaces.ts";
import { asJson, entriesFor, listing, printable } from "../../devices/discover/listing.ts";
import { hueKeys } from "../../devices/sensors/hue-keys.ts";
import { listProblems } from "../../devices/smart-aircons/lists.ts";

const unit: Blaster = {
  kind: "blaster",
  make: "Broadlink",
  model: "RM4 mini",
  name: "Bedroom",
  id: "78:0f:77:11:22:33",
  address: "192.168.1.20",
  locked: false,
  supported: true,
  problem: undefined,
  url: "broadlink://192.168.1.20",
};
const at = (number: number, change: Partial<Blaster> = {}): Blaster => ({
  ...unit,
  id: `78:0f:77:11:22:${number.toString(16).padStart(2, "0")}`,
  address: `192.168.1.${number}`,
  url: `broadlink://192.168.1.${number}`,
  ...change,
});
const names = (...found: Blaster[]) => entriesFor(found).map(({ name }) => name);

describe("the name of a blaster", () => {
  test("is its own, where it can be a key", () => {
    expect(names(at(1), at(2, { name: "Lounge" }))).toEqual(["Bedroom", "Lounge"]);
    expect(names(at(1, { name: "智能遥控" }), at(2, { name: "" }))).toEqual([
      "Broadlink RM4 mini 2201",
      "Broadlink RM4 mini 2202",
    ]);
  });

  test("has the end of its id where another could not be told apart from it", () => {
    expect(names(at(1), at(2, { name: "bed room" }), at(3, { name: "Bedroom " }))).toEqual([
      "Bedroom 2201",
      "bed room",
      "Bedroom 2203",
    ]);
    expect(names(at(1), at(2, { id: "00:00:00:00:22:01" }))).toEqual([
      "Bedroom 2201 780f77112201",
      "Bedroom 2201 000000002201",
    ]);
  });

  test("moves no cursor", () => {
    expect(printable("\u001b[2J\tBed\r\nroom\u202e ")).toBe("[2J Bed room");
    expect(printable("x".repeat(200))).toHaveLength(60);
    const said = listing([at(1, { name: "\u001b[31mBed", model: "\u0007RM", id: "\u001b[0m" })]);
    expect(said.replace(/[\n -~]/g, "")).toBe("");
  });

  test("makes a configuration, whatever it is", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" }), { minLength: 1, maxLength: 6 }), (given) => {
        const text = listing(given.map((name, index) => at(index, { name })));
        const { blasters } = parse(text.slice(text.indexOf("blasters:")));
        expect(blasters).toHaveLength(given.length);
        expect(listProblems({ blasters, aircons: [] })).toEqual([]);
      }),
    );
  });
});

describe("a bridge", () => {
  const bridge: Bridge = {
    kind: "bridge",
    make: "Hue",
    model: "BSB002",
    name: "Hue Bridge - 123456",
    id: "001788fffe123456",
    address: "192.168.1.30",
    supported: true,
    problem: undefined,
  };
  const settings = (text: string) => text.split("\n").filter((line) => line.includes("hue: "));

  test("is what the configuration takes, whatever its id looks like to YAML", () => {
    for (const id of ["001788fffe123456", "0017880000123456", "00178812345678e4"]) {
      const [line = ""] = settings(listing([{ ...bridge, id }]));
      const { hue } = parse(line);
      expect(hue).toEqual({ host: "192.168.1.30", bridge_id: id });
      const { success } = z.strictObject(hueKeys(false)).safeParse(hue);
      expect(success).toBe(true);
    }
  });

  test("that does not say its id is known by its address", () => {
    const { add, list } = finds();
    for (const address of ["192.168.1.30", "192.168.1.31", "192.168.1.30"]) add({ ...bridge, id: undefined, address });
    expect(list()).toHaveLength(2);
    expect(settings(listing(list()))[0]).toBe("hue: { host: 192.168.1.30 }");
    expect(JSON.parse(asJson(list()))[0]).toMatchObject({ id: null, configuration: { host: "192.168.1.30" } });
  });

  test("is one of several: the other lines are there, and only one counts", () => {
    const text = listing([bridge, { ...bridge, id: "001788fffe654321", address: "192.168.1.31:8443" }]);
    expect(settings(text)).toEqual([
      "hue: { host: 192.168.1.30, bridge_id: 001788fffe123456 }",
      "# hue: { host: 192.168.1.31:8443, bridge_id: 001788fffe654321 }",
    ]);
    expect(text).toContain("  mqtt-things hue pair --host 192.168.1.31:8443 --out hue-key\n");
  });

  test("moves no cursor", () => {
    const text = listing([{ ...bridge, name: "\u001b[2JHue", model: "\u0007BSB" }]);
    expect(text.replace(/[\n -~]/g, "")).toBe("");
    expect(text).not.toContain("blasters:");
  });
});

test("what is found is listed in order, and once", () => {
  const { add, list } = finds();
  const zmote: Blaster = { ...unit, make: "Zmote", id: "CI00a1b2c3" };
  for (const one of [zmote, at(100), at(20), at(20, { address: "10.0.0.5" }), at(3)]) add(one);
  expect(list().map(({ make, address }) => `${make} ${address}`)).toEqual([
    "Broadlink 192.168.1.3",
    "Broadlink 192.168.1.20",
    "Broadlink 192.168.1.100",
    "Zmote 192.168.1.20",
  ]);
});

test("somebody who answers with ever new ids does not fill the memory", () => {
  const { add, list } = finds();
  for (let i = 0; i < 10_000; i++) add(at(0, { id: String(i) }));
  expect(list()).toHaveLength(500);
});

test("a program is told null where there is nothing to say", () => {
  expect(JSON.parse(asJson([at(1, { locked: undefined })]))[0]).toMatchObject({ locked: null, problem: null });
  expect(asJson([])).toBe("[]\n");
});

test("a broadcast goes to every network that has room for others", () => {
  const own = (address: string, netmask: string, family = "IPv4", internal = false) =>
    ({ address, netmask, family, internal, mac: "", cidr: null }) as NetworkInterfaceInfo;
  const ways = waysIn({
    lo: [own("127.0.0.1", "255.0.0.0", "IPv4", true)],
    eth0: [own("192.168.137.5", "255.255.255.0"), own("fe80::1", "ffff::", "IPv6")],
    wlan0: [own("172.16.77.1", "255.255.240.0")],
    tun0: [own("10.8.0.1", "255.255.255.255")],
    p2p: [own("10.9.0.1", "255.255.255.254")],
    small: [own("200.1.1.5", "255.255.255.252")],
    gone: undefined,
  });
  expect(ways).toEqual([
    { name: "eth0", address: "192.168.137.5", broadcast: "192.168.137.255" },
    { name: "wlan0", address: "172.16.77.1", broadcast: "172.16.79.255" },
    { name: "tun0", address: "10.8.0.1", broadcast: undefined },
    { name: "p2p", address: "10.9.0.1", broadcast: undefined },
    { name: "small", address: "200.1.1.5", broadcast: "200.1.1.7" },
  ]);
});
