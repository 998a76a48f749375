import * as z from "zod";
import { type Clock, realClock } from "../../../src/clock.ts";
import { type Address, openDoor } from "./door.ts";
import { HueError } from "./errors.ts";
import type { Identity } from "./identity.ts";
import { v1Of } from "./json.ts";
import type { Wire } from "./wire.ts";

/** What pairing has come to, for somebody who stands before the bridge. */
export interface PairingProgress {
  identity: Identity;
  /** Whether the bridge proved who it is. */
  secure: boolean;
  /** How long there still is to press the button. */
  leftMs: number;
}

export interface Pairing {
  /** The application key: a secret, for both of the bridge's interfaces. */
  key: string;
  identity: Identity;
}

interface Circumstances {
  /** What the bridge's owner sees in its app, behind `mqtt-things#`: at most 19 characters are kept. */
  instance: string;
  signal: AbortSignal;
  clock?: Clock;
  /** Called once a second while the button is not pressed. */
  progress?(now: PairingProgress): void;
  /** 60 s by default. */
  forMs?: number;
}

const ASK_MS = 1_000;
const FOR_MS = 60_000;
const ANSWER = { bytes: 64 * 1024, ms: 5_000 };
const LONGEST_INSTANCE = 19;

const granted = z.array(z.object({ success: z.object({ username: z.string().min(1) }) })).min(1);

/**
 * Asks a bridge for an application key until somebody presses its button (hue.md 4.1). Throws HueError: "unpressed" when
 * nobody did in time, "closed" when the signal aborts, and whatever keeps us from asking.
 */
export async function pair(
  address: Address,
  { instance, signal, clock = realClock, progress, forMs = FOR_MS }: Circumstances,
): Promise<Pairing> {
  const door = openDoor(address, { clock, dialled() {} });
  try {
    const endMs = clock.monotonicMs() + forMs;
    const { identity, wire } = await door.meet(signal);
    const body = {
      devicetype: `mqtt-things#${instance.slice(0, LONGEST_INSTANCE)}`,
      // A round bridge does not know it, and new ones may want it; what it gives is for lamps.
      ...(identity.hasV2 && { generateclientkey: true }),
    };
    for (;;) {
      const answer = await ask(wire, body, signal);
      if (typeof answer === "string") return { key: answer, identity };
      const leftMs = endMs - clock.monotonicMs();
      if (leftMs <= 0 && answer.trouble !== "unpressed") throw answer;
      if (leftMs <= 0) throw new HueError("unpressed", "nobody pressed the button of the bridge in time");
      progress?.({ identity, secure: wire.secure, leftMs });
      await clock.sleep(ASK_MS, signal);
      if (signal.aborted) throw new HueError("closed", "pairing was given up");
    }
  } finally {
    door.close();
  }
}

const passing = ["unpressed", "busy", "silent"];

/** The key, or why there is none yet: nobody has pressed the button, or the bridge has no time. */
async function ask(wire: Wire, body: object, signal: AbortSignal): Promise<string | HueError> {
  try {
    const said = v1Of(await wire.ask({ method: "POST", path: "/api", body }, ANSWER, signal));
    const key = granted.safeParse(said).data?.[0]?.success.username;
    if (key !== undefined) return key;
  } catch (error) {
    if (error instanceof HueError && passing.includes(error.trouble)) return error;
    throw error;
  }
  throw new HueError("nonsense", "the bridge answers with something that is no key");
}
