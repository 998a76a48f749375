import type { Clock } from "../../../src/clock.ts";
import { BlasterError } from "./blaster.ts";
import { parseReply, type Reply, wholeLines } from "./zmote-replies.ts";
import type { ZmoteSession } from "./zmote-session.ts";

/** What came of listening: a sendir command, or why the Zmote does not listen. */
export type Heard = { sendir: string } | { refusal: string };

/** Its first word that is about how it went. */
type Outcome = Exclude<Reply, { kind: "learning" }>;

const LISTEN_MS = 30_000;
const MAKES_NO_SENSE = "its answer makes no sense";

/**
 * Has a Zmote listen to a remote control for 30 s (its own limit is known to nobody); undefined when no key was pressed,
 * or the signal aborted. Unless it has heard something it is told to stop. Throws BlasterError, also where it did not say
 * that it has stopped.
 */
export async function hearRemote(
  session: ZmoteSession,
  signal: AbortSignal,
  { place, clock }: { place: string; clock: Clock },
): Promise<Heard | undefined> {
  const over = new AbortController();
  const done = new AbortController();
  void clock.sleep(LISTEN_MS, done.signal).then(() => over.abort());

  async function listen(): Promise<Outcome | undefined> {
    try {
      const text = await session.listen("get_IRL", {
        signal: AbortSignal.any([signal, over.signal]),
        enough: (line) => outcomeOf(wholeLines(`${line}\n`)) !== undefined,
      });
      // Where the answer has ended, its last line has too.
      return outcomeOf(wholeLines(`${text ?? ""}\n`));
    } catch (error) {
      // What went wrong first says more than what comes of this.
      await stop().catch(() => {});
      throw error;
    } finally {
      done.abort();
    }
  }

  async function stop(): Promise<void> {
    const why = await session.command("stop_IRL").then(
      (text) => {
        const reply = parseReply(text);
        if (reply.kind === "stopped") return undefined;
        return "why" in reply ? reply.why : MAKES_NO_SENSE;
      },
      (error: unknown) => {
        if (error instanceof BlasterError) return error.message;
        throw error;
      },
    );
    if (why !== undefined) throw new BlasterError(`the Zmote at ${place} may still be learning: ${why}`);
  }

  const outcome = await listen();
  if (outcome?.kind === "heard") return { sendir: outcome.sendir };
  if (outcome?.kind === "stopped") return undefined;
  await stop();
  if (outcome === undefined) return undefined;
  if (outcome.kind === "busy") {
    return { refusal: `the learner of the Zmote at ${place} was in use, and was told to stop` };
  }
  return { refusal: `the Zmote at ${place}: ${"why" in outcome ? outcome.why : MAKES_NO_SENSE}` };
}

/** The first line that says how it went. */
function outcomeOf(lines: readonly string[]): Outcome | undefined {
  for (const line of lines) {
    const reply = parseReply(line);
    if (reply.kind !== "learning") return reply;
  }
  return undefined;
}
