import type { MqttClient } from "mqtt";
import type { Clock } from "./clock.ts";
import type { Subscriptions } from "./subscriptions.ts";

const SILENCE_MS = 500;
const LONGEST_MS = 2_000;

/**
 * What the broker retains on these filters: all that comes before 500 ms of silence, at most 2 s after the SUBACK.
 * Waits for a broker as long as it takes, begins anew when the connection is lost meanwhile; empty when the signal aborts.
 */
export async function recall(
  filters: readonly string[],
  subscriptions: Pick<Subscriptions, "add">,
  { client, clock, signal }: { client(): MqttClient | undefined; clock: Clock; signal: AbortSignal },
): Promise<Map<string, string>> {
  while (filters.length > 0 && !signal.aborted) {
    const found = new Map<string, string>();
    const enough = new AbortController();
    let lastMs = 0;
    await subscriptions.add(
      filters,
      ({ topic, payload, retained }) => {
        if (!retained) return;
        found.set(topic, payload.toString());
        lastMs = clock.monotonicMs();
      },
      AbortSignal.any([signal, enough.signal]),
      "memory",
    );
    const confirmedOn = client();
    lastMs = clock.monotonicMs();
    const endMs = lastMs + LONGEST_MS;
    const leftMs = () => Math.min(lastMs + SILENCE_MS, endMs) - clock.monotonicMs();
    for (let ms = leftMs(); ms > 0 && !signal.aborted && client() === confirmedOn; ms = leftMs()) {
      await clock.sleep(ms, signal);
    }
    enough.abort();
    if (confirmedOn && client() === confirmedOn && !signal.aborted) return found;
  }
  return new Map();
}
