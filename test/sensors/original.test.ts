import { afterEach, describe, expect, test } from "vitest";
import { base, bridgeBase, DIMMER, documentOf, HALL, type House, houseWith, LIVING } from "./lived-in.ts";

let house: House;
afterEach(() => house[Symbol.asyncDispose]());

/** As the original's container is started, but for the addresses. */
const startLine = ({ bridge }: House) => ["-apiKey", bridge.key, "-bridgeHost", `${bridge.host}:${bridge.port}`];

const kinds = ["round", "square", "pro"] as const;
const topics = ["hall", "kates-living-room", "cellar"];

/** Starts a house with this bridge by the original's start line; resolves when everything is shown. */
async function original(kind: (typeof kinds)[number]): Promise<House> {
  house = await houseWith({ bridge: { kind }, rm4: {}, flags: startLine });
  const all = topics.map((topic) => house.shows(`${topic}/availability`, "online"));
  await house.start();
  await Promise.all(all);
  return house;
}

/** The topics that the original had, and what is on them. */
async function oldTopics(): Promise<Record<string, string>> {
  const old = /\/(presence|dark|daylight|light_level|temperature|humidity)$/;
  return Object.fromEntries(Object.entries(await house.standing()).filter(([topic]) => old.test(topic)));
}

describe.each(kinds)("the original's start line and a %s bridge", (kind) => {
  test("publishes the original's topics and payloads, with its 2 °C, and the unit that answers to a broadcast", async () => {
    await original(kind);
    expect(await oldTopics()).toEqual({
      "hall/presence": "0",
      "hall/light_level": "18027",
      "hall/dark": "0",
      "hall/daylight": "0",
      "hall/temperature": "23.39",
      "kates-living-room/presence": "0",
      "kates-living-room/light_level": "18027",
      "kates-living-room/dark": "0",
      "kates-living-room/daylight": "0",
      "kates-living-room/temperature": "23.39",
      "cellar/temperature": "21.37",
      "cellar/humidity": "48.65",
    });
    house.bridge.house.walk("Hallway");
    await house.shows("hall/presence", "1");
    house.bridge.house.walk("Living room");
    await house.shows("hall/presence", "0");
    await house.shows("kates-living-room/presence", "1");
  });
});

test("N4: a house that moves from a v1 bridge to a v2 bridge keeps its devices, its entities, its topics and its values", async () => {
  const seen: unknown[] = [];
  for (const kind of ["round", "square"] as const) {
    await original(kind);
    await house.shows("dimmer/availability", "online");
    const documents = [HALL, LIVING, DIMMER].map((key) => {
      const { device, components } = JSON.parse(house.person.latest(documentOf(key)) ?? "{}");
      return { identifiers: device.identifiers, name: device.name, components };
    });
    seen.push({ documents, values: await house.standing() });
    await house[Symbol.asyncDispose]();
  }
  expect(seen[0]).toEqual(seen[1]);
});

test("N1: plain HTTP is spoken where there is no TLS, with a warning", async () => {
  await original("round");
  expect(house.lines.find(({ msg }) => /speaks no TLS/.test(msg))?.level).toBe(40);
  expect(await house.person.until(`${bridgeBase}/problem/get`, "None")).toBe("None");
});

test("v1: what is null is not published, and what the bridge does not hear or has switched off is away", async () => {
  const part = (uniqueid: string, type: string, state: object, config: object = {}, name = "Hall") => ({
    ...{ name, type, modelid: "SML001", manufacturername: "Signify Netherlands B.V.", uniqueid },
    ...{ state: { lastupdated: "2026-11-22T01:00:00", ...state }, config: { on: true, reachable: true, ...config } },
  });
  const trio = (address: string, presence: boolean | null, config: object, name: string) => [
    part(`${address}-02-0406`, "ZLLPresence", { presence }, config, name),
    part(`${address}-02-0402`, "ZLLTemperature", { temperature: -350 }, config, "Hue temperature sensor"),
  ];
  const sensors = [
    ...trio("00:17:88:01:00:00:00:01", null, { battery: 100 }, "Hall"),
    ...trio("00:17:88:01:00:00:00:02", true, { reachable: false }, "Attic"),
    ...trio("00:17:88:01:00:00:00:03", false, { on: false }, "Cellar"),
  ];
  const v1 = Object.fromEntries(sensors.map((sensor, i) => [String(i + 2), sensor]));
  house = await houseWith({ bridge: { kind: "round", v1 }, flags: startLine });
  await house.start();
  await house.shows("hall/availability", "online");
  await house.shows("hall/temperature", "-1.5");
  await house.shows("attic/availability", "offline");
  await house.shows("attic/connectivity", "0");
  await house.shows("cellar/availability", "offline");
  await house.shows("cellar/enabled", "0");
  expect(house.person.history(`${base}/hall/presence/get`)).toEqual([]);
  expect(house.person.latest(`${base}/attic/presence/get`)).toBe("1");
});
