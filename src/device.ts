import type { z } from "zod";

/** What Home Assistant's device registry shows. */
export interface DeviceInfo {
  /** From hardware or a configured key, never from a name, an address or an order (C11); letters, digits and dashes. */
  key: string;
  name: string;
  manufacturer: string;
  model: string;
  serialNumber?: string;
  softwareVersion?: string;
  suggestedArea?: string;
}

/** A message asking for a change. */
export interface Command {
  /** Resolves when the change is made. Throws `Refused` for a payload or a moment that is not accepted, else what failed. */
  run(payload: string): Promise<void>;
  /** Whether this payload may be obeyed although it may be an old one, because it can only make things safer. */
  harmlessWhenLate(payload: string): boolean;
}

/** Says no to a command; the message is the reason, for the log. Anything else a command throws is a failure. */
export class Refused extends Error {
  override name = "Refused";
}

/** A readable aspect at `<base>/<topic>/get`, or a settable one with `<base>/<topic>/set`, or both. */
export interface Attribute {
  /** Relative to the device's base topic. */
  topic: string;
  command?: Command;
}

interface Described {
  /** Names the entity within its device, for ever; letters, digits and dashes. */
  key: string;
  /** Null for the one entity that is called like its device. */
  name: string | null;
  category?: "config" | "diagnostic";
  icon?: string;
  /** Shown as long as the daemon runs, also while the device is away. */
  withoutDevice?: true;
}

/**
 * One Home Assistant entity, by platform. `others` are topics that belong to it and that Home Assistant doesn't use;
 * `emptied` is what a state topic means that has lost its value, which Home Assistant would ignore otherwise.
 */
export type Entity = Described &
  (
    | {
        platform: "valve";
        state: Attribute;
        others?: Attribute[];
        deviceClass: "water" | "gas";
        open: string;
        closed: string;
      }
    | { platform: "switch"; state: Attribute; on: string; off: string }
    | {
        platform: "number";
        state: Attribute;
        min: number;
        max: number;
        step: number;
        unit: string;
        deviceClass: string;
      }
    | {
        platform: "climate";
        /** `modes` with `off` among them; all of them switch on but that. */
        mode: Attribute;
        modes: readonly string[];
        power: Attribute;
        /** In °C. */
        temperature?: Attribute & { min: number; max: number; step: number };
        fan?: Attribute & { modes: readonly string[] };
        swing?: Attribute & { modes: readonly string[] };
        currentTemperature?: Attribute;
        currentHumidity?: Attribute;
        others?: readonly Attribute[];
      }
    | { platform: "button"; press: Attribute }
    | {
        platform: "binary_sensor";
        state: Attribute;
        on: string;
        off: string;
        deviceClass?: string;
        emptied?: "unknown";
      }
    | { platform: "event"; event: string; types: string[]; deviceClass?: "button" | "doorbell" | "motion" }
    | { platform: "sensor"; state: Attribute; reading?: Reading; emptied?: "unknown" }
  );

/** What kind of value a sensor shows; none: text. */
export type Reading =
  | { deviceClass: "enum"; options: readonly string[] }
  | { deviceClass: "timestamp" }
  | {
      deviceClass?: string;
      unit: string;
      stateClass?: "measurement" | "total" | "total_increasing";
      precision?: number;
    };

/** What each attribute says, by its topic, as it is published. What is unknown is left out. */
export type State = Readonly<Record<string, string>>;

/** What the hardware said last. Facts that hold while it is away (a problem, a closed valve) are state like any other. */
export interface Report {
  available: boolean;
  state: State;
}

/** Something that happens rather than lasts. */
export interface DeviceEvent {
  topic: string;
  payload: string;
}

/** Somebody else's topic that a device listens to. A payload it can't use is its own business: it never throws. */
export interface Input {
  topic: string;
  /** `retained`: the broker had kept it, nobody knows since when. It tells it again at each reconnect. */
  receive(payload: string, retained: boolean): void;
}

/** One entry in Home Assistant's device registry. */
export interface Device {
  info: DeviceInfo;
  /** Where its topics begin: `home/outside/sprinklers`. */
  base: string;
  entities: Entity[];
  /** Topics of its own that have to survive a restart and belong to no entity. */
  memory?: readonly string[];
  /** What the hardware says now, then again after each change. Throws when only a restart can help. */
  states(signal: AbortSignal): AsyncIterable<Report>;
  /** Things that happen rather than last: not retained, never merged, dropped while offline. */
  events?(signal: AbortSignal): AsyncIterable<DeviceEvent>;
  /** Called once, before the first state is published or a command is run, with what our retained topics still say. */
  restore?(saved: State): void;
  /** Topics that an earlier run retained and this one does not have, only what is surely its own: they are cleared. */
  outgrown?(saved: State): readonly string[];
  inputs?: readonly Input[];
}

/** The attributes of an entity, in the order they are shown. */
export function attributesOf(entity: Entity): Attribute[] {
  switch (entity.platform) {
    case "button":
      return [entity.press];
    case "event":
      return [];
    case "valve":
      return [entity.state, ...(entity.others ?? [])];
    case "climate": {
      const { mode, power, temperature, fan, swing, currentTemperature, currentHumidity, others = [] } = entity;
      const all = [mode, power, temperature, fan, swing, currentTemperature, currentHumidity, ...others];
      return all.filter((attribute) => attribute !== undefined);
    }
    case "switch":
    case "number":
    case "binary_sensor":
    case "sensor":
      return [entity.state];
  }
}

/**
 * Pairs a payload's schema with what to do with a payload that satisfies it.
 * A payload that doesn't is refused with the schema's own words.
 */
export function command<T>(
  schema: z.ZodType<T>,
  handle: (value: T) => Promise<void>,
  harmless: (value: T) => boolean = () => false,
): Command {
  return {
    async run(payload) {
      const parsed = schema.safeParse(payload);
      if (!parsed.success) throw new Refused(parsed.error.issues[0]?.message ?? "not understood");
      await handle(parsed.data);
    },
    harmlessWhenLate(payload) {
      const parsed = schema.safeParse(payload);
      return parsed.success && harmless(parsed.data);
    },
  };
}
