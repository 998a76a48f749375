import { randomInt } from "node:crypto";
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import { authenticationPayload, readKeys, strangersKeys } from "./authentication.ts";
import type { Command } from "./commands.ts";
import { encodeHello, type Found, parseHello } from "./discovery.ts";
import { BroadlinkError } from "./errors.ts";
import type { Exchange } from "./exchange.ts";
import type { Model } from "./models.ts";
import { AUTHENTICATE, COMMAND, encodeRequest, type Keys, nextCounter, openReply, readReply } from "./packet.ts";

/**
 * What can be asked of a unit; who asks knows whom, and with which keys. A question and its repeats carry the same
 * counter. All throw BroadlinkError: the unit's code, or as `Exchange.ask` does.
 */
export interface Questions {
  /** Who is there? */
  greet(): Promise<Found>;
  /** Asks for a session. */
  authenticate(unit: Found): Promise<Keys>;
  ask<T>(unit: Found & { model: Model }, keys: Keys, command: Command<T>): Promise<T>;
}

interface Question<T> {
  /** For the log. */
  name: string;
  command: typeof AUTHENTICATE | typeof COMMAND;
  payload: Buffer;
  read(body: () => Buffer): T;
}

export function questionsOver(exchange: Exchange, { clock, log }: { clock: Clock; log: Logger }): Questions {
  let last = randomInt(0x8000, 0x10000);

  async function request<T>({ type, mac }: Found, keys: Keys, question: Question<T>): Promise<T> {
    const { name, command, payload, read } = question;
    const counter = nextCounter(last);
    last = counter;
    log.debug({ mac, asked: name, counter, bytes: payload.length }, "asked a Broadlink unit");
    return await exchange.ask(encodeRequest({ type, mac, command, counter, keys, payload }), (datagram) => {
      const reply = readReply(datagram);
      if (reply.counter !== counter) return undefined;
      if (reply.code !== 0) return { refusal: new BroadlinkError(reply.code) };
      try {
        return { value: read(() => openReply(reply, keys)) };
      } catch (error) {
        // It is intact, so that its repeat would say the same.
        if (error instanceof BroadlinkError) return { refusal: error };
        throw error;
      }
    });
  }

  return {
    async greet() {
      const epochMs = clock.epochMs();
      const eastMinutes = -new Date(epochMs).getTimezoneOffset();
      return await exchange.ask(encodeHello({ epochMs, eastMinutes }), (datagram) => {
        const found = parseHello(datagram);
        return found && { value: found };
      });
    },
    authenticate: (unit) =>
      request(unit, strangersKeys, {
        name: "authenticate",
        command: AUTHENTICATE,
        payload: authenticationPayload(),
        read: (body) => readKeys(body()),
      }),
    // A model that can't do it is a rejection as all others are.
    ask: async (unit, keys, { name, payload, read }) =>
      await request(unit, keys, {
        name,
        command: COMMAND,
        payload: payload(unit.model),
        read: (body) => read(unit.model, body),
      }),
  };
}
