import { type Answer, decode, encode } from "dns-packet";

/** One that offers a service, as far as it has told of itself (RFC 6763). */
export interface Instance {
  /** What people call it: `Hue Bridge - 123456`. As it came: it may hold anything. */
  name: string;
  port: number | undefined;
  /** What it adds, by names in small letters. */
  txt: ReadonlyMap<string, string> | undefined;
  /** The IPv4 addresses of its machine, as it says. */
  addresses: readonly string[];
  /** Who told of it first. */
  sender: string;
}

/** Everybody in one network who offers a service. */
export interface Instances {
  /** Takes a datagram; what is no answer is nothing. */
  hear(datagram: Buffer, sender: string): void;
  /** What is to be asked now, a datagram each: who there is, and what those who are there have not told. */
  questions(): Buffer[];
  list(): Instance[];
}

interface Known {
  /** As it is asked for. */
  full: string;
  sender: string;
  srv?: { port: number; target: string };
  txt?: ReadonlyMap<string, string>;
}

/** More than any network has: whoever tells of ever new ones is no device. */
const MOST = 50;
const MOST_ADDRESSES = 8;
/** RFC 6762, 17. Names of a longer one may take a long way through it. */
const MOST_BYTES = 9_000;

/** Puts together what is told of a service such as `_hue._tcp.local`: its parts may come in any packet, in any order. */
export function instancesOf(service: string): Instances {
  const known = new Map<string, Known>();
  const addresses = new Map<string, Set<string>>();

  function called(full: string, sender: string): Known | undefined {
    const key = full.toLowerCase();
    if (!key.endsWith(`.${service}`)) return undefined;
    if (!known.has(key) && known.size < MOST) known.set(key, { full, sender });
    return known.get(key);
  }

  function note(record: Answer, sender: string): void {
    // With no time left to live it says goodbye.
    if (record.type === "OPT" || record.ttl === 0) return;
    const name = record.name.toLowerCase();
    if (record.type === "PTR" && name === service) called(record.data, sender);
    if (record.type === "SRV") {
      const instance = called(record.name, sender);
      if (instance) instance.srv = record.data;
    }
    if (record.type === "TXT") {
      const instance = called(record.name, sender);
      if (instance) instance.txt = textsIn([record.data].flat());
    }
    if (record.type === "A") {
      const own = addresses.get(name) ?? new Set();
      if (own.size < MOST_ADDRESSES) own.add(record.data);
      if (addresses.size < MOST) addresses.set(name, own);
    }
  }

  const addressesOf = ({ srv }: Known) => [...(addresses.get(srv?.target.toLowerCase() ?? "") ?? [])];

  return {
    hear(datagram, sender) {
      if (datagram.length > MOST_BYTES) return;
      try {
        const { type, answers = [], additionals = [] } = decode(datagram);
        if (type === "response") for (const record of [...answers, ...additionals]) note(record, sender);
      } catch {
        // It is no DNS, or a part of it is missing; it will be asked for again.
      }
    },
    questions: () => [
      question("PTR", service),
      ...[...known.values()].flatMap((one) => [
        ...(one.srv ? [] : [question("SRV", one.full)]),
        ...(one.txt ? [] : [question("TXT", one.full)]),
        ...(one.srv && addressesOf(one).length === 0 ? [question("A", one.srv.target)] : []),
      ]),
    ],
    list: () =>
      [...known.values()].map((one) => ({
        name: one.full.slice(0, -service.length - 1),
        port: one.srv?.port,
        txt: one.txt,
        addresses: addressesOf(one),
        sender: one.sender,
      })),
  };
}

const question = (type: "PTR" | "SRV" | "TXT" | "A", name: string): Buffer =>
  encode({ type: "query", id: 0, questions: [{ type, name }] });

/** `key=value` each; of a key that is there twice the first counts (RFC 6763, 6.4). */
function textsIn(lines: readonly (string | Buffer)[]): Map<string, string> {
  const texts = new Map<string, string>();
  for (const line of lines) {
    const [, key = "", value = ""] = /^([^=]+)=?(.*)$/s.exec(line.toString()) ?? [];
    if (key && !texts.has(key.toLowerCase())) texts.set(key.toLowerCase(), value);
  }
  return texts;
}
