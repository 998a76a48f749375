import { readFileSync } from "node:fs";
import { run } from "../../src/daemon.ts";
import { type Config, schema } from "../sprinklers/config.ts";
import type { RelayBoard } from "../sprinklers/fake-board.ts";
import { type Link, LinkError } from "../sprinklers/link.ts";
import { sprinklersDaemon } from "../sprinklers/main.ts";
import { simulatedBoard } from "../sprinklers/simulated-board.ts";
import type { Room, Site } from "./room.ts";

const FIRMWARE = new URL("../sprinklers/firmware/sprinklers.hex", import.meta.url);

/** The garden: what moves its relays is the firmware itself, as compiled for a real board. */
export function garden({ mqtt, log, signal }: Site, health: { port: number; opened(port: number): void }): Room {
  const config = gardenConfig(mqtt, health.port);
  const board = simulatedBoard({ hex: readFileSync(FIRMWARE, "utf8") });
  const { base_topic: base } = config;
  const zones = config.zones.map(({ relay, name = "" }) => ({
    relay,
    name,
    /** The relay itself: the pin of the simulated chip. */
    on: false,
    said: {} as Record<string, string>,
  }));
  board.onRelay((relay, on) => {
    for (const zone of zones) if (zone.relay === relay) zone.on = on;
  });
  return {
    base,
    about: {
      hardware: "board   simulated, runs the compiled firmware; 8 relays, zones on 2, 3 and 4",
      topics: `${base}/bank/<2|3|4>/{state,run,duration}/set, …/get`,
    },
    headings: ["bank", "zone", "relay", "state/get", "ends at", "today", "last reason"],
    rows: () =>
      zones.map(({ relay, name, on, said: { state, ends_at, watered_today, reason } }) => ({
        key: `bank ${relay}`,
        cells: [
          String(relay),
          name,
          on ? "ON" : "off",
          state === "1" ? "1 (open)" : state === "0" ? "0 (closed)" : "-",
          ends_at && ends_at !== "None" ? new Date(ends_at).toLocaleTimeString("en-GB") : "-",
          `${watered_today ?? 0} s`,
          reason ?? "-",
        ],
        sentence: `bank ${relay} (${name}): relay ${on ? "on" : "off"}, state ${state ?? "unknown"}, reason ${reason ?? "None"}`,
      })),
    heard(topic, payload) {
      const [, bank, aspect] = /^bank\/(\d)\/(\w+)\/get$/.exec(topic) ?? [];
      for (const zone of zones) if (aspect && zone.relay === Number(bank)) zone.said[aspect] = payload;
    },
    availability: ["availability/get"],
    tries: [
      { topic: "bank/2/state/set", payload: "1" },
      { topic: "bank/3/run/set", payload: "20" },
      { topic: "rain_delay/set", payload: "24" },
      { topic: "all_off/set", payload: "PRESS" },
    ],
    daemon: run(
      sprinklersDaemon(() => simulatedLink(board)),
      config,
      { log, signal, onHealth: health.opened },
    ),
    async [Symbol.asyncDispose]() {
      await board.unplug();
    },
  };
}

/** The garden as a configuration file would describe it. */
function gardenConfig(url: string, healthPort: number): Config {
  return schema("file").parse({
    mqtt: { url },
    port: "(simulated)",
    zones: [
      { relay: 2, name: "Front lawn", duration: "10min" },
      { relay: 3, name: "Veggie beds", duration: "5min" },
      { relay: 4, name: "Pots", duration: "1min" },
    ],
    health_port: healthPort,
    health_host: "127.0.0.1",
    log_level: "warn",
  });
}

/** The simulated board where the daemon expects a serial port. */
function simulatedLink(board: RelayBoard): Link {
  return {
    async open() {
      const stream = await board.open().catch((error: Error) => {
        throw new LinkError("missing", error.message);
      });
      return {
        stream,
        async close() {
          stream.destroy();
        },
      };
    },
    present: async () => true,
  };
}
