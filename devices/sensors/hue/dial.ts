import type http from "node:http";
import { connect, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Clock } from "../../../src/clock.ts";
import { Agent } from "../../../src/http.ts";
import { HueError } from "./errors.ts";
import { explain } from "./explain.ts";
import { dialTls, judge, type Shown, shownBy, type Trust } from "./trust.ts";

/** Where a bridge is, and how it is spoken with. */
export interface Far {
  host: string;
  port: number;
  /** Undefined: plain HTTP. */
  trust: Trust | undefined;
  clock: Clock;
  /** Told of every connection that somebody takes. */
  dialled(): void;
}

/** Connections for HTTP requests, each judged before a byte is sent. */
export interface Lines {
  agent: http.Agent;
  /** What the bridge showed when it was dialled last; undefined without TLS. */
  shown(): Shown | undefined;
  /** Hangs up everything, also what is just being dialled. */
  close(): void;
}

const CONNECT_MS = 5_000;
const TCP_KEEPALIVE_MS = 30_000;

/** A line that is not kept serves one request. */
export function linesTo(far: Far, keepAlive: boolean): Lines {
  const { host, port, trust, clock } = far;
  const agent = new Agent({ keepAlive });
  const dialling = new Set<Socket>();
  let shown: Shown | undefined;
  let closed = false;

  async function greet(socket: Socket): Promise<void> {
    const answered = new AbortController();
    void clock.sleep(CONNECT_MS, answered.signal).then(() => {
      if (answered.signal.aborted) return;
      socket.destroy(new HueError("silent", `the bridge at ${host}:${port} does not answer`));
    });
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once(trust ? "secureConnect" : "connect", resolve);
        socket.once("error", reject);
        socket.once("close", () => reject(Object.assign(new Error("closed"), { code: "ECONNRESET" })));
      });
    } finally {
      answered.abort();
    }
    if (closed) throw new HueError("closed", "we are closing");
    socket.setKeepAlive(true, TCP_KEEPALIVE_MS);
    if (!trust || !(socket instanceof TLSSocket)) return;
    shown = shownBy(socket);
    const doubt = judge(shown, trust);
    if (doubt) throw doubt;
  }

  agent.createConnection = (_options, done) => {
    const socket = trust ? dialTls(host, port, trust) : connect({ host, port });
    socket.once("connect", far.dialled);
    dialling.add(socket);
    greet(socket)
      .finally(() => dialling.delete(socket))
      .then(
        () => done?.(null, socket),
        (error) => {
          socket.destroy();
          done?.(explain(error, far), socket);
        },
      );
    return undefined;
  };

  return {
    agent,
    shown: () => shown,
    close() {
      closed = true;
      agent.destroy();
      for (const socket of dialling) socket.destroy(new HueError("closed", "we are closing"));
    },
  };
}
