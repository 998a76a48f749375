/** What can be done about it. */
export type Trouble =
  /** The bridge does not know our key (any more): only a person can pair anew. */
  | "unpaired"
  /** It can't prove that it is a Hue bridge. */
  | "untrusted"
  /** It is another bridge than the one that is meant. */
  | "stranger"
  /** It speaks no TLS where we do. */
  | "plain"
  /** It sends us elsewhere, and we don't go. */
  | "redirected"
  /** Nothing listens at its address. */
  | "refused"
  /** It can't be reached, does not answer in time, or hangs up. */
  | "silent"
  /** It has too much to do: ask more slowly. */
  | "busy"
  /** What it answers is not what a Hue bridge answers. */
  | "nonsense"
  /** What was asked for is not there: an interface it does not have. */
  | "absent"
  /** Nobody has pressed its button. */
  | "unpressed"
  /** We are closing. */
  | "closed";

/** A Hue bridge did not do what it was asked. The message is for a person; it never holds a key. */
export class HueError extends Error {
  override name = "HueError";
  readonly trouble: Trouble;
  /** Of the certificate that is not trusted: SHA-256, as `AB:CD:…`. */
  readonly fingerprint: string | undefined;
  constructor(trouble: Trouble, message: string, fingerprint?: string) {
    super(message);
    this.trouble = trouble;
    this.fingerprint = fingerprint;
  }
}

const passing: readonly Trouble[] = ["refused", "silent", "busy", "nonsense"];

/** Whether asking the same again soon can't help: who is there, or how we may speak with them, has to be found out anew. */
export const isFinal = ({ trouble }: HueError): boolean => !passing.includes(trouble);
