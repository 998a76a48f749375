import type { Clock } from "./clock.ts";
import { birth } from "./homeassistant.ts";
import type { Mqtt } from "./mqtt.ts";

const BIRTH_DELAY_MS = { from: 500, to: 5_000 };

/**
 * Says `online`, and corrects what an old connection's will, or anybody else, says there behind our back, until the
 * signal aborts (C4).
 */
export function stayOnline(mqtt: Mqtt, topic: string, signal: AbortSignal): void {
  const say = () => mqtt.publish("availability", topic, "online");
  say();
  void mqtt.subscribe([topic], ({ payload }) => void (payload.toString() !== "online" && say()), signal, "value");
}

/** Home Assistant was born: everything again, after a moment that differs from the other daemons' (C6). */
export function answerBirths(mqtt: Mqtt, clock: Clock, signal: AbortSignal): void {
  let answering = false;
  const answer = async () => {
    if (answering) return;
    answering = true;
    await clock.sleep(BIRTH_DELAY_MS.from + Math.random() * (BIRTH_DELAY_MS.to - BIRTH_DELAY_MS.from), signal);
    answering = false;
    if (!signal.aborted) mqtt.repeat();
  };
  void mqtt.subscribe(
    [birth.topic],
    // A retained one is older than our own coming, at which everything was sent.
    ({ payload, retained }) => void (!retained && payload.toString() === birth.payload && answer()),
    signal,
    "foreign",
  );
}
