import { hex } from "./bytes.ts";
import { InfraredError } from "./error.ts";
import { type Read, sum, wrongChecksum } from "./frame.ts";
import {
  type FujitsuValues,
  HALF_DEGREES_VARIANT,
  newer,
  older,
  short,
  temperatureScale,
  USUAL_VARIANT,
} from "./fujitsu-frames.ts";
import { modulate, type Timing } from "./pulses.ts";
import type { Strange } from "./shape.ts";
import type { Waveform } from "./waveform.ts";

/** A whole state, as nearly every key of the remote sends it. `filter` and `outdoorQuiet` are of the newer family alone. */
export interface FujitsuState extends Omit<FujitsuValues, "temperatureSteps"> {
  kind: "state";
  /** The two families differ in the length of this frame. */
  bytes: 15 | 16;
  temperatureCelsius: number;
  strange: readonly Strange[];
}

/** A single wish, such as `off`: 6 bytes in the older family, 7 in the newer. */
export interface FujitsuCommand {
  kind: "command";
  bytes: 6 | 7;
  unit: number;
  command: ReturnType<typeof short.read>["values"]["command"];
  strange: readonly Strange[];
}

export type Fujitsu = FujitsuState | FujitsuCommand;

/** What is not given is as the captured remotes had it: no swing, no timer, fan automatic. */
export const fujitsuState = (
  given: Pick<FujitsuState, "bytes" | "mode" | "temperatureCelsius"> & Partial<FujitsuState>,
): FujitsuState => ({ ...AS_CAPTURED, ...given });

const AS_CAPTURED = {
  kind: "state" as const,
  unit: 0,
  variant: USUAL_VARIANT,
  start: true,
  fahrenheit: false,
  clean: false,
  timer: "none" as const,
  fan: "auto" as const,
  swing: "off" as const,
  offMinutes: 0,
  offTimer: false,
  onMinutes: 0,
  onTimer: false,
  filter: false,
  outdoorQuiet: false,
  strange: [],
};

/** The frame that switches off; it is no state, so what was set is not in it. */
export const fujitsuOff = (bytes: 6 | 7): FujitsuCommand => ({
  kind: "command",
  bytes,
  unit: 0,
  command: "off",
  strange: [],
});

/** The frame with its checksum. Throws InfraredError when the frame can't say it. */
export function encodeFujitsu(frame: Fujitsu): Uint8Array {
  if (frame.kind === "command") {
    const bytes = short.write(frame, frame.strange);
    bytes[6] = ~(bytes[5] ?? 0);
    return bytes.subarray(0, frame.bytes);
  }
  const { zeroCelsius, stepsPerDegree } = temperatureScale(frame.variant);
  const temperatureSteps = (frame.temperatureCelsius - zeroCelsius) * stepsPerDegree;
  if (!(Number.isInteger(temperatureSteps) && temperatureSteps >= 0 && temperatureSteps < 64)) {
    const most = zeroCelsius + 63 / stepsPerDegree;
    throw new InfraredError(
      `temperatureCelsius can't be ${frame.temperatureCelsius}: it is ${zeroCelsius} to ${most} in steps of ${1 / stepsPerDegree}`,
    );
  }
  const bytes = (frame.bytes === 15 ? older : newer).write({ ...frame, temperatureSteps }, frame.strange);
  bytes[frame.bytes - 1] = checksum(bytes);
  return bytes;
}

/** The bytes from 7 on add up to 0 (mod 256), in both families. */
const checksum = (bytes: Uint8Array): number => -sum(bytes, 7, bytes.length - 1) & 0xff;

/** Understands a frame of either family, whole or short. */
export function decodeFujitsu(bytes: Uint8Array): Read<Fujitsu> {
  if (bytes[0] !== 0x14 || bytes[1] !== 0x63) {
    return { refused: `${hex(bytes.subarray(0, 2))} begins no Fujitsu frame` };
  }
  if (bytes.length === 6 || bytes.length === 7) return decodeCommand(bytes, bytes.length);
  if (bytes.length === 15 || bytes.length === 16) return decodeState(bytes, bytes.length);
  return { refused: `a Fujitsu frame of ${bytes.length} bytes is none that we know` };
}

function decodeCommand(bytes: Uint8Array, length: 6 | 7): Read<FujitsuCommand> {
  const { values, strange, doubts } = short.read(bytes);
  // Six bytes have no check, and the beginning of a longer frame looks the same.
  if (length === 6 && doubts.length > 0) return { refused: `Fujitsu, six bytes without a check: ${doubts.join("; ")}` };
  const wrong = length === 7 && wrongChecksum(bytes[6], ~(bytes[5] ?? 0) & 0xff);
  if (wrong) return { refused: `Fujitsu: ${wrong}` };
  return { frame: { kind: "command", bytes: length, ...values, strange }, doubts };
}

function decodeState(bytes: Uint8Array, length: 15 | 16): Read<FujitsuState> {
  const opening = length === 15 ? "fc08" : "fe09";
  const found = hex(bytes.subarray(5, 7));
  if (found !== opening) {
    return { refused: `bytes 5 and 6 of a Fujitsu frame of ${length} bytes are ${opening}, not ${found}` };
  }
  const wrong = wrongChecksum(bytes[length - 1], checksum(bytes));
  if (wrong) return { refused: `Fujitsu: ${wrong}` };
  const { values, strange, doubts } = (length === 15 ? older : newer).read(bytes);
  const { temperatureSteps, ...said } = values;
  const { zeroCelsius, stepsPerDegree } = temperatureScale(said.variant);
  if (said.variant !== USUAL_VARIANT && said.variant !== HALF_DEGREES_VARIANT) {
    doubts.push(`variant ${said.variant} is unknown: the temperature may be another`);
  }
  if (said.fahrenheit) doubts.push("the temperature is in Fahrenheit: what is said in °C is not it");
  const temperatureCelsius = zeroCelsius + temperatureSteps / stepsPerDegree;
  return { frame: { kind: "state", bytes: length, ...said, temperatureCelsius, strange }, doubts };
}

/** Multiples of one unit of 412 us, in the middle of the captures (ir-protocols.md 1). It is sent once. */
const timing: Timing = { headerMark: 3296, headerSpace: 1648, bitMark: 412, zeroSpace: 412, oneSpace: 1236, gap: 8000 };

export const fujitsuWaveform = (frame: Fujitsu): Waveform => modulate(encodeFujitsu(frame), timing, 1);
