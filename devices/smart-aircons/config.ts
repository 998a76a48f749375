import { z } from "zod";
import type { Source } from "../../src/config.ts";
import { coreKeys } from "../../src/core-keys.ts";
import { knownTimeZone } from "../../src/local-time.ts";
import { airconKeys, isTopic, oftenKeys } from "./aircon-keys.ts";
import { blasterUrl } from "./blasters/open-blaster.ts";
import { houseOf } from "./house.ts";
import { type LegacyLists, legacyKeys, legacyProblems, listsOf } from "./legacy.ts";
import { type ListProblem, type Lists, listProblems } from "./lists.ts";

export { flags } from "./legacy.ts";

const BASE_TOPIC = "home/inside/smart-aircons";

/**
 * The daemon's keys. With flags only, aircons are the original's three lists, and their frames begin as the original's
 * captures had them (legacy.md, "Flags"). Code files are read along; their relative paths begin in `folder`.
 */
export function schema(source: Source, folder = ".") {
  const flagsOnly = source === "flags";
  return z
    .strictObject({
      ...coreKeys,
      blasters: z.array(z.strictObject({ name: z.string().trim().min(1), url: blasterUrl })).optional(),
      aircons: z.array(z.strictObject(airconKeys)).min(1, "needs at least one aircon").optional(),
      ...legacyKeys(flagsOnly),
      quiet_time: oftenKeys.quiet_time
        .prefault("400ms")
        .describe("how long nothing else must be asked before a change is sent, 0s to 10s"),
      prelude: oftenKeys.prelude
        .default("none")
        .describe("fan_only: send that before every power on and every change to cool or heat, as the original did"),
      repeats: oftenKeys.repeats.default(1).describe("how many times each code is sent, 1 to 5"),
      timezone: z
        .string()
        .refine(isTimeZone, "must be a time zone such as Australia/Perth")
        .optional()
        .describe("whose time of day frames carry; by default the machine's (pods run on UTC)"),
      base_topic: z
        .string()
        .refine(isTopic, `must be a topic such as ${BASE_TOPIC}, without blanks, wildcards and outer slashes`)
        .max(200, "must be at most 200 characters")
        .default(BASE_TOPIC)
        .describe("where the topics begin"),
    })
    .superRefine((config, context) => {
      const problem = (path: PropertyKey[], message: string) => context.addIssue({ code: "custom", path, message });
      const lists = flagsOnly ? legacyProblems(config) : missing(config);
      const others = lists.length ? [] : listProblems(understood(config));
      for (const { path, message } of [...lists, ...others]) problem(at(path), message);
    })
    .transform(async (config, context) => {
      const problem = (path: PropertyKey[], message: string) =>
        context.addIssue({ code: "custom", path: at(path), message, input: config });
      const house = await houseOf(understood(config), { ...config, flagsOnly, folder, problem });
      return { ...config, house };
    });

  function understood(config: Given): Lists {
    return flagsOnly ? listsOf(config) : { blasters: config.blasters ?? [], aircons: config.aircons ?? [] };
  }

  /** Where a person finds what is wrong: in the file, or in one of the original's flags. */
  function at(path: PropertyKey[]): PropertyKey[] {
    if (!flagsOnly || path.length === 1) return path;
    if (path[0] === "blasters") return ["airconHost"];
    return [path[2] === "codes" ? "airconCodesName" : "airconName"];
  }
}

export type Config = z.output<ReturnType<typeof schema>>;

type Given = LegacyLists & { [List in keyof Lists]?: Lists[List] | undefined };

/** What a file has to have, and what it must not have. */
function missing(config: Given): ListProblem[] {
  const strangers = (["airconHost", "airconName", "airconCodesName"] as const).filter((key) => config[key]);
  const absent = (["blasters", "aircons"] as const).filter((key) => !config[key]);
  return [
    ...strangers.map((key) => ({ path: [key], message: "a file lists its blasters and aircons itself" })),
    ...absent.map((key) => ({ path: [key], message: "is required, a list" })),
  ];
}

function isTimeZone(name: string): boolean {
  try {
    return knownTimeZone(name) !== "";
  } catch {
    return false;
  }
}
