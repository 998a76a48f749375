/** What a caller can do about it. */
export type Trouble =
  /** The unit refuses to authenticate: it is locked to its maker's app, and only a person can unlock it. */
  | "locked"
  /** It does not know our session: authenticating anew helps, and was tried once. */
  | "session"
  /** Nothing came back in time: it is off, away, or its address is another. */
  | "silent"
  /** What came back in time was damaged. */
  | "damaged"
  /** It has nothing to hand out, while it learns: ask again. */
  | "empty"
  /** It can't do this at all. */
  | "unsupported"
  /** It could not read what it was sent: the framing is another model's. */
  | "malformed"
  /** It was not asked: those before this request took too long. */
  | "busy"
  /** We are closing. */
  | "closed"
  /** It says that it failed. */
  | "failed";

const meanings = new Map<number, [Trouble, string]>([
  [-1, ["failed", "it refuses us"]],
  [-2, ["session", "it has logged us out"]],
  [-3, ["failed", "it says that it is offline"]],
  [-4, ["unsupported", "it does not know this command"]],
  [-5, ["empty", "its storage is full, or empty while it learns"]],
  [-6, ["malformed", "it can't read what it was sent"]],
  [-7, ["session", "our key has expired"]],
  [-8, ["failed", "it could not send"]],
  [-9, ["failed", "it could not write"]],
  [-10, ["empty", "it could not read"]],
  [-11, ["failed", "it does not see the Wi-Fi"]],
  [-4000, ["silent", "it does not answer"]],
  [-4007, ["damaged", "its answer has a wrong length"]],
  [-4008, ["damaged", "its answer has a wrong checksum"]],
  [-4012, ["session", "it does not know our session"]],
]);

/**
 * A Broadlink unit did not do what it was asked. `code` is its own, or the one that its maker's software gives the same
 * trouble (broadlink.md 4.4).
 */
export class BroadlinkError extends Error {
  override name = "BroadlinkError";
  readonly code: number;
  readonly trouble: Trouble;
  /** `cause`: what the network said meanwhile, where it said anything. */
  constructor(
    code: number,
    { trouble, message, cause }: { trouble?: Trouble; message?: string; cause?: unknown } = {},
  ) {
    const [usual, words] = meanings.get(code) ?? ["failed", "it failed"];
    super(`the Broadlink unit: ${message ?? `${words} (${code})`}`, { cause });
    this.code = code;
    this.trouble = trouble ?? usual;
  }
}
