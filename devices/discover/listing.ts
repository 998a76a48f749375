import { stringify } from "yaml";
import { keyOf } from "../smart-aircons/lists.ts";
import type { Blaster, Bridge, Found } from "./found.ts";

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
export function entriesFor(found: readonly Blaster[]): Entry[] {
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
  return [found.flatMap(inWords), blasterLines(found.filter(isBlaster)), bridgeLines(found.filter(isBridge))]
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

const isBlaster = (one: Found): one is Blaster => one.kind === "blaster";
const isBridge = (one: Found): one is Bridge => one.kind === "bridge";

const flow = (value: unknown): string => stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trim();

function blasterLines(blasters: readonly Blaster[]): string[] {
  if (blasters.length === 0) return [];
  const lines = entriesFor(blasters).map((entry, at) => {
    const line = `- ${flow(entry)}`;
    return blasters[at]?.supported ? `  ${line}` : `  # ${line}`;
  });
  return ["For the configuration of smart-aircons:", "", "blasters:", ...lines];
}

/** A daemon has one bridge; who has several chooses, or starts an instance for each. */
function bridgeLines(bridges: readonly Bridge[]): string[] {
  if (bridges.length === 0) return [];
  return [
    "For the configuration of sensors:",
    "",
    ...bridges.map((bridge, at) => `${at === 0 ? "" : "# "}hue: ${flow(settingOf(bridge))}`),
    "",
    `It needs a key as well. This gets one from ${bridges.length === 1 ? "the bridge" : "a bridge"}, and prints the lines with it:`,
    "",
    ...bridges.map((bridge) => `  ${pairing(bridge)}`),
  ];
}

/** What the configuration of sensors says of the bridge. */
const settingOf = ({ address, id }: Bridge) => ({ host: address, ...(id !== undefined && { bridge_id: id }) });

/** The command that gets the key. */
const pairing = ({ address }: Bridge): string => `mqtt-things hue pair --host ${address} --out hue-key`;

function inWords(found: Found): string[] {
  const { kind, make, model, name, id, address, problem } = found;
  const own = printable(name);
  const locked = found.kind === "blaster" ? found.locked : undefined;
  const lock = locked === undefined ? [] : [locked ? "locked" : "not locked"];
  return [
    [
      `${kind}  ${make} ${printable(model)}`,
      ...(own ? [JSON.stringify(own)] : []),
      ...(id === undefined ? [] : [printable(id)]),
      `at ${address}`,
      ...lock,
    ].join(", "),
    ...(problem === undefined ? [] : [`  ${problem}`]),
  ];
}

/** The same for a program: one line of JSON. */
export function asJson(found: readonly Found[]): string {
  const blasters = found.filter(isBlaster);
  const entries = entriesFor(blasters);
  const said = found.map((one) => {
    const { problem = null } = one;
    if (one.kind === "bridge") {
      return { ...one, id: one.id ?? null, locked: null, problem, configuration: settingOf(one), pair: pairing(one) };
    }
    const { url: _, locked = null, ...rest } = one;
    return { ...rest, locked, problem, configuration: entries[blasters.indexOf(one)] };
  });
  return `${JSON.stringify(said)}\n`;
}

/** What it can mean that nothing was found, and what to do. */
export const NOTHING = `nothing was found. That can mean:
  - the blasters or the bridge are in another network than this machine (a guest Wi-Fi, a VLAN): run this there
  - this runs in a container or a pod, which broadcasts don't reach: run it on a machine of that network,
    or in a container with its network (docker run --network host, hostNetwork: true)
  - a firewall here drops answers from UDP ports 80 and 5353, or to UDP port 9131
  - the Wi-Fi keeps its clients apart (client or AP isolation)
  - a blaster has no power or no Wi-Fi, or answers late: try --seconds 15
What is not found can be used all the same: its address is in the router's list of devices, and the configuration
takes it: broadlink://ADDRESS, zmote://ADDRESS, and ADDRESS for a Hue bridge
`;
