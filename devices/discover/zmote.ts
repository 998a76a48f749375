import { beacons, parseBeacon } from "../smart-aircons/blasters/zmote-beacon.ts";
import { type Around, ASK_EVERY_MS, type Finder } from "./finder.ts";
import type { Found } from "./found.ts";
import type { Way } from "./interfaces.ts";
import { codeOf, type Ear, openEar } from "./sockets.ts";

const V1 = "it has firmware v1, which is not supported: v2 answers at /uuid";

/** Listens to the beacons of Zmotes in every network that we are in, and asks for them (zmote.md 1). */
export const findZmote: Finder = async (around, signal) => {
  const { ways, trouble } = around;
  await using sockets = new AsyncDisposableStack();
  try {
    // Others may listen to beacons on this machine as well.
    const ear = await openEar({ port: beacons.port, options: { reuseAddr: true } }, (datagram) => {
      const zmote = readZmote(datagram.toString("latin1"));
      if (zmote) around.found(zmote);
    });
    sockets.use(ear);
    const mouths = await Promise.all(ways.map((way) => enter(way, ear, trouble)));
    for (const mouth of mouths) if (mouth) sockets.use(mouth);
    while (!signal.aborted) {
      // A network without a way for it has been told of.
      for (const mouth of mouths) mouth?.socket.send(beacons.question, beacons.askPort, beacons.group, () => {});
      await around.clock.sleep(ASK_EVERY_MS, signal);
    }
  } catch (error) {
    const why = codeOf(error) === "EADDRINUSE" ? "another program has it for itself" : codeOf(error);
    trouble(`Zmotes can't be listened to, UDP port ${beacons.port}: ${why}`);
  }
};

/** Joins the group in one network; a socket that asks there. */
async function enter({ name, address }: Way, ear: Ear, trouble: Around["trouble"]): Promise<Ear | undefined> {
  try {
    ear.socket.addMembership(beacons.group, address);
    const mouth = await openEar({ address }, () => {});
    mouth.socket.setMulticastInterface(address);
    return mouth;
  } catch (error) {
    trouble(`multicast can't be used by ${name} (${address}): ${codeOf(error)}`);
    return undefined;
  }
}

function readZmote(text: string): Found | undefined {
  const beacon = parseBeacon(text);
  if (!beacon) return undefined;
  const { uuid, model, supported } = beacon;
  const address = beacon.host.replace(/:80$/, "");
  return {
    kind: "blaster",
    make: "Zmote",
    model,
    name: "",
    id: uuid,
    address,
    locked: undefined,
    supported,
    problem: supported ? undefined : V1,
    url: `zmote://${address}`,
  };
}
