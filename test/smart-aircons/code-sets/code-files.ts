import { encodeBroadlink } from "../../../devices/smart-aircons/ir/broadlink-packet.ts";
import { formatBase64, hex } from "../../../devices/smart-aircons/ir/bytes.ts";
import { SILENCE_US } from "../../../devices/smart-aircons/ir/waveform.ts";

/** A code that is like no other: its second mark is `number` tenths of a millisecond longer than its first. */
export const waveformNumber = (number: number) => [3000, 1500, 3000 + 100 * number, 1500, 400, SILENCE_US];

const packet = (number: number) => encodeBroadlink({ repeats: 0, waveform: waveformNumber(number) });
export const base64Number = (number: number): string => formatBase64(packet(number));
export const hexNumber = (number: number): string => hex(packet(number));

/** Which code a waveform is, after any rounding. */
export const numberOf = (waveform: readonly number[] | undefined): number =>
  Math.round(((waveform?.[2] ?? 0) - (waveform?.[0] ?? 0)) / 100);

/** A small file that is right, but for what is given. */
export const codeFile = (given: Record<string, unknown>): string =>
  JSON.stringify({
    manufacturer: "Acme",
    supportedModels: ["Breeze 1", "Breeze 2"],
    supportedController: "Broadlink",
    commandsEncoding: "Base64",
    minTemperature: 16,
    maxTemperature: 30,
    precision: 1,
    operationModes: ["cool", "heat"],
    fanModes: ["low", "auto"],
    commands: { off: base64Number(0), cool: { auto: { "24": base64Number(1) } } },
    ...given,
  });
