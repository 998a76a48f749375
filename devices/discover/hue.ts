import { ROUND } from "../sensors/hue/identity.ts";
import { type Instance, instancesOf } from "./dns-sd.ts";
import { type Around, ASK_EVERY_MS, type Finder } from "./finder.ts";
import type { Bridge } from "./found.ts";
import type { Way } from "./interfaces.ts";
import { codeOf, openEar } from "./sockets.ts";

const SERVICE = "_hue._tcp.local";
/** Multicast DNS (RFC 6762, 3). */
const GROUP = "224.0.0.251";
const PORT = 5353;
/** What proves to the listeners that a question comes from their own network (RFC 6762, 11). */
const TTL = 255;

const NO_TLS =
  "it announces port 80, as emulators do: if it speaks no TLS, pair with --insecure-http as well; whoever listens on this " +
  "network then learns the key";
const NO_ID = "it does not say its bridge id: pairing prints it";

/** Asks for Hue bridges by mDNS in every network that we are in (hue.md 3). */
export const findHue: Finder = async (around, signal) => {
  const seen = await Promise.all(around.ways.map((way) => askIn(way, around, signal)));
  // Only now: until the end a part of what a bridge tells of itself may be on its way.
  for (const bridge of bridgesAmong(seen.flat())) around.found(bridge);
};

/** Asks from a port of our own, so that the answers come to us alone (RFC 6762, 5.1 and 6.7). */
async function askIn(way: Way, { clock, trouble }: Around, signal: AbortSignal): Promise<Instance[]> {
  const { hear, questions, list } = instancesOf(SERVICE);
  let why: string | undefined;
  try {
    await using ear = await openEar({ address: way.address }, (datagram, from) => hear(datagram, from.address));
    const { socket } = ear;
    socket.setMulticastInterface(way.address);
    socket.setMulticastTTL(TTL);
    while (!signal.aborted) {
      for (const question of questions()) {
        socket.send(question, PORT, GROUP, (error) => {
          if (error) why = codeOf(error);
        });
      }
      await clock.sleep(ASK_EVERY_MS, signal);
    }
  } catch (error) {
    why = codeOf(error);
  }
  if (why !== undefined) trouble(`Hue bridges can't be asked for by ${way.name} (${way.address}): ${why}`);
  return list();
}

/** The bridges that instances are. One that says its id in one network may have been heard in part in another. */
export function bridgesAmong(instances: readonly Instance[]): Bridge[] {
  const bridges = instances.map(bridgeIn);
  const identified = new Set(bridges.filter(({ id }) => id !== undefined).map(({ name }) => name));
  return bridges.filter(({ id, name }) => id !== undefined || !identified.has(name));
}

function bridgeIn({ name, port: said, txt, addresses, sender }: Instance): Bridge {
  // Nothing can listen at port 0.
  const port = said || 443;
  const id = /^[0-9a-f]{16}$/.exec(txt?.get("bridgeid")?.toLowerCase() ?? "")?.[0];
  const model = txt?.get("modelid") || "bridge";
  const host = addresses.includes(sender) ? sender : (addresses.find(isOfUse) ?? sender);
  const problems = [...(port === 80 && model !== ROUND ? [NO_TLS] : []), ...(id === undefined ? [NO_ID] : [])];
  return {
    kind: "bridge",
    make: "Hue",
    model,
    name,
    id,
    // The daemon knows both by itself.
    address: port === 443 || port === 80 ? host : `${host}:${port}`,
    supported: true,
    problem: problems.join("; ") || undefined,
  };
}

/** Whether somebody else can be reached at the address: not a machine's own, nor what it has without a network, nor many. */
const isOfUse = (address: string): boolean => !/^(0|127|169\.254|22[4-9]|2[345]\d)\./.test(address);
