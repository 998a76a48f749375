import { availabilityKeys, inherited, knownPlatforms } from "./discovery-keys.ts";
import { isObject, type Json, keyProblems } from "./discovery-kinds.ts";
import { platformProblems } from "./discovery-platform-rules.ts";
import { platforms } from "./discovery-platforms.ts";

// These are named after their device class by Home Assistant itself.
const namedByClass = ["sensor", "binary_sensor", "button", "number"];

/** §3.3 and §8: one availability, in one form, and all of it counts. */
export function availabilityProblems(where: string, value: Json): string[] {
  const items = Array.isArray(value.availability) ? value.availability.filter(isObject) : [];
  const problems = items.flatMap((item, i) =>
    keyProblems(`${where}.availability[${i}]`, "an availability", item, availabilityKeys, ["topic"]),
  );
  if (Object.hasOwn(value, "availability") && Object.hasOwn(value, "availability_topic")) {
    problems.push(`${where}: availability and availability_topic exclude each other`);
  }
  if (items.length > 1 && value.availability_mode !== "all") {
    problems.push(`${where}: several availability topics need availability_mode all`);
  }
  return problems;
}

function repeats(deviceName: unknown, name: unknown): boolean {
  if (typeof deviceName !== "string" || typeof name !== "string") return false;
  const spaced = (text: string) => ` ${text.toLowerCase().split(/\s+/).join(" ")} `;
  return spaced(name).includes(spaced(deviceName));
}

function namingProblems(where: string, platform: string, component: Json, deviceName: unknown): string[] {
  const problems: string[] = [];
  const { name, default_entity_id: id } = component;
  const named = namedByClass.includes(platform) && typeof component.device_class === "string";
  if (name === undefined && !named) problems.push(`${where}: without a name it is called "MQTT ${platform}"`);
  if (repeats(deviceName, name)) problems.push(`${where}: name repeats the device's name`);
  if (typeof id === "string" && !new RegExp(`^${platform}\\.[a-z0-9_]+$`).test(id)) {
    problems.push(`${where}: default_entity_id must be ${platform}.something in small letters, and is ${id}`);
  }
  return problems;
}

function entityProblems(where: string, platform: string, component: Json, root: Json): string[] {
  const shared = Object.fromEntries(Object.entries(root).filter(([key]) => inherited.includes(key)));
  const whole = { ...shared, ...component };
  const ownAvailability = Object.keys(component).some((key) => key.startsWith("availability"));
  const deviceName = isObject(root.device) ? root.device.name : undefined;
  return [
    ...(ownAvailability ? availabilityProblems(where, whole) : []),
    ...namingProblems(where, platform, component, deviceName),
    ...platformProblems(platform, whole).map((problem) => `${where}: ${problem}`),
    ...(component.retain === true ? [`${where}: retain would keep commands, which then come again by themselves`] : []),
  ];
}

function componentProblems(key: string, component: unknown, root: Json): string[] {
  const where = `components.${key}`;
  const problems = /^[A-Za-z0-9_-]+$/.test(key) ? [] : [`${where}: the key may have letters, digits, _ and - only`];
  if (!isObject(component)) return [...problems, `${where}: must be an object`];
  const platform = component.platform;
  if (typeof platform !== "string") return [...problems, `${where}: needs a platform`];
  if (!knownPlatforms.includes(platform)) return [...problems, `${where}: there is no platform ${platform}`];
  if (Object.keys(component).length === 1) return problems; // a tombstone
  const table = Object.hasOwn(platforms, platform) ? platforms[platform] : undefined;
  if (!table) return [...problems, `${where}: the keys of platform ${platform} are not in discovery-platforms.ts yet`];
  const required = table.required.filter((name) => !(inherited.includes(name) && Object.hasOwn(root, name)));
  problems.push(...keyProblems(where, `platform ${platform}`, component, table.keys, required));
  // A device trigger is no entity: it has no name, no availability and no id of its own.
  return platform === "device_automation"
    ? problems
    : [...problems, ...entityProblems(where, platform, component, root)];
}

/** One sentence per broken rule of §3.3, §5 and §6, for all components of a document. */
export function componentsProblems(components: Json, root: Json): string[] {
  const all = Object.entries(components);
  const problems = all.flatMap(([key, component]) => componentProblems(key, component, root));
  const owners = new Map<unknown, string>();
  for (const [key, component] of all) {
    if (!isObject(component) || component.unique_id === undefined) continue;
    const owner = owners.get(component.unique_id);
    if (owner !== undefined) problems.push(`components.${key}: unique_id is already that of ${owner}`);
    else owners.set(component.unique_id, key);
  }
  const nameless = all.filter(([, component]) => isObject(component) && component.name === null);
  if (nameless.length > 1) {
    problems.push(`components: only one may be called like the device (name null), and ${nameless.length} are`);
  }
  return problems;
}
