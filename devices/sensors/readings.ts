import type { State } from "../../src/device.ts";
import { oldTopics } from "./entities.ts";

/** 21.4 and +0.5 as a person writes their sum: at most two decimals, no `-0`. */
export function degrees(celsius: number | undefined, offsetCelsius: number): string | undefined {
  return celsius === undefined ? undefined : decimal(celsius + offsetCelsius);
}

/** At most two decimals, no `-0`. */
export const decimal = (value: number): string => String(Math.round(value * 100) / 100);

/** As sensors' topics say yes and no. */
export const oneOrZero = (yes: boolean | undefined): string | undefined =>
  yes === undefined ? undefined : yes ? "1" : "0";

/** Leaves out what is unknown. */
export function known(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([topic, value]) => (value === undefined ? [] : [[topic, value]])),
  );
}

/** What Home Assistant takes for "unknown" (home-assistant-discovery.md 8, no. 3). */
const UNKNOWN = "None";
const NO_VALUE = "";

/** Remembers what was said on each topic, so that what is not known any more does not stand for ever. */
export interface Said {
  /** What our retained topics still say of an earlier run. */
  restore(saved: State): void;
  /**
   * What to say now: the values, and of those that we can't vouch for any more that we don't: `None` on new topics; old
   * ones only ever held values, and lose theirs. While the sensor is away its last values stand.
   */
  next(values: State, available: boolean): State;
}

export function said(): Said {
  let last: Record<string, string> = {};
  return {
    restore(saved) {
      last = { ...saved, ...last };
    },
    next(values, available) {
      const state = { ...values };
      if (available) {
        for (const topic of Object.keys(last)) state[topic] ??= oldTopics.includes(topic) ? NO_VALUE : UNKNOWN;
      }
      last = { ...last, ...state };
      return state;
    },
  };
}
