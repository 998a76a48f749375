import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { decodeBroadlink, encodeBroadlink } from "../../devices/smart-aircons/ir/broadlink-packet.ts";
import { fujitsuState, fujitsuWaveform } from "../../devices/smart-aircons/ir/fujitsu.ts";
import { identify } from "../../devices/smart-aircons/ir/identify.ts";
import { mitsubishiState, mitsubishiWaveform } from "../../devices/smart-aircons/ir/mitsubishi.ts";
import type { Row } from "./row.ts";

const FRAMES = 20_000;

const encoders = [
  (n: number) => fujitsuWaveform(fujitsuState({ bytes: 16, mode: "cool", temperatureCelsius: 16 + (n % 15) })),
  (n: number) => mitsubishiWaveform(mitsubishiState({ power: true, mode: "heat", temperatureCelsius: 16 + (n % 15) })),
];

/** How often a second; the slower of the protocols counts. */
function rate(each: (encode: (typeof encoders)[number]) => (n: number) => unknown): number {
  const rates = encoders.map((encode) => {
    const work = each(encode);
    // The first thousands are what compiles it.
    for (let n = 0; n < FRAMES; n++) work(n);
    const beganMs = performance.now();
    for (let n = 0; n < FRAMES; n++) work(n);
    return FRAMES / ((performance.now() - beganMs) / 1_000);
  });
  return Math.min(...rates);
}

/** Frames into Broadlink packets and back. */
export function codecRow(): Row {
  const encoding = rate((encode) => (n) => encodeBroadlink({ repeats: 0, waveform: encode(n) }));
  const decoding = rate((encode) => {
    const packets = Array.from({ length: 15 }, (_, n) => encodeBroadlink({ repeats: 0, waveform: encode(n) }));
    return (n) => identify(decodeBroadlink(packets[n % 15] ?? Buffer.alloc(0)).waveform);
  });
  const text = (rate: number) => Math.round(rate).toLocaleString("en");
  return {
    what: "a frame encoded with its packet, and decoded, a second; the slower protocol",
    target: "≥ 100,000; ≥ 20,000",
    reached: `${text(encoding)}; ${text(decoding)}`,
    ok: encoding >= 100_000 && decoding >= 20_000,
  };
}

/** The largest code file of the collection, in a process of its own. */
export function codeFileRow(): Row {
  const script = join(import.meta.dirname, "code-file.ts");
  const printed = execFileSync(process.execPath, ["--expose-gc", script], { encoding: "utf8" });
  const { codes, megabytes, tookMs, keptMb } = JSON.parse(printed);
  return {
    what: `loading a code file of ${codes.toLocaleString("en")} codes and ${megabytes.toFixed(1)} MB; what it keeps`,
    target: "≤ 200 ms; ≤ 8 MB",
    reached: `${tookMs.toFixed(0)} ms; ${keptMb.toFixed(1)} MB`,
    ok: tookMs <= 200 && keptMb <= 8,
  };
}
