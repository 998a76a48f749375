import { randomBytes } from "node:crypto";
import {
  type Hardware,
  infraredIn,
  type Measured,
  measurement,
  type Order,
  readOrder,
  wordAnswer,
} from "./fake-commands.ts";
import type { Ear } from "./fake-ear.ts";
import type { Faults } from "./fake-faults.ts";
import { answer, factoryKey, type Heard, sumOf, unscramble } from "./fake-wire.ts";

/** What its firmware finds in a unit. */
export interface Body {
  readonly faults: Faults;
  readonly ear: Ear;
  readonly measured: Measured;
  readonly firmware: number;
  name: string;
  locked: boolean;
}

interface Firmware {
  /** The answer to a request that is no repeat. */
  answer(datagram: Buffer, request: Heard): Buffer;
  /** Forgets its session. */
  restart(): void;
}

/** Grants sessions and obeys those who have one (broadlink.md 4). `send` is its infrared light. */
export function runFirmware(
  make: Hardware & { session?: { id: number; key: Buffer } },
  unit: Body,
  send: (packet: Buffer) => void,
): Firmware {
  let { session } = make;

  function grant(datagram: Buffer, { encrypted }: Heard): Buffer {
    const refusal = unit.locked ? -1 : unit.faults.authenticationRefusals.shift();
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
    const refusal = unit.faults.refusals.shift();
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
      body.writeUInt16LE(unit.firmware, 4);
      return say(body);
    }
    if (order.kind === "settings") {
      unit.name = order.name;
      unit.locked = order.locked;
      return say(Buffer.alloc(16));
    }
    const { code, data } = run(order);
    if (code === undefined) return say(wordAnswer(make, order.number, data));
    return code === -5 && unit.faults.saysStorageFull ? say(Buffer.alloc(16), code) : refuse(code);
  }

  /** What a command does: its data, or why not. */
  function run({ number, data }: Extract<Order, { kind: "command" }>): { code?: number; data?: Buffer } {
    if (number === 0x02) {
      const packet = infraredIn(data);
      if (packet) send(packet);
      return packet ? {} : { code: -6 };
    }
    if (number === 0x03) {
      unit.ear.listen();
      return {};
    }
    if (number === 0x1e && make.radio) {
      unit.ear.forget();
      return {};
    }
    const { learned } = unit.ear;
    if (number === 0x04) return learned ? { data: learned } : { code: unit.faults.saysStorageFull ? -5 : -10 };
    if (number === (make.sensors === "cable" ? 0x24 : 0x01) && make.sensors !== "none") {
      return { data: measurement(make, unit.measured) };
    }
    // 0 was seen of an RM4 that was asked in the older framing.
    return { code: number === 0 ? -5 : -4 };
  }

  return {
    answer: (datagram, request) => (request.command === 0x65 ? grant : obey)(datagram, request),
    restart() {
      session = undefined;
    },
  };
}
