import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import {
  enterLearning,
  leaveLearning,
  type Reading,
  readFirmware,
  readLearned,
  readSensors,
  sendInfrared,
} from "./commands.ts";
import { encodePing } from "./discovery.ts";
import { BroadlinkError } from "./errors.ts";
import { exchangeWith } from "./exchange.ts";
import type { Framing } from "./framing.ts";
import { questionsOver } from "./questions.ts";
import { type Identity, openSession } from "./session.ts";
import { turns } from "./turns.ts";

/**
 * A Broadlink unit at an address. It is asked one thing at a time, infrared before the rest; nothing is sent before the
 * first question but pings. All methods throw BroadlinkError, whose `trouble` says what can be done about it.
 */
export interface Unit extends AsyncDisposable {
  /** Greets it, and authenticates where that is due: whether it is there and takes commands, and what it is. */
  identify(): Promise<Identity>;
  /** Resolves when the unit says that it has sent this packet once (broadlink.md 5). */
  sendInfrared(packet: Uint8Array): Promise<void>;
  /** Listens to a remote control for about 30 s. */
  enterLearning(): Promise<void>;
  /** The packet it heard; undefined while there is none: ask again after 1 s. */
  readLearned(): Promise<Buffer | undefined>;
  /** Ends learning. "unsupported", without a question, where a model ends it only by itself, after about 30 s. */
  leaveLearning(): Promise<void>;
  /** What its sensors measure; undefined when it has no cable with sensors. "unsupported" where a model can't have one. */
  readSensors(): Promise<Reading | undefined>;
  /** The version of its firmware, such as 44075. */
  readFirmware(): Promise<number>;
  /** Ends what is being asked ("closed") and closes the socket. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface UnitOptions {
  /** 80 in every real unit. */
  port?: number;
  /** For a model that we don't know and guess wrong. */
  framing?: Framing | undefined;
  clock: Clock;
  log: Logger;
}

const PORT = 80;
const PING_MS = 120_000;

export function openUnit(host: string, { port = PORT, framing, clock, log }: UnitOptions): Unit {
  const ending = new AbortController();
  const exchange = exchangeWith({ host, port }, { clock, log });
  const session = openSession(questionsOver(exchange, { clock, log }), { clock, framing });
  const turn = turns(clock);

  async function keepAlive(): Promise<void> {
    for (;;) {
      await clock.sleep(PING_MS, ending.signal);
      if (ending.signal.aborted) return;
      await exchange.tell(encodePing());
    }
  }
  void keepAlive();

  return {
    identify: () => turn.take("poll", session.meet),
    sendInfrared: (packet) => turn.take("infrared", () => session.ask(sendInfrared(packet))),
    enterLearning: () => turn.take("infrared", () => session.ask(enterLearning)),
    async readLearned() {
      try {
        return await turn.take("infrared", () => session.ask(readLearned));
      } catch (error) {
        if (error instanceof BroadlinkError && error.trouble === "empty") return undefined;
        throw error;
      }
    },
    leaveLearning: () => turn.take("infrared", () => session.ask(leaveLearning)),
    readSensors: () => turn.take("poll", () => session.ask(readSensors)),
    readFirmware: () => turn.take("poll", () => session.ask(readFirmware)),
    async [Symbol.asyncDispose]() {
      ending.abort();
      await exchange.close();
    },
  };
}
