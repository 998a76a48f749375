import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { type Announcement, respond } from "../../devices/discover/fake-mdns.ts";
import { startFakeZmote } from "../../devices/smart-aircons/blasters/fake-zmote.ts";
import { makes } from "../../src/broadlink/fake.ts";
import { simulatedUnit } from "../../src/broadlink/fake-unit.ts";
import { realClock } from "../../src/clock.ts";

/** A Broadlink unit to plug in. */
export interface BroadlinkPlan {
  address: string;
  mac: string;
  name: string;
  locked?: boolean;
  /** Of a model that is no blaster. */
  type?: number;
  /** The broadcasts that its network passes on: to the network's own address, or to all; both by default. */
  hears?: "network" | "all";
  /** How many hellos are lost at first. */
  loses?: number;
}

/** A Zmote to plug in. */
export interface ZmotePlan {
  address: string;
  uuid: string;
  /** Firmware v1, which announces itself and can't be asked. */
  isV1?: boolean;
}

/** A Hue bridge to plug in: where it answers from, and what it says. */
export interface BridgePlan extends Announcement {
  address: string;
  /** How many questions are lost at first. */
  loses?: number;
  /** What else it sends with each answer. */
  garbage?: "noise" | "loops";
}

export interface Plan {
  broadlinks?: BroadlinkPlan[];
  zmotes?: ZmotePlan[];
  bridges?: BridgePlan[];
}

const GROUP = "239.255.250.250";
const MDNS = { group: "224.0.0.251", port: 5353 };

/** No DNS at all; and an answer whose name points to itself. */
const garbage = {
  noise: Buffer.from("\u0000\u0001\u0084hue? \u00ff\u00fe"),
  loops: Buffer.from("000084000000000100000000c00c000c0001000000780002c00c", "hex"),
};

async function bound(port: number, address: string): Promise<Socket> {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  await new Promise<void>((resolve) => socket.bind(port, address, resolve));
  return socket;
}

/** A unit hears what is sent to everybody in its own network, and answers with its own address. */
async function plugBroadlink(plan: BroadlinkPlan): Promise<void> {
  const { address, mac, name, locked = false, type = makes["RM4 mini"].type, hears } = plan;
  const unit = simulatedUnit({ ...makes["RM4 mini"], type, address, mac, name, locked }, realClock);
  const mouth = await bound(80, address);
  const near = address.replace(/\d+$/, "");
  let loses = plan.loses ?? 0;
  const hear = (datagram: Buffer, from: RemoteInfo) => {
    if (!from.address.startsWith(near) || loses-- > 0) return;
    const reply = unit.receive(datagram, `${from.address}:${from.port}`);
    if (reply) mouth.send(reply, from.port, from.address);
  };
  mouth.on("message", hear);
  if (hears !== "network") (await bound(80, "255.255.255.255")).on("message", hear);
  if (hears !== "all") (await bound(80, `${near}255`)).on("message", hear);
}

/** A Zmote is asked by multicast, and answers by multicast. */
async function plugZmote({ address, uuid, isV1 = false }: ZmotePlan): Promise<void> {
  const fake = await startFakeZmote({ uuid });
  const beacon = fake.beacon().replace(/(Config-URL=)[^>]*/, `$1http://${address}`);
  const mouth = await bound(0, address);
  mouth.setMulticastInterface(address);
  const say = (text: string) => mouth.send(text, 9131, GROUP);
  if (isV1) {
    setInterval(() => say(beacon.replace("<-Type=ZMT2>", "")), 500);
    return;
  }
  const ear = await bound(9130, "0.0.0.0");
  ear.addMembership(GROUP, address);
  ear.on("message", (datagram) => {
    if (datagram.toString() === "SENDAMXB") say(beacon);
  });
}

/** A bridge is asked by multicast, and answers whom it was asked by. */
async function plugBridge({ address, garbage: kind, ...plan }: BridgePlan): Promise<void> {
  const mouth = await bound(MDNS.port, address);
  const ear = await bound(MDNS.port, MDNS.group);
  ear.addMembership(MDNS.group, address);
  const near = address.replace(/\d+$/, "");
  let loses = plan.loses ?? 0;
  ear.on("message", (datagram, from) => {
    if (!from.address.startsWith(near) || loses-- > 0) return;
    const replies = respond(plan, datagram, from.port);
    for (const one of [...(kind ? [garbage[kind]] : []), ...replies]) mouth.send(one, from.port, from.address);
  });
}

const { broadlinks = [], zmotes = [], bridges = [] }: Plan = JSON.parse(process.argv[2] ?? "{}");
await Promise.all([...broadlinks.map(plugBroadlink), ...zmotes.map(plugZmote), ...bridges.map(plugBridge)]);
process.stdout.write("plugged in\n");
// Until whoever started us has gone.
process.stdin.resume().on("end", () => process.exit());
