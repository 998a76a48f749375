import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type House, livedInHouse } from "./house.ts";
import { recoveries } from "./recoveries.ts";
import { available, complaintsOfUs, type Name, registered } from "./shown.ts";

let house: House;
/** Ours by what follows `mqtt-things_` in their unique ids. */
let id: (key: string) => string;
const { recovered, report } = recoveries();
beforeAll(async () => {
  house = await livedInHouse({ persistence: true });
  await named();
  // In use: where everything is off, what is sent or opened without a command might not be seen.
  for (const card of cards()) await house.frontend.act("climate.set_hvac_mode", card, { hvac_mode: "cool" });
  for (const card of cards()) await house.frontend.until(card, "cool");
  house.hardware.board.onRelay((_, on) => {
    if (on) openings++;
  });
  await water();
  expect(sent()).toEqual([1, 1, 1]);
});
afterAll(async () => {
  process.stdout.write(report());
  await house?.[Symbol.asyncDispose]();
});

async function named() {
  const entities = await registered(house.frontend);
  id = (key) => entities.get(`mqtt-things_${key}`)?.entity_id ?? `nothing.${key}`;
}
const garden = (key: string) => id(`sprinklers_main_board_${key}`);
/** What a person makes of the pots. 2024.12 deletes a whole device along with one entity, and forgets it; later ones don't. */
const herbs = { entity_id: "valve.herbs", name: "Herbs" };
const forgetful = process.env.HOME_ASSISTANT?.startsWith("2024.12.");
const asSet = forgetful ? {} : herbs;

const lawn = () => garden("bank-2");
const cards = () => ["bedroom", "living-room"].map((name) => id(`smart-aircons_main_${name}_climate`));

async function water() {
  await house.frontend.act("valve.open_valve", lawn());
  await house.frontend.until(lawn(), "open");
}

const documentOf = (daemon: Name, key: string) => `homeassistant/device/mqtt-things_${daemon}_main_${key}/config`;

let openings = 0;
/** What became of hardware: codes of each blaster, and relays that went on. */
function sent() {
  const { zmote, broadlink } = house.hardware;
  return [zmote.infrared.length, broadlink.infrared.length, openings];
}

/** The aircons are on as they were, and no water runs but on the lawn. */
async function asBefore(lawnIs: "open" | "closed") {
  for (const card of cards()) await house.frontend.until(card, "cool");
  await house.frontend.until(lawn(), lawnIs);
  expect([...house.hardware.board.relays]).toEqual(lawnIs === "open" ? [2] : []);
}

/** Registry ids by unique id: who has the same is the same, with its history and whatever a person has set. */
const identities = async () => new Map([...(await registered(house.frontend))].map(([key, { id }]) => [key, id]));

async function setUpAsBefore(before: Map<string, string>) {
  await available(house);
  expect(await identities()).toEqual(before);
}

test("Home Assistant restarts: everything is back, and nothing is sent to hardware", async () => {
  const [before, said] = [await identities(), sent()];
  const again = house.person.next(documentOf("sprinklers", "board"), /./, 90_000);
  await house.homeAssistant.stop();
  await recovered("Home Assistant restarts", async () => {
    await house.openHomeAssistant();
    await available(house);
  });
  await again;
  await setUpAsBefore(before);
  await asBefore("open");
  expect(sent()).toEqual(said);
});

test.each([
  ["loses everything", "kill", "the broker restarts, empty"],
  ["restarts and remembers", "stop", "the broker restarts and remembers"],
] as const)("the broker %s: all of it is there again", async (_, end, fault) => {
  const [before, said] = [await identities(), sent()];
  await house.broker[end]();
  await house.frontend.until(garden("bank-2"), "unavailable");
  await house.broker.start();
  await recovered(fault, () => available(house));
  await setUpAsBefore(before);
  await asBefore("open");
  expect(sent()).toEqual(said);
});

test.each<[Name, string]>([
  ["sprinklers", "sprinklers_main_board_bank-2"],
  ["smart-aircons", "smart-aircons_main_living-room_climate"],
  ["sensors", "sensors_main_0017880100000010_occupancy"],
])("%s is killed and started again: unavailable, then back as it was", async (name, key) => {
  const [before, said] = [await identities(), sent()];
  const daemon = house.daemons.get(name);
  daemon?.signal("SIGKILL");
  await house.frontend.until(id(key), "unavailable", 30_000);
  await house.start(name);
  await recovered(`${name} is killed and started`, () => available(house));
  await setUpAsBefore(before);
  await asBefore("closed");
  expect(sent()).toEqual(said);
});

test("a killed daemon's valve is shown closed when it is back, and its relay is off", async () => {
  const { frontend, hardware, daemons } = house;
  await water();
  daemons.get("sprinklers")?.signal("SIGKILL");
  await frontend.until(garden("bank-2"), "unavailable", 30_000);
  await house.start("sprinklers");
  await frontend.until(garden("bank-2"), "closed", 30_000);
  expect([...hardware.board.relays]).toEqual([]);
});

test("the board is unplugged: unavailable, with the reason, and closed when it is plugged in again", async () => {
  const { frontend, hardware } = house;
  await frontend.act("valve.open_valve", garden("bank-3"));
  await frontend.until(garden("bank-3"), "open");
  await hardware.cable.unplug();
  await frontend.until(garden("bank-3"), "unavailable");
  await frontend.until(garden("connectivity"), "off");
  await frontend.until(garden("problem"), ({ state }) => /plugged/.test(state));
  await hardware.plugIn();
  await recovered("the board is plugged in", () => frontend.until(garden("bank-3"), "closed", 30_000));
  await frontend.until(garden("connectivity"), "on");
  await frontend.until(garden("problem"), "unknown");
  await frontend.until(garden("bank-3-reason"), "board");
});

test("the bridge restarts: motion is seen again", async () => {
  const { frontend, hardware } = house;
  const hall = id("sensors_main_0017880100000010_occupancy");
  await hardware.bridge.powerOff();
  hardware.bridge.house.walk("Hallway");
  await hardware.bridge.powerOn();
  await recovered("the bridge restarts", () => frontend.until(hall, "on", 60_000));
  hardware.bridge.house.set("Hall", { motion: false });
  await frontend.until(hall, "off");
});

test("a sensor is out of the bridge's reach: unavailable, and back with it", async () => {
  const { frontend, hardware } = house;
  const hall = id("sensors_main_0017880100000010_occupancy");
  hardware.bridge.house.set("Hall", { reachable: false });
  await frontend.until(hall, "unavailable");
  await frontend.until(id("sensors_main_0017880100000010_connectivity"), "off");
  hardware.bridge.house.set("Hall", { reachable: true });
  await recovered("a sensor is in reach again", () => frontend.until(hall, "off"));
});

test("a blaster falls silent: the command is refused, the aircon is unavailable, and back as it was", async () => {
  const { frontend, hardware } = house;
  const card = id("smart-aircons_main_living-room_climate");
  const [said, changes] = [sent(), frontend.changes.length];
  hardware.broadlink.faults.silent = true;
  await frontend.act("climate.set_hvac_mode", card, { hvac_mode: "heat" });
  await frontend.until(card, "unavailable", 60_000);
  hardware.broadlink.faults.silent = false;
  await recovered("a blaster answers again", () => frontend.until(card, "cool", 60_000));
  expect(frontend.changes.slice(changes).filter((one) => one.entity === card && one.state === "heat")).toEqual([]);
  expect(sent()).toEqual(said);
});

test("an entity is deleted in Home Assistant: it is back when its device is announced again, and the others were never gone", async () => {
  const { frontend } = house;
  const reason = "mqtt-things_sprinklers_main_board_bank-2-reason";
  const pots = garden("bank-4");
  const rename = { entity_id: pots, name: herbs.name, new_entity_id: herbs.entity_id };
  await frontend.call("config/entity_registry/update", rename);
  await frontend.until(herbs.entity_id, "closed");
  const others = (all: Map<string, string>) => new Map([...all].filter(([key]) => key !== reason));
  const before = others(await identities());
  await frontend.call("config/entity_registry/remove", { entity_id: garden("bank-2-reason") });
  if (!forgetful) expect(await identities()).toEqual(before);
  house.daemons.get("sprinklers")?.signal("SIGTERM");
  await house.daemons.get("sprinklers")?.exited;
  await house.start("sprinklers");
  await recovered("an entity is deleted, and its daemon restarts", () => available(house));
  await named();
  expect(others(await identities())).toEqual(before);
  expect((await registered(frontend)).get("mqtt-things_sprinklers_main_board_bank-4")).toMatchObject(asSet);
});

test("a device is deleted in Home Assistant: it is announced again, with what a person has set", async () => {
  const { frontend, person } = house;
  const { device_id } = (await registered(frontend)).get("mqtt-things_sprinklers_main_board_bank-2") ?? {};
  const document = documentOf("sprinklers", "board");
  const emptied = person.next(document, "");
  await frontend.call("config/device_registry/remove_config_entry", { device_id, config_entry_id: "mqtt" });
  await emptied;
  await recovered("a device is deleted", async () => {
    await person.until(document, /./, 20_000);
    await available(house, ["sprinklers"]);
  });
  expect((await registered(frontend)).get("mqtt-things_sprinklers_main_board_bank-4")).toMatchObject(asSet);
});

test("a zone leaves the configuration: its entities are gone, and all others are untouched", async () => {
  const { daemons, frontend } = house;
  const before = await identities();
  const pots = (await registered(frontend)).get("mqtt-things_sprinklers_main_board_bank-4")?.entity_id ?? "";
  const zones = [
    { relay: 2, name: "Front lawn" },
    { relay: 3, name: "Veggie beds" },
  ];
  daemons.get("sprinklers")?.signal("SIGTERM");
  await daemons.get("sprinklers")?.exited;
  await house.start("sprinklers", { zones });
  await frontend.untilAll((entities) => !entities.has(pots), 30_000);
  await available(house);
  const others = new Map([...before].filter(([key]) => !key.includes("board_bank-4")));
  expect(others.size).toBe(before.size - 6);
  expect(await identities()).toEqual(others);
  expect([...frontend.entities.keys()].filter((entity) => /pots|herbs/.test(entity))).toEqual([]);
});

test("a second daemon with the same id makes no noise in hardware, and says what is wrong", async () => {
  // Nothing has to be sent to an aircon that is off.
  for (const card of cards()) await house.frontend.act("climate.turn_off", card);
  for (const card of cards()) await house.frontend.until(card, "off");
  const [before, said] = [await identities(), sent()];
  const first = house.daemons.get("smart-aircons");
  const second = await house.start("smart-aircons");
  const complaint = /another client uses id/;
  await Promise.race([second.untilLog(complaint, 60_000), first?.untilLog(complaint, 60_000)]);
  second.signal("SIGTERM");
  await second.exited;
  const card = id("smart-aircons_main_living-room_climate");
  await recovered("the second of two daemons ends", async () => {
    await vi.waitFor(
      async () => {
        await house.frontend.act("climate.set_temperature", card, { temperature: 27 });
        await house.frontend.until(card, ({ attributes }) => attributes.temperature === 27, 1_000);
      },
      { timeout: 90_000 },
    );
  });
  await setUpAsBefore(before);
  expect(sent()).toEqual(said);
});

test("Home Assistant complains of nothing that is ours", async () => {
  // It tells who deletes an entity that we will announce it again, and empties the document of a deleted device once for
  // each of its entities.
  const removed = /was removed from Home Assistant, it will be added again|No device components to cleanup/;
  // The broker was away. What it can't read of ours it says there too, with the topic.
  const connection =
    /\.mqtt\.(client|util)\](?!.*(mqtt-things|home\/))|in _async_resubscribe_and_publish_birth_message/;
  const complaints = await complaintsOfUs(house);
  expect(complaints.filter((one) => !removed.test(one) && !connection.test(one))).toEqual([]);
});
