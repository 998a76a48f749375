import { hex } from "./bytes.ts";
import type { Read } from "./frame.ts";
import { decodeFujitsu, encodeFujitsu, type Fujitsu, fujitsuWaveform } from "./fujitsu.ts";
import { decodeMitsubishi, encodeMitsubishi, type Mitsubishi, mitsubishiWaveform } from "./mitsubishi.ts";
import type { Waveform } from "./waveform.ts";

/** A frame of one of the protocols that we know. */
export type Known =
  | { protocol: "fujitsu-15" | "fujitsu-16"; frame: Fujitsu }
  | { protocol: "mitsubishi-144"; frame: Mitsubishi };

/** Understands the bytes of a frame by how they begin (ir-protocols.md 1, "Dispatch"). */
export function decodeFrame(bytes: Uint8Array): Read<Known> {
  if (bytes[0] === 0x14 && bytes[1] === 0x63) {
    const read = decodeFujitsu(bytes);
    if ("refused" in read) return read;
    const { frame, doubts } = read;
    const isOlder = frame.bytes === 6 || frame.bytes === 15;
    return { frame: { protocol: isOlder ? "fujitsu-15" : "fujitsu-16", frame }, doubts };
  }
  if (bytes[0] === 0x23 && bytes[1] === 0xcb && bytes[2] === 0x26) {
    const read = decodeMitsubishi(bytes);
    return "refused" in read ? read : { ...read, frame: { protocol: "mitsubishi-144", frame: read.frame } };
  }
  return { refused: `no frame that we know begins with ${hex(bytes.subarray(0, 3))}` };
}

/** Whether its bytes prove that they arrived as they were sent; short frames of the older Fujitsu family don't. */
export const hasCheck = ({ frame }: Known): boolean => !("bytes" in frame && frame.bytes === 6);

/** The bytes of one frame. Throws InfraredError when the frame can't say it. */
export const encodeFrame = (known: Known): Uint8Array =>
  known.protocol === "mitsubishi-144" ? encodeMitsubishi(known.frame) : encodeFujitsu(known.frame);

/** What one press of a key sends. Throws InfraredError when the frame can't say it. */
export const waveformOf = (known: Known): Waveform =>
  known.protocol === "mitsubishi-144" ? mitsubishiWaveform(known.frame) : fujitsuWaveform(known.frame);

/** A frame in the words that all aircons have in common. What a frame does not say is not there. */
export interface Summary {
  power?: "on" | "off";
  mode?: string | number;
  temperatureCelsius?: number;
  fan?: string | number;
  swing?: string | number;
  vane?: string | number;
  wideVane?: string | number;
  /** `14:00`. */
  clock?: string;
  /** A wish that is no state, such as `powerful`. */
  command?: string | number;
}

export const summary = (known: Known): Summary =>
  known.protocol === "mitsubishi-144" ? ofMitsubishi(known.frame) : ofFujitsu(known.frame);

function ofFujitsu(frame: Fujitsu): Summary {
  if (frame.kind === "command") return frame.command === "off" ? { power: "off" } : { command: frame.command };
  const { mode, temperatureCelsius, fan, swing } = frame;
  // Nothing but the short frame switches these units off.
  return { power: "on", mode, ...(frame.fahrenheit ? {} : { temperatureCelsius }), fan, swing };
}

function ofMitsubishi({ power, mode, temperatureCelsius, fan, vane, wideVane, clockMinutes }: Mitsubishi): Summary {
  const [up, aside] = [vane === "swing", wideVane === "swing"];
  const swing = up && aside ? "both" : up ? "vertical" : aside ? "horizontal" : "off";
  const digits = (value: number): string => String(value).padStart(2, "0");
  const clock = `${digits(Math.floor(clockMinutes / 60))}:${digits(clockMinutes % 60)}`;
  return { power: power ? "on" : "off", mode, temperatureCelsius, fan, swing, vane, wideVane, clock };
}
