import type { NetworkInterfaceInfo } from "node:os";

/** A way into a network: one of our own IPv4 addresses. */
export interface Way {
  /** `eth0` */
  name: string;
  address: string;
  /** Reaches everybody in this network; undefined where there is nobody else (a point-to-point link). */
  broadcast: string | undefined;
}

/** Longer masks leave no address for a broadcast. */
const LONGEST_PREFIX = 30;

/** The ways from here, loopback left out; `interfaces` is what `os.networkInterfaces()` says. */
export function waysIn(interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>): Way[] {
  return Object.entries(interfaces).flatMap(([name, addresses = []]) =>
    addresses.flatMap(({ family, internal, address, netmask }) =>
      family === "IPv4" && !internal ? [{ name, address, broadcast: broadcastOf(address, netmask) }] : [],
    ),
  );
}

function broadcastOf(address: string, netmask: string): string | undefined {
  const [host, mask] = [numberOf(address), numberOf(netmask)];
  const others = ~mask >>> 0;
  if (others < 2 ** (32 - LONGEST_PREFIX) - 1) return undefined;
  return [24, 16, 8, 0].map((shift) => ((host | others) >>> shift) & 0xff).join(".");
}

const numberOf = (address: string): number => address.split(".").reduce((sum, part) => (sum << 8) | Number(part), 0);
