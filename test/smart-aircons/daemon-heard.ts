import type { FakeZmote } from "../../devices/smart-aircons/blasters/fake-zmote.ts";
import { decodeBroadlink } from "../../devices/smart-aircons/ir/broadlink-packet.ts";
import { identify } from "../../devices/smart-aircons/ir/identify.ts";
import type { Waveform } from "../../devices/smart-aircons/ir/waveform.ts";
import type { FakeBroadlink } from "../../src/broadlink/fake.ts";

/** What an aircon makes of what it sees: `off`, or `cool 24 auto off`. */
export function understood(waveform: Waveform): string {
  const found = identify(waveform);
  if (!("state" in found)) return "?";
  const { power, mode, temperatureCelsius, fan, swing } = found.state;
  return power === "off" ? "off" : [mode, temperatureCelsius, fan, swing].join(" ");
}

/** What a Broadlink unit has sent into the room, in order. */
export const fromBroadlink = ({ infrared }: Pick<FakeBroadlink, "infrared">): string[] =>
  infrared.map((packet) => understood(decodeBroadlink(packet).waveform));

/** What a Zmote has sent into the room, in order. */
export const fromZmote = ({ infrared }: Pick<FakeZmote, "infrared">): string[] =>
  infrared.map(({ pairs, frequencyHz }) =>
    understood(pairs.flat().map((periods) => Math.round((periods * 1e6) / frequencyHz))),
  );
