import * as z from "zod";
import { type ButtonEvent, buttonEvents } from "./sensor.ts";

/** What a switch of interface v1 says of its buttons. */
export interface V1Switch {
  type: string;
  model: string | undefined;
  /** `capabilities.inputs`: what new firmware knows of each button. */
  inputs: unknown;
}

/** One button's use, as a code of `state.buttonevent` means it. */
export interface Use {
  button: number;
  event: ButtonEvent;
}

/** hue.md 4.3: a button's number · 1000 and one of these. */
const zigbeeEvents: Record<number, ButtonEvent> = {
  0: "initial_press",
  1: "repeat",
  2: "short_release",
  3: "long_release",
  10: "long_press",
};

/** hue.md 4.3: the four buttons of a Tap. */
const tapCodes = [34, 16, 17, 18];
/** A Friends-of-Hue switch, pressed and released: upper left, lower left, lower right, upper right. */
const friendPresses = [16, 17, 18, 19];
const friendReleases = [20, 21, 22, 23];

/** How many buttons a switch has when it does not say so. */
const buttonsOfModel: readonly [RegExp, number][] = [
  [/^RWL/, 4],
  [/^RDM002/, 4],
  [/^RDM00[134]/, 2],
  [/^ROM/, 1],
  [/^(ZGP|FOH)SWITCH/, 4],
];

/** More than any switch has. */
const MOST_BUTTONS = 20;

const input = z.object({ events: z.array(z.object({ buttonevent: z.number(), eventtype: z.string() })) });
const list = z.array(z.unknown());

/** What the switch says of each of its buttons. */
const inputsOf = ({ inputs }: V1Switch) =>
  (list.safeParse(inputs).data ?? []).slice(0, MOST_BUTTONS).flatMap((one) => input.safeParse(one).data ?? []);

/** What a code means: as the switch says, else as the documents do; undefined when neither knows it. */
export function meaningOf(code: number, device: V1Switch): Use | undefined {
  for (const [at, { events }] of inputsOf(device).entries()) {
    const said = events.find(({ buttonevent }) => buttonevent === code)?.eventtype;
    const event = buttonEvents.find((known) => known === said);
    if (event) return { button: at + 1, event };
  }
  if (device.type === "ZLLSwitch") {
    const button = Math.floor(code / 1000);
    const event = zigbeeEvents[code % 1000];
    return event && button > 0 && button <= MOST_BUTTONS ? { button, event } : undefined;
  }
  const at = (codes: readonly number[], event: ButtonEvent) =>
    codes.includes(code) ? { button: codes.indexOf(code) + 1, event } : undefined;
  return device.model?.startsWith("FOH")
    ? (at(friendPresses, "initial_press") ?? at(friendReleases, "short_release"))
    : at(tapCodes, "initial_press");
}

/** The numbers of its buttons: as many as it says, else as its model has, and the one that was used last. */
export function buttonNumbers(device: V1Switch, used: Use | undefined): number[] {
  const usual = buttonsOfModel.find(([model]) => model.test(device.model ?? ""))?.[1] ?? 0;
  const count = inputsOf(device).length || usual;
  return Array.from({ length: Math.max(count, used?.button ?? 0) }, (_, at) => at + 1);
}
