/** What a Zmote answered to a command. With HTTP its status says nothing: the outcome is in the text (zmote.md 2.2). */
export type Reply =
  /** It has sent the command with this id. */
  | { kind: "sent"; id: number }
  /** It is still sending something, or its learner is in use. */
  | { kind: "busy" }
  /** It listens to a remote control, or it does so no more. */
  | { kind: "learning" }
  | { kind: "stopped" }
  /** What a remote control sent: a sendir command. */
  | { kind: "heard"; sendir: string }
  /** It does not do it; `why` is for a person. */
  | { kind: "refused"; why: string }
  /** Anything else. */
  | { kind: "unclear"; why: string };

/** Global Caché's errors (zmote.md 3.2). */
const errors: readonly (string | undefined)[] = [
  undefined,
  "it does not know the command",
  "it has no such module",
  "it has no such connector",
  "the command's id is out of range",
  "the carrier's frequency is out of range",
  "the number of repeats is out of range",
  "the offset is out of range",
  "it can't send so many pulses",
  "the durations are wrong",
  "the number of durations is odd",
  "the command did not end",
  "it can't repeat so often",
  "the connector is an input",
  "the connector is no blaster",
  "the command is too long for it",
  "the command did not end",
  "it can't read the command",
  "the connector is no input",
  "it could not repeat the code",
  "the code is too long for it",
  "a letter stands within a pair of durations",
  "a letter stands for no durations",
  "it does not know the option",
  "its serial port is set wrong",
  "its serial port is set wrong",
  "its serial port is set wrong",
  "its settings are locked",
];

/** Reads one line of an answer, its end not included. */
export function parseReply(line: string): Reply {
  const text = line.trim();
  const sent = /^completeir,[^,]*,(\d{1,5})$/i.exec(text)?.[1];
  if (sent !== undefined) return { kind: "sent", id: Number(sent) };
  if (/^busyir\b/i.test(text)) return { kind: "busy" };
  if (/^IR Learner Enabled$/i.test(text)) return { kind: "learning" };
  if (/^IR Learner Disabled$/i.test(text)) return { kind: "stopped" };
  if (/^IR Learner Unavailable$/i.test(text)) return { kind: "refused", why: "it can't learn at the moment" };
  if (/^sendir,/i.test(text)) return { kind: "heard", sendir: text };
  if (text === "") return { kind: "unclear", why: "its answer is empty" };
  const digits = /^(?:unknowncommand,)?ERR_?(?:\d+:\d+,)?(\d{1,9})$/i.exec(text)?.[1];
  if (digits !== undefined) {
    const number = Number(digits);
    return { kind: "refused", why: `${errors[number] ?? "it failed"} (error ${number})` };
  }
  if (/^(error|unknowncommand)/i.test(text)) return { kind: "refused", why: `it refuses the command: ${quoted(text)}` };
  return { kind: "unclear", why: `its answer makes no sense: ${quoted(text)}` };
}

/** The id in an answer to `GET /uuid` (zmote.md 2.1), as it belongs into a path; undefined when there is none. */
export function parseUuid(text: string): string | undefined {
  return /^uuid,([A-Za-z0-9_-]{1,64})$/.exec(text.trim())?.[1];
}

/** The lines that have come in whole of an answer that is still coming. */
export const wholeLines = (text: string): string[] =>
  text
    .split(/[\r\n]/)
    .slice(0, -1)
    .filter((line) => line.trim() !== "");

/** So much of a text that a person recognises it. */
export const quoted = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
