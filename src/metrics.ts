/** Counters, gauges and one histogram, in Prometheus' text format. */
export interface Metrics {
  count(name: Counter, labels?: Labels, by?: number): void;
  gauge(name: Gauge, labels: Labels, value: number): void;
  /** What it tells of is gone. */
  forget(name: Gauge, labels: Labels): void;
  /** One command, from its message to the answer of the hardware. */
  observeCommand(seconds: number): void;
  text(): string;
}

type Labels = Readonly<Record<string, string>>;
type Counter = keyof typeof counters;
type Gauge = keyof typeof gauges;

const counters = {
  mqtt_things_messages_total: "MQTT messages, by direction",
  mqtt_things_commands_total: "Commands, by outcome: done, refused, failed, replayed, late",
  mqtt_things_connects_total: "Connections made to the broker",
};
const gauges = {
  mqtt_things_device_up: "1 while the device is available",
  mqtt_things_broker_connected: "1 while connected to the broker",
};
const BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function metrics(): Metrics {
  const values = new Map<string, Map<string, number>>();
  const seconds = { buckets: BUCKETS_S.map(() => 0), sum: 0, count: 0 };

  const series = (name: string) => {
    const known = values.get(name) ?? new Map<string, number>();
    values.set(name, known);
    return known;
  };
  const describe = (name: string, help: string, type: string) => [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
  const lines = (name: string, help: string, type: string) => [
    ...describe(name, help, type),
    ...[...series(name)].map(([labels, value]) => `${name}${labels} ${value}`),
  ];

  return {
    count(name, labels = {}, by = 1) {
      const key = label(labels);
      series(name).set(key, (series(name).get(key) ?? 0) + by);
    },
    gauge: (name, labels, value) => series(name).set(label(labels), value),
    forget: (name, labels) => void series(name).delete(label(labels)),
    observeCommand(took) {
      seconds.sum += took;
      seconds.count += 1;
      for (const [i, bound] of BUCKETS_S.entries())
        if (took <= bound) seconds.buckets[i] = (seconds.buckets[i] ?? 0) + 1;
    },
    text() {
      const histogram = "mqtt_things_command_seconds";
      return `${[
        ...Object.entries(counters).flatMap(([name, help]) => lines(name, help, "counter")),
        ...Object.entries(gauges).flatMap(([name, help]) => lines(name, help, "gauge")),
        ...describe(histogram, "From a command's message to the answer of the hardware", "histogram"),
        ...BUCKETS_S.map((bound, i) => `${histogram}_bucket{le="${bound}"} ${seconds.buckets[i]}`),
        `${histogram}_bucket{le="+Inf"} ${seconds.count}`,
        `${histogram}_sum ${seconds.sum}`,
        `${histogram}_count ${seconds.count}`,
      ].join("\n")}\n`;
    },
  };
}

function label(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value.replace(/["\\\n]/g, "_")}"`);
  return pairs.length ? `{${pairs.join(",")}}` : "";
}
