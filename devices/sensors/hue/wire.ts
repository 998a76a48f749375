import type { Agent, IncomingMessage } from "node:http";
import { request } from "../../../src/http.ts";
import { deadline } from "./deadline.ts";
import { type Far, linesTo } from "./dial.ts";
import { HueError } from "./errors.ts";
import { explain } from "./explain.ts";
import type { Shown } from "./trust.ts";

/** Something to ask a bridge. Path and key may be secret: neither ever is in a log or an error. */
export interface Question {
  method?: "GET" | "POST";
  path: string;
  /** Sent as v2 wants it. */
  key?: string;
  /** Sent as JSON. */
  body?: unknown;
}

export interface Answer {
  status: number;
  text: string;
}

/** How long an answer may be, and how long it may take. */
export interface Limits {
  bytes: number;
  ms: number;
}

/** HTTP with one bridge. No redirect is ever followed. */
export interface Wire {
  readonly secure: boolean;
  /** What the bridge showed when it was dialled last; undefined without TLS. */
  shown(): Shown | undefined;
  /** Resolves with the whole answer, whatever its status. Throws HueError. */
  ask(question: Question, limits: Limits, signal: AbortSignal): Promise<Answer>;
  /**
   * Resolves with the head of an answer without an end, which has to come within `ms`, on a connection of its own. Its body is the caller's to read; it ends with
   * an error when the signal aborts. Throws HueError.
   */
  open(question: Question, ms: number, signal: AbortSignal): Promise<IncomingMessage>;
  close(): void;
}

export function openWire(far: Far): Wire {
  const { host, port, trust, clock } = far;
  const lines = linesTo(far, true);
  const endless = linesTo(far, false);
  const late = () => new HueError("silent", `the bridge at ${host}:${port} does not answer in time`);

  function send(question: Question, agent: Agent, signal: AbortSignal): Promise<IncomingMessage> {
    const { method = "GET", path, key, body } = question;
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      accept: "application/json, text/event-stream",
      ...(key !== undefined && { "hue-application-key": key }),
      ...(payload !== undefined && {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(payload),
      }),
    };
    return new Promise((resolve, reject) => {
      const sent = request({ agent, host, port, method, path, headers });
      const abort = () => sent.destroy(signal.reason);
      sent.once("response", (response) => {
        // An answer may fail before anybody reads it.
        response.once("error", () => {});
        resolve(response);
      });
      sent.once("upgrade", (_response, socket) => socket.destroy());
      sent.once("error", (error) => {
        // The bridge hung up a kept connection in the very moment that we used it.
        if (
          sent.reusedSocket &&
          method === "GET" &&
          "code" in error &&
          error.code === "ECONNRESET" &&
          !signal.aborted
        ) {
          resolve(send(question, agent, signal));
        } else reject(error);
      });
      sent.once("close", () => {
        signal.removeEventListener("abort", abort);
        reject(Object.assign(new Error("closed"), { code: "ECONNRESET" }));
      });
      signal.addEventListener("abort", abort);
      if (signal.aborted) abort();
      sent.end(payload);
    });
  }

  return {
    secure: trust !== undefined,
    shown: lines.shown,
    async ask(question, { bytes, ms }, signal) {
      const limit = deadline(signal, ms, clock, late);
      try {
        const response = await send(question, lines.agent, limit.signal);
        return { status: response.statusCode ?? 0, text: await wholeBody(response, bytes) };
      } catch (error) {
        throw explain(limit.signal.aborted ? limit.signal.reason : error, far);
      } finally {
        limit.end();
      }
    },
    async open(question, ms, signal) {
      const limit = deadline(signal, ms, clock, late);
      try {
        const response = await send(question, endless.agent, limit.signal);
        const abort = () => response.destroy(explain(signal.reason, far));
        signal.addEventListener("abort", abort);
        response.once("close", () => signal.removeEventListener("abort", abort));
        return response;
      } catch (error) {
        throw explain(error, far);
      } finally {
        limit.end();
      }
    },
    close() {
      lines.close();
      endless.close();
    },
  };
}

async function wholeBody(response: IncomingMessage, longest: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += chunk.length;
    if (bytes > longest) throw new HueError("nonsense", `the bridge answers with more than ${longest} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
