import type { Logger } from "pino";
import type { Clock } from "../../../src/clock.ts";
import { BlasterError } from "./blaster.ts";
import { parseReply, type Reply, wholeLines } from "./zmote-replies.ts";
import type { ZmoteSession } from "./zmote-session.ts";

/** What came of listening: a sendir command, or why the Zmote does not listen. */
export type Heard = { sendir: string } | { refusal: string };

const LISTEN_MS = 30_000;

/**
 * Has a Zmote listen to a remote control for 30 s (its own limit is known to nobody); undefined when no key was pressed,
 * or the signal aborted. Unless it has heard something it is told to stop. Throws BlasterError.
 */
export async function hearRemote(
  session: ZmoteSession,
  signal: AbortSignal,
  { place, log, clock }: { place: string; log: Logger; clock: Clock },
): Promise<Heard | undefined> {
  const over = new AbortController();
  const done = new AbortController();
  void clock.sleep(LISTEN_MS, done.signal).then(() => over.abort());
  let outcome: Exclude<Reply, { kind: "learning" }> | undefined;
  try {
    const text = await session.listen("get_IRL", {
      signal: AbortSignal.any([signal, over.signal]),
      enough: (soFar) => outcomeOf(wholeLines(soFar)) !== undefined,
    });
    // Where the answer has ended, its last line has too.
    outcome = outcomeOf(wholeLines(`${text ?? ""}\n`));
  } finally {
    done.abort();
    if (outcome?.kind !== "heard" && outcome?.kind !== "stopped") await stop();
  }

  async function stop(): Promise<void> {
    try {
      const reply = parseReply(await session.command("stop_IRL"));
      if (reply.kind !== "stopped") log.warn({ place, reply }, "the Zmote may still be learning");
    } catch (error) {
      if (!(error instanceof BlasterError)) throw error;
      log.warn({ place, why: error.message }, "the Zmote may still be learning");
    }
  }

  if (outcome?.kind === "heard") return { sendir: outcome.sendir };
  if (outcome === undefined || outcome.kind === "stopped") return undefined;
  if (outcome.kind === "busy") {
    return { refusal: `the learner of the Zmote at ${place} was in use, and was told to stop: try again` };
  }
  return {
    refusal: `the Zmote at ${place}: ${outcome.kind === "refused" ? outcome.why : "its answer makes no sense"}`,
  };
}

/** The first line that says how it went. */
function outcomeOf(lines: readonly string[]): Exclude<Reply, { kind: "learning" }> | undefined {
  for (const line of lines) {
    const reply = parseReply(line);
    if (reply.kind !== "learning") return reply;
  }
  return undefined;
}
