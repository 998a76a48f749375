import type { Daemon } from "../../src/daemon.ts";
import { liveIn } from "../../src/local-time.ts";
import { main as runMain } from "../../src/main.ts";
import { type Config, flags, schema } from "./config.ts";
import { openBoard } from "./driver.ts";
import { sprinklers } from "./entities.ts";
import { runZones } from "./garden.ts";
import type { Link } from "./link.ts";
import { serialLink } from "./serial.ts";

/** The sprinklers daemon, on the serial port of its configuration or on whatever link a demo or a test gives it. */
export function sprinklersDaemon(openLink: (path: string) => Link = serialLink): Daemon<Config> {
  return {
    name: "sprinklers",
    schema,
    flags,
    async *open({ config, log, clock, own, connected, pulse }) {
      const { rules } = config;
      if (config.timezone !== undefined) liveIn(config.timezone);
      const relays = [...rules.zones.map(({ relay }) => relay), ...(rules.master ? [rules.master.relay] : [])];
      const names = new Map(config.zones.flatMap(({ relay, name }) => (name === undefined ? [] : [[relay, name]])));
      // Closed in reverse order: the rules want nothing any more, then the board is switched off.
      const board = own.use(openBoard(openLink(config.port), relays, { log, clock, turned: pulse.loop("board") }));
      const zones = own.use(runZones(rules, board, connected, { log, clock, turned: pulse.loop("zones"), names }));
      const { switches, base_topic: base, instance } = config;
      yield [sprinklers(rules, zones, board, { names, switches, base, instance, clock })];
      await Promise.race([board.failed, zones.failed]);
    },
  };
}

export const main = (argv: readonly string[]) => runMain(sprinklersDaemon(), argv);
