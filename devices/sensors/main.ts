import { cell, follow } from "../../src/cell.ts";
import type { Daemon } from "../../src/daemon.ts";
import { main as runMain } from "../../src/main.ts";
import type { DeviceList } from "../../src/serve-all.ts";
import { advise } from "./advice.ts";
import { allDevices } from "./all-devices.ts";
import type { Everywhere } from "./broadlink/search.ts";
import type { Units } from "./broadlink/units.ts";
import { type Config, flags, schema } from "./config.ts";
import type { Bridge } from "./hue/bridge.ts";

/**
 * So long nothing is shown while the bridge says nothing: where one of its sensors and a unit have the same name, who is the
 * first must not depend on the network.
 */
const BRIDGE_FIRST_MS = 5_000;
/**
 * So long after its first list a sensor that an earlier run knew may yet come: after a power cut daemon and bridge start
 * together, and such a bridge lists only some of them. Home Assistant would forget what a person has called the others.
 */
const SETTLED_MS = 30_000;

interface Around {
  roots?: string | undefined;
  everywhere?: Everywhere;
  settledMs?: number;
}

/**
 * The sensors daemon, on the bridge and the units of its configuration; a test may have other roots, a smaller network and
 * less patience.
 */
export function sensorsDaemon({ roots, everywhere, settledMs = SETTLED_MS }: Around = {}): Daemon<Config> {
  return {
    name: "sensors",
    schema,
    flags,
    async *open({ config, log, clock, own, signal }) {
      const { hue, broadlink, instance, sensors: rules, base_topic: base } = config;
      let bridge: Bridge | undefined;
      if (hue) {
        // TLS and HTTP are of no use to a house without a bridge.
        const { openBridge } = await import("./hue/bridge.ts");
        bridge = own.use(
          openBridge({ ...hue, roots: hue.roots ?? roots }, { log: log.child({ source: "hue" }), clock }),
        );
        void advise(bridge.status, { log, clock, signal });
      }
      let units: Units | undefined;
      if (broadlink) {
        const { openUnits } = await import("./broadlink/units.ts");
        const { places, pollMs } = broadlink;
        const wanted = places ? { places } : { everywhere };
        units = own.use(openUnits(wanted, { pollMs, log: log.child({ source: "broadlink" }), clock }));
      }
      const bridgeBase = `mqtt-things/sensors/${instance}/bridge`;
      const hueOffset = hue?.temperatureOffset ?? 0;
      const settled = cell(bridge === undefined);
      void bridge?.status
        .until(({ sensors }) => sensors !== undefined, signal)
        .then(() => clock.sleep(settledMs, signal))
        .then(() => settled.set(true));
      const devices = allDevices({ bridge, units, base, bridgeBase, rules, hueOffset, settled: settled.get }, log);
      const late = cell(bridge === undefined);
      if (bridge) void clock.sleep(BRIDGE_FIRST_MS, signal).then(() => late.set(true));
      const heard = () => {
        const { sensors, problem } = bridge?.status.get() ?? {};
        return late.get() || sensors !== undefined || problem !== undefined;
      };
      const news = [bridge?.status, units?.known, late, settled].filter((one) => one !== undefined);
      let shown: DeviceList | undefined;
      for await (const list of follow(news, () => (shown || heard() ? devices() : undefined), signal)) {
        if (list && list !== shown) yield list;
        shown = list;
      }
    },
  };
}

export const main = (argv: readonly string[]) => runMain(sensorsDaemon(), argv);
