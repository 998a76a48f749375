import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { boardOnPty } from "../../devices/sprinklers/pty.ts";
import { type SimulatedBoard, simulatedBoard } from "../../devices/sprinklers/simulated-board.ts";
import { type Mosquitto, startMosquitto } from "../support/mosquitto.ts";
import { connectPerson } from "../support/person.ts";
import type { House } from "./daemon.ts";

const hex = readFileSync(new URL("../../devices/sprinklers/firmware/sprinklers.hex", import.meta.url), "utf8");

export const base = "home/outside/sprinklers";

/** A broker, a board with our firmware on a pty, a person who watches, and a configuration for a daemon between them. */
export interface Garden extends House, AsyncDisposable {
  broker: Mosquitto;
  board: SimulatedBoard;
}

export async function garden(folder: string, name: string, zones: number, more: object = {}): Promise<Garden> {
  await using building = new AsyncDisposableStack();
  // Many messages at once shall wait in the broker instead of being dropped, and a single one not for others (40 ms).
  const broker = building.use(
    await startMosquitto({ quiet: true, extra: "max_queued_messages 0\nset_tcp_nodelay true" }),
  );
  const board = simulatedBoard({ hex });
  const port = join(folder, `${name}-port`);
  building.use(await boardOnPty(board, port));
  const person = building.use(await connectPerson(broker.url));
  const relays = Array.from({ length: zones }, (_, i) => ({ relay: i + 1, max_run: "3h" }));
  const file = join(folder, `${name}.json`);
  await writeFile(file, JSON.stringify({ mqtt: { url: broker.url }, port, zones: relays, ...more }));
  const all = building.move();
  return {
    broker,
    board,
    person,
    argv: ["sprinklers", "--config", file],
    ready: [
      ["homeassistant/device/mqtt-things_sprinklers_main_board/config", /"components"/],
      [`${base}/availability/get`, "online"],
    ],
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
