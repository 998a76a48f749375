import type { Known } from "../ir/known.ts";
import type { Setting } from "../setting.ts";
import type { CodeSet } from "./code-set.ts";

/** A family of aircons whose frames we make ourselves. */
export interface Family extends Pick<CodeSet, "manufacturer" | "model" | "abilities"> {
  /** What the original's captures were made with. */
  captured: CodeSet["initial"];
  /** The frame for a setting within the abilities; for one without power, whatever else it says. */
  frame(setting: Setting, clockMinutes: number): Known;
}
