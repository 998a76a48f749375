import type { Logger } from "pino";
import { z } from "zod";
import type { Clock } from "../../../src/clock.ts";
import type { Blaster } from "./blaster.ts";

const LOOKS = "must look like broadlink://192.168.1.20 or zmote://192.168.1.21, with :port behind where that is not 80";
const PATTERN =
  /^(?<make>broadlink|zmote):\/\/(?<host>[A-Za-z0-9][A-Za-z0-9._-]*)(?::(?<port>\d{1,5}))?\/?(?:\?framing=(?<framing>cmd32|len16))?$/;

const parts = z
  .object({
    make: z.enum(["broadlink", "zmote"]),
    host: z.string(),
    port: z.coerce.number().min(1).max(0xffff).default(80),
    framing: z.enum(["cmd32", "len16"]).optional(),
  })
  .refine(({ make, framing }) => make === "broadlink" || framing === undefined);

const partsOf = (url: string) => parts.safeParse(PATTERN.exec(url)?.groups).data;

/**
 * Where a blaster is: `zmote://HOST[:PORT]`, or `broadlink://HOST[:PORT]`, with `?framing=cmd32` or `len16` behind it for
 * a model that we don't know and guess wrong.
 */
export const blasterUrl = z.string().refine((url) => partsOf(url) !== undefined, LOOKS);

/**
 * Opens the blaster at such a URL; what only the other make needs is not loaded. A blaster that is away is no error: its
 * health says so. Throws TypeError for another URL.
 */
export async function openBlaster(url: string, context: { log: Logger; clock: Clock }): Promise<Blaster> {
  const where = partsOf(url);
  if (!where) throw new TypeError(`the URL of a blaster ${LOOKS}`);
  if (where.make === "zmote") {
    const { zmoteBlaster } = await import("./zmote.ts");
    return zmoteBlaster(where, context);
  }
  const { broadlinkBlaster } = await import("./broadlink.ts");
  return broadlinkBlaster(where, context);
}
