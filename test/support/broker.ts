import { createServer, type Socket } from "node:net";
import { Aedes, type AedesOptions } from "aedes";
import { freePort } from "./ports.ts";

/** An aedes broker inside this process: MQTT 3.1.1 only. */
export interface AedesBroker extends AsyncDisposable {
  url: string;
  port: number;
  aedes: Aedes;
}

/** Starts aedes on a loopback port; the other options are its own. Disposing destroys every connection. */
export async function startAedes(options: { port?: number } & AedesOptions = {}): Promise<AedesBroker> {
  const { port = await freePort(), ...own } = options;
  const aedes = await Aedes.createBroker(own);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    aedes.handle(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `mqtt://127.0.0.1:${port}`,
    port,
    aedes,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
      await new Promise<void>((resolve) => aedes.close(resolve));
    },
  };
}
