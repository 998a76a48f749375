import type { Logger } from "pino";
import { atMost, type Clock } from "../clock.ts";
import { BroadlinkError } from "./errors.ts";
import { type Link, openLink } from "./link.ts";

/** What a reply means to who asked. */
export type Answer<T> = { value: T } | { refusal: BroadlinkError };

/** Questions and answers with one host, one question at a time. */
export interface Exchange {
  /**
   * Sends the datagram each second until `read` makes an answer of a reply; what it makes nothing of is dropped.
   * Throws BroadlinkError: the refusal; after 10 s "silent", or what `read` threw of damaged replies; "closed" at once
   * when the exchange ends.
   */
  ask<T>(datagram: Buffer, read: (reply: Buffer) => Answer<T> | undefined): Promise<T>;
  /** Sends the datagram once. Nobody answers; a failure is logged. Never throws. */
  tell(datagram: Buffer): Promise<void>;
  /** Ends what is being asked, and closes the socket. Never throws. */
  close(): Promise<void>;
}

export interface Address {
  host: string;
  port: number;
}

const REPEAT_MS = 1_000;
const TOTAL_MS = 10_000;
const ended = () => new BroadlinkError(-4000, { trouble: "closed", message: "we are closing" });

/** Opens nothing yet. After a silence the socket is opened anew: the name may mean another address by then. */
export function exchangeWith({ host, port }: Address, { log, clock }: { log: Logger; clock: Clock }): Exchange {
  const closing = new AbortController();
  let link: Promise<Link> | undefined;
  /** What is being asked. */
  let pending: { heard(datagram: Buffer): void; fail(error: Error): void } | undefined;
  /** What the network said last while something was asked. */
  let trouble: Error | undefined;
  const said = () => trouble;

  const troubled = (error: unknown) => {
    trouble = error instanceof Error ? error : new Error(String(error));
    log.debug({ host, trouble: trouble.message }, "the network could not deliver a datagram");
  };
  const heard = (datagram: Buffer) => {
    if (pending) pending.heard(datagram);
    else log.debug({ host, bytes: datagram.length }, "dropped a reply that nothing waits for");
  };

  async function send(datagram: Buffer, wanted: AbortSignal, endMs = Number.POSITIVE_INFINITY): Promise<void> {
    try {
      link ??= openLink(host, port, { heard, trouble: troubled });
      const opened = await link;
      // Resolving a name may take longer than anybody waits for it, and the machine may sleep meanwhile: a refused
      // command, or one that is about to be, must not be sent afterwards.
      if (!wanted.aborted && clock.monotonicMs() < endMs) opened.send(datagram);
    } catch (error) {
      link = undefined;
      troubled(error);
    }
  }

  async function drop(): Promise<void> {
    const opened = link;
    link = undefined;
    await opened?.then((one) => one.close()).catch(() => {});
  }

  return {
    async ask<T>(datagram: Buffer, read: (reply: Buffer) => Answer<T> | undefined) {
      if (closing.signal.aborted) throw ended();
      const came = Promise.withResolvers<T>();
      const over = new AbortController();
      let damage: BroadlinkError | undefined;
      trouble = undefined;
      pending = {
        fail: came.reject,
        heard(reply) {
          try {
            const answer = read(reply);
            if (!answer) log.debug({ host, bytes: reply.length }, "dropped a reply to something else");
            else if ("value" in answer) came.resolve(answer.value);
            else came.reject(answer.refusal);
          } catch (error) {
            if (!(error instanceof BroadlinkError)) return came.reject(error);
            damage = error;
            log.debug({ host, bytes: reply.length, code: error.code }, "dropped a damaged reply");
          }
        },
      };
      try {
        const endMs = clock.monotonicMs() + TOTAL_MS;
        while (clock.monotonicMs() < endMs) {
          void send(datagram, over.signal, endMs);
          if (await atMost(REPEAT_MS, came.promise, clock)) return await came.promise;
        }
      } finally {
        pending = undefined;
        over.abort();
      }
      void drop();
      if (damage) throw damage;
      const cause = said();
      const why = cause ? `: ${cause.message}` : "";
      throw new BroadlinkError(-4000, { message: `no answer from ${host} in 10 s${why}`, cause });
    },
    tell: (datagram) => send(datagram, closing.signal),
    async close() {
      closing.abort();
      pending?.fail(ended());
      await drop();
    },
  };
}
