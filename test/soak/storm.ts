import { setTimeout as pass } from "node:timers/promises";
import type { House } from "../home-assistant/house.ts";
import { registered } from "../home-assistant/shown.ts";
import type { Luck } from "./luck.ts";

export const aircons = ["bedroom", "living-room"] as const;
export type Aircon = (typeof aircons)[number];

/** What people and nature have done so far. */
export interface Doings {
  commands: number;
  /** Refused by Home Assistant, because something was away. */
  refused: number;
  events: number;
  /** When somebody has asked for something of an aircon, on the monotonic clock. */
  asked: Record<Aircon, number[]>;
  /** What is so in the hall. */
  hall: { motion: boolean; temperatureCelsius: number };
  /** What is so in the cellar. */
  cellar: { temperatureCelsius: number; humidityPercent: number };
}

const BURST_MS = 20_000;
/** The rest of a round is twice as long as a command may be under way: for half of that nothing may be sent at all. */
const ROUND_MS = 100_000;

/**
 * People press what they can, through Home Assistant and past it, and things happen to the sensors, until the signal
 * aborts. The aircons are left alone most of the time: a code that is sent then is one that nobody asked for.
 */
export function storm(house: House, luck: Luck, signal: AbortSignal): Doings {
  const doings: Doings = {
    ...{ commands: 0, refused: 0, events: 0 },
    asked: { bedroom: [], "living-room": [] },
    hall: { motion: false, temperatureCelsius: 21 },
    cellar: { temperatureCelsius: 18, humidityPercent: 60 },
  };
  house.hardware.cellar.measured = doings.cellar;
  house.hardware.bridge.house.set("Hall", doings.hall);
  void rage(house, luck, signal, doings);
  return doings;
}

async function rage(house: House, luck: Luck, signal: AbortSignal, doings: Doings): Promise<void> {
  const { person, hardware } = house;
  const entities = await registered(house.frontend);
  const id = (key: string) => entities.get(`mqtt-things_${key}`)?.entity_id ?? "";
  const sinceMs = performance.now();

  function press(service: string, entity: string, data: object = {}) {
    doings.commands++;
    // In the moment Home Assistant goes there is nobody to answer.
    house.frontend.act(service, entity, data).catch(() => doings.refused++);
  }
  function publish(topic: string, payload: string) {
    doings.commands++;
    // Whoever is not connected says nothing: what waits in a client is not a person's command any more.
    if (person.client.connected) person.client.publish(topic, payload, { qos: 1 });
  }
  function water() {
    const bank = luck.one([2, 3, 4]);
    const opens = luck.next() < 0.6;
    if (luck.next() < 0.5) press(`valve.${opens ? "open" : "close"}_valve`, id(`sprinklers_main_board_bank-${bank}`));
    else publish(`home/outside/sprinklers/bank/${bank}/state/set`, opens ? "1" : "0");
  }
  function cool() {
    const aircon = luck.one(aircons);
    doings.asked[aircon].push(performance.now());
    const [card, base] = [id(`smart-aircons_main_${aircon}_climate`), `home/inside/smart-aircons/${aircon}`];
    const mode = luck.one(["cool", "heat", "off"]);
    const temperature = luck.between(18, 30);
    luck.one([
      () => press("climate.set_hvac_mode", card, { hvac_mode: mode }),
      () => press("climate.set_temperature", card, { temperature }),
      () => press("climate.set_fan_mode", card, { fan_mode: luck.one(["auto", "low", "high"]) }),
      () => publish(`${base}/mode/set`, mode),
      () => publish(`${base}/temperature/set`, String(temperature)),
    ])();
  }
  function live() {
    doings.events++;
    const { bridge } = hardware;
    luck.one([
      () => {
        doings.hall.motion = luck.next() < 0.5;
        bridge.house.set("Hall", { motion: doings.hall.motion });
      },
      () => {
        doings.hall.temperatureCelsius = luck.between(-50, 400) / 10;
        bridge.house.set("Hall", { temperatureCelsius: doings.hall.temperatureCelsius });
      },
      () => {
        doings.cellar = { temperatureCelsius: luck.between(50, 250) / 10, humidityPercent: luck.between(20, 90) };
        hardware.cellar.measured = doings.cellar;
      },
      () => bridge.house.press("Dimmer", luck.between(1, 4), luck.one(["initial_press", "short_release"])),
    ])();
  }

  while (!signal.aborted) {
    const quiet = (performance.now() - sinceMs) % ROUND_MS > BURST_MS;
    const roll = luck.next();
    if (roll < 0.4) water();
    else if (roll < 0.45) press("button.press", id("sprinklers_main_board_all-off"));
    else if (roll < 0.7 && !quiet) cool();
    else live();
    await pass(luck.between(50, 800));
  }
}
