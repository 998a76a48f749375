import { hex } from "./bytes.ts";
import { type Read, sum, wrongChecksum } from "./frame.ts";
import { companions, frame144, type MitsubishiValues } from "./mitsubishi-frame.ts";
import { modulate, type Timing } from "./pulses.ts";
import type { Strange } from "./shape.ts";
import type { Waveform } from "./waveform.ts";

/** A whole state; there is no other frame, so switching off sends a state without power. */
export interface Mitsubishi extends MitsubishiValues {
  strange: readonly Strange[];
}

/** What is not given: vanes and fan automatic, the clock at 00:00, no timer, and the mode's companion in byte 8. */
export const mitsubishiState = (
  given: Pick<Mitsubishi, "power" | "mode" | "temperatureCelsius"> & Partial<Mitsubishi>,
): Mitsubishi => ({ ...PLAIN, companion: companions.get(given.mode) ?? 0, ...given });

const PLAIN = {
  iSee: false,
  wideVane: "centre" as const,
  fan: "auto" as const,
  vane: "auto" as const,
  beeps: 1,
  clockMinutes: 0,
  stopMinutes: 0,
  startMinutes: 0,
  timer: "none" as const,
  weekly: false,
  econoCool: false,
  direct: 0,
  absence: false,
  heat10Degrees: false,
  naturalFlow: false,
  leftVane: 0,
  strange: [],
};

const LENGTH = 18;
const SIGNATURE = "23cb26";

/** The frame with its checksum. Throws InfraredError when the frame can't say it. */
export function encodeMitsubishi(state: Mitsubishi): Uint8Array {
  const bytes = frame144.write(state, state.strange);
  bytes[LENGTH - 1] = sum(bytes, 0, LENGTH - 1);
  return bytes;
}

export function decodeMitsubishi(bytes: Uint8Array): Read<Mitsubishi> {
  const begin = hex(bytes.subarray(0, 3));
  if (begin !== SIGNATURE) return { refused: `${begin} begins no Mitsubishi Electric frame` };
  if (bytes.length !== LENGTH) {
    return { refused: `a Mitsubishi Electric frame has ${LENGTH} bytes, not ${bytes.length}` };
  }
  const wrong = wrongChecksum(bytes[LENGTH - 1], sum(bytes, 0, LENGTH - 1));
  if (wrong) return { refused: `Mitsubishi Electric: ${wrong}` };
  const { values, strange, doubts } = frame144.read(bytes);
  return { frame: { ...values, strange }, doubts: [...doubts, ...unlikely(values)] };
}

/** What a real remote's frame does not hold, or what only one source has explained. */
function unlikely({ mode, companion, wideVane, clockMinutes }: MitsubishiValues): string[] {
  const doubts: string[] = [];
  const usual = companions.get(mode);
  if (usual !== undefined && companion !== usual) {
    doubts.push(`the low half of byte 8 is ${companion}, and with ${mode} it is ${usual} on real remotes`);
  }
  if (mode === "i_feel") doubts.push("mode i_feel was seen on one remote only");
  if (wideVane === "swing") doubts.push("wideVane swing is one person's word");
  if (clockMinutes >= 24 * 60) doubts.push(`the clock stands at ${clockMinutes} minutes, which is no time of day`);
  return doubts;
}

/** Multiples of one unit of 433 us, in the middle of the captures (ir-protocols.md 1). The frame is sent twice. */
const timing: Timing = {
  headerMark: 3464,
  headerSpace: 1732,
  bitMark: 433,
  zeroSpace: 433,
  oneSpace: 1299,
  gap: 17_000,
};

export const mitsubishiWaveform = (state: Mitsubishi): Waveform => modulate(encodeMitsubishi(state), timing, 2);
