import { randomBytes } from "node:crypto";
import type { Clock } from "../clock.ts";
import {
  type Hardware,
  infraredIn,
  type Measured,
  measurement,
  type Order,
  readOrder,
  wordAnswer,
} from "./fake-commands.ts";
import { type Ear, ear } from "./fake-ear.ts";
import { type Faults, noFaults } from "./fake-faults.ts";
import { answer, factoryKey, type Heard, hear, introduce, sumOf, unscramble } from "./fake-wire.ts";

/** A unit as it leaves the shop. */
export interface Make extends Hardware {
  type: number;
  mac: string;
  address: string;
  name: string;
  locked: boolean;
  /** A session that it has already granted; without, nobody has authenticated since it started. */
  session?: { id: number; key: Buffer };
}

/** What reached the unit. */
export interface Received {
  kind: "hello" | "ping" | "authentication" | "command" | "noise";
  /** Address and port. */
  sender: string;
  atMs: number;
  datagram: Buffer;
}

/** The unit itself: datagrams in, answers out, wherever they travel (broadlink.md 7). */
export interface SimulatedUnit {
  readonly faults: Faults;
  /** What it did send into the room: each packet, in order. */
  readonly infrared: readonly Buffer[];
  /** What it has heard, repeats too; the last 10,000. */
  readonly received: readonly Received[];
  /** Forgets those two lists, and nothing else. */
  forget(): void;
  /** What people see and change in its maker's app. */
  name: string;
  locked: boolean;
  measured: Measured;
  firmware: number;
  /** What it makes of remote controls. */
  readonly ear: Ear;
  /** Loses its power for a moment: sessions and what it learned are gone. */
  restart(): void;
  /** Takes a datagram; what it answers. `sender` is an address and a port: it may send the same again. */
  receive(datagram: Buffer, sender: string): Buffer | undefined;
}

/** What it remembers of what it has answered, and we of what it was asked. */
const REMEMBERED = 64;
const KEPT = 10_000;

export function simulatedUnit(make: Make, clock: Clock): SimulatedUnit {
  const infrared: Buffer[] = [];
  const received: Received[] = [];
  const answered = new Map<string, Buffer>();
  let session = make.session;

  const self: SimulatedUnit = {
    faults: noFaults(),
    infrared,
    received,
    name: make.name,
    locked: make.locked,
    measured: { temperatureCelsius: 21.37, humidityPercent: 48.65 },
    firmware: 44_075,
    ear: ear(clock),
    forget() {
      infrared.length = 0;
      received.length = 0;
    },
    restart() {
      session = undefined;
      self.ear.forget();
      answered.clear();
    },
    receive(datagram, sender) {
      const note = (kind: Received["kind"]) => {
        received.push({ kind, sender, atMs: clock.monotonicMs(), datagram });
        if (received.length > KEPT) received.shift();
      };
      if (datagram.length === 0x30 && datagram[0x26] === 6) {
        note("hello");
        return introduce(datagram, { ...make, name: self.name, locked: self.locked });
      }
      const request = hear(datagram);
      if (!request) {
        note(datagram.length === 0x30 && datagram[0x26] === 1 ? "ping" : "noise");
        return undefined;
      }
      note(request.command === 0x65 ? "authentication" : "command");
      // The same counter from the same sender is a repeat: answered again, not done again.
      const repeat = `${sender} ${request.counter}`;
      const reply = answered.get(repeat) ?? (request.command === 0x65 ? grant : obey)(datagram, request);
      answered.set(repeat, reply);
      for (const oldest of answered.keys()) if (answered.size > REMEMBERED) answered.delete(oldest);
      return reply;
    },
  };

  function grant(datagram: Buffer, { encrypted }: Heard): Buffer {
    const refusal = self.locked ? -1 : self.faults.authenticationRefusals.shift();
    if (refusal !== undefined) return answer(datagram, { code: refusal });
    if ((unscramble(factoryKey, encrypted)?.length ?? 0) < 0x50) return answer(datagram, { code: -6 });
    session ??= { id: 1, key: randomBytes(16) };
    const body = Buffer.alloc(32);
    body.writeUInt32LE(session.id);
    session.key.copy(body, 4);
    return answer(datagram, { key: factoryKey, body });
  }

  function obey(datagram: Buffer, { sessionId, payloadSum, encrypted }: Heard): Buffer {
    const refuse = (code: number) => answer(datagram, { code });
    const refusal = self.faults.refusals.shift();
    if (refusal !== undefined) return refuse(refusal);
    const plain = session && unscramble(session.key, encrypted);
    if (!session || !plain || sessionId !== session.id) return refuse(-7);
    const { key } = session;
    // With a wrong key it decrypts to something else, and the sum tells.
    if (sumOf(plain) !== payloadSum) return refuse(-7);

    const order = readOrder(make, plain);
    const say = (body: Buffer, code = 0) => answer(datagram, { code, key, body });
    if (order.kind === "malformed") return refuse(-6);
    if (order.kind === "firmware") {
      const body = Buffer.alloc(16);
      body.writeUInt16LE(self.firmware, 4);
      return say(body);
    }
    if (order.kind === "settings") {
      self.name = order.name;
      self.locked = order.locked;
      return say(Buffer.alloc(16));
    }
    const { code, data } = run(order);
    if (code === undefined) return say(wordAnswer(make, order.number, data));
    return code === -5 && self.faults.saysStorageFull ? say(Buffer.alloc(16), code) : refuse(code);
  }

  /** What a command does: its data, or why not. */
  function run({ number, data }: Extract<Order, { kind: "command" }>): { code?: number; data?: Buffer } {
    if (number === 0x02) {
      const packet = infraredIn(data);
      if (packet) infrared.push(packet);
      return packet ? {} : { code: -6 };
    }
    if (number === 0x03) {
      self.ear.listen();
      return {};
    }
    const { learned } = self.ear;
    if (number === 0x04) return learned ? { data: learned } : { code: self.faults.saysStorageFull ? -5 : -10 };
    if (number === (make.sensors === "cable" ? 0x24 : 0x01) && make.sensors !== "none") {
      return { data: measurement(make, self.measured) };
    }
    // 0 was seen of an RM4 that was asked in the older framing.
    return { code: number === 0 ? -5 : -4 };
  }

  return self;
}
