import { z } from "zod";
import { CodeFileError, remarks } from "../code-sets/code-file-error.ts";
import { readJson } from "../code-sets/json-text.ts";
import { readHeader } from "../code-sets/smartir-header.ts";
import { InfraredError } from "../ir/error.ts";
import { fileOf, type LearnedFile, temperaturesOf } from "./learn-file.ts";
import { nameOf, planOf } from "./learn-plan.ts";

const ownKey = z.object({ modesWithoutTemperature: z.array(z.string()).optional() });

/** Reads what was begun before, with its settings; whoever began it. Throws CodeFileError with `name`. */
export function resumeFile(source: Uint8Array, name: string): LearnedFile {
  const refuse = (...problems: string[]) => new CodeFileError(name, problems);
  const json = readJson(source);
  if ("problem" in json) throw refuse(json.problem);
  const header = readHeader(json.value);
  if ("problems" in header) throw refuse(...header.problems);
  const own = ownKey.safeParse(json.value);
  const { minTemperature, maxTemperature, precision, operationModes, fanModes, swingModes } = header;
  const temperaturesCelsius = temperaturesOf(minTemperature, maxTemperature, precision);
  const wrong: [boolean, string][] = [
    [header.supportedController !== "Broadlink", "supportedController: must be Broadlink to be added to"],
    [header.commandsEncoding !== "Base64", "commandsEncoding: must be Base64 to be added to"],
    [header.temperatureUnit !== "C", "temperatureUnit: must be C to be added to"],
    [(header.presetModes ?? []).length > 0, "presetModes: a file with presets can't be added to"],
    [!temperaturesCelsius, "minTemperature, maxTemperature, precision: make no list of temperatures"],
    [!fanModes?.length, "fanModes: must have one at least"],
    [!own.success, "modesWithoutTemperature: must be a list of modes"],
  ];
  const problems = wrong.flatMap(([isWrong, problem]) => (isWrong ? [problem] : []));
  if (problems.length > 0) throw refuse(...problems);
  const file = fileOf(
    {
      modes: operationModes.filter((mode) => mode !== "off"),
      modesWithoutTemperature: own.data?.modesWithoutTemperature ?? [],
      temperaturesCelsius: temperaturesCelsius ?? [],
      fans: fanModes ?? [],
      swings: swingModes?.length ? swingModes : undefined,
    },
    { ...Object(json.value) },
  );
  const spoilt = remarks();
  for (const step of planOf(file.wanted)) {
    try {
      file.get(step);
    } catch (error) {
      if (!(error instanceof InfraredError)) throw error;
      spoilt.add(`the code for ${nameOf(step)}: ${error.message}`);
    }
  }
  if (spoilt.count > 0) throw refuse(...spoilt.list());
  return file;
}
