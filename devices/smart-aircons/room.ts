import type { Logger } from "pino";
import type { Clock } from "../../src/clock.ts";
import { complaints } from "../../src/complaints.ts";
import type { Input } from "../../src/device.ts";
import type { Control } from "./control.ts";
import type { Room } from "./entities.ts";
import type { AirconSettings, Source } from "./house.ts";
import { type Latest, latest } from "./latest.ts";
import { saysOn } from "./readings.ts";

/** What others say of an aircon's room and of the aircon itself: their topics, and what becomes of their payloads. */
export function roomOf(
  { temperature, humidity, feedback }: Pick<AirconSettings, "temperature" | "humidity" | "feedback">,
  control: Pick<Control, "tell">,
  { log, clock, signal }: { log: Logger; clock: Clock; signal: AbortSignal },
): Room {
  const troubles = complaints(log, clock);
  const odd = ({ topic, path }: Source) => {
    troubles.say(`${topic} says nothing that can be used${path === undefined ? "" : ` at ${path}`}`);
  };
  const inputs: Input[] = [];
  const read = (source: Source | undefined): Latest["value"] | undefined => {
    if (!source) return undefined;
    const { value, receive } = latest(source.path, clock, signal, () => odd(source));
    inputs.push({ topic: source.topic, receive: onlyNews(receive) });
    return value;
  };
  const room = { temperature: read(temperature), humidity: read(humidity), inputs };
  if (feedback) {
    inputs.push({
      topic: feedback.topic,
      receive: onlyNews((payload, retained) => {
        // Watts are of a moment, and nobody knows of which: perhaps of one before the last send.
        if (retained && !("on" in feedback)) return;
        const on = saysOn(feedback, payload);
        if (on === undefined) odd(feedback);
        else if (on !== "between") control.tell({ kind: "feedback", on });
      }),
    });
  }
  return room;
}

/** What the broker has kept, and tells once more after a reconnect, is no news. */
function onlyNews(receive: Input["receive"]): Input["receive"] {
  let last: string | undefined;
  return (payload, retained) => {
    if (retained && payload === last) return;
    last = payload;
    receive(payload, retained);
  };
}
