import { availabilityProblems, componentsProblems } from "./discovery-components.ts";
import { deviceKeys, originKeys, rootKeys } from "./discovery-keys.ts";
import { isObject, type Json, keyProblems } from "./discovery-kinds.ts";

function deviceProblems(device: Json): string[] {
  const problems = keyProblems("device", "a device", device, deviceKeys, ["name"]);
  const ids: unknown[] = [device.identifiers ?? []].flat();
  const connections: unknown[] = Array.isArray(device.connections) ? device.connections : [];
  if (ids.length + connections.length === 0) problems.push("device: needs identifiers or connections");
  if (ids.includes(device.via_device)) problems.push("device: via_device is the device itself");
  return problems;
}

/**
 * Everything Home Assistant would refuse, drop or misread in a device document, one readable sentence per broken rule;
 * empty when it is fine. Stricter than Home Assistant where a mistake would be silent: unknown keys, and abbreviations.
 * Follows home-assistant-discovery.md, whose sections are named beside the tables.
 */
export function discoveryProblems(topic: string, document: unknown): string[] {
  const problems: string[] = [];
  if (!/^(?:[^+#/]+\/)+device\/(?:[A-Za-z0-9_-]+\/)?[A-Za-z0-9_-]+\/config$/.test(topic)) {
    problems.push(`topic: must be homeassistant/device/[node/]<letters, digits, _ and ->/config, and is ${topic}`);
  }
  // As it will be on the wire, without keys that are undefined.
  const root: unknown = JSON.parse(JSON.stringify(document ?? null));
  if (!isObject(root)) return [...problems, "document: must be an object"];
  problems.push(...keyProblems("document", "the root", root, rootKeys, ["device", "origin", "components"]));
  problems.push(...availabilityProblems("document", root));
  if (isObject(root.device)) problems.push(...deviceProblems(root.device));
  if (isObject(root.origin)) problems.push(...keyProblems("origin", "the origin", root.origin, originKeys, ["name"]));
  if (isObject(root.components)) problems.push(...componentsProblems(root.components, root));
  return problems;
}
