import { isIPv4 } from "node:net";
import { answer, type Data, type Entry, type Name, type Question, readQuery, types } from "./fake-dns.ts";

/** A Hue bridge as it announces itself (hue.md 3), and what is odd about it. */
export interface Announcement {
  /** `Hue Bridge - 123456` */
  instance: string;
  /** Its machine's name, without `.local`. */
  machine: string;
  /** Its machine's addresses, IPv4 or IPv6. */
  addresses: readonly string[];
  port?: number;
  /** `bridgeid=…`, `modelid=…` */
  texts?: readonly string[];
  /** Adds nothing that was not asked for. */
  terse?: boolean;
  /** Answers with one packet for each record. */
  splits?: boolean;
  /** Never tells these. */
  silentOf?: readonly Data["type"][];
  /** Says goodbye instead. */
  leaves?: boolean;
}

const MDNS = 5353;
const SERVICE = ["_hue", "_tcp", "local"];
/** What a question from another port may remember (RFC 6762, 6.7), in seconds; and what its listeners may. */
const TTL = { legacy: 10, usual: 120 };

const same = (a: Name, b: Name) => a.join("/").toLowerCase() === b.join("/").toLowerCase();

/** What it answers to a datagram that came from this port. */
export function respond(announcement: Announcement, query: Buffer, port: number): Buffer[] {
  const { instance, machine, addresses, terse = false, splits = false, silentOf = [], leaves = false } = announcement;
  const asked = readQuery(query);
  if (!asked) return [];
  const legacy = port !== MDNS;
  const ttl = leaves ? 0 : TTL[legacy ? "legacy" : "usual"];
  const own = [instance, ...SERVICE];
  const host = [machine, "local"];
  const entries: Entry[] = [
    { of: SERVICE, ttl, type: "PTR", name: own },
    { of: own, ttl, type: "SRV", port: announcement.port ?? 443, target: host },
    { of: own, ttl, type: "TXT", texts: announcement.texts ?? [""] },
    ...addresses.map((address) => addressEntry(host, ttl, address)),
  ];
  const told = entries.filter(({ type }) => !silentOf.includes(type));
  const answers = told.filter((entry) => asked.questions.some((question) => matches(question, entry)));
  if (answers.length === 0) return [];
  // To a question from another port it answers as a name server would: with its number, and the question again.
  const head = legacy ? asked : { id: 0, questions: [] };
  const additional = terse ? [] : told.filter((entry) => !answers.includes(entry));
  if (!splits) return [answer({ ...head, answers, additional })];
  // The last come first: nothing says that packets keep their order.
  return [...answers, ...additional].map((entry) => answer({ ...head, answers: [entry], additional: [] })).reverse();
}

const matches = ({ name, type }: Question, entry: Entry): boolean =>
  same(name, entry.of) && (type === types[entry.type] || type === types.ANY);

function addressEntry(of: Name, ttl: number, address: string): Entry {
  if (isIPv4(address)) return { of, ttl, type: "A", bytes: address.split(".").map(Number) };
  const [before = "", after = ""] = address.split("::");
  const groups = (text: string) => text.split(":").filter(Boolean);
  const zeros = Array(8 - groups(before).length - groups(after).length).fill("0");
  const all = [...groups(before), ...zeros, ...groups(after)].map((group) => Number.parseInt(group, 16));
  return { of, ttl, type: "AAAA", bytes: all.flatMap((group) => [group >> 8, group & 0xff]) };
}
