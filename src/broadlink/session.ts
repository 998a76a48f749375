import { randomInt } from "node:crypto";
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import { authenticationPayload, readKeys, strangersKeys } from "./authentication.ts";
import type { Command } from "./commands.ts";
import { encodeHello, type Found, parseHello } from "./discovery.ts";
import { BroadlinkError } from "./errors.ts";
import type { Exchange } from "./exchange.ts";
import type { Framing } from "./framing.ts";
import { type Model, modelOf } from "./models.ts";
import { AUTHENTICATE, COMMAND, encodeRequest, type Keys, nextCounter, openReply, readReply } from "./packet.ts";

/** Who a unit is, as far as it says so itself, and what that model can do. */
export interface Identity extends Found {
  model: Model;
}

/** A unit that is met, authenticated with once, and asked. Whoever asks waits for the last answer first. */
export interface Session {
  /**
   * Greets the unit, even when it has granted us a session, and authenticates where it has not.
   * Throws BroadlinkError: "locked", "silent", "damaged", "closed".
   */
  meet(): Promise<Identity>;
  /**
   * Asks it, after meeting it where that is due. When it does not know our session, it is met anew and asked again, once.
   * Throws BroadlinkError with the unit's code, or as `meet` does.
   */
  ask<T>(command: Command<T>): Promise<T>;
}

const LOCKED_MS = 60_000;
const LOCKED =
  "it is locked to its maker's app: open the unit's settings in the Broadlink app and switch off “Lock device”, " +
  "or reset it and give it the Wi-Fi without finishing the app's setup";

/** A session, and who has granted it. */
interface Standing {
  identity: Identity;
  keys: Keys;
}

interface Surroundings {
  exchange: Exchange;
  clock: Clock;
  log: Logger;
  /** For a type that we guess wrong. */
  framing?: Framing | undefined;
}

export function openSession({ exchange, clock, log, framing }: Surroundings): Session {
  let counter = randomInt(0x8000, 0x10000);
  let standing: Standing | undefined;
  /** Whether that is still who is there, as far as we know. */
  let sure = false;
  let lockedUntilMs = Number.NEGATIVE_INFINITY;

  const locked = () => new BroadlinkError(-1, { trouble: "locked", message: LOCKED });

  /** One question and its repeats, which carry the same counter. Throws BroadlinkError with the unit's code. */
  async function request<T>(
    { type, mac }: Found,
    keys: Keys,
    command: typeof AUTHENTICATE | typeof COMMAND,
    payload: Buffer,
    read: (body: () => Buffer) => T,
  ): Promise<T> {
    counter = nextCounter(counter);
    const asked = counter;
    log.debug({ mac, command, counter, payloadBytes: payload.length }, "broadlink");
    return await exchange.ask(encodeRequest({ type, mac, command, counter, keys, payload }), (datagram) => {
      const reply = readReply(datagram);
      if (reply.counter !== asked) return undefined;
      if (reply.code !== 0) return { refusal: new BroadlinkError(reply.code) };
      return { value: read(() => openReply(reply, keys)) };
    });
  }

  async function greet(): Promise<Found> {
    const epochMs = clock.epochMs();
    const eastMinutes = -new Date(epochMs).getTimezoneOffset();
    return await exchange.ask(encodeHello({ epochMs, eastMinutes }), (datagram) => {
      const found = parseHello(datagram);
      return found && { value: found };
    });
  }

  async function authenticate(found: Found): Promise<Keys> {
    try {
      return await request(found, strangersKeys, AUTHENTICATE, authenticationPayload(), (body) => readKeys(body()));
    } catch (error) {
      if (!(error instanceof BroadlinkError) || error.code !== -1) throw error;
      lockedUntilMs = clock.monotonicMs() + LOCKED_MS;
      throw locked();
    }
  }

  async function meet(): Promise<Standing> {
    if (clock.monotonicMs() < lockedUntilMs) throw locked();
    const found = await greet();
    const known = standing?.identity;
    if (known?.mac !== found.mac || known.type !== found.type) standing = undefined;
    const keys = standing?.keys ?? (await authenticate(found));
    const identity = { ...found, model: { ...modelOf(found.type), ...(framing && { framing }) } };
    standing = { identity, keys };
    sure = true;
    return standing;
  }

  async function askOnce<T>({ payload, read }: Command<T>): Promise<T> {
    const { identity, keys } = standing && sure ? standing : await meet();
    const { model } = identity;
    return await request(identity, keys, COMMAND, payload(model), (body) => read(model, body));
  }

  /** What an error says about who is there, and what we are to them. */
  function learn(error: unknown): BroadlinkError | undefined {
    if (!(error instanceof BroadlinkError)) return undefined;
    if (error.trouble === "silent") sure = false;
    if (error.trouble === "session" || error.code === -1) standing = undefined;
    return error;
  }

  return {
    meet: async () => (await meet()).identity,
    async ask(command) {
      try {
        return await askOnce(command).catch((error) => {
          if (learn(error)?.trouble !== "session") throw error;
          return askOnce(command);
        });
      } catch (error) {
        learn(error);
        throw error;
      }
    },
  };
}
