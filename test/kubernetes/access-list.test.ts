import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { matcher } from "../../src/topic-filter.ts";
import { parseManifests } from "./manifests.ts";
import { find } from "./pods.ts";

const overlay = join(import.meta.dirname, "../../kubernetes/overlays/mosquitto/mosquitto.yaml");
const acl = find(parseManifests(readFileSync(overlay, "utf8")), "ConfigMap", "mosquitto")?.data?.acl ?? "";

type Deed = "read" | "write";

/** Whether the list lets a user; Mosquitto knows `topic [read|write|readwrite] FILTER` below `user NAME`. */
function may(user: string, deed: Deed, topic: string): boolean {
  const lines = acl.split(/^user /m).find((part) => part.startsWith(`${user}\n`)) ?? "";
  return [...lines.matchAll(/^topic (\w+) (\S+)$/gm)].some(
    ([, granted = "", filter = ""]) => granted.includes(deed) && matcher(filter)(topic),
  );
}

const each = (base: string, names: string, end: string) => names.split(" ").map((name) => `${base}/${name}/${end}`);
const [board, bank] = ["home/outside/sprinklers", "home/outside/sprinklers/bank/2"];
const aircon = "home/inside/smart-aircons/living-room";
const sensors = ["hall", "hall-/-stairs"].map((name) => `home/inside/environment/${name}`);

/** legacy.md's topics: what each daemon says, and what it is told. */
const topics = {
  sprinklers: {
    says: [
      ...each(board, "availability connectivity firmware problem rain_delay rain_delay_until", "get"),
      ...each(bank, "state duration ends_at watered_today reason", "get"),
    ],
    told: [...each(board, "rain_delay all_off", "set"), ...each(bank, "state duration run", "set")],
  },
  "smart-aircons": {
    says: [
      ...each(aircon, "availability power mode temperature hvac_mode fan_mode swing_mode", "get"),
      ...each(aircon, "current_temperature current_humidity memory problem", "get"),
      ...each("mqtt-things/smart-aircons/main/bedroom-blaster", "connectivity firmware problem", "get"),
    ],
    told: each(aircon, "power mode temperature hvac_mode fan_mode swing_mode resend assume", "set"),
  },
  sensors: {
    says: sensors.flatMap((sensor) => [
      ...each(sensor, "availability presence dark daylight light_level temperature humidity", "get"),
      ...each(sensor, "illuminance battery connectivity enabled", "get"),
      `${sensor}/button/1/event`,
      ...each("mqtt-things/sensors/second-floor/bridge", "connectivity firmware problem", "get"),
    ]),
    told: [],
  },
};

/** Of others, what a daemon of the base listens to. */
const inputs: Readonly<Record<string, readonly string[]>> = {
  "smart-aircons": ["home/inside/environment/hall/temperature/get"],
};

describe.each(Object.entries(topics))("K5: %s", (user, { says, told }) => {
  const documents = `homeassistant/device/mqtt-things_${user}_main_x/config`;
  const own = `mqtt-things/${user}/main/availability/get`;

  test("may say what it says, and hear what it is told", () => {
    for (const topic of [...says, documents, own]) expect(may(user, "write", topic), topic).toBe(true);
    // A retained command is emptied by whoever was told.
    for (const topic of told)
      expect([may(user, "read", topic), may(user, "write", topic)], topic).toEqual([true, true]);
    for (const topic of [documents, own, "homeassistant/status"]) expect(may(user, "read", topic), topic).toBe(true);
  });

  test("reads back what it has retained", () => {
    for (const topic of says.filter((each) => each.endsWith("/get")))
      expect(may(user, "read", topic), topic).toBe(true);
  });

  const others = Object.entries(topics).flatMap(([name, { says, told }]) =>
    name === user ? [] : [...says, ...told, `mqtt-things/${name}/main/availability/get`],
  );

  test("may say nothing that is another's, nor Home Assistant's", () => {
    for (const topic of [...others, "homeassistant/status", "zigbee2mqtt/x/set"]) {
      expect(may(user, "write", topic), topic).toBe(false);
    }
  });

  test("hears nothing that is another's but its inputs, and none of its own events", () => {
    const events = says.filter((topic) => topic.endsWith("/event"));
    for (const topic of [...others, ...events, "zigbee2mqtt/x", "homeassistant/sensor/x/config"]) {
      expect(may(user, "read", topic), topic).toBe(inputs[user]?.includes(topic) ?? false);
    }
  });
});
