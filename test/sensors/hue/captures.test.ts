import { expect, test } from "vitest";
import { readChanges } from "../../../devices/sensors/hue/merge.ts";
import { signifyRoots } from "../../../devices/sensors/hue/roots.ts";
import { readV1 } from "../../../devices/sensors/hue/v1.ts";
import { captured, eventsIn, oldUpdates, v1Sensors, wholeHouse, withCaptures } from "./captures.ts";
import { changes, houseOf, told } from "./houses.ts";

withCaptures("the recorded house of 2021", () => {
  const unknown = { occupancy: undefined, lightLevel: undefined, temperatureCelsius: undefined, enabled: undefined };
  const remote = { ...unknown, measures: ["battery", "connectivity"], reachable: true, room: undefined };

  test("has the sensors that a person would find in it", () => {
    const sensors = houseOf(wholeHouse()).sensors();
    expect([...sensors.keys()].sort()).toEqual(
      ["0017880108aacc60", "001788010baabb99", "00178801aacc87b6", "0017aabbcc09acc3"].sort(),
    );
    expect(sensors.get("0017aabbcc09acc3")).toEqual({
      id: "0017aabbcc09acc3",
      ...{ name: "Hue motion sensor", manufacturer: "Signify Netherlands B.V.", product: "Hue motion sensor" },
      ...{ model: "SML001", firmware: "1.1.27575", room: undefined, v1Number: 66, buttons: [] },
      measures: ["occupancy", "light", "temperature", "battery", "connectivity"],
      ...{ occupancy: false, lightLevel: 18_027, illuminanceLx: 63.47, temperatureCelsius: 18.14 },
      ...{ batteryPercent: 100, dark: false, daylight: false, reachable: true, enabled: true },
    });
    expect(sensors.get("0017880108aacc60")).toMatchObject({
      ...{ ...remote, name: "Hue Dimmer switch with 4 controls", model: "RWL021", batteryPercent: 83 },
      buttons: [1, 2, 3, 4].map((number) => ({ number, lastEvent: number === 2 ? "short_release" : undefined })),
    });
    expect(sensors.get("001788010baabb99")).toMatchObject({
      ...remote,
      name: "Wall switch with 2 controls",
      batteryPercent: 100,
    });
    expect(sensors.get("001788010baabb99")?.buttons.map(({ number }) => number)).toEqual([1, 2]);
    expect(sensors.get("00178801aacc87b6")).toMatchObject({
      ...remote,
      name: "Hue Smart button 1 control",
      batteryPercent: 91,
    });
  });

  test("skips nothing", () => {
    expect(houseOf([]).replace(wholeHouse(), [], true)).toEqual({ news: false, skipped: 0 });
  });

  test("takes updates of its time, which have no owner and no report", () => {
    const [light, temperature] = ["light_level", "temperature"].map(
      (type) => wholeHouse().find((one) => one.type === type)?.id,
    );
    const items = oldUpdates().map((item) => ({ ...item, id: item.type === "temperature" ? temperature : light }));
    const house = houseOf(wholeHouse());
    expect(told(house, ...changes("update", ...items)).effects).toEqual(["value", "value"]);
    expect(house.sensors().get("0017aabbcc09acc3")).toMatchObject({
      ...{ lightLevel: 32_057, illuminanceLx: 1605.46, daylight: true, temperatureCelsius: 20.54, occupancy: false },
    });
  });
});

withCaptures("the recorded event streams", () => {
  /** Resources with the ids of the stream about a motion sensor. */
  const items = () => {
    const owner = { rid: "fb657eb4-38ba-fd3c-7535-d56f4350699f", rtype: "device" };
    const part = (type: string, id: string, number: number, rest: object) => ({
      type,
      id,
      id_v1: `/sensors/${number}`,
      owner,
      enabled: true,
      ...rest,
    });
    return [
      { id: owner.rid, type: "device", metadata: { name: "Garden" } },
      part("motion", "749be502-2ecf-52ad-aee4-c96bec40249b", 140, { motion: { motion_report: { motion: false } } }),
      part("light_level", "cc1ec670-c3a6-4ee3-e6f3-241f9ca420b5", 141, {}),
      part("temperature", "774ea4b7-0031-aca2-2341-b74575e76bc5", 142, {}),
      part("device_power", "e3fabf45-c632-8e8e-8656-e5d4f534ea0c", 140, {}),
      part("zigbee_connectivity", "3756e24e-5b1c-e295-13c9-b37f253a6053", 140, {
        status: "connected",
        mac_address: "00:17:88:01:09:08:07:06",
      }),
    ];
  };

  test("tell the story of a motion sensor, message by message", () => {
    const house = houseOf(items());
    const sensor = () => house.sensors().get("0017880109080706");
    const story = eventsIn("eventstream_SYNTHETIC_motion.sse").map((data) => {
      told(house, ...readChanges(data).changes);
      const { occupancy, illuminanceLx, temperatureCelsius, batteryPercent, reachable, enabled } = sensor() ?? {};
      return [occupancy, illuminanceLx, temperatureCelsius, batteryPercent, reachable, enabled];
    });
    expect(story).toEqual([
      [true, undefined, undefined, undefined, true, true],
      [true, 28.26, 22.55, undefined, true, true],
      [false, 28.26, 22.55, undefined, true, true],
      [false, 28.26, 22.55, 9, true, true],
      [false, 28.26, 22.55, 9, false, true],
      [false, 28.26, 22.55, 9, false, false],
      [false, 28.26, 22.55, 9, false, false],
    ]);
  });

  test("tell nothing that matters when they are about lamps", () => {
    const all = eventsIn("eventstream_openhue_raw.sse").map(readChanges);
    expect(all).toHaveLength(4);
    expect(all).toEqual(all.map(() => ({ changes: [], skipped: 0 })));
  });
});

withCaptures("the recorded sensors of v1", () => {
  test("are two motion sensors, a Tap and a dimmer", () => {
    const { sensors, uses, skipped } = readV1(v1Sensors("v1_sensors_home_assistant.json"));
    expect([skipped, ...sensors.keys()]).toEqual([
      0,
      "0011223344556677",
      "0011223344556688",
      "0000000000442308",
      "00178801103e3adc",
    ]);
    expect(sensors.get("0011223344556677")).toMatchObject({
      ...{ name: "Living room sensor", model: "SML001", v1Number: 1, occupancy: true, lightLevel: 1, illuminanceLx: 1 },
      ...{ temperatureCelsius: 17.75, batteryPercent: 100, dark: true, daylight: true, reachable: true, enabled: true },
    });
    expect(sensors.get("0011223344556688")).toMatchObject({
      ...{ name: "Kitchen sensor", v1Number: 4, occupancy: false, illuminanceLx: 10, temperatureCelsius: 18.75 },
    });
    expect(sensors.get("0000000000442308")).toMatchObject({ name: "Hue Tap", measures: [], v1Number: undefined });
    expect(sensors.get("00178801103e3adc")).toMatchObject({ name: "Hue dimmer switch 1", batteryPercent: 100 });
    expect([...uses.values()].map(({ button, event, at }) => [button, event, at])).toEqual([
      [3, "initial_press", "2019-06-22T14:43:50"],
      [4, "short_release", "2019-12-28T21:58:02"],
    ]);
  });

  test("say that something is unknown where it is null, and never 0", () => {
    const { sensors } = readV1(v1Sensors("v1_sensors_SYNTHETIC_edge_cases.json"));
    expect(sensors.get("0011223344556677")).toMatchObject({
      ...{ occupancy: undefined, lightLevel: undefined, illuminanceLx: undefined, temperatureCelsius: undefined },
      ...{ dark: undefined, daylight: undefined, reachable: false, enabled: true },
    });
    expect(sensors.get("0011223344556688")).toMatchObject({
      temperatureCelsius: -5.12,
      enabled: false,
      reachable: true,
    });
  });
});

withCaptures("the recorded authorities", () => {
  test("are those that we trust", () => {
    expect(signifyRoots).toBe(captured("hue_bridge_root_cas.pem").trim());
  });
});
