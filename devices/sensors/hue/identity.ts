import * as z from "zod";
import { HueError } from "./errors.ts";

/** What a bridge says of itself to anybody (hue.md 1). */
export interface Identity {
  /** 16 small hex digits. */
  id: string;
  /** As its owner called it. */
  name: string;
  /** `BSB002` */
  model: string;
  firmware: string | undefined;
  /** Whether its firmware is new enough for interface v2. */
  hasV2: boolean;
  /** The first, round one: it speaks no TLS and has no v2. */
  isRound: boolean;
}

/** hue.md 1 */
const FIRST_WITH_V2 = 1_948_086_000;
/** The round bridge, which knows only plain HTTP (hue.md 1). */
export const ROUND = "BSB001";

/** Said of whoever answers as no bridge does. */
export const NO_BRIDGE = "what answers there is no Hue bridge";

const text = z.string().nullish().catch(null);
const config = z.object({ bridgeid: text, mac: text, name: text, modelid: text, swversion: text });

/** Reads `GET /api/config`. Throws HueError, "nonsense", when that is no Hue bridge. */
export function readIdentity(said: unknown): Identity {
  const { bridgeid, mac, name, modelid, swversion } = config.safeParse(said).data ?? {};
  const id = bridgeid || idOfMac(mac);
  if (!id) throw new HueError("nonsense", NO_BRIDGE);
  const model = modelid ?? "unknown";
  const version = Number(swversion?.split(".").at(-1) ?? Number.NaN);
  return {
    id: id.toLowerCase(),
    name: name || "Hue bridge",
    model,
    firmware: swversion ?? undefined,
    // Without a usable version v2 is tried.
    hasV2: model !== ROUND && !(version < FIRST_WITH_V2),
    isRound: model === ROUND,
  };
}

function idOfMac(mac: string | null | undefined): string | undefined {
  const digits = mac?.replaceAll(/[^0-9a-fA-F]/g, "") ?? "";
  return digits.length === 12 ? `${digits.slice(0, 6)}fffe${digits.slice(6)}` : undefined;
}
