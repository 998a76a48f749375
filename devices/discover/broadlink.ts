import type { RemoteInfo } from "node:dgram";
import { encodeHello, parseHello } from "../../src/broadlink/discovery.ts";
import { isKnown, modelOf } from "../../src/broadlink/models.ts";
import { type Around, ASK_EVERY_MS, type Finder } from "./finder.ts";
import type { Found } from "./found.ts";
import type { Way } from "./interfaces.ts";
import { codeOf, openEar } from "./sockets.ts";

const PORT = 80;
const EVERYBODY = "255.255.255.255";
const LOCKED =
  "it is locked to its maker's app and will refuse us: open the unit's settings in the Broadlink app and switch off " +
  "“Lock device”, or reset it and give it the Wi-Fi without finishing the app's setup";
const UNKNOWN =
  "it is none of the blasters that we know: perhaps a plug or a sensor. If it does send infrared, try it all the same";

/** Greets all Broadlink units in every network that we are in, with broadcasts (broadlink.md 3). */
export const findBroadlink: Finder = async (around, signal) => {
  await Promise.all(around.ways.map((way) => greetAll(way, around, signal)));
};

async function greetAll(way: Way, { clock, found, trouble }: Around, signal: AbortSignal): Promise<void> {
  if (way.broadcast === undefined) return;
  try {
    await using ear = await openEar({ address: way.address }, (datagram, from) => {
      const unit = readUnit(datagram, from);
      if (unit) found(unit);
    });
    const { socket } = ear;
    socket.setBroadcast(true);
    let why: string | undefined;
    while (!signal.aborted) {
      const epochMs = clock.epochMs();
      const eastMinutes = -new Date(epochMs).getTimezoneOffset();
      const hello = encodeHello({ epochMs, eastMinutes, address: way.address, port: socket.address().port });
      // Some networks pass one of them on, and not the other.
      for (const everybody of [way.broadcast, EVERYBODY]) {
        socket.send(hello, PORT, everybody, (error) => {
          if (error && everybody !== EVERYBODY) why = codeOf(error);
        });
      }
      await clock.sleep(ASK_EVERY_MS, signal);
    }
    if (why !== undefined) trouble(`broadcasts can't be sent by ${way.name} (${way.address}): ${why}`);
  } catch (error) {
    trouble(`broadcasts can't be sent by ${way.name} (${way.address}): ${codeOf(error)}`);
  }
}

/** What a unit answered. Where it is, the sender tells: its own idea of that may be old. */
function readUnit(datagram: Buffer, { address, port }: RemoteInfo): Found | undefined {
  const hello = parseHello(datagram);
  if (!hello) return undefined;
  const { type, mac, name, locked } = hello;
  const supported = isKnown(type);
  const place = port === PORT ? address : `${address}:${port}`;
  return {
    kind: "blaster",
    make: "Broadlink",
    model: supported ? modelOf(type).name : `type 0x${type.toString(16).padStart(4, "0")}`,
    name,
    id: mac,
    address: place,
    locked,
    supported,
    problem: [...(supported ? [] : [UNKNOWN]), ...(locked ? [LOCKED] : [])].join("; ") || undefined,
    url: `broadlink://${place}`,
  };
}
