import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { fromBroadlink, fromZmote } from "../smart-aircons/daemon-heard.ts";
import { type House, livedInHouse } from "./house.ts";
import { ourDevices, portrait } from "./portrait.ts";
import { announced, complaintsOfUs, everybody, registered } from "./shown.ts";

let house: House;
/** Ours by what follows `mqtt-things_` in their unique ids. */
let id: (key: string) => string;
beforeAll(async () => {
  house = await livedInHouse();
  const entities = await registered(house.frontend);
  id = (key) => entities.get(`mqtt-things_${key}`)?.entity_id ?? `nothing.${key}`;
});
afterAll(() => house?.[Symbol.asyncDispose]());

const garden = (key: string) => id(`sprinklers_main_board_${key}`);
const hall = (key: string) => id(`sensors_main_0017880100000010_${key}`);
const bedroom = (key: string) => id(`smart-aircons_main_bedroom_${key}`);
const lounge = (key: string) => id(`smart-aircons_main_living-room_${key}`);
const relays = () => [...house.hardware.board.relays];

test("every device and every entity is there once, with the name, unit, class and category that we meant", async () => {
  const { frontend } = house;
  const meant = everybody.flatMap((name) => announced(house, name)).sort();
  expect([...(await registered(frontend)).keys()].sort()).toEqual(meant);
  const names = (await ourDevices(frontend)).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  // A blaster says what it is a little later, and the second document of a device comes 5 s after the first.
  await vi.waitFor(async () => expect(await portrait(frontend)).toContain("| Zmote | CI00a1b2c3"), { timeout: 15_000 });
  await vi.waitFor(async () => expect(await portrait(frontend)).toContain("Lounge blaster | Broadlink | RM4 mini"));
  await expect(await portrait(frontend)).toMatchFileSnapshot("../golden/home-assistant.txt");
});

test("a valve opens, and its card says so only when the board has said so", async () => {
  const { frontend, hardware } = house;
  const moved: Record<string, number> = {};
  const stop = hardware.board.onRelay((relay, on, atMs) => {
    moved[`${relay} ${on}`] ??= atMs;
  });
  const lawn = garden("bank-2");
  const before = frontend.changes.length;
  // A board in good health is about as fast as Home Assistant: a card that follows the command might come after the relay.
  const answerMs = 500;
  hardware.board.faults.lateAnswersMs = answerMs;
  await frontend.act("valve.open_valve", lawn);
  await frontend.until(lawn, "open");
  expect(relays()).toEqual([2]);
  await frontend.until(garden("bank-2-switch"), "on");
  await frontend.act("valve.close_valve", lawn);
  await frontend.until(lawn, "closed");
  stop();
  hardware.board.faults.lateAnswersMs = 0;
  expect(relays()).toEqual([]);
  const shown = frontend.changes.slice(before).filter(({ entity }) => entity === lawn);
  expect(shown.map(({ state }) => state)).toEqual(["open", "closed"]);
  expect(shown[0]?.atMs).toBeGreaterThan((moved["2 true"] ?? Number.POSITIVE_INFINITY) + answerMs);
  expect(shown[1]?.atMs).toBeGreaterThan((moved["2 false"] ?? Number.POSITIVE_INFINITY) + answerMs);
});

test("a valve whose board says nothing is never shown as open", async () => {
  const { frontend, hardware } = house;
  const pots = garden("bank-4");
  const before = frontend.changes.length;
  hardware.board.faults.silent = true;
  await frontend.act("valve.open_valve", pots);
  await frontend.until(pots, "unavailable", 20_000);
  await frontend.until(garden("problem"), ({ state }) => state !== "unknown");
  hardware.board.faults.silent = false;
  await frontend.until(pots, "closed", 60_000);
  const since = frontend.changes.slice(before).filter(({ entity }) => entity === pots);
  expect(since.map(({ state }) => state)).not.toContain("open");
  await frontend.until(garden("problem"), "unknown");
});

test("a zone runs for as long as its number says", async () => {
  const { frontend } = house;
  const beds = garden("bank-3");
  await frontend.act("number.set_value", garden("bank-3-duration"), { value: 7 });
  await frontend.until(garden("bank-3-duration"), "7");
  const opensMs = Date.now();
  await frontend.act("valve.open_valve", beds);
  await frontend.until(beds, "open");
  const { state } = await frontend.until(garden("bank-3-ends-at"), ({ state }) => state !== "unknown");
  expect(Date.parse(state) - opensMs).toBeGreaterThan(7 * 60_000 - 1_000);
  expect(Date.parse(state) - opensMs).toBeLessThan(7 * 60_000 + 5_000);
  await frontend.act("valve.close_valve", beds);
  await frontend.until(garden("bank-3-ends-at"), "unknown");
  await frontend.until(garden("bank-3-reason"), "command");
});

test("the button closes what is open, and what waits does not open", async () => {
  const { frontend } = house;
  await frontend.act("valve.open_valve", garden("bank-2"));
  await frontend.until(garden("bank-2"), "open");
  await frontend.act("valve.open_valve", garden("bank-3"));
  await frontend.until(garden("bank-3-reason"), "queued");
  await frontend.act("button.press", garden("all-off"));
  await frontend.until(garden("bank-2"), "closed");
  await frontend.until(garden("bank-3-reason"), "command");
  expect(frontend.entities.get(garden("bank-3"))?.state).toBe("closed");
  expect(relays()).toEqual([]);
});

test("a valve that may not open stays closed on its card, and says why", async () => {
  const { frontend, daemons } = house;
  await frontend.act("number.set_value", garden("rain-delay"), { value: 2 });
  await frontend.until(garden("rain-delay-until"), ({ state }) => Date.parse(state) > Date.now() + 3_600_000);
  const before = frontend.changes.length;
  await frontend.act("valve.open_valve", garden("bank-2"));
  await frontend.until(garden("bank-2-reason"), "rain_delay");
  await daemons.get("sprinklers")?.untilLog(/refused/);
  expect(frontend.entities.get(garden("bank-2"))?.state).toBe("closed");
  expect(frontend.changes.slice(before).filter(({ entity }) => entity === garden("bank-2"))).toEqual([]);
  expect(relays()).toEqual([]);
  await frontend.act("number.set_value", garden("rain-delay"), { value: 0 });
  await frontend.until(garden("rain-delay-until"), "unknown");
});

test("what is set on an aircon's card arrives as the right codes", async () => {
  const { frontend, hardware } = house;
  const [card, codes] = [bedroom("climate"), () => fromZmote(hardware.zmote)];
  await frontend.act("climate.set_hvac_mode", card, { hvac_mode: "cool" });
  await frontend.until(card, "cool");
  await frontend.act("climate.set_temperature", card, { temperature: 21 });
  await frontend.until(card, ({ attributes }) => attributes.temperature === 21);
  await frontend.act("climate.set_fan_mode", card, { fan_mode: "high" });
  await frontend.until(card, ({ attributes }) => attributes.fan_mode === "high");
  await frontend.act("climate.set_swing_mode", card, { swing_mode: "vertical" });
  await frontend.until(card, ({ attributes }) => attributes.swing_mode === "vertical");
  await frontend.act("climate.turn_off", card);
  await frontend.until(card, "off");
  await frontend.act("climate.turn_on", card);
  await frontend.until(card, "cool");
  expect(codes()).toEqual([
    "cool 24 auto off",
    "cool 21 auto off",
    "cool 21 high off",
    "cool 21 high vertical",
    "off",
    "cool 21 high vertical",
  ]);
  expect(fromBroadlink(hardware.broadlink)).toEqual([]);
});

test("a mode and a temperature that are set together are one code", async () => {
  const { frontend, hardware } = house;
  const card = lounge("climate");
  await frontend.act("climate.set_temperature", card, { hvac_mode: "heat", temperature: 19 });
  await frontend.until(card, ({ state, attributes }) => state === "heat" && attributes.temperature === 19);
  expect(fromBroadlink(hardware.broadlink)).toEqual(["heat 19 auto off"]);
});

test("an aircon's buttons send its code once more, and mark it as off without a code", async () => {
  const { frontend, hardware } = house;
  await frontend.act("button.press", lounge("resend"));
  await vi.waitFor(() => expect(fromBroadlink(hardware.broadlink)).toEqual(["heat 19 auto off", "heat 19 auto off"]));
  await frontend.act("button.press", lounge("mark-off"));
  await frontend.until(lounge("climate"), "off");
  expect(fromBroadlink(hardware.broadlink)).toHaveLength(2);
});

test("an aircon whose blaster refuses the code is shown as it was", async () => {
  const { frontend, hardware, daemons } = house;
  const card = bedroom("climate");
  const [before, codes] = [frontend.changes.length, hardware.zmote.infrared.length];
  hardware.zmote.faults.mishaps.push("error text", "error text", "error text", "error text");
  await frontend.act("climate.set_hvac_mode", card, { hvac_mode: "heat" });
  await daemons.get("smart-aircons")?.untilLog(/"level":"warn".*hvac_mode/);
  hardware.zmote.faults.mishaps.length = 0;
  expect(hardware.zmote.infrared.length).toBe(codes);
  // What was said of the refused one has arrived by the time that the next is shown.
  await frontend.act("climate.set_fan_mode", card, { fan_mode: "low" });
  await frontend.until(card, ({ state, attributes }) => state === "cool" && attributes.fan_mode === "low");
  const since = frontend.changes.slice(before).filter(({ entity }) => entity === card);
  expect(since.map(({ state }) => state)).not.toContain("heat");
  expect(fromZmote(hardware.zmote).slice(codes)).toEqual(["cool 21 low vertical"]);
});

test("A7: in a house that counts in °F an aircon's card does so, and its codes stay in whole °C", async () => {
  const { frontend, hardware } = house;
  const [card, codes] = [lounge("climate"), fromBroadlink(hardware.broadlink).length];
  await frontend.call("config/core/update", { unit_system: "us_customary" });
  await frontend.act("climate.set_temperature", card, { hvac_mode: "cool", temperature: 70 });
  const shown = await frontend.until(
    card,
    ({ state, attributes }) => state === "cool" && attributes.temperature === 70,
  );
  // Its remote has 16 to 30 °C.
  expect(shown.attributes).toMatchObject({ min_temp: 61, max_temp: 86 });
  await frontend.call("config/core/update", { unit_system: "metric" });
  await frontend.act("climate.set_fan_mode", card, { fan_mode: "low" });
  await frontend.until(card, ({ attributes }) => attributes.fan_mode === "low" && attributes.temperature === 21);
  expect(fromBroadlink(hardware.broadlink).slice(codes)).toEqual(["cool 21 auto off", "cool 21 low off"]);
});

test("the room's temperature comes from a sensor that another daemon shows", async () => {
  const { frontend, hardware } = house;
  hardware.cellar.measured = { temperatureCelsius: 19.6, humidityPercent: 51 };
  const { attributes } = await frontend.until(
    bedroom("climate"),
    ({ attributes }) => attributes.current_humidity === 51,
  );
  expect(attributes.current_temperature).toBe(19.6);
});

test("somebody who walks into the hall is seen", async () => {
  const { frontend, hardware } = house;
  hardware.bridge.house.walk("Hallway");
  await frontend.until(hall("occupancy"), "on");
  hardware.bridge.house.set("Hall", { motion: false });
  await frontend.until(hall("occupancy"), "off");
});

test("battery, brightness and temperature have their units", async () => {
  const { frontend, hardware } = house;
  hardware.bridge.house.set("Hall", { batteryPercent: 42, lightLevel: 20_001, temperatureCelsius: -3.5 });
  const shown = async (key: string, value: string) => {
    const { attributes } = await frontend.until(hall(key), value);
    return [attributes.unit_of_measurement, attributes.device_class, attributes.state_class];
  };
  expect(await shown("battery", "42")).toEqual(["%", "battery", "measurement"]);
  expect(await shown("illuminance", "100.00")).toEqual(["lx", "illuminance", "measurement"]);
  expect(await shown("temperature", "-3.5")).toEqual(["°C", "temperature", "measurement"]);
});

test("what a sensor measured is unknown when what it says can't be", async () => {
  const { frontend, hardware } = house;
  const values = ["temperature", "illuminance", "light-level", "dark"];
  hardware.bridge.house.set("Hall", { temperatureCelsius: 1_000, lightLevel: 70_000 });
  for (const key of values) await frontend.until(hall(key), "unknown");
  hardware.bridge.house.set("Hall", { temperatureCelsius: 0, lightLevel: 0 });
  for (const [at, state] of ["0", "0.00", "0", "on"].entries()) await frontend.until(hall(values[at] ?? ""), state);
});

test("a button that is pressed is an event, each time", async () => {
  const { frontend, hardware } = house;
  const button = id("sensors_main_0017880100000030_button-1");
  for (const event of ["initial_press", "short_release", "initial_press"]) {
    const pressed = frontend.next(button, ({ attributes }) => attributes.event_type === event);
    hardware.bridge.house.press("Dimmer", 1, event);
    await pressed;
  }
});

test("Home Assistant complains of nothing that is ours", async () => {
  // Without its own it would prove nothing.
  expect(house.homeAssistant.complaints()).toContainEqual(expect.stringContaining("Skipping pip installation"));
  expect(await complaintsOfUs(house)).toEqual([]);
});
