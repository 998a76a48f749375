import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "../../../src/clock.ts";
import type { Faults } from "./fake-faults.ts";
import type { FakeNews } from "./fake-house.ts";

/** The bridge's side of all event streams (hue.md 6). */
export interface FakeStreams {
  /** Serves one more listener. */
  join(response: ServerResponse): void;
  tell(news: FakeNews): void;
  /** Sends these bytes, whatever they are. */
  send(bytes: Buffer): void;
  /** How many listen. */
  count(): number;
  /** Hangs up on everybody. */
  hangUp(): void;
}

export function fakeStreams(faults: Faults, clock: Clock): FakeStreams {
  const listeners = new Set<ServerResponse>();
  let waiting: FakeNews[] = [];
  let messages = 0;
  /** What is being sent, so that pieces of two messages never mix. */
  let sending = Promise.resolve();

  async function sendPieces(bytes: Buffer): Promise<void> {
    const size = faults.splitBytes ?? bytes.length;
    for (let at = 0; at < bytes.length; at += size) {
      const piece = bytes.subarray(at, at + size);
      for (const listener of listeners) listener.write(piece);
      // Each piece is a write of its own.
      if (size < bytes.length) await turn();
    }
  }

  function send(bytes: Buffer): void {
    if (faults.mute) return;
    if (faults.splitBytes === undefined) for (const listener of listeners) listener.write(bytes);
    else sending = sending.then(() => sendPieces(bytes));
  }

  function flush(): void {
    const second = Math.floor(clock.epochMs() / 1000);
    const creationtime = `${new Date(clock.epochMs()).toISOString().slice(0, 19)}Z`;
    const containers = waiting.map(({ type, data }) => ({ creationtime, data, id: randomUUID(), type }));
    waiting = [];
    send(Buffer.from(`id: ${second}:${messages++}\ndata: ${JSON.stringify(containers)}\n\n`));
  }

  return {
    join(response) {
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
      if (faults.hangsUp === "at-once") response.destroy();
      else if (faults.greets) response.write(": hi\n\n");
      else response.flushHeaders();
      if (faults.hangsUp === "after-greeting") response.end();
      if (faults.hangsUp !== "never") return;
      listeners.add(response);
      response.once("close", () => listeners.delete(response));
    },
    tell(news) {
      // Later changes are changes of the very same objects.
      waiting.push(structuredClone(news));
      if (waiting.length > 1) return;
      if (faults.throttleMs === 0) flush();
      else void clock.sleep(faults.throttleMs).then(flush);
    },
    send,
    count: () => listeners.size,
    hangUp() {
      for (const listener of listeners) listener.destroy();
    },
  };
}
