import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "vitest";
import * as z from "zod";

/** Real bytes, which are not part of the project. */
const folder = join(
  process.env.MQTT_THINGS_CAPTURES ?? join(import.meta.dirname, "../../../../shared/captures"),
  "hue",
);

/** A `describe` that needs the captures; without their folder it is skipped, with the reason in its name. */
export function withCaptures(name: string, body: () => void): void {
  if (existsSync(folder)) describe(name, body);
  else
    describe.skip(`${name} (there is no folder ${folder}: set MQTT_THINGS_CAPTURES)`, () => test("skipped", () => {}));
}

export const captured = (file: string): string => readFileSync(join(folder, file), "utf8");

const resources = z.array(z.looseObject({ id: z.string(), type: z.string() }));
const sensors = z.record(z.string(), z.record(z.string(), z.unknown()));

/** A whole house with firmware of 2021, as `GET /clip/v2/resource` lists it. */
export const wholeHouse = () => resources.parse(JSON.parse(captured("v2_resources_2021_aiohue.json")));

/** Items of updates, with firmware of 2021. */
export const oldUpdates = () => resources.parse(JSON.parse(captured("event_items_2021_aiohue_issue49.json")));

/** `GET /api/<key>/sensors` */
export const v1Sensors = (file: string) => sensors.parse(JSON.parse(captured(file)));

/** Bodies of errors, and the status they come with. */
export const errors = () =>
  z
    .array(z.object({ name: z.string(), status: z.number(), body: z.unknown() }))
    .parse(JSON.parse(captured("v1_v2_errors_SYNTHETIC.json")));

/** The data of each event in a file of raw bytes. */
export const eventsIn = (file: string): string[] =>
  captured(file)
    .split("\n")
    .flatMap((line) => (line.startsWith("data: ") ? line.slice("data: ".length) : []));
