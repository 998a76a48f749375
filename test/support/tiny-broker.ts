import { createServer, type Socket } from "node:net";
import mqttPacket, { type IConnectPacket, type Packet } from "mqtt-packet";
import { freePort } from "./ports.ts";

/** One client's connection, as the broker has it. */
export interface Session {
  /** What the client said first; undefined before. */
  connect: IConnectPacket | undefined;
  /** Everything the client has sent. */
  packets: Packet[];
  /** Filters, without what they match: this broker knows only exact topics. */
  filters: Set<string>;
  socket: Socket;
  send(packet: Packet): void;
}

/** A broker that does just enough, and whatever else a test wants: it keeps nothing, and hands on exact topics only. */
export interface TinyBroker extends AsyncDisposable {
  port: number;
  url: string;
  /** All connections there ever were. */
  sessions: Session[];
  /** How many connections are open. */
  open(): number;
  /** Resolves when this is true, which is looked at after each packet and each change of a connection. */
  until(isSo: () => boolean, timeoutMs?: number): Promise<void>;
}

/** `instead` may answer a packet itself, and says so with `true`. */
export async function startTinyBroker(
  instead: (packet: Packet, session: Session) => boolean | undefined = () => undefined,
): Promise<TinyBroker> {
  const port = await freePort();
  const sessions: Session[] = [];
  const watchers = new Set<() => void>();
  const changed = () => {
    for (const watch of watchers) watch();
  };

  function answer(packet: Packet, { send, filters, socket }: Session): void {
    const id = "messageId" in packet ? { messageId: packet.messageId ?? 0 } : { messageId: 0 };
    if (packet.cmd === "connect") send({ cmd: "connack", sessionPresent: false, returnCode: 0, reasonCode: 0 });
    if (packet.cmd === "pingreq") send({ cmd: "pingresp" });
    if (packet.cmd === "disconnect") socket.end();
    if (packet.cmd === "subscribe") {
      for (const { topic } of packet.subscriptions) filters.add(topic);
      send({ cmd: "suback", ...id, granted: packet.subscriptions.map(({ qos }) => qos) });
    }
    if (packet.cmd === "unsubscribe") {
      for (const topic of packet.unsubscriptions) filters.delete(topic);
      send({ cmd: "unsuback", ...id, granted: packet.unsubscriptions.map(() => 0) });
    }
    if (packet.cmd !== "publish") return;
    const { topic, payload } = packet;
    for (const other of sessions) {
      if (other.socket.destroyed || !other.filters.has(topic)) continue;
      other.send({ cmd: "publish", topic, payload, qos: 0, retain: false, dup: false });
    }
    if (packet.qos === 1) send({ cmd: "puback", ...id, reasonCode: 0 });
  }

  const server = createServer({ noDelay: true }, (socket) => {
    const session: Session = {
      connect: undefined,
      packets: [],
      filters: new Set(),
      socket,
      send: (packet) =>
        void mqttPacket.writeToStream(packet, socket, { protocolVersion: session.connect?.protocolVersion ?? 4 }),
    };
    sessions.push(session);
    const parser = mqttPacket.parser();
    parser.on("packet", (packet: Packet) => {
      if (packet.cmd === "connect") session.connect = packet;
      session.packets.push(packet);
      if (!instead(packet, session)) answer(packet, session);
      changed();
    });
    socket.on("data", (bytes) => parser.parse(bytes));
    socket.on("error", () => {});
    socket.on("close", changed);
    changed();
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));

  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    sessions,
    open: () => sessions.filter(({ socket }) => !socket.destroyed).length,
    async until(isSo, timeoutMs = 10_000) {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const watch = () => isSo() && resolve(true);
      watchers.add(watch);
      const timer = setTimeout(() => resolve(false), timeoutMs);
      watch();
      const inTime = await promise;
      clearTimeout(timer);
      watchers.delete(watch);
      if (!inTime) throw new Error(`${timeoutMs} ms went by before ${isSo}`);
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const { socket } of sessions) socket.destroy();
      await closed;
    },
  };
}

/** The topics and payloads of what a session was sent, retained ones and others. */
export function published(session: Session | undefined): { topic: string; payload: string }[] {
  return (session?.packets ?? []).flatMap((packet) =>
    packet.cmd === "publish" ? [{ topic: packet.topic, payload: packet.payload.toString() }] : [],
  );
}
