import { generatedCodeSet } from "../../devices/smart-aircons/code-sets/generated.ts";
import { encodeBroadlink } from "../../devices/smart-aircons/ir/broadlink-packet.ts";
import type { Setting } from "../../devices/smart-aircons/setting.ts";

/** A small code file as a person may have it: cool with two fans, 20 to 22 °C, its codes those of a Fujitsu. */
export function codeFile() {
  const set = generatedCodeSet("new_fujitsu");
  const code = (changes: Partial<Setting>) => {
    const to: Setting = { power: true, mode: "cool", temperatureCelsius: 20, fan: "auto", swing: "off", ...changes };
    const [first] = set.codes({ from: to, to, clockMinutes: 0 });
    return Buffer.from(encodeBroadlink({ repeats: 0, waveform: first?.waveform ?? [] })).toString("base64");
  };
  const byTemperature = (fan: string) =>
    Object.fromEntries(
      [20, 21, 22].map((temperatureCelsius) => [temperatureCelsius, code({ fan, temperatureCelsius })]),
    );
  return {
    manufacturer: "Fujitsu",
    supportedModels: ["AS-1"],
    supportedController: "Broadlink",
    commandsEncoding: "Base64",
    minTemperature: 20,
    maxTemperature: 22,
    precision: 1,
    operationModes: ["cool"],
    fanModes: ["auto", "low"],
    commands: { off: code({ power: false }), cool: { auto: byTemperature("auto"), low: byTemperature("low") } },
  };
}
