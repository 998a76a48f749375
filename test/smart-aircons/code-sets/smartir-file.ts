import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder =
  process.env.MQTT_THINGS_CAPTURES ?? fileURLToPath(new URL("../../../../shared/captures", import.meta.url));

/** Where a file of the SmartIR collection is, if the captures are there at all: see `withCaptures`. */
export const smartIrFile = (name: string): string => join(folder, "smartir", `${name}.json`);
