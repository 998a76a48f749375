import type { FakeResource } from "./fake-resources.ts";

const numberOf = ({ id_v1 }: FakeResource): string | undefined => /^\/sensors\/(\d+)$/.exec(String(id_v1))?.[1];

/** v1 has no `Z` and no fractions (hue.md 4.3). */
const stamp = (changed: unknown): string => (typeof changed === "string" ? changed.slice(0, 19) : "none");

/** What a measurement says, in whatever fields its firmware has, or null. */
function said(feature: unknown, name: string): { value: unknown; changed: unknown } {
  const { [`${name}_report`]: report, [name]: plain, [`${name}_valid`]: valid } = Object(feature);
  const value = valid === false ? null : (Object(report)[name] ?? plain ?? null);
  return { value, changed: Object(report).changed };
}

/** hue.md 4.3: thresholds as the bridge has them from the shop. */
const DARK = 12_467;
const OFFSET = 7_000;
const codes = ["initial_press", "repeat", "short_release", "long_release"];

function stateOf(part: FakeResource): [type: string, suffix: string, state: Record<string, unknown>] | undefined {
  if (part.type === "motion") {
    const { value, changed } = said(part.motion, "motion");
    return ["ZLLPresence", "02-0406", { presence: value, lastupdated: stamp(changed) }];
  }
  if (part.type === "light_level") {
    const { value, changed } = said(part.light, "light_level");
    const dark = typeof value === "number" ? value < DARK : null;
    const daylight = typeof value === "number" ? value > DARK + OFFSET : null;
    return ["ZLLLightLevel", "02-0400", { lightlevel: value, dark, daylight, lastupdated: stamp(changed) }];
  }
  if (part.type === "temperature") {
    const { value, changed } = said(part.temperature, "temperature");
    const hundredths = typeof value === "number" ? Math.round(value * 100) : null;
    return ["ZLLTemperature", "02-0402", { temperature: hundredths, lastupdated: stamp(changed) }];
  }
  return undefined;
}

/** The one button that was used last, as a switch of v1 says it. */
function switchState(buttons: readonly FakeResource[]): Record<string, unknown> {
  const used = (button: FakeResource) => String(Object(Object(button.button).button_report).updated ?? "");
  const last = buttons.filter(({ button }) => button).sort((a, b) => (used(a) < used(b) ? 1 : -1))[0];
  const { last_event, button_report } = Object(last?.button);
  const code = codes.indexOf(Object(button_report).event ?? last_event);
  const buttonevent = last ? Object(last.metadata).control_id * 1000 + code : null;
  return { buttonevent, lastupdated: stamp(Object(button_report).updated) };
}

/** Everything as `GET /api/<key>/sensors` says it (hue.md 4.3). */
export function asV1(resources: readonly FakeResource[]): Record<string, unknown> {
  const sensors: Record<string, unknown> = {
    1: {
      name: "Daylight",
      type: "Daylight",
      modelid: "PHDL00",
      state: { daylight: true, lastupdated: "none" },
      config: { on: true },
    },
  };
  for (const device of resources.filter(({ type }) => type === "device")) {
    const parts = resources.filter(({ owner }) => Object(owner).rid === device.id);
    const radio = parts.find(({ type }) => type === "zigbee_connectivity");
    const power = parts.find(({ type }) => type === "device_power");
    const { model_id, product_name, manufacturer_name, software_version } = Object(device.product_data);
    const entry = (type: string, suffix: string, name: unknown, on: unknown, state: Record<string, unknown>) => ({
      ...{ type, name, state, modelid: model_id, productname: product_name },
      ...{ manufacturername: manufacturer_name, swversion: software_version },
      uniqueid: `${radio?.mac_address}-${suffix}`,
      config: { on, reachable: radio?.status === "connected", battery: Object(power?.power_state).battery_level },
    });
    const buttons = parts.filter(({ type }) => type === "button");
    const own = Object(device.metadata).name;
    for (const part of parts) {
      const number = numberOf(part);
      const [type, suffix, state] = stateOf(part) ?? [];
      if (number === undefined || !type || !suffix || !state) continue;
      const name = part.type === "motion" ? own : `Hue ${part.type.replace("_", " ")} sensor ${number}`;
      sensors[number] = entry(type, suffix, name, part.enabled, state);
    }
    const number = buttons[0] && numberOf(buttons[0]);
    if (number !== undefined) sensors[number] = entry("ZLLSwitch", "02-fc00", own, true, switchState(buttons));
  }
  return sensors;
}
