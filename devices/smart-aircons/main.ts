import { follow } from "../../src/cell.ts";
import type { Daemon } from "../../src/daemon.ts";
import type { Device } from "../../src/device.ts";
import { liveIn } from "../../src/local-time.ts";
import { main as runMain } from "../../src/main.ts";
import { introduced } from "./blaster-device.ts";
import type { Blaster } from "./blasters/blaster.ts";
import { openBlaster } from "./blasters/open-blaster.ts";
import { type Config, flags, schema } from "./config.ts";
import { type Control, control } from "./control.ts";
import { airconDevice } from "./entities.ts";
import { roomOf } from "./room.ts";

/** The smart aircons daemon, on the blasters of its configuration or on whatever a demo or a test opens instead. */
export function smartAirconsDaemon(open: typeof openBlaster = openBlaster): Daemon<Config> {
  return {
    name: "smart-aircons",
    schema,
    flags,
    async *open({ config, log, clock, own, signal }) {
      if (config.timezone !== undefined) liveIn(config.timezone);
      const { house } = config;
      // Closed in reverse order: the aircons say nothing any more, then the blasters. Many at once: each may take a second.
      const blasters = own.use(together<Blaster>());
      const aircons = own.use(together<Control>());
      const opened = new Map<string, Blaster>();
      for (const { name, url } of house.blasters) {
        opened.set(name, blasters.add(await open(url, { log: log.child({ blaster: name }), clock })));
      }
      const devices = house.aircons.flatMap((settings): Device[] => {
        const blaster = opened.get(settings.blaster);
        if (!blaster) return [];
        const here = { log: log.child({ aircon: settings.key }), clock };
        const controlled = aircons.add(control(settings.rules, blaster, here));
        return [
          airconDevice(settings, settings.rules.set, controlled, roomOf(settings, controlled, { ...here, signal })),
        ];
      });
      const shown = house.blasters.flatMap((settings) => {
        const blaster = opened.get(settings.name);
        return blaster ? [introduced(settings, blaster.health)] : [];
      });
      const healths = [...opened.values()].map(({ health }) => health);
      let before: Device[] = [];
      for await (const now of follow(healths, () => shown.map((device) => device()), signal)) {
        if (before.length === 0 || now.some((device, i) => device !== before[i])) yield [...now, ...devices];
        before = now;
      }
    },
  };
}

/** Things that are closed at the same time. */
function together<T extends AsyncDisposable>() {
  const all: T[] = [];
  return {
    add(one: T): T {
      all.push(one);
      return one;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map((one) => one[Symbol.asyncDispose]()));
    },
  };
}

export const main = (argv: readonly string[]) => runMain(smartAirconsDaemon(), argv);
