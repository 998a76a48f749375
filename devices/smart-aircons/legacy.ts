import { z } from "zod";
import type { Flag } from "../../src/flags.ts";
import { airconKeys } from "./aircon-keys.ts";
import { blasterUrl } from "./blasters/open-blaster.ts";
import { type ListProblem, type Lists, titled } from "./lists.ts";

const each = (name: string, placeholder: string, help: string): Flag => ({
  name,
  key: name,
  placeholder,
  repeats: true,
  value: (texts) => texts,
  help,
});

/** The original's flags; their lists pair up by position. */
export const flags: readonly Flag[] = [
  each("airconHost", "HOST[:PORT]", "host of a blaster, a Zmote or a Broadlink"),
  each("airconName", "NAME", "what the aircon there is called, e.g. living-room"),
  each("airconCodesName", "NAME", "fujitsu, mitsubishi (through a Zmote), new_fujitsu (through a Broadlink)"),
];

/** Which blaster the original sends each of its code sets through. */
const makes: Readonly<Record<string, "zmote" | "broadlink">> = {
  fujitsu: "zmote",
  mitsubishi: "zmote",
  new_fujitsu: "broadlink",
};

/** The three lists as the flags give them. */
export interface LegacyLists {
  airconHost?: string[] | undefined;
  airconName?: string[] | undefined;
  airconCodesName?: string[] | undefined;
}

/** Keys that only flags set, all of them needed where there is nothing else. */
export function legacyKeys(flagsOnly: boolean) {
  const list = (each: z.ZodString) => (flagsOnly ? z.array(each) : z.array(each).optional());
  const word = z.string().trim().min(1);
  return { airconHost: list(word), airconName: list(airconKeys.name), airconCodesName: list(word) };
}

const times = (list: readonly string[]) => `${list.length} (${list.join(", ")})`;

/** What is wrong with the three lists themselves. */
export function legacyProblems(lists: LegacyLists): ListProblem[] {
  const { airconHost: hosts = [], airconName: names = [], airconCodesName: codes = [] } = lists;
  if (hosts.length !== names.length || hosts.length !== codes.length) {
    const counts = `-airconHost ${times(hosts)}, -airconName ${times(names)}, -airconCodesName ${times(codes)}`;
    return [{ path: ["airconHost"], message: `needs as many values as the other two: ${counts}` }];
  }
  const unknown = codes.filter((name) => !Object.hasOwn(makes, name));
  if (unknown.length) {
    const known = Object.keys(makes).join(", ");
    return [{ path: ["airconCodesName"], message: `there is no ${unknown.join(" and no ")}: there is ${known}` }];
  }
  const twice = names.filter((name, i) => names.indexOf(name) < i);
  if (twice.length) return [{ path: ["airconName"], message: `${twice.join(", ")} is there twice` }];
  const problems: ListProblem[] = [];
  const seen = new Map<string, string>();
  for (const [i, host] of hosts.entries()) {
    const url = urlOf(host, codes[i]);
    const [make = "", address = ""] = url.split("://");
    if (!blasterUrl.safeParse(url).success) {
      problems.push({ path: ["airconHost"], message: `${host} is no host, with or without a port` });
    } else if ((seen.get(address) ?? make) !== make) {
      problems.push({ path: ["airconCodesName"], message: `${host} can't be both a Zmote and a Broadlink` });
    }
    seen.set(address, make);
  }
  return problems;
}

/** Without the port that all blasters have, so that one host is one blaster however it is written. */
const urlOf = (host: string, codes = "") =>
  (host.includes("://") ? host : `${makes[codes]}://${host}`).replace(/:80$/, "");

/**
 * The same as a file would say it: aircons on one host share a blaster, which is called after the first of them (its
 * address may change, and no identity may hang on it).
 */
export function listsOf({ airconHost = [], airconName = [], airconCodesName = [] }: LegacyLists): Lists {
  const blasters: { name: string; url: string }[] = [];
  const aircons = airconHost.map((host, i) => {
    const [name = "", codes = ""] = [airconName[i], airconCodesName[i]];
    const url = urlOf(host, codes);
    const known = blasters.find((blaster) => blaster.url === url);
    const blaster = known ?? { name: `${titled(name)} blaster`, url };
    if (!known) blasters.push(blaster);
    return { name, blaster: blaster.name, codes };
  });
  return { blasters, aircons };
}
