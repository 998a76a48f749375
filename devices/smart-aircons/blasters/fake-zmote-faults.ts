/** What may happen to one request. Where it says "acts", the Zmote does as it is told, and only its answer is not right. */
export type ZmoteMishap =
  | "fine"
  /** Never hears it, never answers. */
  | "hang"
  /** Acts, and never answers. */
  | "lost"
  /** Acts, and answers `lateMs` later. */
  | "late"
  /** Busy with something else. */
  | "busy"
  /** HTTP 500. */
  | "500"
  /** HTTP 404, as to another Zmote's id. */
  | "404"
  /** HTTP 302 to somewhere else. */
  | "redirect"
  /** Acts, and answers with nothing. */
  | "empty"
  | "error text"
  | "ERR_1:1,005"
  /** Another device's words. */
  | "garbage"
  /** A megabyte. */
  | "endless"
  /** Acts, and answers with the id before this one's. */
  | "stale"
  /** Knows nothing of the connection, as after a restart. */
  | "reset"
  /** Closes the connection instead of an answer. */
  | "hang up"
  /** Breaks it off in the middle of the answer. */
  | "cut";

/** What some of them have it answer, whatever it was asked. */
export const instead: Partial<Record<ZmoteMishap, { status: number; text: string }>> = {
  "500": { status: 500, text: "no" },
  "404": { status: 404, text: "no" },
  redirect: { status: 302, text: "no" },
  "error text": { status: 200, text: "error: bad pulse" },
  "ERR_1:1,005": { status: 200, text: "ERR_1:1,005" },
  garbage: { status: 200, text: "<html><title>Router</title>" },
  endless: { status: 200, text: "x".repeat(1_000_000) },
};

/** What is wrong with the Zmote or its network at the moment. A test changes these at any time. */
export interface ZmoteFaults {
  /** Takes connections and says nothing. */
  silent: boolean;
  /** What happens to the next requests, in this order. */
  mishaps: ZmoteMishap[];
  lateMs: number;
  /** How long it takes to say that it is busy. */
  busyLateMs: number;
  /** Ends each line; some firmware may leave it out. */
  lineEnd: string;
  /** Says that the connection is over after each answer. */
  closes: boolean;
  /** Firmware v1: there is no /uuid. */
  isV1: boolean;
}

/** A Zmote in good health. */
export function noFaults(): ZmoteFaults {
  return { silent: false, mishaps: [], lateMs: 1_500, busyLateMs: 0, lineEnd: "\r\n", closes: false, isV1: false };
}
