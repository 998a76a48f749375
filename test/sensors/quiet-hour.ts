import { virtualHouse } from "./virtual-house.ts";

/** What an hour of a house in which nobody is at home costs a broker. */
export interface QuietHour {
  sensors: number;
  /** How many messages the daemon published. */
  messages: number;
  /** How many values changed meanwhile, as they are shown. */
  changes: number;
  /** Whether everything that is shown at the end is what the sensors said last. */
  right: boolean;
}

const SENSORS = 10;
const MINUTE_MS = 60_000;
/** How often a motion sensor reports temperature and light when they change slowly. */
const REPORT_MINUTES = 5;

/** An afternoon in virtual time: each room gets darker and cooler, with a little noise. Or nothing changes at all. */
export async function quietHour({ changing = true } = {}): Promise<QuietHour> {
  await using house = await virtualHouse(SENSORS);
  const { broker, bridge, shown } = house;
  const watched = Array.from({ length: SENSORS }, (_, at) => at + 1);
  const said = (at: number, minute: number) => ({
    temperatureCelsius: 21 + at / 10 - minute / 60,
    lightLevel: 20_000 - 100 * minute + 10 * at,
  });
  const before = new Map(house.person.messages.map(({ topic, payload }) => [topic, payload]));
  let messages = 0;
  let changes = 0;
  broker.aedes.on("publish", (_packet, client) => void (client && messages++));
  house.person.client.on("message", (topic, payload) => {
    if (before.get(topic) !== payload.toString()) changes += 1;
    before.set(topic, payload.toString());
  });
  for (let minute = 1; minute <= 60; minute++) {
    for (const at of watched) {
      if (changing && (minute + at) % REPORT_MINUTES === 0) bridge.house.set(`Sensor ${at}`, said(at, minute));
    }
    await house.pass(MINUTE_MS);
  }
  const right = watched.every((at) => {
    const { temperatureCelsius, lightLevel } = said(at, 60 - ((60 + at) % REPORT_MINUTES));
    const temperature = String(Math.round(temperatureCelsius * 100) / 100);
    return (
      shown(`sensor-${at}/temperature`) === temperature && shown(`sensor-${at}/light_level`) === String(lightLevel)
    );
  });
  return { sensors: SENSORS, messages, changes, right };
}
