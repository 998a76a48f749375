import { stringify } from "yaml";
import { keyOf } from "../smart-aircons/lists.ts";
import type { Found } from "./found.ts";

/** One blaster for the configuration. */
export interface Entry {
  name: string;
  url: string;
}

const LONGEST_NAME = 60;

/** What a device says of itself, without what would move a terminal's cursor or its colours. */
export const printable = (text: string): string =>
  text
    .replace(/[\p{C}\p{Z}]+/gu, " ")
    .trim()
    .slice(0, LONGEST_NAME);

/**
 * A name for each, in order: its own, or its model where that can't be a key. Names that the configuration could not tell
 * apart are followed by the end of the hardware's id, so that a name does not depend on what else was there.
 */
export function entriesFor(found: readonly Found[]): Entry[] {
  const plain = found.map(({ name, make, model }) => {
    const own = printable(name);
    return keyOf(own) === "" ? printable(`${make} ${model}`) : own;
  });
  const isShared = (name: string, names: readonly string[]) =>
    names.filter((one) => keyOf(one) === keyOf(name)).length > 1;
  const marked = found.map(({ id }, at) => {
    const name = plain[at] ?? "";
    return isShared(name, plain) ? `${name} ${id.replace(/[^A-Za-z0-9]/g, "").slice(-4)}` : name;
  });
  return found.map(({ id, url }, at) => {
    const name = marked[at] ?? "";
    return { name: isShared(name, marked) ? `${name} ${printable(id).replace(/[^A-Za-z0-9]/g, "")}` : name, url };
  });
}

/** What was found for a person, and the lines to paste; at least one was. */
export function listing(found: readonly Found[]): string {
  const blasters = entriesFor(found).map((entry, at) => {
    const line = `- ${stringify(entry, { collectionStyle: "flow", lineWidth: 0 }).trim()}`;
    return found[at]?.supported ? `  ${line}` : `  # ${line}`;
  });
  return [
    ...found.flatMap(inWords),
    "",
    "For the configuration of smart-aircons:",
    "",
    "blasters:",
    ...blasters,
    "",
  ].join("\n");
}

function inWords({ kind, make, model, name, id, address, locked, problem }: Found): string[] {
  const own = printable(name);
  const lock = locked === undefined ? [] : [locked ? "locked" : "not locked"];
  return [
    [
      `${kind}  ${make} ${printable(model)}`,
      ...(own ? [JSON.stringify(own)] : []),
      printable(id),
      `at ${address}`,
      ...lock,
    ].join(", "),
    ...(problem === undefined ? [] : [`  ${problem}`]),
  ];
}

/** The same for a program: one line of JSON. */
export function asJson(found: readonly Found[]): string {
  const entries = entriesFor(found);
  return `${JSON.stringify(found.map(({ url: _, problem = null, locked = null, ...rest }, at) => ({ ...rest, locked, problem, configuration: entries[at] })))}\n`;
}

/** What it can mean that nothing was found, and what to do. */
export const NOTHING = `nothing was found. That can mean:
  - the blasters are in another network than this machine (a guest Wi-Fi, a VLAN): run this there
  - this runs in a container or a pod, which broadcasts don't reach: run it on a machine of that network,
    or in a container with its network (docker run --network host, hostNetwork: true)
  - a firewall here drops answers from UDP port 80, or to UDP port 9131
  - the Wi-Fi keeps its clients apart (client or AP isolation)
  - a blaster has no power or no Wi-Fi, or answers late: try --seconds 15
A blaster that is not found can be used all the same: its address is in the router's list of devices, and the
configuration takes it, as broadlink://ADDRESS or zmote://ADDRESS
`;
