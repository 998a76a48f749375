import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type Clock, realClock } from "../../../src/clock.ts";
import { instead, noFaults, type ZmoteFaults, type ZmoteMishap } from "./fake-zmote-faults.ts";
import { type OpenAnswer, zmoteFirmware } from "./fake-zmote-firmware.ts";
import type { FakeSendir } from "./fake-zmote-sendir.ts";

/** A request as it came. */
export interface FakeRequest {
  method: string;
  path: string;
  body: string;
  /** Requests on one connection have the same number. */
  connection: number;
  atMs: number;
}

/** A Zmote with firmware v2 on a port of this machine; closing it takes it off the network. */
export interface FakeZmote extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly faults: ZmoteFaults;
  /** A test may make it another one. */
  uuid: string;
  /** What it did send into the room, in order. */
  readonly infrared: readonly FakeSendir[];
  readonly requests: readonly FakeRequest[];
  /** How many connections are open to it. */
  readonly connections: number;
  /** Whether its learner is on. */
  readonly listening: boolean;
  /** Somebody points a remote control at it, which sends this sendir command. */
  pressRemote(sendir: string): void;
  /** Its learner says this, as it is. */
  say(text: string): void;
  /** Its learner ends without having heard anything. */
  tire(): void;
  /** What it announces by multicast (zmote.md 1). */
  beacon(): string;
  /** Forgets what it has sent and heard. */
  forget(): void;
}

interface Setting {
  uuid?: string;
  /** Any free one by default: a real unit has 80. */
  port?: number;
  clock?: Clock;
  /** Needs no time to send; otherwise it is busy for as long as a code takes. */
  fast?: boolean;
}

/** Plugs in a Zmote. */
export async function startFakeZmote({
  uuid = "CI00a1b2c3",
  port: wanted = 0,
  clock = realClock,
  fast = false,
}: Setting = {}): Promise<FakeZmote> {
  const host = "127.0.0.1";
  const faults = noFaults();
  const firmware = zmoteFirmware({ clock, fast });
  const requests: FakeRequest[] = [];
  const off = new AbortController();
  const open = new Map<Socket, number>();
  let connected = 0;
  const server = createServer({ noDelay: true });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(wanted, host, resolve));
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;

  const self: FakeZmote = {
    host,
    port,
    faults,
    uuid,
    infrared: firmware.infrared,
    requests,
    get connections() {
      return open.size;
    },
    get listening() {
      return firmware.listening;
    },
    pressRemote(sendir) {
      firmware.say(`${sendir.trim()}\r\n`);
      firmware.tire();
    },
    say: firmware.say,
    tire: firmware.tire,
    beacon: () =>
      `AMXB<-UUID=${self.uuid}><-Type=ZMT2><-Make=zmote.io><-Model=ZV-2><-Revision=2.1.4>` +
      `<-Config-URL=http://${host}:${port}>`,
    forget() {
      firmware.infrared.length = 0;
      requests.length = 0;
    },
    async [Symbol.asyncDispose]() {
      if (off.signal.aborted) return;
      off.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };

  /** What a request in good order is answered; undefined when that comes bit by bit, a number when it is refused. */
  function answer({ method, path, body }: FakeRequest, begin: () => OpenAnswer): string | number | undefined {
    if (method === "GET") return path === "/uuid" && !faults.isV1 ? `uuid,${self.uuid}` : 404;
    return path === `/v2/${self.uuid}` ? firmware.obey(body.trim(), begin) : 404;
  }

  async function serve(mishap: ZmoteMishap, asked: FakeRequest, response: ServerResponse, socket: Socket) {
    const say = (text: string, { status = 200, lineEnd = faults.lineEnd } = {}) => {
      if (faults.closes) response.setHeader("Connection", "close");
      if (status === 302) response.setHeader("Location", `http://${host}:9/`);
      response.writeHead(status, { "Content-Type": "text/plain" }).end(`${text}${lineEnd}`);
    };
    const other = instead[mishap];
    if (other) return say(other.text, other);
    if (mishap === "hang") return;
    if (mishap === "reset") return void socket.resetAndDestroy();
    if (mishap === "hang up") return void socket.destroy();
    if (mishap === "busy") {
      if (faults.busyLateMs > 0) await clock.sleep(faults.busyLateMs, off.signal);
      return say(`busyIR,1:1,${asked.body.split(",")[2] ?? 0}`);
    }
    const text = answer(asked, () => response.writeHead(200, { "Content-Type": "text/plain" }));
    if (typeof text === "number") return say("no", { status: text });
    if (text === undefined || mishap === "lost") return;
    if (mishap === "late") await clock.sleep(faults.lateMs, off.signal);
    if (mishap === "empty") return say("", { lineEnd: "" });
    if (mishap === "stale") return say(text.replace(/\d+$/, (id) => String((Number(id) + 0xffff) % 0x10000)));
    if (mishap !== "cut") return say(text);
    response.writeHead(200, { "Content-Length": 100 }).write(text.slice(0, 5), () => response.destroy());
  }

  server.on("connection", (socket: Socket) => {
    open.set(socket, ++connected);
    socket.on("close", () => open.delete(socket));
  });
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const connection = open.get(request.socket) ?? 0;
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    // The other end may be gone by the time that it is answered.
    response.on("error", () => {});
    request.on("end", () => {
      const { method = "", url: path = "" } = request;
      const asked = { method, path, body: Buffer.concat(chunks).toString(), connection, atMs: clock.monotonicMs() };
      requests.push(asked);
      if (!faults.silent) void serve(faults.mishaps.shift() ?? "fine", asked, response, request.socket);
    });
  });
  return self;
}
