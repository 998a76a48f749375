import type { Frontend } from "./frontend.ts";
import { registered } from "./shown.ts";

interface DeviceEntry {
  id: string;
  name: string | null;
  manufacturer: string | null;
  model: string | null;
  serial_number: string | null;
  sw_version: string | null;
  area_id: string | null;
  identifiers: [string, string][];
}

interface EntityEntry {
  unique_id: string;
  entity_id: string;
  device_id: string;
  original_name: string | null;
  original_device_class: string | null;
  entity_category: string | null;
  capabilities: Record<string, unknown> | null;
}

const written = (value: unknown): string => (Array.isArray(value) ? value.join(" ") : String(value));

/** Ours in Home Assistant's device registry. */
export async function ourDevices(frontend: Frontend): Promise<DeviceEntry[]> {
  const all = await frontend.call<DeviceEntry[]>("config/device_registry/list");
  return all.filter(({ identifiers }) => identifiers.some(([, id]) => id.startsWith("mqtt-things_")));
}

/**
 * What a person is shown of our devices, a line each: the device, and its entities with their name, unit, class, category
 * and what can be chosen. What changes from one day to the next, or from one release to the next, is left out.
 */
export async function portrait(frontend: Frontend): Promise<string> {
  const entity_ids = [...(await registered(frontend)).values()].map(({ entity_id }) => entity_id);
  const entries = await frontend.call<Record<string, EntityEntry>>("config/entity_registry/get_entries", {
    entity_ids,
  });
  const devices = await ourDevices(frontend);
  const lineOf = (entity: EntityEntry): string => {
    const unit = frontend.entities.get(entity.entity_id)?.attributes.unit_of_measurement;
    const choices = Object.entries(entity.capabilities ?? {}).map(([key, value]) => `${key}: ${written(value)}`);
    return [
      `  ${entity.entity_id.split(".")[0]}`,
      entity.original_name ?? "(as the device)",
      ...[unit, entity.original_device_class, entity.entity_category].map((one) => one ?? "-"),
      ...choices.sort(),
    ].join(" | ");
  };
  const blocks = devices.map(({ id, name, manufacturer, model, serial_number, area_id }) => {
    const own = Object.values(entries).filter(({ device_id }) => device_id === id);
    const about = [name, manufacturer, model, serial_number, area_id].map((one) => one ?? "-").join(" | ");
    return [about, ...own.map(lineOf).sort()].join("\n");
  });
  return `${blocks.sort().join("\n\n")}\n`;
}
