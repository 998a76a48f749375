import { InfraredError } from "./error.ts";
import { parseMicroseconds, type Waveform } from "./waveform.ts";
import { parseXiaomi } from "./xiaomi.ts";

/**
 * Reads a code that a SmartIR file calls `Raw`: durations in microseconds as a list or as text (ESPHome, LOOKin), or
 * what Xiaomi's remotes call raw. Throws InfraredError.
 */
export function parseRaw(code: unknown): Waveform {
  if (Array.isArray(code)) return parseMicroseconds(numbers(code).join(","));
  if (typeof code === "string") {
    return /^[\s\d,;.+[\]-]*$/.test(code) ? parseMicroseconds(code) : parseXiaomi(code);
  }
  throw new InfraredError(`a raw code is a text or a list of microseconds, not ${told(code)}`);
}

function numbers(list: readonly unknown[]): readonly unknown[] {
  const wrong = list.findIndex((us) => typeof us !== "number");
  if (wrong >= 0) throw new InfraredError(`durations are numbers, and ${wrong + 1} is ${told(list[wrong])}`);
  return list;
}

/** Something out of a JSON file, as far as a person needs it. */
const told = (value: unknown): string => `${JSON.stringify(value)}`.slice(0, 40);
