import { z } from "zod";
import { duration } from "../../src/duration.ts";
import { hostKey } from "./hosts.ts";
import { usualThresholds } from "./hue/values.ts";

const path = (of: string) =>
  z
    .string()
    .min(1)
    .refine((text) => !text.includes("-----BEGIN"), `must be the path of a file with the ${of}, not its content`);

const lightLevel = () => z.int().min(0).max(65_534);

/** What a correction of a thermometer can be. */
export const temperatureOffset = () => z.number().min(-20).max(20);

/** What a header can hold: everything else is no application key, but perhaps a file that was pasted. */
export const applicationKey = () =>
  z.string().regex(/^[\x21-\x7e]{1,256}$/, "must be an application key: one word of letters, digits and dashes");

/** The keys of `hue`: where the bridge is, how it proves who it is, and how it is asked. */
export const hueKeys = (flagsOnly: boolean) => ({
  host: hostKey().optional().describe("address of the Hue bridge"),
  port: z.int().min(1).max(65_535).optional().describe("its port; by default 443, and 80 for plain HTTP"),
  key: applicationKey().optional().describe("application key; better in a file"),
  key_file: path("application key").optional().describe("file that holds it; mqtt-things hue pair writes one"),
  bridge_id: z
    .string()
    .regex(/^[0-9a-fA-F]{16}$/, "must be the 16 hex digits that mqtt-things hue pair prints")
    .optional()
    .describe("which bridge it must be; by default the one that is there"),
  fingerprint: z
    .string()
    .regex(/^([0-9a-fA-F]{2}:?){31}[0-9a-fA-F]{2}$/, "must be a SHA-256 fingerprint: 32 pairs of hex digits, AB:CD:…")
    .optional()
    .describe("trust exactly this certificate of the bridge (SHA-256), in place of its signature"),
  ca_file: path("CA certificates").optional().describe("who signs bridges' certificates, PEM file; by default Signify"),
  insecure_http: z
    .boolean()
    .default(false)
    .describe("speak plain HTTP with any bridge: whoever listens learns the key"),
  reconcile: duration("1s", "1h")
    .prefault("60s")
    .describe("how often everything is read although events tell of changes"),
  poll: duration("1s", "5s").prefault("2s").describe("how often a bridge is asked that has no events, 1s to 5s"),
  temperature_offset: temperatureOffset()
    .default(flagsOnly ? 2 : 0)
    .describe("°C added to what its sensors measure; 2 with flags only"),
  dark_below: lightLevel().default(usualThresholds.darkBelow).describe("light level below which it is dark"),
  daylight_above: lightLevel()
    .default(usualThresholds.daylightAbove)
    .describe("light level above which there is daylight"),
});

/** `hue` as it is configured. */
export type HueConfig = z.output<z.ZodObject<ReturnType<typeof hueKeys>>>;

/** What is wrong with a key, or with all of them where `path` is empty; no message: it is missing. */
export interface HueProblem {
  path: (keyof HueConfig)[];
  message?: string;
}

/** What single keys can't know of each other. */
export function hueProblems(hue: HueConfig, flagsOnly: boolean): HueProblem[] {
  const { host, port, key, key_file, fingerprint, ca_file, insecure_http } = hue;
  const problems: HueProblem[] = [];
  const problem = (of: keyof HueConfig, message: string) => problems.push({ path: [of], message });
  if (host === undefined) problems.push({ path: ["host"] });
  if (key === undefined && key_file === undefined) {
    const needed = "needs key_file, or key: mqtt-things hue pair gets one from the bridge";
    problems.push(flagsOnly ? { path: ["key"] } : { path: [], message: needed });
  }
  if (key !== undefined && key_file !== undefined) problem("key", "is there beside key_file: one is enough");
  if (host?.port !== undefined && port !== undefined) problem("port", "is written behind the host already");
  for (const [name, value] of Object.entries({ fingerprint, ca_file })) {
    if (value !== undefined && insecure_http) problem("insecure_http", `proves nothing: leave out ${name}, or this`);
  }
  if (fingerprint !== undefined && ca_file !== undefined) {
    problem("ca_file", "is not asked where there is a fingerprint: leave one of them out");
  }
  if (hue.dark_below > hue.daylight_above) {
    problem("dark_below", "must not be above daylight_above: it would be dark in daylight");
  }
  return problems;
}
