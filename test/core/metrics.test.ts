import { describe, expect, it } from "vitest";
import { metrics } from "../../src/metrics.ts";

describe("metrics, as Prometheus reads them", () => {
  it("are described from the start, before anything has happened", () => {
    expect(metrics().text()).toBe(`# HELP mqtt_things_messages_total MQTT messages, by direction
# TYPE mqtt_things_messages_total counter
# HELP mqtt_things_commands_total Commands, by outcome: done, refused, failed, replayed, late
# TYPE mqtt_things_commands_total counter
# HELP mqtt_things_connects_total Connections made to the broker
# TYPE mqtt_things_connects_total counter
# HELP mqtt_things_device_up 1 while the device is available
# TYPE mqtt_things_device_up gauge
# HELP mqtt_things_broker_connected 1 while connected to the broker
# TYPE mqtt_things_broker_connected gauge
# HELP mqtt_things_command_seconds From a command's message to the answer of the hardware
# TYPE mqtt_things_command_seconds histogram
${[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
  .map((bound) => `mqtt_things_command_seconds_bucket{le="${bound}"} 0\n`)
  .join("")}mqtt_things_command_seconds_bucket{le="+Inf"} 0
mqtt_things_command_seconds_sum 0
mqtt_things_command_seconds_count 0
`);
  });

  const lines = (text: string, name: string) => text.split("\n").filter((line) => line.startsWith(name));

  it("count by label, by one or by more", () => {
    const { count, text } = metrics();
    count("mqtt_things_connects_total");
    count("mqtt_things_connects_total");
    count("mqtt_things_messages_total", { direction: "in" });
    count("mqtt_things_messages_total", { direction: "out" }, 5);
    count("mqtt_things_messages_total", { direction: "in" }, 2);
    expect(lines(text(), "mqtt_things_connects_total")).toEqual(["mqtt_things_connects_total 2"]);
    expect(lines(text(), "mqtt_things_messages_total")).toEqual([
      'mqtt_things_messages_total{direction="in"} 3',
      'mqtt_things_messages_total{direction="out"} 5',
    ]);
  });

  it("show the last value of a gauge until it is forgotten", () => {
    const { gauge, forget, text } = metrics();
    gauge("mqtt_things_device_up", { device: "a" }, 1);
    gauge("mqtt_things_device_up", { device: "b" }, 1);
    gauge("mqtt_things_device_up", { device: "a" }, 0);
    expect(lines(text(), "mqtt_things_device_up")).toEqual([
      'mqtt_things_device_up{device="a"} 0',
      'mqtt_things_device_up{device="b"} 1',
    ]);
    forget("mqtt_things_device_up", { device: "a" });
    forget("mqtt_things_broker_connected", { nothing: "known" });
    expect(lines(text(), "mqtt_things_device_up")).toEqual(['mqtt_things_device_up{device="b"} 1']);
  });

  it("put a command into every bucket that it fits into, the bound included", () => {
    const { observeCommand, text } = metrics();
    for (const seconds of [0.05, 0.2, 10, 11]) observeCommand(seconds);
    expect(lines(text(), "mqtt_things_command_seconds").map((line) => line.split(" ").at(-1))).toEqual(
      [0, 0, 0, 1, 1, 2, 2, 2, 2, 2, 3, 4, 21.25, 4].map(String),
    );
  });

  it("write labels that can't break the format", () => {
    const { gauge, text } = metrics();
    gauge("mqtt_things_device_up", { device: 'a"b\\c\nd', kind: "x" }, 1);
    expect(lines(text(), "mqtt_things_device_up")).toEqual(['mqtt_things_device_up{device="a_b_c_d",kind="x"} 1']);
  });
});
