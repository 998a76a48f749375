import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { emptyHouse } from "./house.ts";
import { available, registered } from "./shown.ts";

const golden = new URL("../golden/sprinklers.discovery.json", import.meta.url);
const document = "homeassistant/device/mqtt-things_sprinklers_main_board/config";
const board = "mqtt-things_sprinklers_main_board";

/** What an earlier version might have announced: other names, fewer entities, one that there is no more. */
function earlier(): string {
  const now = JSON.parse(readFileSync(golden, "utf8"));
  const { "bank-2": lawn, "bank-3": beds } = now.components;
  const remaining = {
    platform: "sensor",
    unique_id: `${board}_bank-2-remaining`,
    name: "Remaining",
    unit_of_measurement: "s",
  };
  return JSON.stringify({
    device: { ...now.device, name: "Garden", model: "Uno" },
    origin: { ...now.origin, sw_version: "0.0.1" },
    availability: now.availability.map(({ topic }: { topic: string }) => ({ topic })),
    availability_mode: "all",
    components: {
      "bank-2": { ...lawn, name: "Relay 2" },
      "bank-3": { ...beds, name: "Relay 3" },
      "bank-2-remaining": { ...remaining, state_topic: "home/outside/sprinklers/bank/2/remaining/get" },
    },
  });
}

test("a house that knows an earlier version keeps its ids, the names that a person gave, and its history", async () => {
  await using house = await emptyHouse();
  const { frontend, person } = house;
  const keep = (topic: string, payload: string) => person.publish(topic, payload, { retain: true });
  await keep(document, earlier());
  await keep("mqtt-things/sprinklers/main/availability/get", "online");
  await keep("home/outside/sprinklers/availability/get", "online");
  await keep("home/outside/sprinklers/bank/2/state/get", "1");
  await frontend.until("valve.garden_relay_2", "open");
  await keep("home/outside/sprinklers/bank/2/state/get", "0");
  await frontend.until("valve.garden_relay_2", "closed");
  const rename = { entity_id: "valve.garden_relay_2", new_entity_id: "valve.rose_bed", name: "Roses" };
  await frontend.call("config/entity_registry/update", rename);
  await frontend.until("valve.rose_bed", "closed");
  const before = await registered(frontend);
  expect([...before.keys()].sort()).toEqual([`${board}_bank-2`, `${board}_bank-2-remaining`, `${board}_bank-3`]);

  await house.start("sprinklers");
  await available(house, ["sprinklers"]);
  await frontend.untilAll((entities) => !entities.has("sensor.garden_remaining"));
  const after = await registered(frontend);
  expect(after.has(`${board}_bank-2-remaining`)).toBe(false);
  expect(after.get(`${board}_bank-2`)).toMatchObject({ entity_id: "valve.rose_bed", name: "Roses" });
  for (const key of [`${board}_bank-2`, `${board}_bank-3`]) {
    expect([after.get(key)?.id, after.get(key)?.device_id]).toEqual([before.get(key)?.id, before.get(key)?.device_id]);
  }
  expect(frontend.entities.get("valve.garden_relay_3")?.attributes.friendly_name).toBe("Sprinklers Veggie beds");
  await vi.waitFor(
    async () => {
      const period = { start_time: new Date(Date.now() - 3_600_000).toISOString(), entity_ids: ["valve.rose_bed"] };
      const wanted = { ...period, minimal_response: true, no_attributes: true };
      const all = await frontend.call<Record<string, { s: string }[]>>("history/history_during_period", wanted);
      expect(all["valve.rose_bed"]?.map(({ s }) => s)).toEqual(expect.arrayContaining(["open", "closed"]));
    },
    { timeout: 15_000 },
  );
});
