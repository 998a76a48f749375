import { createParser } from "eventsource-parser";
import { HueError } from "./errors.ts";
import { refusalOf } from "./explain.ts";
import type { Wire } from "./wire.ts";

export interface Listener {
  /** The bridge accepted us. */
  opened(): void;
  /** Something came, whatever it says. */
  heard(): void;
  /** The data of one event. */
  said(data: string): void;
}

const HEAD_MS = 10_000;
/** A message about every resource of a house of 500 sensors has 1.5 MB. */
const LONGEST_EVENT = 4 * 1024 * 1024;

/** Follows the event stream (hue.md 6) until it ends, or the signal aborts: throws a HueError that says how. */
export async function followEvents(
  wire: Wire,
  key: string,
  { opened, heard, said }: Listener,
  signal: AbortSignal,
): Promise<never> {
  const response = await wire.open({ path: "/eventstream/clip/v2", key }, HEAD_MS, signal);
  const refusal = refusalOf(response.statusCode ?? 0);
  if (refusal) {
    response.destroy();
    throw refusal;
  }
  opened();
  let tooLong = false;
  const parser = createParser({
    maxBufferSize: LONGEST_EVENT,
    onEvent: ({ data }) => said(data),
    onError: ({ type }) => {
      tooLong ||= type === "max-buffer-size-exceeded";
    },
  });
  try {
    // Decodes characters that are split between chunks.
    response.setEncoding("utf8");
    for await (const chunk of response) {
      heard();
      parser.feed(chunk);
      if (tooLong) throw new HueError("nonsense", "the event stream brings an event that has no end");
    }
  } catch (error) {
    if (error instanceof HueError) throw error;
    throw new HueError("silent", "the event stream broke off");
  } finally {
    response.destroy();
  }
  throw new HueError("silent", "the bridge closed the event stream");
}
