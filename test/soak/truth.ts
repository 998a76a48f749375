import type { House } from "../home-assistant/house.ts";
import { registered } from "../home-assistant/shown.ts";
import { fromBroadlink, fromZmote } from "../smart-aircons/daemon-heard.ts";
import type { Doings } from "./storm.ts";

const banks = [2, 3, 4];
const connections = [
  "sprinklers_main_board",
  "smart-aircons_main_bedroom-blaster",
  "smart-aircons_main_lounge-blaster",
  "sensors_main_bridge",
  "sensors_main_0017880100000010",
  "sensors_main_780f77445566",
];

/** Whether all valves are shown as their relays are. */
export async function valvesAreTrue({ frontend, hardware }: House): Promise<boolean> {
  const entities = await registered(frontend);
  return banks.every((bank) => {
    const entity = entities.get(`mqtt-things_sprinklers_main_board_bank-${bank}`)?.entity_id ?? "";
    return frontend.entities.get(entity)?.state === (hardware.board.relays.has(bank) ? "open" : "closed");
  });
}

/** Where Home Assistant or MQTT says something else than the hardware does, a sentence each. */
export async function untruths(house: House, { hall, cellar }: Doings): Promise<string[]> {
  const { frontend, hardware, person } = house;
  const entities = await registered(frontend);
  const shown = (key: string) => frontend.entities.get(entities.get(`mqtt-things_${key}`)?.entity_id ?? "");
  const wrong: string[] = [];
  const same = (what: string, said: unknown, is: unknown) => {
    if (said !== is) wrong.push(`${what}: ${said} is said, and it is ${is}`);
  };
  for (const bank of banks) {
    const on = hardware.board.relays.has(bank);
    same(`the valve of bank ${bank}`, shown(`sprinklers_main_board_bank-${bank}`)?.state, on ? "open" : "closed");
    same(`the switch of bank ${bank}`, shown(`sprinklers_main_board_bank-${bank}-switch`)?.state, on ? "on" : "off");
    const ends = shown(`sprinklers_main_board_bank-${bank}-ends-at`)?.state !== "unknown";
    same(`whether bank ${bank} has an end`, ends, on);
    same(`bank ${bank}`, person.latest(`home/outside/sprinklers/bank/${bank}/state/get`), on ? "1" : "0");
  }
  const last = { bedroom: fromZmote(hardware.zmote), "living-room": fromBroadlink(hardware.broadlink) };
  for (const [aircon, codes] of Object.entries(last)) {
    const card = shown(`smart-aircons_main_${aircon}_climate`);
    const { temperature, fan_mode, swing_mode } = card?.attributes ?? {};
    const set = card?.state === "off" ? "off" : [card?.state, temperature, fan_mode, swing_mode].join(" ");
    same(`the ${aircon}'s aircon`, set, codes.at(-1) ?? "off");
  }
  same("the hall", shown("sensors_main_0017880100000010_occupancy")?.state, hall.motion ? "on" : "off");
  const number = (key: string) => Number(shown(key)?.state);
  same("the hall's temperature", number("sensors_main_0017880100000010_temperature"), hall.temperatureCelsius);
  same("the cellar's temperature", number("sensors_main_780f77445566_temperature"), cellar.temperatureCelsius);
  same("the cellar's humidity", number("sensors_main_780f77445566_humidity"), cellar.humidityPercent);
  for (const key of connections) same(key, shown(`${key}_connectivity`)?.state, "on");
  return wrong;
}
