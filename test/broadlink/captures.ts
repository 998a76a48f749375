import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe } from "vitest";
import * as z from "zod";

const folder = process.env.MQTT_THINGS_CAPTURES ?? join(import.meta.dirname, "../../../shared/captures");
const file = join(folder, "broadlink-vectors.json");

const hex = z.string().transform((text) => Buffer.from(text, "hex"));
const vector = z.object({
  name: z.string(),
  op: z.string(),
  devtype: z.string().nullable(),
  mac: z.string().nullable(),
  id: z.number().nullable(),
  key: hex.nullable(),
  count: z.number().nullable(),
  plaintextHex: hex.nullable(),
  packetHex: hex,
  responseHex: hex.nullable(),
  expected: z.looseObject({
    errno: z.number().optional(),
    irHex: hex.optional(),
    responsePlaintextHex: hex.optional(),
    value: z.unknown().optional(),
  }),
});
const captures = z.object({
  vectors: z.array(vector),
  checksums: z.array(z.object({ label: z.string(), hex, checksum: z.string() })),
  deviceTypes: z.record(
    z.string(),
    z.object({
      framing: z.enum(["cmd32", "len16+cmd32"]),
      sensors: z.string(),
      rf: z.boolean(),
      types: z.record(z.string(), z.string()),
    }),
  ),
});

/** One request, and mostly its answer, as another implementation sends and reads them. */
export type Vector = z.infer<typeof vector>;
export type Captures = z.infer<typeof captures>;

/** Tests on the recorded bytes; skipped, and said so, where they can't be had: they are no part of the project. */
export function captured(name: string, body: (captures: Captures) => void): void {
  if (existsSync(file)) describe(name, () => body(captures.parse(JSON.parse(readFileSync(file, "utf8")))));
  else describe.skip(`${name} (there is no ${file})`, () => {});
}

/** Who asks and who is asked in a vector of a command. */
export function partners({ devtype, mac, id, key, count }: Vector) {
  if (devtype === null || mac === null || id === null || key === null || count === null) {
    throw new Error("this vector is of no command");
  }
  return { type: Number(devtype), mac: mac.replace(/..(?=.)/g, "$&:"), keys: { id, key }, counter: count };
}
