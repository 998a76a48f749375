import type { Logger } from "pino";
import type { Clock } from "./clock.ts";
import type { Complaints } from "./complaints.ts";
import { type Command, Refused } from "./device.ts";
import type { Metrics } from "./metrics.ts";
import type { Message } from "./subscriptions.ts";

/** For how long after a (re)subscription a command counts as one that waited for the broker with us (S12), in ms. */
export const LATE_MS = 1_000;
const LONGEST_PAYLOAD = 4_096;

interface Context {
  log: Logger;
  clock: Clock;
  metrics: Metrics;
  troubles: Complaints;
  /** Removes a retained command from the broker. */
  clear(topic: string): void;
}

/**
 * What stands between a message on `…/set` and a command: an empty payload is somebody's clearing and ignored (C8), a
 * replay is dropped and cleared (C8), a late command is refused (S12). After each refusal and each failure `again`
 * publishes what is true, so that Home Assistant's card falls back (C13). Never throws.
 */
export async function obey(command: Command, message: Message, again: () => void, context: Context): Promise<void> {
  const { log, clock, metrics, troubles, clear } = context;
  const { topic, payload: bytes } = message;
  if (bytes.length === 0) return;
  if (message.retained) {
    metrics.count("mqtt_things_commands_total", { outcome: "replayed" });
    troubles.say(`a retained command on ${topic} is dropped and cleared: publish commands without retain`);
    clear(topic);
    return;
  }
  const startMs = clock.monotonicMs();
  try {
    const payload = decode(bytes);
    if (message.subscribedMs < LATE_MS && !command.harmlessWhenLate(payload)) {
      metrics.count("mqtt_things_commands_total", { outcome: "late" });
      troubles.say(`command refused: ${topic} came within 1 s of connecting and may be an old one`);
      again();
      return;
    }
    await command.run(payload);
    metrics.count("mqtt_things_commands_total", { outcome: "done" });
    metrics.observeCommand((clock.monotonicMs() - startMs) / 1000);
    log.debug({ topic, payload }, "command done");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const outcome = error instanceof Refused ? "refused" : "failed";
    metrics.count("mqtt_things_commands_total", { outcome });
    troubles.say(`command ${outcome}: ${topic} ${excerpt(bytes)}: ${reason}`);
    again();
  }
}

function decode(bytes: Buffer): string {
  if (bytes.length > LONGEST_PAYLOAD) throw new Refused(`longer than ${LONGEST_PAYLOAD} bytes`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Refused("not UTF-8 text");
  }
}

function excerpt(bytes: Buffer): string {
  const text = JSON.stringify(bytes.toString("utf8", 0, 60));
  return bytes.length > 60 ? `${text}… (${bytes.length} bytes)` : text;
}
