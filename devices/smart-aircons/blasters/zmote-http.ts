import type { IncomingMessage } from "node:http";
import type { Clock } from "../../../src/clock.ts";
import { Agent, request } from "../../../src/http.ts";
import { unreachable } from "../../../src/network-errors.ts";
import { BlasterError } from "./blaster.ts";

export interface Question {
  method: "GET" | "POST";
  path: string;
  /** One command; none with GET. */
  body?: string;
  /**
   * For an answer that comes bit by bit, as long as it takes: whether this line of it, which has come in whole, is
   * enough. Without it, an answer ends when the other side says so.
   */
  enough?: (line: string) => boolean;
  /** When it aborts, nobody waits for the answer any more. */
  signal?: AbortSignal;
}

export interface Answer {
  status: number;
  text: string;
}

/** Questions to one host over one connection that is kept. Who asks waits for the last answer first. */
export interface Http {
  /**
   * Undefined when the signal aborted first, or we closed. Throws BlasterError: when no answer came in 5 s (or, where it comes bit by
   * bit, no first bit), or the network failed. What comes later is an answer to nothing: its connection is gone.
   */
  ask(question: Question): Promise<Answer | undefined>;
  /** Ends what is being asked. */
  close(): void;
}

interface Trouble extends Error {
  code?: unknown;
  syscall?: unknown;
}

const PATIENCE_MS = 5_000;
/** More than a hundred codes, in characters. */
const LONGEST_ANSWER = 64 * 1024;

/** Connects with the first question. `place` is who we speak with, to a person. */
export function httpTo({ host, port, place }: { host: string; port: number; place: string }, clock: Clock): Http {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 1 });
  let closed = false;

  async function ask(question: Question): Promise<Answer | undefined> {
    if (closed || question.signal?.aborted) return undefined;
    const { method, path, body = "", enough, signal } = question;
    const outcome = Promise.withResolvers<Answer | undefined>();
    const fail = (why: string) => outcome.reject(new BlasterError(why));
    const calm = new AbortController();
    const endMs = clock.monotonicMs() + PATIENCE_MS;
    const headers = method === "POST" ? { "Content-Type": "text/plain" } : {};
    const sent = request({ agent, host, port, method, path, headers });
    const abort = () => outcome.resolve(undefined);
    /** Whether the other side has begun to answer, or nobody waits for that any more. */
    let over = false;

    sent.on("socket", (socket) => {
      // Before anything is written: the machine may have slept since it began to connect.
      if (socket.connecting) {
        socket.prependOnceListener("connect", () => {
          if (clock.monotonicMs() >= endMs) {
            fail(silence(place));
            sent.destroy();
          }
        });
      }
    });
    sent.on("response", (response: IncomingMessage) => {
      let text = "";
      let begun = "";
      over = true;
      const finish = () => outcome.resolve({ status: response.statusCode ?? 0, text });
      /** The lines that a chunk completes: each is looked at once, however many chunks there are. */
      const linesIn = (chunk: string): string[] => {
        const [first = "", ...more] = chunk.split(/[\r\n]/);
        const lines = [begun + first, ...more];
        begun = lines.pop() ?? "";
        return lines;
      };
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
        if (enough) calm.abort();
        if (text.length > LONGEST_ANSWER) fail(`what answers at ${place} is no Zmote: its answer does not end`);
        else if (enough && linesIn(chunk).some(enough)) finish();
      });
      response.on("end", finish);
      response.on("error", (error) => fail(words(error, place)));
    });
    sent.on("error", (error: Trouble) => {
      if (closed) outcome.resolve(undefined);
      else if (sent.reusedSocket && !over && isReset(error) && clock.monotonicMs() < endMs)
        outcome.resolve(ask(question));
      else fail(words(error, place));
    });
    signal?.addEventListener("abort", abort);
    void clock.sleep(PATIENCE_MS, calm.signal).then(() => {
      if (!calm.signal.aborted) fail(silence(place));
    });
    sent.end(body);
    let whole = false;
    try {
      const answer = await outcome.promise;
      whole = answer !== undefined && !enough;
      return answer;
    } finally {
      over = true;
      if (!whole) sent.destroy();
      calm.abort();
      signal?.removeEventListener("abort", abort);
    }
  }

  return {
    ask,
    close() {
      closed = true;
      agent.destroy();
    },
  };
}

/**
 * A connection that was kept, and that the other end has no memory of: it was restarted. Nobody has read the question
 * then. One that is closed in good order may have been closed by somebody who has.
 */
const isReset = (error: Trouble): boolean => isBroken(error) && error.syscall !== undefined;

const isBroken = ({ code }: Trouble): boolean => code === "ECONNRESET" || code === "EPIPE";

const silence = (place: string): string =>
  `the blaster does not answer at ${place}: is it plugged in, and is that still its address?`;

function words(error: Trouble, place: string): string {
  const { code, message } = error;
  if (isBroken(error)) return `the blaster at ${place} broke off the connection before it had answered`;
  if (String(code).startsWith("HPE_")) return `what answers at ${place} is no Zmote: it speaks no HTTP (${message})`;
  return unreachable(code, place, "the blaster") ?? `the blaster at ${place} can't be asked: ${message}`;
}
