import type { Clock } from "../clock.ts";
import type { Command } from "./commands.ts";
import type { Found } from "./discovery.ts";
import { BroadlinkError } from "./errors.ts";
import type { Framing } from "./framing.ts";
import { type Model, modelOf } from "./models.ts";
import type { Keys } from "./packet.ts";
import type { Questions } from "./questions.ts";

/** Who a unit is, as far as it says so itself, and what that model can do. */
export interface Identity extends Found {
  model: Model;
}

/** A unit that is met, authenticated with once, and asked. Whoever asks waits for the last answer first. */
export interface Session {
  /**
   * Greets the unit, even when it has granted us a session, and authenticates where it has not.
   * Throws BroadlinkError: "locked", "silent", "damaged", "closed".
   */
  meet(): Promise<Identity>;
  /**
   * Asks it, after meeting it where that is due. When it does not know our session, it is met anew and asked again, once.
   * Throws BroadlinkError with the unit's code, or as `meet` does.
   */
  ask<T>(command: Command<T>): Promise<T>;
}

const REFUSED = -1;
const LOCKED_MS = 60_000;
/** To ask, greet and authenticate takes 10 s each at most: it only takes longer if this process stood still. */
const TOO_LATE_MS = 60_000;
const LOCKED =
  "it is locked to its maker's app: open the unit's settings in the Broadlink app and switch off “Lock device”, " +
  "or reset it and give it the Wi-Fi without finishing the app's setup";

/** `framing` is for a type that we guess wrong. */
export function openSession(
  questions: Questions,
  { clock, framing }: { clock: Clock; framing?: Framing | undefined },
): Session {
  /** The session, and who has granted it. */
  let standing: { identity: Identity; keys: Keys } | undefined;
  /** Whether that is still who is there, as far as we know. */
  let sure = false;
  let lockedUntilMs = Number.NEGATIVE_INFINITY;

  const locked = () => new BroadlinkError(REFUSED, { trouble: "locked", message: LOCKED });

  async function authenticate(found: Found): Promise<Keys> {
    try {
      return await questions.authenticate(found);
    } catch (error) {
      if (!(error instanceof BroadlinkError) || error.code !== REFUSED) throw error;
      lockedUntilMs = clock.monotonicMs() + LOCKED_MS;
      throw locked();
    }
  }

  async function meet(): Promise<{ identity: Identity; keys: Keys }> {
    if (clock.monotonicMs() < lockedUntilMs) throw locked();
    sure = false;
    const found = await questions.greet();
    const known = standing?.identity;
    if (known?.mac !== found.mac || known.type !== found.type) standing = undefined;
    const keys = standing?.keys ?? (await authenticate(found));
    const identity = { ...found, model: { ...modelOf(found.type), ...(framing && { framing }) } };
    standing = { identity, keys };
    sure = true;
    return standing;
  }

  async function askOnce<T>(command: Command<T>, lastMs: number): Promise<T> {
    const { identity, keys } = standing && sure ? standing : await meet();
    if (clock.monotonicMs() > lastMs) {
      throw new BroadlinkError(-4000, { trouble: "busy", message: "it said too late who it is" });
    }
    return await questions.ask(identity, keys, command);
  }

  /** What an error says about who is there, and what we are to them. */
  function learn(error: unknown): BroadlinkError | undefined {
    if (!(error instanceof BroadlinkError)) return undefined;
    if (error.trouble === "silent") sure = false;
    if (error.trouble === "session" || error.code === REFUSED) standing = undefined;
    return error;
  }

  return {
    meet: async () => (await meet()).identity,
    async ask(command) {
      const lastMs = clock.monotonicMs() + TOO_LATE_MS;
      try {
        return await askOnce(command, lastMs).catch((error) => {
          if (learn(error)?.trouble !== "session") throw error;
          return askOnce(command, lastMs);
        });
      } catch (error) {
        learn(error);
        throw error;
      }
    },
  };
}
