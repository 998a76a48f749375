import { FIRST_KEY } from "./cipher.ts";
import { BroadlinkError } from "./errors.ts";
import type { Keys } from "./packet.ts";

/** Who we are before we have authenticated. */
export const strangersKeys: Keys = { id: 0, key: FIRST_KEY };

const LENGTH = 0x50;
const CLIENT = { start: 0x04, end: 0x14 };
const NAME_AT = 0x30;

/** Asks for a session (broadlink.md 4.2). Units don't look at what is in it; this is what they are used to. */
export function authenticationPayload(): Buffer {
  const payload = Buffer.alloc(LENGTH);
  payload.fill("1", CLIENT.start, CLIENT.end);
  payload[0x1e] = 1;
  payload[0x2d] = 1;
  payload.write("Test 1", NAME_AT);
  return payload;
}

/** The session that a unit's answer grants. Throws BroadlinkError, "damaged", when it is cut off. */
export function readKeys(plaintext: Buffer): Keys {
  if (plaintext.length < 20) throw new BroadlinkError(-4007);
  return { id: plaintext.readUInt32LE(0), key: plaintext.subarray(4, 20) };
}
