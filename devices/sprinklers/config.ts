import { z } from "zod";
import type { Source } from "../../src/config.ts";
import { coreKeys } from "../../src/core-keys.ts";
import { duration, expectedDuration, milliseconds } from "../../src/duration.ts";
import type { Flag } from "../../src/flags.ts";
import { plainNumber } from "../../src/keys.ts";
import { knownTimeZone } from "../../src/local-time.ts";
import { rulesOf } from "./settings.ts";

const BASE_TOPIC = "home/outside/sprinklers";

const relay = () => {
  const error = "must be a relay's number, 1 to 8";
  return z.int(error).min(1, error).max(8, error);
};

const dayCap = () => {
  const fits = (text: string) => text === "none" || (milliseconds(text) ?? 0) >= 60_000;
  const error = expectedDuration("none, or a duration of at least 1min with its unit", fits);
  return z
    .string({ error })
    .refine(fits, { error })
    .transform((text) => (text === "none" ? Number.POSITIVE_INFINITY : (milliseconds(text) ?? 0)));
};

const wholeMinutes = () =>
  duration("1min", "3h").refine((ms) => ms % 60_000 === 0, "must be a whole number of minutes");

/** The original's flags. */
export const flags: readonly Flag[] = [
  {
    name: "port",
    key: "port",
    placeholder: "PATH",
    value: ([path]) => path,
    help: "serial port, e.g. /dev/ttyACM0",
  },
  {
    name: "relay",
    key: "zones",
    placeholder: "NUMBER",
    repeats: true,
    value: (texts) => texts.map((text) => ({ relay: plainNumber(text) })),
    help: "relay, 1 to 8; each becomes one zone (bank)",
  },
];

/** The daemon's keys; with flags only, limits are the original house's (legacy.md, "Flags"). */
export function schema(source: Source) {
  const flagsOnly = source === "flags";
  return z
    .strictObject({
      ...coreKeys,
      port: z.string().min(1).describe("serial port; /dev/serial/by-id/… survives replugging"),
      zones: z
        .array(
          z.strictObject({
            relay: relay(),
            name: z.string().trim().min(1).optional(),
            duration: wholeMinutes().optional(),
            max_run: duration("1min", "3h").optional(),
            day_cap: dayCap().optional(),
          }),
        )
        .min(1, "needs at least one zone")
        .max(8, "a board has 8 relays"),
      duration: wholeMinutes()
        .optional()
        .describe("how long a zone runs, whole minutes; by default 10min, or max_run if shorter"),
      max_run: duration("1min", "3h")
        .prefault(flagsOnly ? "60min" : "30min")
        .describe("longest time a zone is ever open at a stretch, 1min to 3h"),
      day_cap: dayCap()
        .optional()
        .describe("longest time a zone is open in a day, or none; by default 4 times its max_run"),
      max_concurrent: z
        .int()
        .min(1)
        .max(8)
        .default(flagsOnly ? 8 : 1)
        .describe("zones open at once"),
      when_busy: z.enum(["queue", "replace"]).default("queue").describe("what a further zone does: queue or replace"),
      master: z
        .strictObject({
          relay: relay().describe("relay of a pump or main valve, 1 to 8"),
          lead: duration("0s", "60s").prefault("0s").describe("how long before the first zone it opens"),
          linger: duration("0s", "60s").prefault("0s").describe("how long after the last zone it closes"),
        })
        .optional(),
      on_broker_loss: z
        .enum(["stop", "finish"])
        .default("stop")
        .describe("after 120 s without a broker: stop everything, or let open zones finish"),
      timezone: z
        .string()
        .refine(isTimeZone, "must be a time zone such as Australia/Perth")
        .optional()
        .describe("whose midnight begins a day; by default the machine's (pods run on UTC)"),
      switches: z.boolean().default(false).describe("show each zone as a switch as well"),
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
      const seen = new Set(config.master ? [config.master.relay] : []);
      const names = new Set<string>();
      for (const [i, zone] of config.zones.entries()) {
        const name = zone.name ?? `Bank ${zone.relay}`;
        if (seen.has(zone.relay)) problem(["zones", i, "relay"], `relay ${zone.relay} is used twice`);
        else if (names.has(name)) problem(["zones", i, "name"], `${name} is the name of another zone`);
        seen.add(zone.relay);
        names.add(name);
        const maxRunMs = zone.max_run ?? config.max_run;
        if ((zone.duration ?? 0) > maxRunMs) problem(["zones", i, "duration"], "must not be longer than max_run");
      }
      if ((config.duration ?? 0) > config.max_run) problem(["duration"], "must not be longer than max_run");
      if (config.instance !== "main" && config.base_topic === BASE_TOPIC) {
        problem(["base_topic"], `a second instance needs its own: two boards on ${BASE_TOPIC} would open two valves`);
      }
    })
    .transform((config) => ({ ...config, rules: rulesOf(config, flagsOnly) }));
}

export type Config = z.output<ReturnType<typeof schema>>;

function isTimeZone(name: string): boolean {
  try {
    return knownTimeZone(name) !== "";
  } catch {
    return false;
  }
}
