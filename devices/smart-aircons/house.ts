import { resolve } from "node:path";
import { temperaturesWithin } from "./abilities.ts";
import type { Rules } from "./aircon-model.ts";
import type { BlasterIntroduction } from "./blaster-device.ts";
import { CodeFileError } from "./code-sets/code-file-error.ts";
import type { CodeSet } from "./code-sets/code-set.ts";
import { isGenerated } from "./code-sets/generated.ts";
import { openCodeSet, UnknownCodeSet } from "./code-sets.ts";
import type { Introduction } from "./entities.ts";
import { type AirconConfig, keyOf, type Lists, titled } from "./lists.ts";
import type { Feedback, Path } from "./readings.ts";

/** Somebody's value: its topic, and where in the payload it is. */
export interface Source {
  topic: string;
  path: Path;
}

export interface AirconSettings extends Introduction {
  /** Which of the blasters. */
  blaster: string;
  rules: Rules;
  feedback: Feedback | undefined;
  temperature: Source | undefined;
  humidity: Source | undefined;
}

export interface BlasterSettings extends BlasterIntroduction {
  url: string;
}

/** A configuration, understood. */
export interface House {
  blasters: readonly BlasterSettings[];
  aircons: readonly AirconSettings[];
}

interface Circumstances {
  instance: string;
  base_topic: string;
  quiet_time: number;
  prelude: "none" | "fan_only";
  repeats: number;
  flagsOnly: boolean;
  folder: string;
  problem(path: PropertyKey[], message: string): void;
}

/** Makes of the lists what the daemon needs, code files read. What is wrong with those is told as a problem. */
export async function houseOf({ blasters, aircons }: Lists, around: Circumstances): Promise<House> {
  const open = codeSets(around);
  const house = {
    blasters: blasters.map(({ name, url }) => ({
      key: keyOf(name),
      name,
      url,
      manufacturer: url.startsWith("zmote:") ? "Zmote" : "Broadlink",
      base: `mqtt-things/smart-aircons/${around.instance}/${keyOf(name)}`,
    })),
    aircons: [] as AirconSettings[],
  };
  for (const [i, aircon] of aircons.entries()) {
    const set = await open(aircon, (key, message) => around.problem(["aircons", i, key], message));
    if (set) house.aircons.push(settingsOf(aircon, set, around));
  }
  return house;
}

/** Opens the code set of an aircon, each only once; says what is wrong with it and returns undefined. */
function codeSets({ flagsOnly, folder, prelude }: Circumstances) {
  const opened = new Map<string, Promise<CodeSet>>();
  return async (
    aircon: AirconConfig,
    problem: (key: string, message: string) => void,
  ): Promise<CodeSet | undefined> => {
    const { codes, horizontal_swing: horizontalSwing = false } = aircon;
    const made = isGenerated(codes);
    if (horizontalSwing && codes !== "new_fujitsu") {
      problem("horizontal_swing", "is for new_fujitsu: in a code file what swings is what the file has");
    }
    const where = made || !/\.json$/i.test(codes) ? codes : resolve(folder, codes);
    const name = `${where}\n${horizontalSwing}`;
    const profile = flagsOnly ? "captured" : "neutral";
    const opening = opened.get(name) ?? openCodeSet(where, { profile, horizontalSwing });
    opened.set(name, opening);
    try {
      const set = await opening;
      if ((aircon.prelude ?? prelude) === "fan_only" && !set.abilities.has("fan_only")) {
        problem("prelude", `${codes} has no fan_only`);
      }
      return flagsOnly ? temperaturesWithin(set, LEGACY_CELSIUS) : set;
    } catch (error) {
      if (error instanceof CodeFileError) problem("codes", `${codes}: ${error.problems.join("; ")}`);
      else if (error instanceof UnknownCodeSet) problem("codes", error.message);
      else throw error;
      return undefined;
    }
  };
}

/** What the original's tables held (legacy.md). */
const LEGACY_CELSIUS = { min: 18, max: 30 };

function settingsOf(aircon: AirconConfig, set: CodeSet, around: Circumstances): AirconSettings {
  const { name, title = `${titled(name)} aircon`, blaster } = aircon;
  const source = (from: { topic: string; path?: string | undefined } | undefined) =>
    from && { topic: from.topic, path: from.path };
  const feedback = feedbackOf(aircon);
  return {
    key: name,
    title,
    base: `${around.base_topic}/${name}`,
    blaster,
    rules: {
      set,
      quietMs: aircon.quiet_time ?? around.quiet_time,
      prelude: (aircon.prelude ?? around.prelude) === "fan_only",
      repeats: aircon.repeats ?? around.repeats,
      // A word is said when something changes, and holds until the next; watts are said again and again.
      feedback: feedback && { waitMs: feedback.waitMs, lasting: "on" in feedback },
    },
    feedback,
    temperature: source(aircon.current_temperature),
    humidity: source(aircon.current_humidity),
  };
}

function feedbackOf({ feedback }: AirconConfig): Feedback | undefined {
  if (!feedback) return undefined;
  const { topic, path, on, off, on_above: onAbove, off_below: offBelow, wait: waitMs } = feedback;
  if (onAbove !== undefined && offBelow !== undefined) return { topic, path, waitMs, onAbove, offBelow };
  const words = (own: string | undefined, usual: string[]) => (own === undefined ? usual : [own.toUpperCase()]);
  return { topic, path, waitMs, on: words(on, ["ON", "1", "TRUE"]), off: words(off, ["OFF", "0", "FALSE"]) };
}
