import type { Aircon, Check, Flight, Now, Rules } from "./aircon-model.ts";
import { powered } from "./change.ts";
import { sendAgain } from "./wishes.ts";

const MOST_RESENDS = 2;
/**
 * Feedback that is first looked at so long after `judgeMs` says nothing about the send: anybody may have switched it
 * since. A word is there in time, unless this process stood still; watts may be told every five minutes only.
 */
const TOO_LATE_MS = { word: 60_000, watts: 10 * 60_000 };

/** When to look whether it does what was sent; `resends` of the flight are those up to and with this one. */
export function checkAfter({ feedback }: Rules, { resends }: Flight, now: Now): Check | undefined {
  return feedback && { judgeMs: now.monotonicMs + feedback.waitMs, resends };
}

/**
 * Compares what is shown with what the feedback says (A9). Within `waitMs` of a send it may still be as before; after
 * that it is told again, twice at most; then what the feedback says is shown. When nothing was sent, or so long ago that
 * nobody waits for it any more, what the feedback says is shown at once: somebody has used the remote control, and must
 * not be overruled by something that was asked for hours ago. `news`: the feedback has spoken just now.
 */
export function judge(rules: Rules, aircon: Aircon, news: boolean, now: Now): Aircon {
  const { feedback } = rules;
  const { heard, check, is, doubt } = aircon;
  if (!feedback || !heard || aircon.flight || aircon.waiting || aircon.ended) return aircon;
  if (heard.on === is.power) return check ? { ...aircon, check: undefined } : aircon;
  const shown = powered(is, heard.on);
  if (check && now.monotonicMs > check.judgeMs + TOO_LATE_MS[feedback.lasting ? "word" : "watts"]) {
    return judge(rules, { ...aircon, check: undefined }, news || feedback.lasting, now);
  }
  if (!check) {
    if (!news) return aircon;
    // Late, but it does what it was told.
    if (doubt?.kind === "disobeys") return { ...aircon, is: shown, doubt: undefined };
    return { ...aircon, is: shown, doubt: { kind: "elsewhere", on: heard.on } };
  }
  if (now.monotonicMs < check.judgeMs || !(feedback.lasting || heard.atMs >= check.judgeMs)) return aircon;
  if (check.resends >= MOST_RESENDS) {
    return { ...aircon, is: shown, doubt: { kind: "disobeys", told: is.power }, check: undefined };
  }
  const resends = check.resends + 1;
  if (aircon.unready === undefined) return sendAgain(aircon, resends, now);
  return { ...aircon, check: { judgeMs: now.monotonicMs + feedback.waitMs, resends } };
}

const onOff = (on: boolean) => (on ? "on" : "off");

/** What a person has to know of the doubt; undefined when there is nothing. */
export function problemOf({ doubt }: Aircon): string | undefined {
  switch (doubt?.kind) {
    case "elsewhere":
      return `it was switched ${onOff(doubt.on)}, but not from here${doubt.on ? ": what is shown is a guess" : ""}`;
    case "disobeys":
      return `it was told ${MOST_RESENDS + 1} times to switch ${onOff(doubt.told)}, and is ${onOff(!doubt.told)}: can the blaster see it?`;
    default:
      return undefined;
  }
}
