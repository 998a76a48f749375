import { createSocket } from "node:dgram";
import type { Logger } from "pino";
import { encodeHello, type Found, parseHello } from "../../../src/broadlink/discovery.ts";
import type { Clock } from "../../../src/clock.ts";
import type { Place } from "./poll-unit.ts";

/** Where to call. */
export interface Everywhere {
  address: string;
  port: number;
}

const wholeNetwork: Everywhere = { address: "255.255.255.255", port: 80 };

/** A datagram may be lost, and a unit may be plugged in later. */
const FIRST_CALLS = 3;
const FIRST_MS = 1_000;
const LATER_MS = 60_000;

/**
 * Calls to everywhere (broadlink.md 3) three times in the first seconds and then once a minute, until it is closed; tells of
 * each answer, so of one unit again and again. A network that takes no broadcast is no error: nobody answers.
 */
export function searchUnits(
  { address, port }: Everywhere = wholeNetwork,
  { log, clock }: { log: Logger; clock: Clock },
  tell: (found: Found, place: Place) => void,
): AsyncDisposable {
  const ending = new AbortController();
  const socket = createSocket("udp4");
  const closed = new Promise<void>((resolve) => socket.once("close", resolve));
  const troubled = (error: Error | null) => {
    if (error) log.debug({ address, because: error.message }, "the network takes no broadcast");
  };
  socket.on("error", troubled);
  socket.on("message", (datagram, from) => {
    const found = parseHello(datagram);
    if (found) tell(found, { host: from.address, port: from.port });
  });

  async function call(): Promise<void> {
    const bound = await new Promise<boolean>((resolve) => {
      socket.once("error", () => resolve(false));
      socket.bind(0, () => resolve(true));
    });
    if (!bound) return;
    socket.setBroadcast(true);
    for (let calls = 1; !ending.signal.aborted; calls++) {
      const epochMs = clock.epochMs();
      const eastMinutes = -new Date(epochMs).getTimezoneOffset();
      socket.send(encodeHello({ epochMs, eastMinutes }), port, address, troubled);
      await clock.sleep(calls < FIRST_CALLS ? FIRST_MS : LATER_MS, ending.signal);
    }
  }
  const calling = call();

  return {
    async [Symbol.asyncDispose]() {
      ending.abort();
      await calling;
      socket.close();
      await closed;
    },
  };
}
