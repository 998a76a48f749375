import { createSocket, type RemoteInfo } from "node:dgram";
import { type Clock, realClock } from "../clock.ts";
import { afterMishap, type Mishap } from "./fake-faults.ts";
import { type Make, type SimulatedUnit, simulatedUnit } from "./fake-unit.ts";

/** A Broadlink unit on a UDP socket of this machine; closing it takes it off the network. */
export interface FakeBroadlink extends SimulatedUnit, AsyncDisposable {
  readonly host: string;
  readonly port: number;
}

/** One of each kind (broadlink.md 4.3). */
export const makes = {
  "RM mini 3": { type: 0x2737, framing: "cmd32", sensors: "none" },
  "RM pro": { type: 0x2787, framing: "cmd32", sensors: "inside", radio: true },
  "red RM mini 3": { type: 0x5f36, framing: "len16", sensors: "none" },
  "RM4 mini": { type: 0x51da, framing: "len16", sensors: "cable" },
  "RM4 pro": { type: 0x6026, framing: "len16", sensors: "cable", radio: true },
} as const;

interface Setting extends Partial<Make> {
  make?: keyof typeof makes;
  /** Any free one by default: a real unit has 80. */
  port?: number;
  clock?: Clock;
}

/** Plugs in a unit: an RM4 mini unless told otherwise. */
export async function startFakeBroadlink({
  make = "RM4 mini",
  port = 0,
  clock = realClock,
  ...own
}: Setting = {}): Promise<FakeBroadlink> {
  const host = "127.0.0.1";
  const shop = { mac: "78:0f:77:11:22:33", address: host, name: `${make} in the house`, locked: false };
  const unit = simulatedUnit({ ...makes[make], ...shop, ...own }, clock);
  const socket = createSocket("udp4");
  const stranger = createSocket("udp4");
  const off = new AbortController();

  async function reply(mishap: Mishap, bytes: Buffer, to: RemoteInfo): Promise<void> {
    if (mishap === "late") await clock.sleep(unit.faults.lateMs, off.signal);
    const left = afterMishap(mishap, bytes);
    if (!left || off.signal.aborted) return;
    const from = mishap === "foreign" ? stranger : socket;
    for (let times = mishap === "doubled" ? 2 : 1; times > 0; times--) from.send(left, to.port, to.address);
  }

  socket.on("message", (datagram, from) => {
    if (unit.faults.silent) return;
    const expectsAnswer = datagram[0x26] !== 1;
    const mishap = (expectsAnswer && unit.faults.mishaps.shift()) || "fine";
    if (mishap === "restart") unit.restart();
    if (mishap === "unheard" || mishap === "restart") return;
    const bytes = unit.receive(datagram, `${from.address}:${from.port}`);
    if (bytes) void reply(mishap, bytes, from);
  });
  await new Promise<void>((resolve, reject) => socket.once("error", reject).bind(port, host, resolve));

  return Object.assign(unit, {
    host,
    port: socket.address().port,
    async [Symbol.asyncDispose]() {
      if (off.signal.aborted) return;
      off.abort();
      await Promise.all([socket, stranger].map((one) => new Promise<void>((closed) => one.close(closed))));
    },
  });
}
