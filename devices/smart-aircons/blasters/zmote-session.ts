import type { Logger } from "pino";
import type { Clock } from "../../../src/clock.ts";
import { BlasterError, NothingSent, TOO_LATE_MS } from "./blaster.ts";
import type { Greeting } from "./health.ts";
import type { Answer, Http, Question } from "./zmote-http.ts";
import { parseUuid, quoted } from "./zmote-replies.ts";

/** A Zmote that is asked by the id it calls its own. Who asks waits for the last answer first. All throw BlasterError. */
export interface ZmoteSession {
  /** Asks who it is. */
  greet(): Promise<Greeting>;
  /** Has it do something; what it says to that. Where it does not know the id it had, it is asked for it again, once. */
  command(body: string): Promise<string>;
  /** The same for an answer that comes bit by bit (see `Question`); undefined when the signal aborted first. */
  listen(body: string, how: Required<Pick<Question, "enough" | "signal">>): Promise<string | undefined>;
}

export function zmoteSession(
  http: Http,
  { place, log, clock }: { place: string; log: Logger; clock: Clock },
): ZmoteSession {
  /** What it called its own last. */
  let uuid: string | undefined;

  async function ask(question: Question): Promise<Answer | undefined> {
    const { method, path, body } = question;
    const answer = await http.ask(question);
    const { status, text } = answer ?? {};
    log.debug({ place, asked: `${method} ${path}`, body, status, text: text?.slice(0, 200) }, "asked a Zmote");
    return answer;
  }

  async function readUuid(): Promise<string> {
    const { status, text } = (await ask({ method: "GET", path: "/uuid" })) ?? closing();
    if (status === 404) {
      throw new BlasterError(`the Zmote at ${place} has firmware v1, which is not supported: v2 answers at /uuid`);
    }
    if (status !== 200) throw new BlasterError(`the blaster at ${place} answers with HTTP ${status}`);
    const read = parseUuid(text);
    if (read === undefined) throw new BlasterError(`what answers at ${place} is no Zmote: it says ${quoted(text)}`);
    return read;
  }

  async function command(question: Omit<Question, "method" | "path">): Promise<string | undefined> {
    // Who it is, and then this, 5 s each and no more than twice: it only takes longer if this process stood still.
    const lastMs = clock.monotonicMs() + TOO_LATE_MS;
    for (let again = false; ; again = true) {
      uuid ??= await readUuid();
      if (clock.monotonicMs() > lastMs) throw new NothingSent(`the Zmote at ${place} said too late who it is`);
      const answer = await ask({ method: "POST", path: `/v2/${uuid}`, ...question });
      if (!answer) return undefined;
      if (answer.status === 200) return answer.text;
      if (answer.status !== 404 || again) {
        throw new BlasterError(`the Zmote at ${place} answers with HTTP ${answer.status}`);
      }
      uuid = undefined;
    }
  }

  return {
    async greet() {
      uuid = await readUuid();
      return { identity: { manufacturer: "zmote.io", model: "Zmote", serialNumber: uuid } };
    },
    command: async (body) => (await command({ body })) ?? closing(),
    listen: (body, how) => command({ body, ...how }),
  };
}

function closing(): never {
  throw new BlasterError("we are closing");
}
