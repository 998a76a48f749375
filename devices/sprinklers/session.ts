import type { Duplex } from "node:stream";
import type { Logger } from "pino";
import type { Clock } from "../../src/clock.ts";
import {
  type Line,
  lineCutter,
  ORIGINAL_REFUSAL,
  parseLine,
  request,
  statusRequest,
  versionRequest,
} from "./protocol.ts";

/** One opened port, until it is closed. It is asked one thing at a time: the board loses what comes while it prints. */
export interface Session {
  /**
   * Switches a relay and resolves with the board's own answer; asks 3 times, 1 s each. Resolves without an answer when
   * what it is asked for is not `wanted` any more: what takes its place must not wait behind it.
   * Throws Restarted when the board restarts meanwhile, else why it can't be had: it stays silent, the port closes.
   */
  set(relay: number, on: boolean, wanted?: () => boolean): Promise<void>;
  /** Switches a relay off, asking once; false when there is no answer within `ms`. Throws as `set` does, but not for silence. */
  tellOff(relay: number, ms: number): Promise<boolean>;
  /** What our firmware says of itself; undefined when the board does not know the question. Throws as `set` does. */
  version(): Promise<string | undefined>;
  /** Has the board say how all its relays are; `heard` is told. For a board with a version. Throws as `set` does. */
  status(): Promise<void>;
  /** Resolves when the board has said its banner, or after `ms`; throws when the port closes. */
  banner(ms: number): Promise<void>;
  /** Throws what ended the session, or Restarted when the board restarted since it was asked last. */
  check(): void;
}

/** The board restarted: what it was asked is forgotten, and everything is off. */
export class Restarted extends Error {
  override name = "Restarted";
}

const TRIES = 3;
const ANSWER_MS = 1_000;

interface Listener {
  /** Told of each line in order; `answered` when it is the answer to what was asked. */
  heard(line: Line, answered: boolean): void;
  /** Told before each byte that is written. */
  writing(relay: number, on: boolean): void;
  /** The port is closed. */
  closed(): void;
}

export function openSession(port: Duplex, listener: Listener, { log, clock }: { log: Logger; clock: Clock }): Session {
  let failure: Error | undefined;
  /** Something came, be it without line ends; some of it was a board's line. */
  let spoke = false;
  let understood = false;
  let restarted = false;
  /** What the board has against what it was told last. */
  let refusal: string | undefined;
  /** What is being waited for: a line that it accepts, or that it is told of an end. */
  let pending: { accepts(line: Line): boolean; done(error?: Error): void } | undefined;

  function end(error: Error): void {
    if (failure) return;
    failure = error;
    pending?.done(error);
    listener.closed();
  }

  const cut = lineCutter();
  // One synchronous listener: two lines in one chunk are two lines.
  port.on("data", (chunk: Buffer) => {
    spoke = true;
    for (const text of cut(chunk)) {
      const line = parseLine(text);
      log.debug({ received: text }, "serial");
      if (line.kind !== "noise") understood = true;
      if (line.kind === "error") refusal ??= line.text;
      const answered = pending?.accepts(line) ?? false;
      listener.heard(line, answered);
      if (answered) pending?.done();
      else if (line.kind === "banner") {
        restarted = true;
        pending?.done(new Restarted("the board restarted"));
      }
    }
  });
  port.on("error", (error) => end(error));
  port.on("close", () => end(new Error("the serial port is closed: is the board unplugged?")));

  /** True when an accepted line came in time. Throws when the session ends or the board restarts. */
  async function waitFor(accepts: (line: Line) => boolean, ms: number): Promise<boolean> {
    if (failure) throw failure;
    const over = new AbortController();
    const answer = Promise.withResolvers<boolean>();
    pending = { accepts, done: (error) => (error ? answer.reject(error) : answer.resolve(true)) };
    try {
      return await Promise.race([answer.promise, clock.sleep(ms, over.signal).then(() => false)]);
    } finally {
      pending = undefined;
      over.abort();
    }
  }

  /** Writes it, up to 3 times, until what it asks for is said or it is not wanted any more. */
  async function ask(
    text: string,
    isAnswer: (line: Line) => boolean,
    { tries = TRIES, ms = ANSWER_MS, wanted = (): boolean => true, writing = () => {} } = {},
  ): Promise<"answered" | "unwanted" | "silent"> {
    for (let attempt = 1; attempt <= tries; attempt++) {
      if (failure) throw failure;
      if (!wanted()) return "unwanted";
      restarted = false;
      refusal = undefined;
      log.debug({ sent: text.trim(), attempt }, "serial");
      writing();
      port.write(text, "latin1");
      if (await waitFor(isAnswer, ms)) return "answered";
    }
    return "silent";
  }

  function order(relay: number, on: boolean, options: Parameters<typeof ask>[2]) {
    const isAnswer = (line: Line) => line.kind === "relay" && line.relay === relay && line.on === on && !line.timedOut;
    return ask(request(relay, on), isAnswer, { ...options, writing: () => listener.writing(relay, on) });
  }

  function silent(): Error {
    if (refusal !== undefined) return new Error(`the board does not do what it is told: ${refusal}`);
    return new Error(
      spoke && !understood
        ? "what is on the serial port speaks, but not as a sprinkler board: check `port`"
        : "the board does not answer: check its power and its cable",
    );
  }

  return {
    async set(relay, on, wanted) {
      if ((await order(relay, on, wanted && { wanted })) === "silent") throw silent();
    },
    async tellOff(relay, ms) {
      return (await order(relay, false, { tries: 1, ms })) === "answered";
    },
    async version() {
      let version: string | undefined;
      const isAnswer = (line: Line) => {
        if (line.kind === "version") version = line.text;
        return line.kind === "version" || (line.kind === "error" && line.text === ORIGINAL_REFUSAL);
      };
      await ask(versionRequest, isAnswer, { tries: 2 });
      return version;
    },
    async status() {
      if ((await ask(statusRequest, ({ kind }) => kind === "status")) === "silent") throw silent();
    },
    async banner(ms) {
      await waitFor((line) => line.kind === "banner", ms);
    },
    check() {
      if (failure) throw failure;
      if (restarted) throw new Restarted("the board restarted");
    },
  };
}
