import type { Logger } from "pino";
import { BroadlinkError } from "../../../src/broadlink/errors.ts";
import type { Framing } from "../../../src/broadlink/framing.ts";
import { openUnit, type Unit } from "../../../src/broadlink/unit.ts";
import { atMost, type Clock } from "../../../src/clock.ts";
import { unreachable } from "../../../src/network-errors.ts";
import type { Code } from "../code-sets/code-set.ts";
import { type BroadlinkPacket, decodeBroadlink, encodeBroadlink } from "../ir/broadlink-packet.ts";
import { type Blaster, BlasterError, type BlasterIdentity, coded, NothingSent } from "./blaster.ts";
import type { Greeting } from "./health.ts";
import { tend } from "./tend.ts";

export interface BroadlinkAddress {
  host: string;
  /** 80 in every real unit. */
  port?: number;
  /** For a model that we don't know and guess wrong. */
  framing?: Framing | undefined;
}

const PORT = 80;
const LISTEN_MS = 30_000;
const LOOK_MS = 1_000;
/** For two questions, each of which may have to be repeated once. */
const LEAVE_MS = 2_500;

const LOCKED_LATER =
  "it was locked to its maker's app and may refuse us after its next restart: open the unit's settings in the " +
  "Broadlink app and switch off “Lock device”";

/**
 * A Broadlink unit as a blaster. The carrier is the unit's own, about 38 kHz, whatever a code says. To send takes one
 * datagram and its answer, for up to 10 s where datagrams are lost.
 *
 * Models with radio (RM pro, RM4 pro) are told to leave learning. The others have no command for it (broadlink.md 4.3):
 * they leave it when they have heard a key, and by themselves about 30 s after it began.
 */
export function broadlinkBlaster(
  { host, port = PORT, framing }: BroadlinkAddress,
  { log, clock }: { log: Logger; clock: Clock },
): Blaster {
  const unit = openUnit(host, { port, framing, log, clock });
  const place = port === PORT ? host : `${host}:${port}`;
  const tended = tend({ place, log, clock, greet: (before) => inWords(place, greet(unit, before)) });

  async function leave(): Promise<void> {
    const left = unit.leaveLearning().catch((error: unknown) => {
      if (!(error instanceof BroadlinkError)) throw error;
      if (error.trouble !== "unsupported") log.debug({ host, why: error.message }, "the unit may still be learning");
    });
    await atMost(LEAVE_MS, left, clock);
  }

  async function hear(signal: AbortSignal): Promise<Buffer | undefined> {
    if (signal.aborted) return undefined;
    const endMs = clock.monotonicMs() + LISTEN_MS;
    // Nobody who has left waits for a unit that was unplugged.
    const left = new Promise<undefined>((resolve) => signal.addEventListener("abort", () => resolve(undefined)));
    let heard: Buffer | undefined;
    try {
      await Promise.race([unit.enterLearning(), left]);
      while (!heard && clock.monotonicMs() < endMs) {
        await clock.sleep(LOOK_MS, signal);
        if (signal.aborted) break;
        heard = await Promise.race([unit.readLearned(), left]);
      }
      return heard;
    } finally {
      if (!heard) await leave();
    }
  }

  return {
    health: tended.health,
    async send({ waveform, repeats }) {
      const packet = coded(() => packetOf({ waveform, repeats }), NothingSent);
      await tended.ask(() => inWords(place, unit.sendInfrared(packet)));
    },
    async learn(signal): Promise<Code | undefined> {
      if (signal.aborted) return undefined;
      const heard = await tended.listen((closing) => inWords(place, hear(AbortSignal.any([signal, closing]))));
      return heard && coded(() => decodeBroadlink(heard));
    },
    [Symbol.asyncDispose]: () => tended.close(() => unit[Symbol.asyncDispose]()),
  };
}

/** Throws InfraredError. */
function packetOf(content: BroadlinkPacket): Uint8Array {
  const packet = encodeBroadlink(content);
  // It refuses what a unit would not send.
  decodeBroadlink(packet);
  return packet;
}

async function greet(unit: Unit, before: BlasterIdentity | undefined): Promise<Greeting> {
  const { mac, model, locked } = await unit.identify();
  const firmware = before?.serialNumber === mac ? before.firmware : await firmwareOf(unit);
  return {
    identity: {
      manufacturer: "Broadlink",
      model: model.name,
      serialNumber: mac,
      ...(firmware === undefined ? {} : { firmware }),
    },
    problem: locked ? LOCKED_LATER : undefined,
  };
}

/** Undefined when the unit does not say: it can send all the same. */
async function firmwareOf(unit: Unit): Promise<string | undefined> {
  try {
    return String(await unit.readFirmware());
  } catch (error) {
    const fatal = ["silent", "session", "locked", "closed"];
    if (!(error instanceof BroadlinkError) || fatal.includes(error.trouble)) throw error;
    return undefined;
  }
}

/** The unit's troubles as sentences with the way out. */
async function inWords<T>(place: string, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof BroadlinkError)) throw error;
    throw new BlasterError(error.trouble === "silent" ? silence(place, error.cause) : error.message, { cause: error });
  }
}

function silence(place: string, cause: unknown): string {
  const code: unknown = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return (
    unreachable(code, place, "the blaster") ??
    `the blaster does not answer at ${place}: is it plugged in, and is that still its address?`
  );
}
