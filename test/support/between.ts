import { connect, createServer, type Socket } from "node:net";
import mqttPacket, { type Packet } from "mqtt-packet";
import { type Mosquitto, startMosquitto } from "./mosquitto.ts";
import type { MosquittoOptions } from "./mosquitto-configuration.ts";
import { freePort } from "./ports.ts";

/** What stands between a daemon and its broker: a cable that can be cut, and that can make the broker an old one. */
export interface Between extends AsyncDisposable {
  port: number;
  url: string;
  /** The protocol version of each CONNECT, in order. */
  versions: number[];
  /** Destroys all connections. */
  cut(): void;
  /** From now on new connections are destroyed too, until `mend()`. */
  block(): void;
  mend(): void;
}

const UNACCEPTABLE_PROTOCOL_VERSION = Buffer.from([0x20, 0x02, 0x00, 0x01]);

/** `old`: refuses MQTT 5 as a broker does that knows 3.1.1 only. Everything else is handed on to this port. */
export async function startBetween(brokerPort: number, { old }: { old: boolean }): Promise<Between> {
  const port = await freePort();
  const versions: number[] = [];
  const sockets = new Set<Socket>();
  let blocked = false;

  function join(client: Socket, first: Buffer): void {
    const broker = connect({ port: brokerPort, host: "127.0.0.1", noDelay: true });
    broker.write(first);
    client.pipe(broker).pipe(client);
    for (const [one, other] of [[client, broker] as const, [broker, client] as const]) {
      sockets.add(one);
      one.on("error", () => {});
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  }

  const server = createServer({ noDelay: true }, (client) => {
    client.on("error", () => {});
    if (blocked) {
      client.destroy();
      return;
    }
    const parser = mqttPacket.parser();
    client.once("data", (first) => {
      parser.once("packet", (packet: Packet) => {
        const version = packet.cmd === "connect" ? (packet.protocolVersion ?? 4) : 0;
        versions.push(version);
        if (old && version !== 4) client.end(UNACCEPTABLE_PROTOCOL_VERSION);
        else join(client, first);
      });
      parser.parse(first);
    });
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    versions,
    cut,
    block() {
      blocked = true;
    },
    mend() {
      blocked = false;
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      cut();
      await closed;
    },
  };
}

/** A Mosquitto, and the way a daemon takes to it. */
export interface House extends AsyncDisposable {
  mosquitto: Mosquitto;
  between: Between;
  /** For the daemon; people go to `mosquitto.url`. */
  url: string;
}

/** The two protocol versions a daemon speaks; a Mosquitto can't be told to refuse one. */
export const bothVersions = [
  { name: "MQTT 5", old: false },
  { name: "MQTT 3.1.1", old: true },
] as const;

/** Starts both; `old` makes the broker one of 3.1.1. */
export async function startHouse(old: boolean, options: MosquittoOptions = {}): Promise<House> {
  const mosquitto = await startMosquitto(options);
  const between = await startBetween(mosquitto.port, { old });
  return {
    mosquitto,
    between,
    url: between.url,
    async [Symbol.asyncDispose]() {
      await between[Symbol.asyncDispose]();
      await mosquitto[Symbol.asyncDispose]();
    },
  };
}
