import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeCertificates } from "../../devices/sensors/hue/fake-certificate.ts";
import { smallHouse } from "../../devices/sensors/hue/fake-house.ts";
import { addressOf, motionSensor } from "../../devices/sensors/hue/fake-resources.ts";
import { realClock } from "../../src/clock.ts";
import { base, bridgeBase, documentOf, HALL, type House, houseWith, LIVING, livedIn } from "./lived-in.ts";

let house: House;

const now = "2026-11-22T02:00:00.000Z";
const keyOf = (number: number) => addressOf(number).replaceAll(":", "");
const sensor = (number: number, name: string, v1: number) => motionSensor({ number, name, v1 }, "both", now);
const offline = (topic: string) => house.shows(`${topic}/availability`, "offline");
const online = (topic: string) => house.shows(`${topic}/availability`, "online");
const document = (key: string) => house.person.latest(documentOf(key));

describe("sensors come and go", () => {
  let lived: House;
  beforeAll(async () => {
    const more = [sensor(0x40, "Attic", 30), sensor(0x50, "Garage", 40), sensor(0x60, "Stairs", 50)];
    const resources = [...smallHouse("001788FFFE123456", "1970084010", realClock), ...more.flat()];
    lived = await livedIn({ bridge: { resources } }, ["hall", "kates-living-room", "attic", "garage", "stairs"]);
  });
  afterAll(() => lived[Symbol.asyncDispose]());
  beforeEach(() => {
    house = lived;
  });

  test("one that is paired with the bridge is shown, and nobody else is disturbed", async () => {
    const count = house.person.messages.length;
    house.bridge.house.add(sensor(0x70, "Cellar", 60));
    await online("cellar");
    await house.person.until(documentOf(keyOf(0x70)), /"Cellar"/);
    house.bridge.house.walk("Hallway");
    await house.shows("hall/presence", "1");
    const disturbed = house.person.messages.slice(count).filter(({ topic }) => topic.endsWith("availability/get"));
    expect(disturbed.map(({ topic }) => topic)).toEqual([`${base}/cellar/availability/get`]);
  });

  test("one that is deleted loses its document and all of its topics", async () => {
    house.bridge.house.remove("Attic");
    await house.person.until(documentOf(keyOf(0x40)), "");
    await house.shows("attic/temperature", "");
    await house.shows("attic/availability", "");
    expect(Object.keys(await house.standing(`${base}/attic`))).toEqual([]);
    expect(house.person.latest(`${base}/hall/availability/get`)).toBe("online");
  });

  test("C11: one that is renamed is the same device, at another place; what it said at the old one is gone", async () => {
    house.bridge.house.rename("Garage", "Carport");
    await online("carport");
    const key = keyOf(0x50);
    await house.person.until(documentOf(key), /"name":"Carport".*environment\/carport\/presence\/get/);
    expect(house.person.history(documentOf(key))).not.toContain("");
    expect(Object.keys(await house.standing(`${base}/garage`))).toEqual([]);
    house.bridge.house.set("Carport", { motion: true });
    await house.shows("carport/presence", "1");
  });

  test("one that takes the name of another comes second, and moves up when that one is gone", async () => {
    house.bridge.house.set("Stairs", { temperatureCelsius: 17 });
    house.bridge.house.rename("Stairs", "Hall");
    await house.shows("hall-1/temperature", "17");
    expect(house.person.latest(`${base}/hall/temperature/get`)).toBe("21.39");
    house.bridge.house.remove("Hall");
    await house.shows("hall/temperature", "17");
    await online("hall");
    await house.person.until(documentOf(HALL), "");
    expect(Object.keys(await house.standing(`${base}/hall-1`))).toEqual([]);
    await house.person.until(documentOf(keyOf(0x60)), /environment\/hall\/presence\/get/);
  });

  test("one that moves to another room says so", async () => {
    const room = house.bridge.house.resources.find(({ id_v1 }) => id_v1 === "/groups/2");
    expect(document(LIVING)).toContain('"suggested_area":"Living room"');
    if (room) room.metadata = { archetype: "living_room", name: "Parlour" };
    await house.person.until(documentOf(LIVING), /"suggested_area":"Parlour"/, 15_000);
  });
});

describe("names that a bridge and a unit share", () => {
  afterEach(() => house[Symbol.asyncDispose]());

  test("the bridge's sensor keeps it, whoever answered first", async () => {
    house = await houseWith({ rm4: { name: "Hall" } });
    house.bridge.faults.lateMs = 500;
    await house.start();
    await online("hall");
    await online("hall-1");
    expect(house.person.history(`${base}/hall/temperature/get`)).toEqual(["21.39"]);
    expect(house.person.history(`${base}/hall-1/temperature/get`)).toEqual(["21.37"]);
    expect(house.person.latest(`${base}/hall/humidity/get`)).toBeUndefined();
  });
});

describe("C12: after a restart", () => {
  afterEach(() => house[Symbol.asyncDispose]());

  test("what is gone meanwhile is cleaned up, once the bridge has said what there is", async () => {
    house = await livedIn();
    await house.stop();
    house.bridge.house.remove("Hall");
    await house.person.publish(documentOf("ffffffffffffffff"), "{}", { retain: true });
    await house.person.publish("homeassistant/device/mqtt-things_sensors_two_x/config", "{}", { retain: true });
    await house.start();
    await house.person.next(documentOf(HALL), "");
    await house.person.until(documentOf("ffffffffffffffff"), "");
    await online("kates-living-room");
    expect([...(await house.person.retained("homeassistant/#")).keys()]).toContain(
      "homeassistant/device/mqtt-things_sensors_two_x/config",
    );
  });

  test("a bridge that can't be reached removes nothing, its sensors are away, and the bridge says why", async () => {
    house = await livedIn({ rm4: {} }, ["hall", "kates-living-room", "cellar"]);
    const before = [document(HALL), document(LIVING)];
    await house.stop();
    // As after a power cut: nobody had the time to say goodbye.
    await house.person.publish(`${base}/hall/availability/get`, "online", { retain: true });
    await house.bridge.powerOff();
    await house.start();
    await house.showsAgain("cellar/availability", "online");
    await house.person.until(`${bridgeBase}/problem/get`, /nothing listens/);
    await house.person.until(`${bridgeBase}/connectivity/get`, "0");
    await offline("hall");
    expect([document(HALL), document(LIVING)]).toEqual(before);
    await house.bridge.powerOn();
    await house.showsAgain("hall/availability", "online", 20_000);
    expect(house.person.history(documentOf(HALL))).not.toContain("");
  });

  test("whom a bridge that is just starting does not list yet loses nothing", async () => {
    house = await livedIn({ settledMs: 30_000 });
    await house.stop();
    const before = document(HALL);
    const all = [...house.bridge.house.resources];
    house.bridge.house.remove("Hall");
    await house.start();
    await house.showsAgain("kates-living-room/availability", "online");
    await offline("hall");
    expect(document(HALL)).toBe(before);
    house.bridge.house.resources.splice(0, Number.POSITIVE_INFINITY, ...all);
    await house.showsAgain("hall/availability", "online");
    expect(house.person.history(documentOf(HALL))).not.toContain("");
  });

  test("a unit that can't be reached loses nothing, and what the bridge has lost meanwhile is cleaned up", async () => {
    house = await livedIn({ rm4: {} }, ["hall", "kates-living-room", "cellar"]);
    await house.stop();
    const key = "780f77112233";
    house.bridge.house.remove("Hall");
    house.rm4.faults.silent = true;
    const cleaned = house.person.next(documentOf(HALL), "");
    const shown = house.showsAgain("kates-living-room/availability", "online");
    await house.start();
    await Promise.all([cleaned, shown]);
    expect(document(key)).toContain('"Cellar"');
    await offline("cellar");
    house.rm4.faults.silent = false;
    await house.showsAgain("cellar/availability", "online");
    expect(house.person.history(documentOf(key))).not.toContain("");
  });

  test("a key that is not known any more removes nothing, and the bridge says why", async () => {
    house = await livedIn();
    await house.stop();
    house.bridge.revokeKeys();
    await house.start();
    await house.person.next(`${bridgeBase}/problem/get`, /^unpaired/);
    expect(document(HALL)).toContain('"Hall"');
    await offline("hall");
  });

  test("what an earlier run said and this one does not know is not shown as if it did", async () => {
    house = await livedIn();
    await house.stop();
    for (const part of house.bridge.house.resources) {
      if (part.id_v1 === "/sensors/5" && part.type === "motion") part.motion = { motion_valid: false };
      if (part.id_v1 === "/sensors/6") part.light = { light_level_valid: false };
    }
    await house.start();
    await house.showsAgain("hall/availability", "online");
    await house.shows("hall/presence", "");
    await house.shows("hall/illuminance", "None");
    const { temperature, illuminance, ...standing } = await house.standing(`${base}/hall`);
    expect([temperature, illuminance]).toEqual(["21.39", "None"]);
    expect(Object.keys(standing).sort()).toEqual(["availability", "battery", "connectivity", "enabled"]);
  });
});

describe("a configuration that does not fit the house", () => {
  afterEach(() => house[Symbol.asyncDispose]());

  test("a rule for a sensor that is not there is told of", async () => {
    const sensors = { Hall: { temperature_offset: 1 }, Cellar: { temperature_offset: 1 } };
    house = await livedIn({ config: { sensors } });
    await house.shows("hall/temperature", "22.39");
    const told = house.lines.filter(({ msg }) => msg === "the configuration names a sensor that is not there");
    expect(told.map(({ sensor }) => sensor)).toEqual(["Cellar"]);
  });

  test("N1: a bridge that has signed its certificate itself is refused, with what to paste", async () => {
    const certificates = makeCertificates({ commonName: "001788fffe123456", selfSigned: true });
    house = await houseWith({ bridge: { certificates } });
    await using folder = await mkdtempDisposable(join(tmpdir(), "sensors-"));
    const roots = join(folder.path, "roots.pem");
    await writeFile(roots, makeCertificates({ commonName: "001788fffe123456" }).root);
    const { host, port, key } = house.bridge;
    await house.start({ hue: { host, port, key, ca_file: roots } });
    const problem = await house.person.until(`${bridgeBase}/problem/get`, /not trusted/);
    expect(problem).toContain(certificates.fingerprint);
    expect(problem.length).toBeLessThan(256);
    const told = house.lines.map(({ msg }) => msg).find((msg) => msg.startsWith("if that is your bridge"));
    expect(told).toContain(`"fingerprint: ${certificates.fingerprint}" below "hue:"`);
    expect(told).toContain(`-fingerprint ${certificates.fingerprint}`);
    await house.stop();
    await house.start({ hue: { host, port, key, fingerprint: certificates.fingerprint } });
    await online("hall");
  });
});
