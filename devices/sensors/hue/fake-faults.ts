/** What is wrong with the bridge or its network at the moment. A test changes these at any time. */
export interface Faults {
  /** Takes requests, and never answers. */
  silent: boolean;
  /** Answers every request for resources, sensors or events with this status. */
  status: number | undefined;
  /** The same for the event stream alone. */
  streamStatus: number | undefined;
  /** Answers with this status where it has nothing: 404, or 200 as v1 does with all its errors (hue.md 4.2). */
  absentStatus: number;
  /** The next so many requests are answered with 429. */
  tooMany: number;
  /** Answers with these bytes where resources or sensors belong. */
  body: Buffer | undefined;
  /** Answers `GET /api/config` with these bytes. */
  config: Buffer | undefined;
  /** Answers it with this status. */
  configStatus: number | undefined;
  /** Accepts event streams, and hangs up: at once, or after the greeting. */
  hangsUp: "never" | "at-once" | "after-greeting";
  /** Begins an event stream with a comment, as real bridges do. */
  greets: boolean;
  /** Keeps no connection after an answer, so that each request needs one of its own. */
  keepsNone: boolean;
  /** Event streams stay open, and nothing comes. */
  mute: boolean;
  /** Sends what it says on event streams in pieces of so many bytes. */
  splitBytes: number | undefined;
  /** Gathers what happens for so long, and then tells it at once: 1000 on a real bridge (hue.md 5). */
  throttleMs: number;
  /** Answers with resources or sensors this much later. */
  lateMs: number;
}

/** A bridge in good health, which tells everything at once. */
export const noFaults = (): Faults => ({
  silent: false,
  status: undefined,
  streamStatus: undefined,
  absentStatus: 404,
  tooMany: 0,
  body: undefined,
  config: undefined,
  configStatus: undefined,
  hangsUp: "never",
  greets: true,
  keepsNone: false,
  mute: false,
  splitBytes: undefined,
  throttleMs: 0,
  lateMs: 0,
});
