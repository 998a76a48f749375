/** What a Zmote says of itself by multicast (zmote.md 1). */
export interface Beacon {
  /** `CI00a1b2c3`; of firmware v1 another form. */
  uuid: string;
  /** With the port, where it says one. */
  host: string;
  model: string;
  /** Of its firmware. */
  revision: string | undefined;
  /** Whether it has firmware v2, which is the one that our blaster speaks with. */
  supported: boolean;
}

/** Where beacons come to, and where `question` asks for them; both are sent to the group. */
export const beacons = { group: "239.255.250.250", port: 9131, askPort: 9130, question: "SENDAMXB" } as const;

const MAKE = "zmote.io";
const V2 = "ZMT2";

/** Reads a beacon, `AMXB<-Key=Value>…` in any order; undefined when it is no Zmote's. Never throws. */
export function parseBeacon(text: string): Beacon | undefined {
  if (!text.startsWith("AMXB")) return undefined;
  const value = (key: string) => new RegExp(`<-${key}=([^<>]*)>`, "i").exec(text)?.[1]?.trim();
  const uuid = value("UUID");
  const [, host, port = 80] =
    /^(?:https?:\/\/)?([A-Za-z0-9][A-Za-z0-9._-]{0,252}(?::(\d{1,5}))?)\/?$/.exec(value("Config-URL") ?? "") ?? [];
  const isPort = Number(port) >= 1 && Number(port) <= 0xffff;
  if (value("Make")?.toLowerCase() !== MAKE || !uuid || !host || !isPort) return undefined;
  return {
    uuid,
    host,
    model: value("Model") ?? "Zmote",
    revision: value("Revision"),
    supported: value("Type") === V2,
  };
}
