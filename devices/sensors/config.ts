import { z } from "zod";
import type { Source } from "../../src/config.ts";
import { coreKeys } from "../../src/core-keys.ts";
import { duration } from "../../src/duration.ts";
import type { Flag } from "../../src/flags.ts";
import { hostKey } from "./hosts.ts";
import { hueKeys, hueProblems, temperatureOffset } from "./hue-keys.ts";
import { hueSettings } from "./hue-settings.ts";
import { plainName } from "./names.ts";
import { sameSensorTwice } from "./places.ts";

const BASE_TOPIC = "home/inside/environment";

/** The original's flags, and two beside them. */
export const flags: readonly Flag[] = [
  { name: "bridgeHost", key: "hue.host", placeholder: "HOST[:PORT]", value: ([host]) => host, help: "Hue bridge" },
  { name: "apiKey", key: "hue.key", placeholder: "KEY", value: ([key]) => key, help: "its application key" },
  {
    name: "fingerprint",
    key: "hue.fingerprint",
    placeholder: "AB:CD:…",
    value: ([fingerprint]) => fingerprint,
    help: "trust exactly this certificate of the bridge",
  },
  {
    name: "broadlinkHost",
    key: "broadlink.hosts",
    placeholder: "HOST[:PORT]",
    repeats: true,
    value: (hosts) => hosts,
    help: "Broadlink unit with sensors; without one: whoever answers to a broadcast",
  },
];

/**
 * The daemon's keys; with flags only, it means the original's house (legacy.md, "Flags"). The files that `hue` names are
 * read along; their relative paths begin in `folder`.
 */
export function schema(source: Source, folder = ".") {
  const flagsOnly = source === "flags";
  const hue = z.strictObject(hueKeys(flagsOnly)).superRefine((keys, context) => {
    for (const { path, message } of hueProblems(keys, flagsOnly)) {
      if (message === undefined) context.addIssue({ code: "invalid_type", expected: "string", path, input: undefined });
      else context.addIssue({ code: "custom", path, message });
    }
  });
  const hosts = z.array(hostKey()).min(1, "needs at least one host");
  const poll = duration("1s", "1h").prefault("30s").describe("how often Broadlink units are asked, 1s to 1h");
  return z
    .strictObject({
      ...coreKeys,
      hue: flagsOnly ? hue.prefault({}) : hue.optional(),
      broadlink: flagsOnly
        ? z.strictObject({ hosts: hosts.optional(), poll }).prefault({})
        : z.strictObject({ hosts, poll }).optional(),
      sensors: z.record(z.string(), z.strictObject({ temperature_offset: temperatureOffset() })).default({}),
      base_topic: z
        .string()
        .regex(
          /^(?!\$)[^/+#\s\p{C}]+(\/[^/+#\s\p{C}]+)*$/u,
          `must be a topic such as ${BASE_TOPIC}, without blanks, wildcards and outer slashes`,
        )
        .max(200, "must be at most 200 characters")
        .default(BASE_TOPIC)
        .describe("where the topics begin"),
    })
    .superRefine((config, context) => {
      const problem = (path: PropertyKey[], message: string) => context.addIssue({ code: "custom", path, message });
      if (!config.hue && !config.broadlink)
        problem(["hue"], "is not there, nor is broadlink: there is nothing to show");
      const places = new Set<string>();
      for (const [i, { host, port = 80 }] of (config.broadlink?.hosts ?? []).entries()) {
        if (places.has(`${host}:${port}`)) problem(["broadlink", "hosts", i], `${host} is there twice`);
        places.add(`${host}:${port}`);
      }
      for (const name of Object.keys(config.sensors)) {
        if (plainName(name) === "") problem(["sensors", name], "is the name of no sensor");
      }
      for (const [name, other] of sameSensorTwice(config.sensors)) {
        problem(["sensors", name], `can't be told apart from ${other}`);
      }
      if (config.instance !== "main" && config.base_topic === BASE_TOPIC) {
        problem(["base_topic"], "a second instance needs its own: two sensors would say different things on one topic");
      }
    })
    .transform(async ({ hue, broadlink, ...config }, context) => {
      const problem = (key: string, message: string) =>
        context.addIssue({ code: "custom", path: ["hue", key], message, input: config });
      return {
        ...config,
        hue: hue && (await hueSettings(hue, { flagsOnly, folder, problem })),
        broadlink: broadlink && { places: broadlink.hosts, pollMs: broadlink.poll },
      };
    });
}

export type Config = z.output<ReturnType<typeof schema>>;
