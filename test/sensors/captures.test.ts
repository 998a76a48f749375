import { afterEach, expect, test } from "vitest";
import { v1Sensors, wholeHouse, withCaptures } from "./hue/captures.ts";
import { type House, houseWith } from "./lived-in.ts";

withCaptures("real houses, as a person sees them", () => {
  let house: House;
  afterEach(() => house[Symbol.asyncDispose]());

  test("a v2 bridge of 2021", async () => {
    house = await houseWith({ bridge: { resources: wholeHouse() } });
    await house.start();
    await house.shows("hue-motion-sensor/availability", "online");
    await house.shows("wall-switch-with-2-controls/availability", "online");
    expect(await house.standing()).toMatchObject({
      "hue-motion-sensor/presence": "0",
      "hue-motion-sensor/light_level": "18027",
      "hue-motion-sensor/illuminance": "63.47",
      "hue-motion-sensor/temperature": "18.14",
      "hue-motion-sensor/battery": "100",
      "hue-smart-button-1-control/battery": "91",
      "hue-dimmer-switch-with-4-controls/battery": "83",
      "wall-switch-with-2-controls/battery": "100",
    });
  });

  test("a v1 bridge", async () => {
    house = await houseWith({ bridge: { kind: "round", v1: v1Sensors("v1_sensors_home_assistant.json") } });
    await house.start();
    for (const topic of ["living-room-sensor", "kitchen-sensor", "hue-tap", "hue-dimmer-switch-1"]) {
      await house.shows(`${topic}/availability`, "online");
    }
    expect(await house.standing()).toMatchObject({
      "living-room-sensor/presence": "1",
      "living-room-sensor/light_level": "1",
      "living-room-sensor/illuminance": "1.00",
      "living-room-sensor/temperature": "17.75",
      "kitchen-sensor/presence": "0",
      "kitchen-sensor/light_level": "10001",
      "kitchen-sensor/illuminance": "10.00",
      "kitchen-sensor/temperature": "18.75",
      "hue-dimmer-switch-1/battery": "100",
    });
  });

  test("v1: nulls are nobody's values, and what is unreachable or off is away", async () => {
    house = await houseWith({ bridge: { kind: "round", v1: v1Sensors("v1_sensors_SYNTHETIC_edge_cases.json") } });
    await house.start();
    await house.shows("living-room-sensor/availability", "offline");
    await house.shows("kitchen-sensor/availability", "offline");
    await house.shows("hue-dimmer-switch-1/availability", "online");
    const standing = await house.standing();
    expect(standing["living-room-sensor/presence"]).toBeUndefined();
    expect(standing["living-room-sensor/temperature"]).toBeUndefined();
    expect(standing["kitchen-sensor/temperature"]).toBe("-5.12");
    expect(standing["kitchen-sensor/enabled"]).toBe("0");
  });
});
