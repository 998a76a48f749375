/** Something on this network that a daemon can be told of. */
export interface Found {
  kind: "blaster";
  make: "Broadlink" | "Zmote";
  model: string;
  /** What its owner called it; empty where it says none. As it came: it may hold anything. */
  name: string;
  /** From hardware: a MAC address or a chip's id. */
  id: string;
  /** Its host, with the port where that is not 80. */
  address: string;
  /** Whether it says that it obeys only its maker's app; undefined where there is no such thing. */
  locked: boolean | undefined;
  /** Whether it can be used, as far as we know its type. */
  supported: boolean;
  /** What a person has to know, with the way out; undefined when there is nothing. */
  problem: string | undefined;
  /** For the configuration. */
  url: string;
}

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
      const key = `${found.make} ${found.id}`;
      if (!byId.has(key) && byId.size < MOST) byId.set(key, found);
    },
    list: () => [...byId.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1)),
  };
}
