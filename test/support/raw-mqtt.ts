import { connect } from "node:net";
import type { Clock } from "../../src/clock.ts";
import { realClock } from "../../src/clock.ts";
import { metrics } from "../../src/metrics.ts";
import { openMqtt } from "../../src/mqtt.ts";
import { captureLog } from "./toy.ts";

/** The core's connection alone, with its log. */
export function openRaw(port: number, clock: Clock = realClock) {
  const { log, logged } = captureLog();
  const counters = metrics();
  const openSocket = () => connect({ host: "127.0.0.1", port, noDelay: true });
  const names = { clientId: "mqtt-things-raw-main", willTopic: "raw/availability/get" };
  const options = { host: "127.0.0.1", port, openSocket, ...names };
  const mqtt = openMqtt(options, { log, clock, metrics: counters });
  return Object.assign(mqtt, { logged, counters });
}
