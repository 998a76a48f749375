import { type Config, schema } from "../sprinklers/config.ts";
import type { RelayBoard } from "../sprinklers/fake-board.ts";
import { type Link, LinkError } from "../sprinklers/link.ts";

/** The garden of the demo, as a configuration file would describe it. */
export function gardenConfig(mqttUrl: string): Config {
  return schema("file").parse({
    mqtt: { url: mqttUrl },
    port: "(simulated)",
    zones: [
      { relay: 2, name: "Front lawn", duration: "10min" },
      { relay: 3, name: "Veggie beds", duration: "5min" },
      { relay: 4, name: "Pots", duration: "1min" },
    ],
    health_port: 0,
    health_host: "127.0.0.1",
    log_level: "warn",
  });
}

/** The simulated board where the daemon expects a serial port. */
export function simulatedLink(board: RelayBoard): Link {
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
