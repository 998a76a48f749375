import type { Resource } from "./resource.ts";
import { idOfAddress } from "./sensor.ts";
import { isSensor } from "./v2.ts";

/** Who belongs to whom in a house. */
export interface Places {
  /** The services of each sensor, by its device, in an order that does not depend on the bridge's. */
  services: ReadonlyMap<string, readonly string[]>;
  /** The device of each service. */
  owners: ReadonlyMap<string, string>;
  /** The name of the room that a device is in. */
  rooms: ReadonlyMap<string, string>;
  /** What each sensor is called for ever, by its device. */
  ids: ReadonlyMap<string, string>;
}

/**
 * Finds out who belongs to whom. A service has an owner, or is one that a device claims; references that lead nowhere
 * are nothing. `arriving` are devices whose other parts may not be here yet: they have no id before their address is known.
 */
export function placesOf(known: ReadonlyMap<string, Resource>, arriving: ReadonlySet<string>): Places {
  const all = [...known.values()].sort(byAge);
  const owners = ownersOf(known, all);
  const services = new Map<string, Resource[]>();
  for (const resource of all) {
    const owner = owners.get(resource.id);
    if (owner === undefined) continue;
    const siblings = services.get(owner);
    if (siblings) siblings.push(resource);
    else services.set(owner, [resource]);
  }
  for (const [device, own] of services) if (!isSensor(own)) services.delete(device);
  return {
    services: new Map([...services].map(([device, own]) => [device, own.map(({ id }) => id)])),
    owners,
    rooms: roomsOf(all, owners),
    ids: idsOf(services, arriving),
  };
}

function byAge(a: Resource, b: Resource): number {
  return (a.v1Number ?? Number.MAX_VALUE) - (b.v1Number ?? Number.MAX_VALUE) || (a.id < b.id ? -1 : 1);
}

function ownersOf(known: ReadonlyMap<string, Resource>, all: readonly Resource[]): Map<string, string> {
  const owners = new Map<string, string>();
  for (const { id, type, members } of all)
    if (type === "device") for (const member of members ?? []) owners.set(member, id);
  for (const { id, owner } of all) if (owner && known.get(owner)?.type === "device") owners.set(id, owner);
  return owners;
}

function roomsOf(all: readonly Resource[], owners: ReadonlyMap<string, string>): Map<string, string> {
  const rooms = new Map<string, string>();
  for (const { type, name, members } of all) {
    // Old firmware lists a room's services, new firmware its devices.
    if (type === "room" && name) for (const member of members ?? []) rooms.set(owners.get(member) ?? member, name);
  }
  return rooms;
}

/** Two devices with one address are not expected; the older one keeps it for itself. */
function idsOf(services: ReadonlyMap<string, readonly Resource[]>, arriving: ReadonlySet<string>): Map<string, string> {
  const ids = new Map<string, string>();
  const taken = new Set<string>();
  for (const [device, own] of services) {
    const address = idOfAddress(own.find((service) => service.address)?.address);
    if (address === undefined && arriving.has(device)) continue;
    const id = address !== undefined && !taken.has(address) ? address : asKey(device);
    taken.add(id);
    ids.set(device, id);
  }
  return ids;
}

/** Letters, digits and dashes; two ids never become one. */
const asKey = (id: string): string =>
  id.replaceAll(/[^0-9A-Za-z-]/gu, (other) => `-${other.codePointAt(0)?.toString(16)}-`);
