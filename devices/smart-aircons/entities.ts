import { z } from "zod";
import { type Cell, follow } from "../../src/cell.ts";
import { command, type Device, type Entity, type Input, type State } from "../../src/device.ts";
import { wordPayload } from "../../src/payloads.ts";
import { climateEntity } from "./climate-entity.ts";
import type { CodeSet } from "./code-sets/code-set.ts";
import type { Control } from "./control.ts";
import { problemOf } from "./feedback.ts";
import { recollect, remember } from "./memory.ts";

/** What people call an aircon, and where its topics begin. */
export interface Introduction {
  /** As configured: a key that its topics and everything in Home Assistant hang on. */
  key: string;
  /** What people read. */
  title: string;
  base: string;
}

/** What others say of the room; undefined where nobody does. */
export interface Room {
  temperature: Cell<number | undefined> | undefined;
  humidity: Cell<number | undefined> | undefined;
  inputs: readonly Input[];
}

const NOTHING = "None";
const reading = (value: Cell<number | undefined>) => String(value.get() ?? NOTHING);

/** An aircon as one device: the climate, what to do when it and we disagree, and what is wrong. */
export function airconDevice({ key, title, base }: Introduction, set: CodeSet, control: Control, room: Room): Device {
  const { temperature, humidity, inputs } = room;
  const climate = climateEntity(set, control, room);

  function read() {
    const aircon = control.aircon.get();
    const { power, mode, offByMode, temperatureCelsius, fan, swing } = aircon.is;
    const state: Record<string, string> = {
      power: power ? "ON" : "OFF",
      mode: offByMode ? "off" : mode,
      hvac_mode: power ? mode : "off",
      ...(climate.temperature && { temperature: String(temperatureCelsius) }),
      ...(climate.fan && { fan_mode: fan }),
      ...(climate.swing && { swing_mode: swing }),
      ...(temperature && { current_temperature: reading(temperature) }),
      ...(humidity && { current_humidity: reading(humidity) }),
      problem: aircon.unready ?? problemOf(aircon) ?? NOTHING,
      memory: remember(aircon.is),
    };
    return { available: aircon.unready === undefined, state };
  }

  const cells = [control.aircon, temperature, humidity].filter((cell) => cell !== undefined);
  return {
    info: { key, name: title, manufacturer: set.manufacturer, model: set.model },
    base,
    entities: [climate, ...helpers(control)],
    memory: ["memory"],
    states: (signal) => follow(cells, read, signal),
    restore: (saved: State) => control.tell({ kind: "restore", condition: recollect(set, saved) }),
    inputs,
  };
}

function helpers(control: Control): Entity[] {
  const resend = command(z.string(), () => control.ask({ kind: "resend" }));
  const assume = command(wordPayload({ PRESS: false, OFF: false, ON: true }), control.assume);
  return [
    {
      platform: "button",
      key: "resend",
      name: "Resend",
      category: "config",
      icon: "mdi:repeat",
      press: { topic: "resend", command: resend },
    },
    {
      platform: "button",
      key: "mark-off",
      name: "Mark as off",
      category: "config",
      icon: "mdi:power-off",
      press: { topic: "assume", command: assume },
    },
    {
      platform: "sensor",
      key: "problem",
      name: "Problem",
      category: "diagnostic",
      icon: "mdi:alert-circle-outline",
      withoutDevice: true,
      state: { topic: "problem" },
    },
  ];
}
