import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, test } from "vitest";
import { z } from "zod";

/** Real bytes, which are not part of the project. */
const folder =
  process.env.MQTT_THINGS_CAPTURES ?? fileURLToPath(new URL("../../../../shared/captures", import.meta.url));

/** A `describe` that needs the captures; without their folder it is skipped, with the reason in its name. */
export function withCaptures(name: string, body: () => void): void {
  if (existsSync(folder)) describe(name, body);
  else
    describe.skip(`${name} (there is no folder ${folder}: set MQTT_THINGS_CAPTURES)`, () =>
      test("is skipped", () => {}));
}

const read = <T>(file: string, schema: z.ZodType<T>): T =>
  schema.parse(JSON.parse(readFileSync(join(folder, file), "utf8")));

const code = z.object({
  codeSet: z.string(),
  name: z.string(),
  frameHex: z.string(),
  frames: z.number(),
  broadlinkHex: z.string().optional(),
  sendir: z.string().optional(),
});

/** What three remotes sent, as the original's tables hold it. */
export const irCodes = () => read("ir-codes.json", z.object({ codes: z.array(code) })).codes;

const zmoteVector = z.object({
  name: z.string(),
  raw: z.string().optional(),
  sendir: z.string().optional(),
  compressed: z.string(),
  pairs: z.array(z.tuple([z.number(), z.number()])).optional(),
  recompressed: z.string().optional(),
  error: z.string().optional(),
  totalMicroseconds: z.number().optional(),
});

export const zmoteVectors = () => read("zmote-vectors.json", z.object({ vectors: z.array(zmoteVector) })).vectors;

const tickVector = z.object({
  pulsesUs: z.array(z.number()),
  dataHex_round: z.string(),
  backUs: z.array(z.number()),
});

export const tickVectors = () =>
  read("broadlink-vectors.json", z.object({ pulsesRecommendedTick: z.object({ vectors: z.array(tickVector) }) }))
    .pulsesRecommendedTick.vectors;

/** Every code of a file of the SmartIR collection, whatever it is filed under. */
export function smartIrCodes(file: string): string[] {
  const codesIn = (node: unknown): string[] =>
    typeof node === "string" ? [node] : Object.values(z.record(z.string(), z.unknown()).parse(node)).flatMap(codesIn);
  return codesIn(read(`smartir/${file}.json`, z.object({ commands: z.unknown() })).commands);
}
