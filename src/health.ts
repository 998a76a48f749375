import type { Clock } from "./clock.ts";
import { Fatal } from "./fatal.ts";

/** Whether the daemon's loops still turn: each calls its beat at least every 10 s. */
export interface Pulse {
  /** The returned function says "this loop turns"; the first beat is now. */
  loop(name: string): () => void;
  /** The loops that have not turned for 30 s. */
  stuck(): string[];
}

const STUCK_AFTER_MS = 30_000;

export function pulse(clock: Clock): Pulse {
  const beats = new Map<string, number>();
  return {
    loop(name) {
      const beat = () => void beats.set(name, clock.monotonicMs());
      beat();
      return beat;
    },
    stuck: () => [...beats].filter(([, at]) => clock.monotonicMs() - at > STUCK_AFTER_MS).map(([name]) => name),
  };
}

export interface HealthOptions {
  port: number;
  /** All addresses when left out. */
  host?: string | undefined;
  pulse: Pulse;
  /** Undefined when ready, else why not. */
  unready(): string | undefined;
  metrics(): string;
}

/**
 * Serves `/livez`, `/readyz` and `/metrics` (C14): alive while the loops turn, whatever broker and hardware do; ready
 * while connected. Resolves when it listens, with the port; throws Fatal when it can't.
 */
export async function serveHealth({ port, host, pulse, unready, metrics }: HealthOptions) {
  const { createServer } = await import("./http.ts");
  const pages: Record<string, () => [status: number, body: string]> = {
    "/livez": () => verdict(pulse.stuck().map((loop) => `stuck: ${loop}`)),
    "/readyz": () => verdict([unready()].filter((why) => why !== undefined)),
    "/metrics": () => [200, metrics()],
  };
  const server = createServer((request, response) => {
    const page = pages[request.url?.split("?")[0] ?? ""];
    const [status, body] = page?.() ?? [404, `try ${Object.keys(pages).join(" ")}\n`];
    response.writeHead(status, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }).end(body);
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve)).catch(
    (error) => {
      const taken = error.code === "EADDRINUSE";
      throw new Fatal(taken ? `health_port: port ${port} is in use` : `health_port: ${error.message}`);
    },
  );
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      // Only then: what came in between would be waited for.
      server.closeAllConnections();
      await closed;
    },
  };
}

function verdict(problems: string[]): [number, string] {
  return problems.length ? [503, `${problems.join("\n")}\n`] : [200, "ok\n"];
}
