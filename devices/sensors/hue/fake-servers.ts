import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { Socket } from "node:net";
import type { Certificates } from "./fake-certificate.ts";

/** The sockets of a machine whose plug can be pulled. */
export interface FakeServers {
  /** HTTPS first where there are certificates, then HTTP. They stay the same for ever. */
  readonly ports: readonly number[];
  /** How many connections were opened to it. */
  readonly connections: number;
  /** Whoever calls is refused from now on, whoever is connected is not any more. */
  off(): Promise<void>;
  on(): Promise<void>;
}

type Answer = (request: IncomingMessage, response: ServerResponse, secure: boolean) => void;

/** Switched off at first. It takes any free port but for the first one, if that is given. */
export function fakeServers(
  { host, port = 0 }: { host: string; port?: number | undefined },
  certificates: Certificates | undefined,
  answer: Answer,
): FakeServers {
  const ports = [port];
  const sockets = new Set<Socket>();
  let connections = 0;
  const secure =
    certificates &&
    createSecureServer({ key: certificates.key, cert: certificates.certificate }, (request, response) =>
      answer(request, response, true),
    );
  const plain = createServer((request, response) => answer(request, response, false));
  const servers: Server[] = secure ? [secure, plain] : [plain];
  for (const server of servers) {
    server.on("connection", (socket) => {
      connections += 1;
      sockets.add(socket.on("error", () => {}).once("close", () => sockets.delete(socket)));
    });
  }

  async function listen(server: Server, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(port, host, () => {
        server.off("error", reject);
        resolve();
      });
    });
    const address = server.address();
    return typeof address === "object" && address ? address.port : port;
  }

  return {
    ports,
    get connections() {
      return connections;
    },
    async off() {
      const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
    },
    async on() {
      for (const [at, server] of servers.entries()) ports[at] = await listen(server, ports[at] ?? 0);
    },
  };
}
