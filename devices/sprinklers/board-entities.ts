import { z } from "zod";
import { command, type Entity } from "../../src/device.ts";
import { numberPayload } from "../../src/payloads.ts";
import type { Zones } from "./garden.ts";

/** What is there once, whatever zones there are: all off, the rain delay, and how the board is (S9). */
export function boardEntities(zones: Zones): Entity[] {
  const allOff = command(
    z.string(),
    () => zones.allOff(),
    () => true,
  );
  const rainDelay = command(numberPayload("hours", 0, 168), async (hours) => zones.tell({ kind: "rain-delay", hours }));
  return [
    {
      platform: "button",
      key: "all-off",
      name: "All off",
      icon: "mdi:water-off",
      press: { topic: "all_off", command: allOff },
    },
    {
      platform: "number",
      key: "rain-delay",
      name: "Rain delay",
      icon: "mdi:weather-rainy",
      state: { topic: "rain_delay", command: rainDelay },
      min: 0,
      max: 168,
      step: 1,
      unit: "h",
      deviceClass: "duration",
    },
    {
      platform: "sensor",
      key: "rain-delay-until",
      name: "Rain delay until",
      state: { topic: "rain_delay_until" },
      reading: { deviceClass: "timestamp" },
    },
    {
      platform: "binary_sensor",
      key: "connectivity",
      name: "Connection",
      category: "diagnostic",
      withoutDevice: true,
      state: { topic: "connectivity" },
      on: "1",
      off: "0",
      deviceClass: "connectivity",
    },
    {
      platform: "sensor",
      key: "firmware",
      name: "Firmware",
      category: "diagnostic",
      icon: "mdi:chip",
      state: { topic: "firmware" },
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
