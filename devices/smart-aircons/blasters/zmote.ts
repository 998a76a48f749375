import type { Logger } from "pino";
import type { Clock } from "../../../src/clock.ts";
import { formatSendir } from "../ir/sendir.ts";
import { type Blaster, BlasterError, NothingSent } from "./blaster.ts";
import { tend } from "./tend.ts";
import { codeOf, sendirOf } from "./zmote-code.ts";
import { httpTo } from "./zmote-http.ts";
import { hearRemote } from "./zmote-learning.ts";
import { parseReply } from "./zmote-replies.ts";
import { zmoteSession } from "./zmote-session.ts";

export interface ZmoteAddress {
  host: string;
  /** 80 in every real unit. */
  port?: number;
}

const PORT = 80;
/** What it made of ours, nobody knows. */
const OTHER = "it answered to another command";
const BUSY = { everyMs: 200, times: 15, longestMs: 10_000 };

/**
 * A Zmote with firmware v2 as a blaster. To send takes one request and its answer, on a connection that is kept; each is
 * given 5 s. While the Zmote says that it is busy it is asked again, every 200 ms, fifteen times.
 */
export function zmoteBlaster(
  { host, port = PORT }: ZmoteAddress,
  { log, clock }: { log: Logger; clock: Clock },
): Blaster {
  const place = port === PORT ? host : `${host}:${port}`;
  const http = httpTo({ host, port, place }, clock);
  const session = zmoteSession(http, { place, log, clock });
  const tended = tend({ place, log, clock, greet: session.greet });
  let lastId = Math.floor(Math.random() * 0x10000);

  /** What it says to the command: that it has sent it, is busy, or why it refuses it. Throws BlasterError. */
  async function sendOnce(command: ReturnType<typeof sendirOf>) {
    lastId = (lastId + 1) % 0x10000;
    const id = lastId;
    const reply = parseReply(await session.command(formatSendir({ ...command, id })));
    if (reply.kind === "busy" || reply.kind === "refused" || (reply.kind === "sent" && reply.id === id)) return reply;
    throw new BlasterError(`the Zmote at ${place}: ${"why" in reply ? reply.why : OTHER}`);
  }

  return {
    health: tended.health,
    async send(code) {
      const command = sendirOf(code);
      const reply = await tended.ask(async (closing) => {
        const endMs = clock.monotonicMs() + BUSY.longestMs;
        for (let again = 0; ; again++) {
          const said = await sendOnce(command);
          if (said.kind !== "busy") return said;
          if (again < BUSY.times) await clock.sleep(BUSY.everyMs, closing);
          if (closing.aborted) throw new NothingSent("we are closing");
          // After the nap: this process may have stood still in it for hours.
          if (again === BUSY.times || clock.monotonicMs() >= endMs) {
            throw new NothingSent(`the Zmote at ${place} is busy all the time: does anybody else send with it?`);
          }
        }
      });
      // Not while it is asked: what it says of this code is no reason to take it for away.
      if (reply.kind === "refused") throw new NothingSent(`the Zmote at ${place}: ${reply.why}`);
    },
    async learn(signal) {
      if (signal.aborted) return undefined;
      const heard = await tended.listen((closing) =>
        hearRemote(session, AbortSignal.any([signal, closing]), { place, clock }),
      );
      if (heard && "refusal" in heard) throw new BlasterError(heard.refusal);
      return heard && codeOf(heard.sendir);
    },
    [Symbol.asyncDispose]: () => tended.close(async () => http.close()),
  };
}
