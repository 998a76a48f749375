import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type FakeBridge, startFakeBridge } from "../../devices/sensors/hue/fake-bridge.ts";
import { largeHouse } from "../../devices/sensors/hue/fake-house.ts";
import { addressOf } from "../../devices/sensors/hue/fake-resources.ts";
import { realClock } from "../../src/clock.ts";
import { startMosquitto } from "../support/mosquitto.ts";
import { connectPerson } from "../support/person.ts";
import type { House } from "./daemon.ts";

export const sensorsBase = "home/inside/environment";

/** A broker, a Hue bridge with motion sensors behind TLS, a person, and a configuration for a daemon between them. */
export interface Hotel extends House, AsyncDisposable {
  bridge: FakeBridge;
}

/** The sensors are called `Sensor 1`, `Sensor 2`, …; on topics `sensor-1`, `sensor-2`, …. */
export async function hotel(folder: string, sensors: number): Promise<Hotel> {
  await using building = new AsyncDisposableStack();
  const broker = building.use(
    await startMosquitto({ quiet: true, extra: "max_queued_messages 0\nset_tcp_nodelay true" }),
  );
  const person = building.use(await connectPerson(broker.url));
  const resources = largeHouse(sensors, "001788FFFE123456", "1970084010", realClock);
  const bridge = building.use(await startFakeBridge({ resources }));
  const roots = join(folder, `roots-${sensors}.pem`);
  await writeFile(roots, bridge.certificates?.root ?? "");
  const file = join(folder, `hotel-${sensors}.json`);
  const { host, port, key } = bridge;
  const hue = { host, port, key, ca_file: roots };
  await writeFile(file, JSON.stringify({ mqtt: { url: broker.url }, hue }));
  const numbers = Array.from({ length: sensors }, (_, at) => at);
  const all = building.move();
  return {
    person,
    bridge,
    argv: ["sensors", "--config", file],
    ready: numbers.flatMap((at) => {
      const key = addressOf(0x1000 + at).replaceAll(":", "");
      return [
        [`homeassistant/device/mqtt-things_sensors_main_${key}/config`, /"components"/],
        [`${sensorsBase}/sensor-${at + 1}/availability/get`, "online"],
      ] as const;
    }),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
