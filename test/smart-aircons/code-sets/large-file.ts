import { encodeBroadlink } from "../../../devices/smart-aircons/ir/broadlink-packet.ts";
import { formatBase64 } from "../../../devices/smart-aircons/ir/bytes.ts";
import { mitsubishiState, mitsubishiWaveform } from "../../../devices/smart-aircons/ir/mitsubishi.ts";

const modes = ["auto", "cool", "heat", "dry", "fan_only"] as const;
const fans = ["auto", "quiet", "low", "medium", "high", "highest"] as const;
const vanes = ["auto", "top", "upper", "middle", "lower", "swing"] as const;
const temperatures = Array.from({ length: 15 }, (_, index) => 16 + index);

/** As the largest of the SmartIR collection: 2,701 codes in 2.2 MB. */
export function largeCodeFile(): string {
  const code = (power: boolean, given: Partial<Parameters<typeof mitsubishiState>[0]>): string => {
    const state = mitsubishiState({ power, mode: "dry", temperatureCelsius: 24, ...given });
    return formatBase64(encodeBroadlink({ repeats: 0, waveform: mitsubishiWaveform(state) }));
  };
  const below = <Key extends string | number, Value>(keys: readonly Key[], value: (key: Key) => Value) =>
    Object.fromEntries(keys.map((key) => [key, value(key)]));
  const commands = below(modes, (mode) =>
    below(fans, (fan) =>
      below(vanes, (vane) =>
        below(temperatures, (temperatureCelsius) => code(true, { mode, fan, vane, temperatureCelsius })),
      ),
    ),
  );
  return JSON.stringify({
    manufacturer: "Mitsubishi Electric",
    supportedModels: ["Large"],
    supportedController: "Broadlink",
    commandsEncoding: "Base64",
    minTemperature: 16,
    maxTemperature: 30,
    precision: 1,
    operationModes: modes,
    fanModes: fans,
    swingModes: vanes,
    commands: { off: code(false, {}), ...commands },
  });
}
