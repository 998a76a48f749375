import { createSocket } from "node:dgram";

/** A UDP socket that speaks with one address only: what others send to it never reaches us. */
export interface Link {
  send(datagram: Buffer): void;
  /** Never throws. */
  close(): Promise<void>;
}

interface Listener {
  heard(datagram: Buffer): void;
  /** What the network said of what we sent (refused, no route); the socket remains usable. */
  trouble(error: Error): void;
}

/** Resolves the host's name and binds a free port. Rejects when the name is unknown or there is no way there. */
export async function openLink(host: string, port: number, { heard, trouble }: Listener): Promise<Link> {
  const socket = createSocket("udp4");
  const closed = new Promise<void>((resolve) => socket.once("close", resolve));
  socket.on("message", heard);
  socket.on("error", trouble);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.connect(port, host, (error?: Error) => (error ? reject(error) : resolve()));
    });
  } catch (error) {
    socket.close();
    throw error;
  }
  return {
    send: (datagram) => socket.send(datagram, (error) => error && trouble(error)),
    async close() {
      socket.close();
      await closed;
    },
  };
}
