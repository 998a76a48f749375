/** What everything on this network says that a daemon can be told of. */
interface Seen {
  model: string;
  /** What its owner called it; empty where it says none. As it came: it may hold anything. */
  name: string;
  /** Its host, with the port where that is not the usual one. */
  address: string;
  /** Whether it can be used, as far as we know its type. */
  supported: boolean;
  /** What a person has to know, with the way out; undefined when there is nothing. */
  problem: string | undefined;
}

export interface Blaster extends Seen {
  kind: "blaster";
  make: "Broadlink" | "Zmote";
  /** From hardware: a MAC address or a chip's id. */
  id: string;
  /** Whether it says that it obeys only its maker's app; undefined where there is no such thing. */
  locked: boolean | undefined;
  /** For the configuration. */
  url: string;
}

export interface Bridge extends Seen {
  kind: "bridge";
  make: "Hue";
  /** 16 hex digits in small letters; undefined where it does not say. */
  id: string | undefined;
}

/** Something on this network that a daemon can be told of. */
export type Found = Blaster | Bridge;

/** Everything found, each once: what answers on two interfaces is known by its id. */
export interface Finds {
  add(found: Found): void;
  /** By kind, make and address. */
  list(): Found[];
}

/** More than any house has: whoever answers with ever new ids is no device. */
const MOST = 500;

export function finds(): Finds {
  const byId = new Map<string, Found>();
  const order = ({ kind, make, address }: Found) =>
    `${kind} ${make} ${address.replace(/\d+/g, (digits) => digits.padStart(5, "0"))}`;
  return {
    add(found) {
      const key = `${found.make} ${found.id ?? found.address}`;
      if (!byId.has(key) && byId.size < MOST) byId.set(key, found);
    },
    list: () => [...byId.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1)),
  };
}
