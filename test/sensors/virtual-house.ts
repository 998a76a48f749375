import { setTimeout as delay } from "node:timers/promises";
import { largeHouse } from "../../devices/sensors/hue/fake-house.ts";
import { pass, virtualClock } from "../support/clock.ts";
import { base, type House, houseWith } from "./lived-in.ts";

/** A house in virtual time, on real sockets. */
export interface VirtualHouse extends House {
  /** Lets time pass, and in each second all that needs none. */
  pass(ms: number): Promise<void>;
  /** Lets time pass until this holds. Throws after ten minutes. */
  passUntil(holds: () => boolean): Promise<void>;
  /** What stands on `<base>/<topic>/get`. */
  shown(topic: string): string | undefined;
}

const STEP_MS = 1_000;
const LONGEST_MS = 10 * 60_000;
const LOADED_MS = 60_000;

/** With so many motion sensors, called `Sensor 1`, `Sensor 2`, …; once the daemon shows them all, and all is quiet. */
export async function virtualHouse(sensors: number): Promise<VirtualHouse> {
  const clock = virtualClock();
  const resources = largeHouse(sensors, "001788FFFE123456", "1970084010", clock);
  const house = await houseWith({ clock, bridge: { resources }, hue: { reconcile: "60s" } });
  const shown = (topic: string) => house.person.latest(`${base}/${topic}/get`);
  const self: VirtualHouse = Object.assign(house, {
    shown,
    pass: (ms: number) => pass(clock, ms, STEP_MS),
    async passUntil(holds: () => boolean) {
      for (let ms = 0; !holds(); ms += STEP_MS) {
        if (ms > LONGEST_MS) throw new Error(`ten minutes passed until ${holds}`);
        await self.pass(STEP_MS);
      }
    },
  });
  await house.start();
  // What a daemon loads at its start takes real time, of a busy machine much: until it has, none passes here.
  await house.person.until("mqtt-things/sensors/main/availability/get", "online", LOADED_MS);
  const end = performance.now() + LOADED_MS;
  while (!house.bridge.received.some(({ kind }) => kind === "resources")) {
    if (performance.now() > end) throw new Error("the bridge was not read within a minute");
    await delay(10);
  }
  const names = Array.from({ length: sensors }, (_, at) => `sensor-${at + 1}`);
  await self.passUntil(() => names.every((name) => shown(`${name}/availability`) === "online"));
  await self.pass(60_000);
  return self;
}
