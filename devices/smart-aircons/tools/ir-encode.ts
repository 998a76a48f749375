import { UsageError } from "../../../src/flags.ts";
import { capturedFrame } from "../code-sets/captured.ts";
import type { CodeSet } from "../code-sets/code-set.ts";
import { type GeneratedName, generatedCodeSet, generatedCodeSets, isGenerated } from "../code-sets/generated.ts";
import { openCodeSet } from "../code-sets.ts";
import { hex } from "../ir/bytes.ts";
import { identify } from "../ir/identify.ts";
import { encodeFrame, type Known, waveformOf } from "../ir/known.ts";
import { modes, type Setting } from "../setting.ts";
import { type Form, forms, writeForm } from "./forms.ts";
import type { Io } from "./io.ts";
import { type Options, parseOptions } from "./options.ts";

export const encodeHelp = `mqtt-things ir encode --code-set NAME|FILE --power on|off [flags] --to FORM

Prints the infrared code that sets an aircon, alone on standard output.

  --code-set NAME      ${generatedCodeSets.join(", ")}: made here
             FILE      looked up in a code file whose path ends in .json; its "on" code,
                       which goes before when the aircon was off, is not printed
  --power on|off       [on]
  --mode MODE          ${modes.join(", ")}
  --temperature C      in °C, such as 22 or 22.5
  --fan WORD           [auto, or the first that the mode has]
  --swing WORD         [off, or the first that the mode has]
  --clock HH:MM        time of day, for frames that carry it [00:00]
  --profile captured   the frame that the original's capture of that name held, with its
                       fan, swing, vane and clock; neutral is the default
  --to FORM            hex (the frame's bytes, once), sendir, broadlink, base64,
                       us (microseconds)

Exit code 65 when the code set has no such code, or the file can't be used.
`;

/** What a first run of the daemon shows (legacy.md): for what `off` and `fan_only` don't need. */
const USUAL_CELSIUS = 24;

/** `ir encode`. Resolves with the exit code. Throws UsageError, NoCode, InfraredError, CodeFileError, UnknownCodeSet. */
export async function encode(argv: readonly string[], { stdout }: Io): Promise<number> {
  const flags = ["code-set", "power", "mode", "temperature", "fan", "swing", "clock", "profile", "to"];
  const options = parseOptions(argv, flags);
  if (options.rest.length > 0) throw new UsageError(`unexpected argument ${options.rest[0]}`);
  const name = options.need("code-set");
  const form = options.oneOf("to", forms);
  const profile = options.oneOf("profile", ["captured", "neutral"], "neutral");
  if (isGenerated(name)) {
    const known = profile === "captured" ? captured(name, options) : made(name, options);
    stdout.write(`${form === "hex" ? hex(encodeFrame(known)) : written(waveformOf(known), form)}\n`);
    return 0;
  }
  const set = await openCodeSet(name);
  if (options.get("profile") !== undefined) throw new UsageError("--profile is for the code sets that are made here");
  const to = settingFor(set, options);
  const codes = set.codes({ from: { ...to, power: true }, to, clockMinutes: clockIn(options) ?? 0 });
  for (const code of codes) stdout.write(`${writeForm({ code, found: identify(code.waveform) }, form)}\n`);
  return 0;
}

const written = (waveform: ReturnType<typeof waveformOf>, form: Form): string =>
  writeForm({ code: { waveform, repeats: 0 }, found: identify(waveform) }, form);

const made = (name: GeneratedName, options: Options): Known => {
  const set = generatedCodeSet(name);
  return set.frame(settingFor(set, options), clockIn(options) ?? 0);
};

function captured(name: GeneratedName, options: Options): Known {
  const { power, mode, temperatureCelsius } = settingFor(generatedCodeSet(name), options);
  const [fan, swing, clockMinutes] = [options.get("fan"), options.get("swing"), clockIn(options)];
  return capturedFrame(name, {
    power,
    mode,
    temperatureCelsius,
    ...(fan === undefined ? {} : { fan }),
    ...(swing === undefined ? {} : { swing }),
    ...(clockMinutes === undefined ? {} : { clockMinutes }),
  });
}

/** The setting that the flags ask for; what they need not say is as the set has it. */
function settingFor({ abilities, initial }: CodeSet, options: Options): Setting {
  const power = options.oneOf("power", ["on", "off"], "on") === "on";
  const mode = power ? options.oneOf("mode", modes) : options.oneOf("mode", modes, "fan_only");
  const { temperaturesCelsius = [], fans = [], swings = [] } = abilities.get(mode) ?? {};
  const given = temperatureIn(options);
  if (given === undefined && power && mode !== "fan_only" && temperaturesCelsius.length > 0) {
    throw new UsageError("flag --temperature is missing");
  }
  const usual = temperaturesCelsius.includes(USUAL_CELSIUS) ? USUAL_CELSIUS : (temperaturesCelsius[0] ?? USUAL_CELSIUS);
  const preferred = (words: readonly string[], word: string): string =>
    words.includes(word) ? word : (words[0] ?? word);
  return {
    power,
    mode,
    temperatureCelsius: given ?? usual,
    fan: options.get("fan") ?? preferred(fans, initial.fan),
    swing: options.get("swing") ?? preferred(swings, initial.swing),
  };
}

function temperatureIn(options: Options): number | undefined {
  const text = options.get("temperature");
  if (text === undefined) return undefined;
  if (/^-?\d{1,3}(\.\d{1,3})?$/.test(text)) return Number(text);
  throw new UsageError(`--temperature is a number such as 22 or 22.5, not ${JSON.stringify(text)}`);
}

function clockIn(options: Options): number | undefined {
  const text = options.get("clock");
  if (text === undefined) return undefined;
  const [, hours, minutes] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (hours !== undefined) return 60 * Number(hours) + Number(minutes);
  throw new UsageError(`--clock is a time of day such as 14:00, not ${JSON.stringify(text)}`);
}
