import type { Person } from "../support/person.ts";
import type { Frontend } from "./frontend.ts";
import type { HomeAssistant } from "./home-assistant.ts";

export type Name = "sprinklers" | "smart-aircons" | "sensors";

/** A house as it is seen on MQTT and in Home Assistant. */
interface Seen {
  person: Person;
  frontend: Frontend;
}

/** A house whose Home Assistant writes a log. */
interface Watched {
  homeAssistant: Pick<HomeAssistant, "complaints">;
  frontend: Frontend;
}

/** Everybody whose document the broker holds when the house is complete. */
const devices: Record<Name, string[]> = {
  sprinklers: ["board"],
  "smart-aircons": ["bedroom-blaster", "lounge-blaster", "bedroom", "living-room"],
  sensors: ["bridge", "0017880100000010", "0017880100000020", "0017880100000030", "780f77445566"],
};
export const everybody = ["sprinklers", "smart-aircons", "sensors"] as const;

/** The unique ids in the documents that the broker holds of a daemon's devices; undefined for a document that is missing. */
export function announced({ person }: Pick<Seen, "person">, name: Name): (string | undefined)[] {
  return devices[name].flatMap((key) => {
    const text = person.latest(`homeassistant/device/mqtt-things_${name}_main_${key}/config`);
    if (!text) return [undefined];
    const components: Record<string, { unique_id?: string }> = JSON.parse(text).components;
    return Object.values(components).map(({ unique_id }) => unique_id);
  });
}

/** An entity as it is registered. */
export interface Registered {
  id: string;
  entity_id: string;
  unique_id: string;
  device_id: string;
  platform: string;
  name: string | null;
}

/** What is registered by MQTT, by unique id. */
export async function registered(frontend: Frontend): Promise<Map<string, Registered>> {
  const all = await frontend.call<Registered[]>("config/entity_registry/list");
  return new Map(all.filter(({ platform }) => platform === "mqtt").map((one) => [one.unique_id, one]));
}

/** What Home Assistant has complained of in its log that is about MQTT, or names one of our entities. */
export async function complaintsOfUs({ homeAssistant, frontend }: Watched): Promise<string[]> {
  const names = [...(await registered(frontend)).values()].map(({ entity_id }) => entity_id);
  const about = (text: string) => /mqtt/i.test(text) || names.some((name) => text.includes(name));
  return homeAssistant.complaints().filter(about);
}

/** Resolves when Home Assistant shows everything that these daemons have announced, and all of it as available. */
export async function available({ person, frontend }: Seen, names: readonly Name[] = everybody, timeoutMs = 60_000) {
  for (const end = performance.now() + timeoutMs; ; ) {
    const entities = await registered(frontend);
    const away = names
      .flatMap((name) => announced({ person }, name))
      .filter((id = "") => {
        const { state } = frontend.entities.get(entities.get(id)?.entity_id ?? "") ?? { state: "unavailable" };
        return state === "unavailable";
      });
    if (away.length === 0) return;
    if (performance.now() > end) throw new Error(`not available in Home Assistant: ${away.join(", ")}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
