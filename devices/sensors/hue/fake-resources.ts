/** A resource of interface v2, as the bridge says it (hue.md 5). */
export interface FakeResource {
  id: string;
  type: string;
  [key: string]: unknown;
}

/** Which fields a firmware says a measurement with: from 2021 the value alone, today a report, in between both. */
export type Firmware = "old" | "both" | "new";

/** A field of a measurement as `motion`, `light` or `temperature` hold it. */
export function measurement(
  firmware: Firmware,
  name: string,
  value: unknown,
  changed: string,
): Record<string, unknown> {
  return {
    ...(firmware !== "new" && { [name]: value, [`${name}_valid`]: true }),
    ...(firmware !== "old" && { [`${name}_report`]: { changed, [name]: value } }),
  };
}

/** A thing with a radio, which the bridge numbers. */
interface Thing {
  /** Where its ids begin; no two things have the same. */
  number: number;
  name: string;
  /** Its first number in v1. */
  v1: number;
}

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");
const uuid = (number: number, part: number) => `${hex(number, 8)}-0000-4000-8000-${hex(part, 12)}`;

/** The radio address of a thing. */
export const addressOf = (number: number): string => `00:17:88:01:${hex(number, 8).replace(/..(?=.)/g, "$&:")}`;

function device({ number, name, v1 }: Thing, product: [string, string, string], parts: FakeResource[]): FakeResource[] {
  const [model_id, product_name, software_version] = product;
  const id = uuid(number, 0);
  const owner = { rid: id, rtype: "device" };
  const radio = { type: "zigbee_connectivity", status: "connected", mac_address: addressOf(number) };
  const id_v1 = `/sensors/${v1}`;
  const services = [...parts, { id: uuid(number, 90), id_v1, ...radio }].map((part) => ({ ...part, owner }));
  return [
    {
      id,
      id_v1,
      type: "device",
      metadata: { archetype: "unknown_archetype", name },
      product_data: {
        certified: true,
        manufacturer_name: "Signify Netherlands B.V.",
        model_id,
        product_name,
        software_version,
      },
      services: services.map((part) => ({ rid: part.id, rtype: part.type })),
    },
    ...services,
  ];
}

const power = (number: number, v1: number, level: number): FakeResource => ({
  id: uuid(number, 80),
  id_v1: `/sensors/${v1}`,
  type: "device_power",
  power_state: { battery_level: level, battery_state: level > 20 ? "normal" : "low" },
});

/** A motion sensor with its three parts; it takes three numbers in v1. */
export function motionSensor(thing: Thing, firmware: Firmware, changed: string): FakeResource[] {
  const { number, v1 } = thing;
  const part = (at: number, type: string, feature: string, name: string, value: unknown): FakeResource => ({
    id: uuid(number, at + 1),
    id_v1: `/sensors/${v1 + at}`,
    type,
    enabled: true,
    [feature]: measurement(firmware, name, value, changed),
  });
  return device(
    thing,
    ["SML001", "Hue motion sensor", "1.1.27575"],
    [
      part(0, "motion", "motion", "motion", false),
      part(1, "light_level", "light", "light_level", 18_027),
      part(2, "temperature", "temperature", "temperature", 21.389999389648438),
      power(number, v1, 87),
    ],
  );
}

/** A dimmer switch with its four buttons; it takes one number in v1. */
export function dimmerSwitch(thing: Thing): FakeResource[] {
  const { number, v1 } = thing;
  const button = (control_id: number): FakeResource => ({
    id: uuid(number, control_id),
    id_v1: `/sensors/${v1}`,
    type: "button",
    metadata: { control_id },
  });
  return device(
    thing,
    ["RWL021", "Hue dimmer switch", "1.1.28573"],
    [1, 2, 3, 4].map(button).concat(power(number, v1, 64)),
  );
}

/** A room with these devices in it. */
export const room = (number: number, name: string, devices: readonly FakeResource[]): FakeResource => ({
  id: uuid(number, 0),
  id_v1: `/groups/${number}`,
  type: "room",
  metadata: { archetype: "living_room", name },
  children: devices.filter(({ type }) => type === "device").map(({ id }) => ({ rid: id, rtype: "device" })),
  services: [],
});

/** What a bridge says of itself, and a lamp: nothing that is a sensor. */
export function bridgeItself(bridgeId: string, version: string): FakeResource[] {
  const bridge = uuid(0xb0, 0);
  const lamp = uuid(0xb1, 0);
  return [
    {
      id: uuid(0xb0, 1),
      id_v1: "",
      type: "bridge",
      bridge_id: bridgeId.toLowerCase(),
      owner: { rid: bridge, rtype: "device" },
    },
    {
      id: bridge,
      id_v1: "",
      type: "device",
      metadata: { archetype: "bridge_v2", name: "Philips hue" },
      product_data: { model_id: "BSB002", product_name: "Philips hue", software_version: `1.48.${version}` },
      services: [{ rid: uuid(0xb0, 1), rtype: "bridge" }],
    },
    {
      id: lamp,
      id_v1: "/lights/1",
      type: "device",
      metadata: { archetype: "sultan_bulb", name: "Lamp" },
      product_data: { model_id: "LCT015", product_name: "Hue color lamp", software_version: "1.88.1" },
      services: [{ rid: uuid(0xb1, 1), rtype: "light" }],
    },
    {
      ...{ id: uuid(0xb1, 90), id_v1: "/lights/1", type: "zigbee_connectivity", status: "connected" },
      ...{ mac_address: addressOf(0xb1), owner: { rid: lamp, rtype: "device" } },
    },
    { id: uuid(0xb1, 1), id_v1: "/lights/1", type: "light", on: { on: true }, owner: { rid: lamp, rtype: "device" } },
  ];
}
